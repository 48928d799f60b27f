/* decide.h - the last decisions about a pool, and the numbers they were made
 * from: for who asks why.
 *
 * Noting one costs some stores: no text, no memory, no system call.  What is
 * decided again and again is counted, a line a second, so that it does not
 * push out all else.  Floor 3 (pool). */
#ifndef POOL_DECIDE_H
#define POOL_DECIDE_H

#include <stdint.h>

enum { DECIDE_KEEP = 100, DECIDE_TEXT = 160, DECIDE_MERGE_MS = 1000 };

/* Beside each: what its numbers a and b are. */
enum decide_what {
	DECIDE_START,		/* available, wanted */
	DECIDE_REPLACE,		/* workers: ready and starting, wanted */
	DECIDE_FULL,		/* connected, maximum-connected */
	DECIDE_FULL_OVER,	/* available, minimum-available */
	DECIDE_SPARE,		/* fewest idle, maximum-available */
	DECIDE_SHRINK,		/* alive, the ceiling */
	DECIDE_DIED,		/* pid, wait status */
	DECIDE_EXEC_FAILED,	/* pid, errno */
	DECIDE_FORK_FAILED,	/* errno, retry in ms */
	DECIDE_WAIT,		/* ms of the pause, failing rounds */
	DECIDE_WAIT_OVER,
	DECIDE_GENERATION,	/* its number, listeners */
	DECIDE_RENEW,
	DECIDE_PAUSE,		/* connected, 1 if clients are refused */
	DECIDE_RESUME,
	DECIDE_MINIMUM,		/* minimum-available: old, new */
	DECIDE_MAXIMUM,		/* maximum-connected: old, new */
	DECIDE_SPARES,		/* maximum-available: old, new */
	DECIDE_KICK,		/* pid, 1 if by its peer */
	DECIDE_SESSION_TIME,	/* pid, session-time in ms */
	DECIDE_WORKER_READY,	/* pid, ms since its start */
	DECIDE_WORKER_LATE,	/* pid, start-time in ms */
	DECIDE_WORKER_HANGS,	/* pid, watchdog in ms */
	DECIDE_RETIRE,		/* pid, 1 if rolled, 0 if recycled */
	DECIDE_STOP,		/* connected */
	DECIDE_NWHATS
};

struct decision {
	enum decide_what what;
	unsigned count;
	int64_t at_ms;
	long a, b;		/* of the last time */
};

/* All zero: none yet. */
struct decide {
	unsigned n;		/* ever; the last is at (n - 1) % DECIDE_KEEP */
	struct decision ring[DECIDE_KEEP];
};

void decide_note(struct decide *d, enum decide_what what, int64_t now,
    unsigned count, long a, long b);

/* The i-th that is remembered, oldest first; NULL: there are no more. */
const struct decision *decide_at(const struct decide *d, unsigned i);

/* Its word, and its reason: "available 3 < 4".  Returns buf. */
const char *decide_word(enum decide_what what);
const char *decide_because(const struct decision *d, char buf[DECIDE_TEXT]);

#endif
