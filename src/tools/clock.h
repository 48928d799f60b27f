/* clock.h - the monotonic clock: all waiting is on it (clock_gettime(2)).
 *
 * Safe in a child that shares memory with its parent: the vDSO answers, and
 * CLOCK_MONOTONIC cannot fail.  Floor 0 (tools). */
#ifndef TOOLS_CLOCK_H
#define TOOLS_CLOCK_H

#include <stdint.h>
#include <time.h>

static inline int64_t
clock_ns(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (int64_t)ts.tv_sec * 1000000000 + ts.tv_nsec;
}

static inline int64_t
clock_ms(void)
{
	return clock_ns() / 1000000;
}

#endif
