/* change.h - the supervisor's file: what it would change, and to change it.
 *
 * Each returns the exit status, as in talk.h.  Floor 5 (ctl). */
#ifndef CTL_CHANGE_H
#define CTL_CHANGE_H

#include "ctl/call.h"

/* Print what a reload would do. */
int change_plan(struct call *c, struct err *e);

/* Until it is done, or refused. */
int change_reload(struct call *c, struct err *e);

#endif
