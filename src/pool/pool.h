/* pool.h - the children of one service: counted, started, buried.
 *
 * Here deciding (rules/) meets doing (os/).  The master calls pool_settle()
 * after every piece of news; without news it changes nothing.
 * Floor 3 (pool). */
#ifndef POOL_POOL_H
#define POOL_POOL_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "os/board.h"
#include "os/capture.h"
#include "os/launch.h"
#include "os/loop.h"
#include "pool/generation.h"
#include "rules/episode.h"
#include "rules/fault.h"
#include "rules/spec.h"

/* What the master alone knows of a seat. */
struct pool_seat {
	pid_t pid;		/* 0 = empty */
	int64_t born_ms;
	int64_t end_ms;		/* end the session then; 0 = not yet known */
	struct pool_generation *generation;
	uint32_t accept_errors;	/* of these we know */
	bool begun;		/* seen busy, and told */
	bool forced;		/* we ended it: TERM was sent */
	bool strange;		/* its nonsense was told */
};

struct pool {
	struct spec *spec;
	struct loop *loop;
	struct board *board;
	struct launch launch;
	const struct handler *handler;
	struct pool_seat *seats;
	struct pool_generation *now;	/* and older ones behind it */
	struct plan_counts counts;	/* as of the last settle */
	unsigned older;			/* waiting children of older ones */
	unsigned maybe_free;		/* no seat below this one is empty */
	uint32_t troubles;		/* of the board's we know */
	struct fault fault;
	bool gone;		/* the pause is because of a missing program */
	struct episode full, forks, execs, accepts, crashes;
	bool was_full;
	unsigned idle_low;	/* fewest idle since quiet_ms began */
	int64_t quiet_ms;	/* when to look at it; 0 = not too many */
	int64_t reap_ms;	/* programs ended: look then; 0 = none did */
	bool closing;		/* no new children */
	bool revive;		/* a listener seems lost: the master's to mend */
	unsigned long served, deaths;
	struct capture *capture;	/* of the programs' lines; or NULL */
	bool strangers;		/* reap children we never started, too */
};

/* 0, or -1 with errno and *e. */
int pool_open(struct pool *p, struct spec *spec, const struct handler *h,
    struct loop *l, bool shared, struct err *e);
void pool_close(struct pool *p);

/* Bring the pool to where its limits want it.  Returns when to come again
 * without news (monotonic ms), or LOOP_NEVER. */
int64_t pool_settle(struct pool *p, int64_t now);

/* Change minimum-available by this much, within its range. */
void pool_shift(struct pool *p, int by);

/* No new children, and those that wait leave. */
void pool_dismiss(struct pool *p);

/* Is nobody left? */
bool pool_is_empty(const struct pool *p);

#endif
