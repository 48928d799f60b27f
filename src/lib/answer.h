/* answer.h - what a master's control socket can be asked, and told.
 * Floor 4 (lib). */
#ifndef LIB_ANSWER_H
#define LIB_ANSWER_H

#include "tools/err.h"

struct master;

/* Make the service's control socket, if it wants one.  0, or -1 with errno
 * and *e. */
int answer_open(struct master *m, struct err *e);

#endif
