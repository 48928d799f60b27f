/* generation.h - children that wait at the same listeners.
 *
 * A renewal makes a new generation; an older one is kept until none of its
 * children needs it any more.  Floor 3 (pool). */
#ifndef POOL_GENERATION_H
#define POOL_GENERATION_H

#include "os/listen.h"
#include "pool/child.h"
#include "tools/err.h"

struct pool;

struct pool_generation {
	unsigned number;	/* from 1 */
	struct child_task task;
	struct pool_generation *older;
};

/* Make one that waits at these listeners the pool's present one, and tell
 * the idle children of the former to leave.  0, or -1 with *e: then nothing
 * has changed. */
int generation_open(struct pool *p, const struct listener *v, unsigned n,
    struct err *e);

/* Free those older ones that nobody waits on any more. */
void generation_forget_older(struct pool *p);

/* Free all. */
void generation_close(struct pool *p);

#endif
