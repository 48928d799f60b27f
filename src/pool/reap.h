/* reap.h - the ends of children.
 *
 * Always by pid: waiting for any child is dear in a big pool, and would take
 * children that are not ours.  Floor 3 (pool). */
#ifndef POOL_REAP_H
#define POOL_REAP_H

#include <stdint.h>

struct pool;

/* Children died that were no programs. */
void reap_dead(struct pool *p);

/* Programs ended (SIGCHLD): look after them, now or a little later, when
 * more may have. */
void reap_heard(struct pool *p, int64_t now);

/* It is later now. */
void reap_due(struct pool *p, int64_t now);

/* The child of this seat ended. */
void reap_child(struct pool *p, unsigned i, int64_t now);

#endif
