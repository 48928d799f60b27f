/* keeps.h - the masters of all services: those that serve, come or finish.
 * Floor 5 (brood). */
#ifndef BROOD_KEEPS_H
#define BROOD_KEEPS_H

#include "brood/super.h"

/* All of them are to stop: SIGQUIT, whoever takes how long; SIGTERM, within
 * their stop-time. */
void keeps_tell(struct super *s, int number);

/* A service has a new master: of those that finish for longest as many are
 * told to stop as are more than maximum-generations. */
void keeps_trim(struct super *s, const char *service);

/* One of them wrote. */
void keeps_hear(struct super *s);

/* Some ended, or orphans did that we got. */
void keeps_reap(struct super *s);

/* Kill who is late.  Returns when the next one is. */
int64_t keeps_turn(struct super *s);

#endif
