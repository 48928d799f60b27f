/* pool.c - count, plan, start: after every piece of news. */
#include "pool/pool.h"

#include <errno.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "pool/census.h"
#include "pool/claim.h"
#include "pool/generation.h"
#include "pool/life.h"
#include "pool/peer.h"
#include "pool/reap.h"
#include "pool/session.h"
#include "pool/tell.h"
#include "pool/trouble.h"
#include "pool/worker.h"
#include "rules/roll.h"
#include "rules/slot.h"
#include "tools/fd.h"
#include "tools/log.h"

int
pool_open(struct pool *p, struct spec *spec, const struct handler *h,
    struct loop *l, bool shared, bool embedded, struct err *e)
{
	/* All there may ever be, as limits may be raised: what is not used
	 * costs nothing. */
	unsigned nseats = POOL_SEATS;

	memset(p, 0, sizeof *p);
	p->notify.fd = p->strays[0] = p->strays[1] = p->oom.fd = -1;
	p->embedded = embedded;
	p->spec = spec;
	p->handler = h;
	p->loop = l;
	p->board = board_open(nseats, e);
	if (p->board == NULL)
		return -1;
	p->seats = calloc(nseats, sizeof *p->seats);
	p->births = calloc(nseats, sizeof *p->births);
	if (p->seats == NULL || p->births == NULL)
		err_sys(e, EXIT_SYSTEM, "cannot make %u seats", nseats);
	if (p->seats == NULL || p->births == NULL ||
	    launch_open(&p->launch, shared, embedded, nseats, e) == -1 ||
	    (h->peer_ms > 0 && peer_open(p, e) == -1) ||
	    (handler_is_worker(h) && worker_open(p, e) == -1)) {
		pool_close(p);
		return -1;
	}
	oom_open(&p->oom);
	return 0;
}

/* The board and the stacks are theirs as well: nobody may be left. */
static void
end_all(struct pool *p)
{
	for (unsigned i = 0; i < p->board->high; i++) {
		pid_t pid = p->seats != NULL ? p->seats[i].pid : 0;

		if (pid == 0)
			continue;
		kill(-pid, SIGKILL);
		kill(pid, SIGKILL);
		while (waitpid(pid, NULL, __WALL) == -1 && errno == EINTR)
			;
		if (p->embedded)
			fd_close(&p->seats[i].pidfd);
	}
}

void
pool_close(struct pool *p)
{
	end_all(p);
	generation_close(p);
	worker_close(p);
	peer_close(p);
	launch_close(&p->launch);
	oom_close(&p->oom);
	free(p->seats);
	free(p->births);
	board_close(p->board);
	p->seats = NULL;
	p->births = NULL;
	p->board = NULL;
}

/* ---- starting ---- */

static unsigned
free_seat(const struct pool *p)
{
	unsigned i;

	for (i = p->maybe_free; i < p->board->nseats; i++)
		if (p->seats[i].pid == 0)
			break;
	return i;
}

/* Without SIGCHLD.  One whose end could not be heard shall not be. */
static int
watch_child(struct pool *p, unsigned i, pid_t pid)
{
	struct pool_seat *s = &p->seats[i];
	int keep;

	s->pidfd = fd_high((int)syscall(SYS_pidfd_open, pid, 0));
	if (s->pidfd != -1 && loop_add(p->loop, s->pidfd, EPOLLIN,
	    POOL_TAG_CHILD + i) == 0)
		return 0;
	keep = errno;
	fd_close(&s->pidfd);
	kill(pid, SIGKILL);
	while (waitpid(pid, NULL, __WALL) == -1 && errno == EINTR)
		;
	errno = keep;
	return -1;
}

static void
note_foreign(struct pool *p, unsigned seat)
{
	struct child_birth *b = &p->births[seat];

	b->nforeign = 0;
	for (unsigned i = 0; i < p->nforeign; i++)
		if (p->foreign[i] != -1)
			b->foreign[b->nforeign++] = p->foreign[i];
}

