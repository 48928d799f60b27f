/* caller.c - classes of those who connect, and of those who write. */
#include "lib/caller.h"

#include <unistd.h>

const char *
caller_word(enum control_class class)
{
	static const char *const words[] = {
		[CONTROL_NOBODY]  = "nobody",
		[CONTROL_LOOK]    = "control-look",
		[CONTROL_OPERATE] = "control-operate",
		[CONTROL_OWN]     = "control-own",
	};

	return words[class];
}

int
callers_read(struct callers *c, const char *look, const char *operate,
    const char *own, struct err *e)
{
	const char *const list[] = {
		[CONTROL_LOOK] = look, [CONTROL_OPERATE] = operate,
		[CONTROL_OWN] = own,
	};
	struct err why;

	c->uid = getuid();
	for (unsigned i = CONTROL_LOOK; i <= CONTROL_OWN; i++)
		if (who_read(&c->who[i], list[i], &why) == -1) {
			err_set(e, why.status, "%s: %s", caller_word(i),
			    why.text);
			return -1;
		}
	return 0;
}

static enum control_class
class_of(const struct callers *c, const struct who_peer *p)
{
	enum control_class class = CONTROL_OWN;

	if (p->uid == 0 || p->uid == c->uid || p->uid == geteuid())
		return CONTROL_OWN;
	while (class > CONTROL_NOBODY && !who_has(&c->who[class], p))
		class--;
	return class;
}

struct caller
caller_connected(const struct callers *c, int fd)
{
	struct who_peer p;

	if (who_ask(&p, fd) == -1)
		return (struct caller){ CONTROL_NOBODY, (uid_t)-1, 0 };
	return (struct caller){ class_of(c, &p), p.uid, p.pid };
}

struct caller
caller_sent(const struct callers *c, const struct caller *connected,
    const struct ucred *cred)
{
	struct who_peer alone = { .uid = cred->uid, .gid = (gid_t)-1 };
	struct caller sent = { CONTROL_NOBODY, cred->uid, cred->pid };

	/* Without a process nothing was told of it: the user is a stand-in.
	 * Unless processes are not told of here, as they are of another
	 * namespace. */
	if (cred->uid == (uid_t)-1 || (cred->pid == 0 && connected->pid != 0))
		return sent;
	sent.class = cred->uid == connected->uid ? connected->class :
	    class_of(c, &alone);
	if (sent.class > connected->class)
		sent.class = connected->class;
	return sent;
}
