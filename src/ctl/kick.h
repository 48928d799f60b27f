/* kick.h - the verb that ends sessions, and waits until they have ended.
 *
 * Returns the exit status, as in talk.h.  Floor 5 (ctl). */
#ifndef CTL_KICK_H
#define CTL_KICK_H

#include "ctl/call.h"

int act_kick(struct call *c, struct err *e);

#endif