static int
start_one(struct pool *p, int64_t now)
{
	unsigned i = free_seat(p);
	struct pool_seat *s;
	pid_t pid;

	if (i == p->board->nseats)
		return -1;
	s = &p->seats[i];
	memset(&p->board->seats[i], 0, sizeof p->board->seats[i]);
	memset(s, 0, sizeof *s);
	s->pidfd = s->ready_fd = -1;
	if (i >= p->board->high)
		atomic_store(&p->board->high, i + 1);
	note_foreign(p, i);
	atomic_store(&p->board->state[i], SLOT_STARTING);
	pid = worker_prepare(p, i) == -1 ? -1 :
	    launch_child(&p->launch, life_main, &p->now->task, i);
	worker_launched(p, i, pid != -1, now);
	if (pid != -1 && p->embedded && watch_child(p, i, pid) == -1)
		pid = -1;
	if (pid == -1) {
		atomic_store(&p->board->state[i], SLOT_EMPTY);
		pool_lower(p);
		return -1;
	}
	p->maybe_free = i + 1;
	s->pid = pid;
	s->born_ms = now;
	s->generation = p->now;
	s->born_in = p->now->number;
	return 0;
}

static void
note_start(struct pool *p, unsigned available, int64_t now)
{
	const struct plan_limits *l = &p->spec->limits;
	unsigned started = p->counts.idle + p->counts.starting - available;

	if (started > 0)
		decide_note(&p->decide, handler_is_worker(p->handler) ?
		    DECIDE_REPLACE : DECIDE_START, now, started, available,
		    l->fixed > 0 ? l->fixed : l->min_idle);
}

static void
start(struct pool *p, unsigned n, int64_t now)
{
	unsigned available = p->counts.idle + p->counts.starting;
	unsigned repeated;

	if (n == 0)
		return;
	for (; n > 0; n--) {
		if (start_one(p, now) == -1)
			break;
		p->counts.starting++;
	}
	note_start(p, available, now);
	if (n == 0) {
		if (p->fault.fork_ms != 0 && episode_end(&p->forks))
			log_info("fork-over");
		p->fault.fork_ms = 0;
		return;
	}
	if (episode_tell(&p->forks, now, &repeated))
		log_warn("fork-failed errno=%s retry=%.1fs repeated=%u",
		    tell_errno(errno),
		    (double)fault_fork(&p->fault, now) / 1000, repeated);
	else
		fault_fork(&p->fault, now);
}

/* ---- settling ---- */

/* Idle children above maximum-available go, when that many were not needed
 * for a quiet time: the low-water mark of it decides. */
static void
shrink(struct pool *p, int64_t now)
{
	unsigned idle = p->counts.idle;
	unsigned fewest = atomic_exchange(&p->board->fewest, UINT32_MAX);
	unsigned spare;

	if (idle <= p->spec->limits.max_idle || p->spec->limits.fixed > 0 ||
	    p->closing || p->paused) {
		p->quiet_ms = 0;
		return;
	}
	if (p->quiet_ms == 0) {
		p->quiet_ms = now + p->spec->idle_ms;
		p->idle_low = idle;
	}
	if (idle < p->idle_low)
		p->idle_low = idle;
	if (fewest < p->idle_low)
		p->idle_low = fewest;
	if (now < p->quiet_ms)
		return;
	spare = plan_spare(&p->spec->limits, p->idle_low);
	log_debug("shrink idle=%u spare=%u", idle, spare);
	if (spare > 0)
		decide_note(&p->decide, DECIDE_SPARE, now, spare, p->idle_low,
		    p->spec->limits.max_idle);
	wait_take_back(&p->now->task.wait);
	wait_farewell(&p->now->task.wait, spare);
	p->quiet_ms = now + 1000;
	p->idle_low = idle - spare;
}

/* Full is when nobody waits and nobody may be added; it is over when the
 * minimum waits again, not with the first that goes. */
