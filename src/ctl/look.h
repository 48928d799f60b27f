/* look.h - the verbs that look and change nothing.
 *
 * Each returns the exit status, as in talk.h.  Floor 5 (ctl). */
#ifndef CTL_LOOK_H
#define CTL_LOOK_H

#include "ctl/call.h"

int look_ping(struct call *c, struct err *e);
int look_version(struct call *c, struct err *e);
int look_status(struct call *c, struct err *e);
int look_services(struct call *c, struct err *e);
int look_children(struct call *c, struct err *e);
int look_connections(struct call *c, struct err *e);
int look_addresses(struct call *c, struct err *e);
int look_why(struct call *c, struct err *e);

#endif
