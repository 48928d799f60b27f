/* fault.h - when may a pool with failing children start another one?
 *
 * Failures are counted in rounds: only a child that was born after the last
 * failure was noted makes things worse, so two hundred children killed in
 * one instant are one failure.  From the third round in a row on (or at once
 * when the program cannot be executed) there is a pause: 2 s, doubling to
 * 60 s.  After it one child is let out to try; a child that served, or
 * waited for FAULT_WELL_MS, clears everything.  Nothing is ever switched off.
 *
 * Separately, a failing fork pauses 100 ms, doubling to 5 s.
 *
 * Pure: the caller brings the time, in monotonic milliseconds, and a random
 * number for the spread.  Floor 1 (rules). */
#ifndef RULES_FAULT_H
#define RULES_FAULT_H

#include <stdbool.h>
#include <stdint.h>

enum {
	FAULT_ROUNDS       = 3,		/* failing rounds before a pause */
	FAULT_FIRST_MS     = 2000,
	FAULT_MOST_MS      = 60000,
	FAULT_FORK_MS      = 100,
	FAULT_FORK_MOST_MS = 5000,
	FAULT_QUIET_MS     = 10000,	/* this long without one: forgotten */
	FAULT_WELL_MS      = 1000	/* a child that waited so long is well */
};

struct fault {
	unsigned rounds;	/* failing rounds in a row */
	int64_t noted_ms;	/* when the last round was noted; 0 = never */
	int64_t until_ms;	/* no start before this; 0 = no pause */
	int64_t pause_ms;	/* the length of the last pause; 0 = none */
	int64_t fork_ms;	/* likewise for failing forks */
	bool probing;		/* a pause ended: one child at a time */
};

/* A child born at born_ms failed.  hard: another try would surely fail as
 * well (the program is gone).  spread: 0..999, any; the pause gets up to a
 * quarter longer by it.  Returns true if this opened a new pause. */
bool fault_note(struct fault *f, int64_t now_ms, int64_t born_ms, bool hard,
    unsigned spread);

/* A child did its work, or was seen well: everything is forgiven.  Returns
 * true if there was something to forgive that a log had told about. */
bool fault_clear(struct fault *f);

/* fork failed; returns the pause in ms. */
int64_t fault_fork(struct fault *f, int64_t now_ms);

/* May nothing be started at this time?  Ends a pause that is over. */
bool fault_holds(struct fault *f, int64_t now_ms);

/* How many may be started of the `start` the plan wants, when `available`
 * are starting or idle: after a pause one at a time, until all is forgiven. */
unsigned fault_allows(const struct fault *f, unsigned available, unsigned start);

#endif
