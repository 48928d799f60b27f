/* caller.h - who asks on a control socket, and how much he may.
 *
 * A connection can be handed to somebody else: so who connected is one
 * question, and who sent each piece of what comes is another.  A line counts
 * as written by the least of all of them, so that nobody gains by either.
 *
 * Of a piece the kernel knows the real user and no groups.  So the user who
 * connected may what he might then, in whatever group he is now; any other is
 * judged by his number alone, as if in no group.  Floor 4 (lib). */
#ifndef LIB_CALLER_H
#define LIB_CALLER_H

#include <sys/socket.h>
#include <sys/types.h>

#include "lib/who.h"
#include "tools/err.h"

/* What somebody may do; each may all that is before it. */
enum control_class {
	CONTROL_NOBODY,
	CONTROL_LOOK,
	CONTROL_OPERATE,
	CONTROL_OWN		/* root, and the server's own users */
};

struct callers {
	uid_t uid;		/* who we were at first */
	struct who who[CONTROL_OWN + 1];	/* by class */
};

struct caller {
	enum control_class class;
	uid_t uid;
	pid_t pid;
};

/* As in a configuration: "control-look". */
const char *caller_word(enum control_class class);

/* Read the lists (lib/who.h); NULL is nobody.  0, or -1 with *e. */
int callers_read(struct callers *c, const char *look, const char *operate,
    const char *own, struct err *e);

/* Who has connected; nobody, where that cannot be known. */
struct caller caller_connected(const struct callers *c, int fd);

/* Who sent a piece by that connection: never more than who connected. */
struct caller caller_sent(const struct callers *c,
    const struct caller *connected, const struct ucred *cred);

static inline struct caller
caller_least(struct caller a, struct caller b)
{
	return b.class < a.class ? b : a;
}

#endif
