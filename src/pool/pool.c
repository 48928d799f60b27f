/* pool.c - count, plan, start: after every piece of news. */
#include "pool/pool.h"

#include <errno.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

#include "pool/generation.h"
#include "pool/reap.h"
#include "pool/session.h"
#include "pool/tell.h"
#include "pool/trouble.h"
#include "rules/slot.h"
#include "tools/log.h"

int
pool_open(struct pool *p, struct spec *spec, const struct handler *h,
    struct loop *l, bool shared, struct err *e)
{
	/* Children that leave while their successors start have seats, too. */
	unsigned nseats = spec->limits.max + spec->limits.max_idle + 8;

	memset(p, 0, sizeof *p);
	p->spec = spec;
	p->handler = h;
	p->loop = l;
	p->board = board_open(nseats, e);
	if (p->board == NULL)
		return -1;
	p->seats = calloc(nseats, sizeof *p->seats);
	if (p->seats == NULL)
		err_sys(e, EXIT_SYSTEM, "cannot make %u seats", nseats);
	if (p->seats == NULL || launch_open(&p->launch, shared, nseats, e) == -1) {
		pool_close(p);
		return -1;
	}
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
		kill(pid, SIGKILL);
		while (waitpid(pid, NULL, __WALL) == -1 && errno == EINTR)
			;
	}
}

void
pool_close(struct pool *p)
{
	end_all(p);
	generation_close(p);
	launch_close(&p->launch);
	free(p->seats);
	board_close(p->board);
	p->seats = NULL;
	p->board = NULL;
}

/* ---- counting ---- */

static void
count_seat(struct pool *p, unsigned i)
{
	struct pool_seat *s = &p->seats[i];
	unsigned state = atomic_load(&p->board->state[i]);
	bool old = s->generation != p->now;

	switch (state) {
	case SLOT_STARTING:
	case SLOT_IDLE:
		if (old)
			p->older++;
		else if (state == SLOT_IDLE)
			p->counts.idle++;
		else
			p->counts.starting++;
		break;
	case SLOT_BUSY:
		if (!s->begun)
			session_begin(p, i);
		p->counts.busy++;
		break;
	case SLOT_LEAVING:
		p->older++;
		break;
	default:
		/* Hearsay: it counts as busy, and is told once. */
		p->counts.busy++;
		if (!s->strange)
			log_warn("board-nonsense pid=%d state=%u", s->pid, state);
		s->strange = true;
	}
}

static void
count(struct pool *p)
{
	memset(&p->counts, 0, sizeof p->counts);
	p->older = 0;
	for (unsigned i = 0; i < p->board->high; i++)
		if (p->seats[i].pid != 0)
			count_seat(p, i);
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
	if (i >= p->board->high)
		atomic_store(&p->board->high, i + 1);
	atomic_store(&p->board->state[i], SLOT_STARTING);
	pid = launch_child(&p->launch, child_main, &p->now->task, i);
	if (pid == -1) {
		atomic_store(&p->board->state[i], SLOT_EMPTY);
		return -1;
	}
	p->maybe_free = i + 1;
	s->pid = pid;
	s->born_ms = now;
	s->generation = p->now;
	return 0;
}

static void
start(struct pool *p, unsigned n, int64_t now)
{
	unsigned repeated;

	for (; n > 0; n--) {
		if (start_one(p, now) == -1)
			break;
		p->counts.starting++;
	}
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
	unsigned spare;

	if (idle <= p->spec->limits.max_idle || p->spec->limits.fixed > 0 ||
	    p->closing) {
		p->quiet_ms = 0;
		return;
	}
	if (p->quiet_ms == 0) {
		p->quiet_ms = now + p->spec->idle_ms;
		p->idle_low = idle;
	}
	if (idle < p->idle_low)
		p->idle_low = idle;
	if (now < p->quiet_ms)
		return;
	spare = plan_spare(&p->spec->limits, p->idle_low);
	log_debug("shrink idle=%u spare=%u", idle, spare);
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
	    p->counts.idle + p->counts.starting == 0) {
		p->was_full = true;
		if (episode_tell(&p->full, now, &repeated))
			log_warn("full connected=%u maximum-connected=%u",
			    p->counts.busy, l->max);
	}
	if (p->was_full && p->counts.idle >= l->min_idle) {
		p->was_full = false;
		if (episode_end(&p->full))
			log_info("full-over connected=%u", p->counts.busy);
	}
}

static int64_t
sooner(int64_t a, int64_t b)
{
	if (b == 0 || b == LOOP_NEVER)
		return a;
	return a == LOOP_NEVER || b < a ? b : a;
}

static int64_t
next_deadline(const struct pool *p, int64_t now)
{
	int64_t next = sooner(sooner(LOOP_NEVER, p->reap_ms), p->quiet_ms);

	next = sooner(next, p->fault.until_ms);
	if (p->fault.probing && p->fault.until_ms == 0 && !p->gone)
		next = sooner(next, now + FAULT_WELL_MS);
	if (p->spec->session_ms == 0)
		return next;
	for (unsigned i = 0; i < p->board->high; i++)
		if (p->seats[i].pid != 0)
			next = sooner(next, p->seats[i].end_ms);
	return next;
}

int64_t
pool_settle(struct pool *p, int64_t now)
{
	const struct plan_limits *l = &p->spec->limits;
	struct plan_counts c;
	struct plan todo;

	if (p->reap_ms != 0 && now >= p->reap_ms)
		reap_ended(p, now);
	/* From here on a child that leaves too few rings; only then count.
	 * These stores and those of states must stay sequentially consistent
	 * (tests/model/doorbell.c). */
	atomic_store(&p->board->rung, 0);
	atomic_store(&p->board->wanted, l->fixed > 0 ? 0 : l->min_idle);
	count(p);
	trouble_look(p, now);
	if (p->now->older != NULL)
		generation_forget_older(p);
	session_end_long(p, now);
	trouble_check(p, now);
	c = p->counts;
	c.busy += p->older;	/* they may still take one more */
	todo = plan_next(l, &c);
	/* In this order: asking also ends a pause that is over. */
	if (fault_holds(&p->fault, now) || p->closing)
		todo.start = 0;
	todo.start = fault_allows(&p->fault, c.starting + c.idle, todo.start);
	if (todo.start > 0) {
		wait_take_back(&p->now->task.wait);
		start(p, todo.start, now);
	}
	if (todo.wanted == 0)
		atomic_store(&p->board->wanted, 0);
	tell_ceiling(p, &todo, now);
	shrink(p, now);
	if (todo.start == l->burst)
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
pool_dismiss(struct pool *p)
{
	p->closing = true;
	wait_farewell(&p->now->task.wait, UINT32_MAX);
}

bool
pool_is_empty(const struct pool *p)
{
	return p->board->high == 0;
}
