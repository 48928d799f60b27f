/* keeps.h - the masters of all services: those that serve, come or finish.
 * Floor 5 (brood). */
#ifndef BROOD_KEEPS_H
#define BROOD_KEEPS_H

#include "brood/super.h"

/* One of them wrote. */
void keeps_hear(struct super *s);

/* Some ended, or orphans did that we got. */
void keeps_reap(struct super *s);

#endif
