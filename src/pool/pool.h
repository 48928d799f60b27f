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
#include "os/notify.h"
#include "os/oom.h"
#include "pool/decide.h"
#include "pool/generation.h"
#include "rules/episode.h"
#include "rules/fault.h"
#include "rules/spec.h"

/* Tags of what the pool watches in the master's loop; of a seat: + its
 * number. */
enum {
	POOL_TAG_NOTIFY = 0x1000,
	POOL_TAG_READY  = 0x10000,	/* a worker's ready-fd */
	POOL_TAG_CHILD  = 0x20000,	/* a child's pidfd */
	POOL_TAG_END    = 0x30000,
	POOL_SEATS      = 0xfff0	/* most */
};

/* What the master alone knows of a seat. */
struct pool_seat {
	pid_t pid;		/* 0 = empty */
	int pidfd;		/* tells its end; only where SIGCHLD does not */
	int64_t born_ms;
	int64_t end_ms;		/* end the session then; 0 = not yet known */
	struct pool_generation *generation;
	unsigned born_in;	/* its number */
	uint32_t accept_errors;	/* of these we know */
	int64_t begun_ns;	/* of the session that was seen and told; 0 = none */
	/* Workers: */
	bool ready;
	bool told;		/* to go */
	bool recycled;		/* another shall be in its place */
	bool failed;		/* it had to be told */
	int ready_fd;		/* it writes a newline there; -1 = none */
	int64_t start_ms;	/* ready, or late, then */
	int64_t watch_ms;	/* hangs then; 0 = offers no watchdog */
	int64_t recycle_ms;	/* too old then; 0 = never */
	bool forced;		/* we ended it: TERM was sent */
	bool kicked;		/* ... because somebody asked for it */
	bool strange;		/* its nonsense was told */
};

struct pool {
	struct spec *spec;
	struct loop *loop;
	struct board *board;
	struct launch launch;
	const struct handler *handler;
	struct pool_seat *seats;
	struct child_birth *births;	/* of each seat */
	struct pool_generation *now;	/* and older ones behind it */
	int strays[2];			/* datagrams that were passed on, of
					 * peers' sessions: read, write; or -1 */
	struct notify notify;		/* of workers; fd -1 = none */
	struct plan_counts counts;	/* as of the last settle */
	unsigned leaving;		/* workers that were told to go */
	unsigned older;			/* waiting children of older ones */
	unsigned maybe_free;		/* no seat below this one is empty */
	uint32_t troubles;		/* of the board's we know */
	struct fault fault;
	bool gone;		/* the pause is because of a missing program */
	struct episode full, forks, execs, accepts, crashes, eaten;
	bool was_full;
	unsigned idle_low;	/* fewest idle since quiet_ms began */
	int64_t quiet_ms;	/* when to look at it; 0 = not too many */
	int64_t reap_ms;	/* programs ended: look then; 0 = none did */
	bool closing;		/* no new children */
	bool patient;		/* ... and the old ones may take their time */
	bool paused;		/* likewise, until it is resumed */
	bool kicking;		/* some session is to be ended */
	struct plan_limits known;	/* as of the last settle */
	unsigned shrinking;	/* so many above the ceiling were noted */
	struct decide decide;
	const int *foreign;	/* descriptors that are not for children: */
	unsigned nforeign;	/* so many, CHILD_FOREIGN at most; -1 = none */
	bool revive;		/* a listener seems lost: the master's to mend */
	/* What happened since the master looked, for its hooks: */
	unsigned news_failed, news_full, news_calm;
	char news_reason[160];	/* of the last that failed */
	unsigned long served, deaths;
	struct capture *capture;	/* of the programs' lines; or NULL */
	struct oom oom;			/* who was killed for memory? */
	bool ended;		/* something has: see pool/strangers.h */
	bool embedded;		/* SIGCHLD is the caller's */
};

/* 0, or -1 with errno and *e. */
int pool_open(struct pool *p, struct spec *spec, const struct handler *h,
    struct loop *l, bool shared, bool embedded, struct err *e);
void pool_close(struct pool *p);

/* Bring the pool to where its limits want it.  Returns when to come again
 * without news (monotonic ms), or LOOP_NEVER. */
int64_t pool_settle(struct pool *p, int64_t now);

/* Change minimum-available by this much, within its range. */
void pool_shift(struct pool *p, int by);

/* One of the pool's descriptors is ready. */
void pool_hear(struct pool *p, uint32_t tag, int64_t now);

/* After a seat became empty: forget those at the end. */
static inline void
pool_lower(struct pool *p)
{
	unsigned high = p->board->high;

	while (high > 0 && p->seats[high - 1].pid == 0)
		high--;
	atomic_store(&p->board->high, high);
}

/* No new children, and those that wait leave. */
void pool_dismiss(struct pool *p, int64_t now);

/* Is a renewal complete: does nobody of an older generation take clients? */
bool pool_is_renewed(const struct pool *p);

/* Is nobody left? */
bool pool_is_empty(const struct pool *p);

#endif
