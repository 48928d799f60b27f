/* who.h - a list of users and groups: is a peer among them?
 *
 * Names are looked up once, when the list is read.  Floor 4 (lib). */
#ifndef LIB_WHO_H
#define LIB_WHO_H

#include <stdbool.h>
#include <sys/types.h>

#include "tools/err.h"

enum { WHO_MOST = 64, WHO_GROUPS = 256 };

/* A user or a group. */
struct who_one {
	bool is_group;
	id_t id;
};

struct who {
	bool all;
	unsigned n;
	struct who_one one[WHO_MOST];
};

/* The other end of a connected unix socket, as it was when it connected. */
struct who_peer {
	pid_t pid;
	uid_t uid;
	gid_t gid;
	unsigned n;
	gid_t group[WHO_GROUPS];	/* supplementary ones; no more of them
					 * are known */
};

/* Read a list: `*', users and `:groups', by name or number, with commas or
 * blanks between them; NULL is nobody.  0, or -1 with *e: no such one. */
int who_read(struct who *w, const char *list, struct err *e);

bool who_has(const struct who *w, const struct who_peer *p);

/* Who is at the other end of fd?  0 or -1 with errno. */
int who_ask(struct who_peer *p, int fd);

#endif
