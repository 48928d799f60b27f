/* costume.h - what a process may be: put on in one call, for good.
 *
 * Order: folder, mask, groups, gid, uid, no-new-privs; then it is verified
 * by reading back and by trying to get it back.  Floor 2 (os). */
#ifndef OS_COSTUME_H
#define OS_COSTUME_H

#include <stdbool.h>
#include <sys/types.h>

#include "tools/err.h"

enum { COSTUME_GROUPS = 256 };

struct costume {
	bool change;		/* of user and groups */
	uid_t uid;
	gid_t gid;
	int ngroups;
	gid_t groups[COSTUME_GROUPS];
	bool own_groups;	/* they were asked for, not the user's */
	char name[64];		/* of the user, for HOME, USER ...; "" = not
				 * known, as the other two */
	char home[256];
	char shell[256];
	bool no_new_privs;
	const char *folder;	/* chdir here; NULL = stay */
	int umask;		/* -1 = leave */
};

/* Look up "USER", "USER:GROUP" or numbers of either; groups: a comma list, or
 * "none"; NULL: the user's own.  Nobody is asked where both user and group and
 * all groups are numbers and groups is not NULL.  0, or -1 with *e (unknown
 * user: EXIT_CONFIG is not used by a command line, so EXIT_USAGE). */
int costume_find(struct costume *c, const char *user, const char *groups,
    struct err *e);

/* Would fn(arg, e) succeed in this costume?  Tried in a throw-away child, so
 * that a start can fail before anything was made that only its former rights
 * could remove.  0, or -1 and *e. */
int costume_try(const struct costume *c, int (*fn)(const char *, struct err *),
    const char *arg, struct err *e);

/* Put it on.  A parent-death signal (prctl(2)) is kept.  0, or -1 with errno and *e: then the caller must end. */
int costume_put_on(const struct costume *c, struct err *e);

#endif
