/* act.h - the verbs that ask a master for something, and wait until it is
 * true.
 *
 * Each returns the exit status, as in talk.h.  Floor 5 (ctl). */
#ifndef CTL_ACT_H
#define CTL_ACT_H

#include "ctl/call.h"

/* Until the new numbers are in force, and as many wait as are wanted. */
int act_set(struct call *c, struct err *e);

/* Until nobody waits in accept any more. */
int act_pause(struct call *c, struct err *e);

/* Until as many wait as are wanted. */
int act_resume(struct call *c, struct err *e);

/* Until the new generation has taken over. */
int act_renew(struct call *c, struct err *e);

/* Until the answer. */
int act_log(struct call *c, struct err *e);

/* Until the process has ended. */
int act_stop(struct call *c, struct err *e);
int act_drain(struct call *c, struct err *e);

#endif
