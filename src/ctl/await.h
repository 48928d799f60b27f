/* await.h - `broodctl wait': until an expression of ctl/want.h is true.
 *
 * Floor 5 (ctl). */
#ifndef CTL_AWAIT_H
#define CTL_AWAIT_H

#include "ctl/call.h"

/* Asks again every few milliseconds, on connections that stay.  A master that
 * went away is found again through its supervisor. */
int await_want(struct call *c, struct err *e);

#endif
