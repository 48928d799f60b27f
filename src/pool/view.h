/* view.h - how a pool is, for who asks: counted now, and nothing changed.
 * Floor 3 (pool). */
#ifndef POOL_VIEW_H
#define POOL_VIEW_H

#include "rules/slot.h"

struct pool;

struct view {
	unsigned starting;
	unsigned available;	/* idle, and may take somebody */
	unsigned connected;
	unsigned leaving;	/* told to go, and not serving */
	unsigned wanted;	/* so many should be available: the minimum, or
				 * what the ceiling leaves of it */
};

struct view view_count(const struct pool *p);

/* What seat i's child does; of a worker is known whether it is ready. */
enum slot_state view_state(const struct pool *p, unsigned i);

/* "starting", "idle", "busy", "leaving". */
const char *view_word(enum slot_state s);

#endif
