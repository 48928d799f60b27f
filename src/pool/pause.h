/* pause.h - a pool that takes nobody for a time.
 *
 * Children that wait leave, workers and programs that have a listener for
 * themselves are told to go, those that serve finish; none is started.  The
 * listeners stay as they are: what comes waits in the kernel's queues.
 * Floor 3 (pool). */
#ifndef POOL_PAUSE_H
#define POOL_PAUSE_H

#include <stdbool.h>
#include <stdint.h>

struct pool;

/* Both change nothing where it is so already.  refuses: for who asks why. */
void pause_begin(struct pool *p, bool refuses, int64_t now);

/* The next settle starts children. */
void pause_end(struct pool *p, int64_t now);

#endif