static void
tell_ceiling(struct pool *p, const struct plan *todo, int64_t now)
{
	const struct plan_limits *l = &p->spec->limits;
	unsigned repeated;

	if (todo->why == PLAN_FULL && l->fixed == 0 && !p->was_full &&
	    p->counts.busy >= l->max) {
		p->was_full = true;
		decide_note(&p->decide, DECIDE_FULL, now, 1, p->counts.busy,
		    l->max);
		p->news_full++;
		if (episode_tell(&p->full, now, &repeated))
			log_warn("full connected=%u maximum-connected=%u",
			    p->counts.busy, l->max);
	}
	if (p->was_full && p->counts.idle >= l->min_idle) {
		p->was_full = false;
		decide_note(&p->decide, DECIDE_FULL_OVER, now, 1,
		    p->counts.idle, l->min_idle);
		p->news_calm++;
		if (episode_end(&p->full))
			log_info("full-over connected=%u", p->counts.busy);
	}
	atomic_store(&p->board->full, p->was_full);
}

/* Of the pool's own times 0 is none. */
static int64_t
sooner(int64_t a, int64_t b)
{
	return loop_sooner(a, b != 0 ? b : LOOP_NEVER);
}

static int64_t
next_deadline(const struct pool *p, int64_t now)
{
	int64_t next = sooner(sooner(LOOP_NEVER, p->reap_ms), p->quiet_ms);

	bool starts = !p->closing && !p->paused;

	if (starts)
		next = sooner(next, p->fault.until_ms);
	if (p->fault.probing && p->fault.until_ms == 0 && !p->gone &&
	    !p->paused)
		next = sooner(next, now + FAULT_WELL_MS);
	/* Children that wait again do not say so, and may be too many. */
	if (handler_is_inline(p->handler) && p->counts.busy > 0 &&
	    p->counts.busy + p->counts.idle > p->spec->limits.max_idle)
		next = sooner(next, now + p->spec->idle_ms);
	if (p->spec->session_ms == 0 && !handler_is_worker(p->handler) &&
	    !p->kicking)
		return next;
	for (unsigned i = 0; i < p->board->high; i++)
		if (p->seats[i].pid != 0)
			next = sooner(next, handler_is_worker(p->handler) ?
			    worker_next(p, i) : p->seats[i].end_ms);
	return next;
}

/* ---- workers, and all others ---- */

static unsigned
settle_workers(struct pool *p, int64_t now)
{
	const struct plan_counts *c = &p->counts;
	struct roll todo = roll_next(p->spec->limits.fixed, p->spec->overlap,
	    &(struct roll_counts){ .starting = c->starting, .ready = c->idle,
	    .old = p->older, .leaving = p->leaving });

	if (p->closing || p->paused)
		return 0;
	worker_retire(p, todo.retire, now);
	if (fault_holds(&p->fault, now))
		return 0;
	return fault_allows(&p->fault, c->starting, todo.start);
}

/* maximum-connected was lowered: nobody is cut, but those that wait above it
 * must not take more. */
static void
keep_below(struct pool *p, int64_t now_ms)
{
	const struct plan_limits *l = &p->spec->limits;
	const struct plan_counts *c = &p->counts;
	unsigned top = l->fixed > 0 ? l->fixed : l->max;
	unsigned alive = c->starting + c->idle + c->busy;
	unsigned above = alive > top ? alive - top : 0;
	unsigned waiting = c->idle + c->starting;
	unsigned now = above < waiting ? above : waiting;

	atomic_store(&p->board->above, above - now);
	if (now > p->shrinking)
		decide_note(&p->decide, DECIDE_SHRINK, now_ms,
		    now - p->shrinking, alive, top);
	p->shrinking = now;
	if (now == 0)
		return;
	wait_take_back(&p->now->task.wait);
	wait_farewell(&p->now->task.wait, now);
}

static unsigned
settle_children(struct pool *p, int64_t now)
{
	struct plan_counts c = p->counts;
	struct plan todo;

	/* Whoever has served while there is a pause, leaves. */
	if (p->paused)
		atomic_store(&p->board->above, UINT32_MAX);
	else if (!p->closing)
		keep_below(p, now);
	c.busy += p->older;	/* they may still take one more */
	todo = plan_next(&p->spec->limits, &c);
	/* In this order: asking also ends a pause that is over. */
	if (fault_holds(&p->fault, now) || p->closing || p->paused)
		todo.start = 0;
	todo.start = fault_allows(&p->fault, c.starting + c.idle, todo.start);
	if (todo.start > 0)
		wait_take_back(&p->now->task.wait);
	if (todo.wanted == 0 || p->paused)
		atomic_store(&p->board->wanted, 0);
	tell_ceiling(p, &todo, now);
	return todo.start;
}

