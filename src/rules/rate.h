/* rate.h - how often a source may have something, within each second.
 *
 * A table that the processes of one service share, without a lock and of a
 * fixed size: nobody can make it grow, and who is new inherits the debt of
 * whom he replaces, so nobody can wash his own away by it.  What it holds is
 * hearsay: nonsense in it is forgotten, or costs a source two seconds.
 *
 * Pure: the caller has the clock.  Floor 1 (rules). */
#ifndef RULES_RATE_H
#define RULES_RATE_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

enum { RATE_SETS = 256, RATE_WAYS = 4 };

/* Each slot: who (16 bits), and when all his are paid for (48 bits of us). */
struct rate {
	_Atomic uint64_t slot[RATE_SETS][RATE_WAYS];
};

/* May a source have one more now?  So many at once, and so many a second,
 * evenly; now_us: monotonic.  (The generic cell rate algorithm, ITU-T I.371.)
 * per_second: 1 to 1000000. */
bool rate_take(struct rate *r, uint64_t source, unsigned per_second,
    int64_t now_us);

#endif
