/* worker.h - long-lived programs on all listeners: ready, rolled, recycled,
 * found when they hang.  The master's side.  Floor 3 (pool). */
#ifndef POOL_WORKER_H
#define POOL_WORKER_H

#include <stdbool.h>
#include <stdint.h>

#include "tools/err.h"

struct pool;

/* Where workers say how they are.  0, or -1 with *e. */
int worker_open(struct pool *p, struct err *e);
void worker_close(struct pool *p);

/* Before and after the launch of seat i's. */
int worker_prepare(struct pool *p, unsigned i);
void worker_launched(struct pool *p, unsigned i, bool well, int64_t now);

/* Somebody said something: to the socket, or seat i's to its descriptor. */
void worker_hear(struct pool *p, int64_t now);
void worker_hear_line(struct pool *p, unsigned i, int64_t now);

/* What is due: those that are ready by now, late, silent, or old. */
void worker_look(struct pool *p, int64_t now);

/* Tell n old ones to go, or all. */
void worker_retire(struct pool *p, unsigned n, int64_t now);
void worker_dismiss(struct pool *p, int64_t now);

/* Seat i's shall go, and soon; another takes its place. */
void worker_kick(struct pool *p, unsigned i, int64_t now);

/* When worker_look() has something to do for seat i; 0 = never. */
int64_t worker_next(const struct pool *p, unsigned i);

/* Seat i's has ended. */
void worker_bury(struct pool *p, unsigned i, int status, int64_t now);

#endif