/* Whoever has changed them. */
static void
note_limits(struct pool *p, int64_t now)
{
	const struct plan_limits *new = &p->spec->limits;
	const struct plan_limits old = p->known;

	if (memcmp(&old, new, sizeof old) == 0)
		return;
	p->known = *new;
	if (old.burst == 0)
		return;		/* the first ones */
	if (old.min_idle != new->min_idle)
		decide_note(&p->decide, DECIDE_MINIMUM, now, 1, old.min_idle,
		    new->min_idle);
	if (old.max_idle != new->max_idle)
		decide_note(&p->decide, DECIDE_SPARES, now, 1, old.max_idle,
		    new->max_idle);
	if (old.max != new->max)
		decide_note(&p->decide, DECIDE_MAXIMUM, now, 1, old.max,
		    new->max);
}

int64_t
pool_settle(struct pool *p, int64_t now)
{
	const struct plan_limits *l = &p->spec->limits;
	unsigned todo;

	note_limits(p, now);
	/* From here on a child that leaves too few rings; only then count.
	 * These stores and those of states must stay sequentially consistent
	 * (tests/model/doorbell.c). */
	atomic_store(&p->board->rung, 0);
	atomic_store(&p->board->wanted, l->fixed > 0 ? 0 : l->min_idle);
	if (handler_is_worker(p->handler))
		worker_look(p, now);
	census_take(p);
	trouble_look(p, now);
	if (p->now->older != NULL)
		generation_forget_older(p);
	session_end_long(p, now);
	trouble_check(p, now);
	if (handler_way(p->handler) == WAIT_CLAIM)
		claim_look(p, now);
	todo = handler_is_worker(p->handler) ? settle_workers(p, now) :
	    settle_children(p, now);
	start(p, todo < l->burst ? todo : l->burst, now);
	shrink(p, now);
	if (todo >= l->burst)
		return now;	/* others first, then us again */
	return next_deadline(p, now);
}

/* ---- changing ---- */

void
pool_shift(struct pool *p, int by)
{
	struct plan_limits *l = &p->spec->limits;
	unsigned top = l->max;

	if (l->fixed > 0 || (by < 0 && l->min_idle == 1) ||
	    (by > 0 && l->min_idle == top)) {
		log_info("minimum-available value=%u unchanged=1", l->min_idle);
		return;
	}
	l->min_idle += (unsigned)by;
	l->max_idle += (unsigned)by;
	if (l->max_idle > top)
		l->max_idle = top;
	if (l->max_idle < l->min_idle)
		l->max_idle = l->min_idle;
	log_info("minimum-available value=%u", l->min_idle);
}

void
pool_dismiss(struct pool *p, int64_t now)
{
	if (!p->closing)
		decide_note(&p->decide, DECIDE_STOP, now, 1, p->counts.busy, 0);
	p->closing = true;
	if (handler_is_worker(p->handler))
		worker_dismiss(p, now);
	else
		wait_farewell(&p->now->task.wait, UINT32_MAX);
	if (handler_becomes_wait(p->handler))
		session_tell(p, SIGTERM);
}

void
pool_hear(struct pool *p, uint32_t tag, int64_t now)
{
	if (tag == POOL_TAG_NOTIFY)
		worker_hear(p, now);
	else if (tag >= POOL_TAG_CHILD)
		reap_child(p, tag - POOL_TAG_CHILD, now);
	else if (tag >= POOL_TAG_READY &&
	    p->seats[tag - POOL_TAG_READY].pid != 0)
		worker_hear_line(p, tag - POOL_TAG_READY, now);
}

bool
pool_is_renewed(const struct pool *p)
{
	return p->older == 0;
}

bool
pool_is_empty(const struct pool *p)
{
	return p->board->high == 0;
}
