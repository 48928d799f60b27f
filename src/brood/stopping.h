/* stopping.h - masters are told to stop, and killed if they do not.
 * Floor 5 (brood). */
#ifndef BROOD_STOPPING_H
#define BROOD_STOPPING_H

#include "brood/super.h"

/* All of them are to stop: SIGQUIT, whoever takes how long; SIGTERM, within
 * their stop-time. */
void stopping_all(struct super *s, int number);

/* A service has a new master: of those that finish for longest as many are
 * told to stop as are more than maximum-generations. */
void stopping_old(struct super *s, const char *service);

/* Kill who is late.  Returns when the next one is. */
int64_t stopping_turn(struct super *s);

#endif
