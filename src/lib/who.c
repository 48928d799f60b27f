/* who.c - lists of users and groups, and what the kernel says of a peer. */
#include "lib/who.h"

#include <errno.h>
#include <grp.h>
#include <pwd.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

enum { NAME_SIZE = 256 };

static bool
find_number(const char *s, id_t *id_r)
{
	const char *why;

	if (*s < '0' || *s > '9')
		return false;
	*id_r = (id_t)strtonum(s, 0, UINT32_MAX - 1, &why);
	return why == NULL;
}

/* A number first: it needs nobody's help. */
static bool
find(const char *name, struct who_one *one)
{
	struct passwd *pw;
	struct group *gr;

	one->is_group = name[0] == ':';
	name += one->is_group;
	if (find_number(name, &one->id))
		return true;
	if (one->is_group) {
		gr = getgrnam(name);
		if (gr != NULL)
			one->id = gr->gr_gid;
		return gr != NULL;
	}
	pw = getpwnam(name);
	if (pw != NULL)
		one->id = pw->pw_uid;
	return pw != NULL;
}

int
who_read(struct who *w, const char *list, struct err *e)
{
	const char *const between = ", ";
	char name[NAME_SIZE];
	size_t n;

	memset(w, 0, sizeof *w);
	for (const char *at = list != NULL ? list : ""; *at != '\0'; at += n) {
		at += strspn(at, between);
		n = strcspn(at, between);
		if (n == 0)
			break;
		if (n == 1 && *at == '*') {
			w->all = true;
			continue;
		}
		if (n < sizeof name) {
			memcpy(name, at, n);
			name[n] = '\0';
		}
		if (n < sizeof name && w->n < WHO_MOST &&
		    find(name, &w->one[w->n])) {
			w->n++;
			continue;
		}
		err_set(e, EXIT_USAGE, w->n == WHO_MOST ? "too many in a "
		    "list: %.60s, expected at most 64" : "unknown: %.60s, expected "
		    "users, and groups behind a colon", at);
		errno = EINVAL;
		return -1;
	}
	return 0;
}

static bool
is_in(const struct who_peer *p, gid_t group)
{
	if (p->gid == group)
		return true;
	for (unsigned i = 0; i < p->n; i++)
		if (p->group[i] == group)
			return true;
	return false;
}

bool
who_has(const struct who *w, const struct who_peer *p)
{
	if (w->all)
		return true;
	for (unsigned i = 0; i < w->n; i++)
		if (w->one[i].is_group ? is_in(p, w->one[i].id) :
		    w->one[i].id == p->uid)
			return true;
	return false;
}

int
who_ask(struct who_peer *p, int fd)
{
	struct ucred cred;
	socklen_t len = sizeof cred;

	if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &cred, &len) == -1)
		return -1;
	p->pid = cred.pid;
	p->uid = cred.uid;
	p->gid = cred.gid;
	p->n = 0;
	/* With more than there is room for, it gives none (ERANGE). */
	len = sizeof p->group;
	if (getsockopt(fd, SOL_SOCKET, SO_PEERGROUPS, p->group, &len) == 0)
		p->n = (unsigned)(len / sizeof p->group[0]);
	return 0;
}
