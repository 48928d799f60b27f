/* inherit.h - listeners that somebody opened for us (sd_listen_fds(3)).
 * Floor 0 (tools). */
#ifndef TOOLS_INHERIT_H
#define TOOLS_INHERIT_H

#include "tools/err.h"

enum { INHERIT_MOST = 256, INHERIT_NAME_SIZE = 256 };

struct inherit {
	unsigned n;
	struct {
		int fd;
		char name[INHERIT_NAME_SIZE];	/* "unknown" without one */
	} at[INHERIT_MOST];
};

/* Read LISTEN_FDS, LISTEN_PID, LISTEN_PIDFDID and LISTEN_FDNAMES and unset
 * them all.  Descriptors meant for another process are none, and no error;
 * a malformed number is one (-1 and *e).  The descriptors become
 * close-on-exec. */
int inherit_take(struct inherit *in, struct err *e);

/* The same, but nothing is unset, and only the number of descriptors is of
 * interest: those from 3 on.  Before any other is opened: one that is missing
 * must not be mistaken for ours. */
int inherit_check(unsigned *n_r, struct err *e);

/* How many would be taken; 0 also where that cannot be understood. */
unsigned inherit_count(void);

#endif
