/* master.c - news comes, the master answers it; between them it sleeps. */
#include "lib/master.h"

#include <errno.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

#include "lib/answer.h"
#include "lib/fits.h"
#include "lib/state.h"
#include "os/program.h"
#include "pool/census.h"
#include "pool/reap.h"
#include "pool/tell.h"
#include "tools/clock.h"
#include "tools/log.h"

enum {
	FDS_SPARE = 40,		/* descriptors needed beside the listeners */
	TWICE_MS  = 21		/* a process group's and our own copy of a signal */
};

_Static_assert((int)CONTROL_FDS <= (int)CHILD_FOREIGN,
    "a child can close them all");

/* ---- start ---- */

/* Children need few descriptors and the master not many more; if the limit
 * is below even that, say how many. */
static int
check_descriptors(const struct master *m, struct err *e)
{
	rlim_t need = m->door.n + FDS_SPARE + CONTROL_FDS + (m->s->handler.ready ==
	    HANDLER_READY_FD ? 2 * WAIT_LISTENERS + SPEC_BURST : 0);
	struct rlimit r;

	if (getrlimit(RLIMIT_NOFILE, &r) == -1 || r.rlim_cur >= need)
		return 0;
	r.rlim_cur = need < r.rlim_max ? need : r.rlim_max;
	if (setrlimit(RLIMIT_NOFILE, &r) == 0 && r.rlim_cur >= need)
		return 0;
	err_set(e, EXIT_SYSTEM, "too few descriptors: the limit is %llu, "
	    "expected %llu at least (ulimit -n)",
	    (unsigned long long)r.rlim_max, (unsigned long long)need);
	return -1;
}

static bool
hears_datagrams(const struct door *d)
{
	for (unsigned i = 0; i < d->n; i++)
		if (listen_is_datagram(&d->listener[i]))
			return true;
	return false;
}

/* Programs' standard error is one socket for all of them; where the process
 * is ours, also our own, and so theirs without another call. */
static int
open_capture(struct master *m, struct err *e)
{
	if (capture_open(&m->capture, e) == -1)
		return -1;
	if (loop_add(&m->loop, m->capture.read_fd, EPOLLIN, TAG_CAPTURE) == -1 ||
	    (!m->s->embedded && dup2(m->capture.write_fd, 2) == -1)) {
		err_sys(e, EXIT_SYSTEM, "cannot capture standard error");
		capture_close(&m->capture);
		return -1;
	}
	m->pool.capture = &m->capture;
	return 0;
}

/* From here on 0 and 1 are nobody's: so accept itself puts a connection on 0
 * (pool/exec.c). */
static int
arrange_descriptors(struct master *m, struct err *e)
{
	const struct service *s = m->s;

	if (handler_is_inline(&s->handler))
		return 0;
	if (s->err == STDERR_LOG ||
	    (s->err == STDERR_BEST && log_shows(LOG_LEVEL_ERROR)))
		if (open_capture(m, e) == -1)
			return -1;
	if (!s->embedded) {
		close(0);
		close(1);
	}
	return 0;
}

static void
tell_start(const struct master *m, bool shared)
{
	const struct service *s = m->s;
	const struct plan_limits *l = &s->spec.limits;
	const char *path = s->handler.path != NULL ? s->handler.path : "none";
	char program[256], name[256];

	log_info("start program=%s minimum-available=%u "
	    "maximum-available=%u maximum-connected=%u children=%u kind=%s "
	    "memory=%s uid=%d service=%s",
	    log_value(path, program, sizeof program), l->min_idle, l->max_idle,
	    l->max, l->fixed, s->handler.kind->word, shared ? "shared" : "own",
	    (int)geteuid(), log_value(s->name, name, sizeof name));
	door_tell(&m->door);
}

static int
open_hooks(struct master *m, struct err *e)
{
	m->hooks = (struct hooks){
		.order = m->s->hook, .n = m->s->nhooks, .loop = &m->loop,
		.tag = TAG_HOOK, .capture = &m->capture,
		.env = m->s->handler.env, .nenv = m->s->handler.nenv,
	};
	if (hooks_open(&m->hooks) == 0)
		return 0;
	err_sys(e, EXIT_SYSTEM, "cannot remember what runs at events");
	return -1;
}

static int
start_pool(struct master *m, bool shared, struct err *e)
{
	struct service *s = m->s;

	if (pool_open(&m->pool, &s->spec, &s->handler, &m->loop, shared,
	    s->embedded, e) == -1 || arrange_descriptors(m, e) == -1)
		return -1;
	if (s->control != NULL) {
		m->pool.foreign = m->control.fd;
		m->pool.nforeign = CONTROL_FDS;
	}
	if (generation_open(&m->pool, m->door.listener, m->door.n, e) == -1)
		return -1;
	/* Whoever reads it waits for its end, too. */
	m->pool.now->task.shut_fd = m->ready.line_fd;
	watch_door(m);
	return 0;
}

/* Somebody whose death is to end us, and who gave us listeners, perhaps. */
static pid_t
dies_with(void)
{
	int number = 0;

	prctl(PR_GET_PDEATHSIG, &number, 0, 0, 0);
	return number != 0 ? getppid() : 0;
}

struct master *
master_open(struct service *s, const struct inherit *in, struct err *e)
{
	struct master *m = calloc(1, sizeof *m);

	if (m == NULL) {
		err_sys(e, EXIT_SYSTEM, "cannot make a master");
		return NULL;
	}
	m->s = s;
	m->dies_with = dies_with();
	m->loop = (struct loop){ -1, -1, -1, -1, -1 };
	m->capture = (struct capture){ .read_fd = -1, .write_fd = -1 };
	m->ready = (struct ready){ .notify_fd = -1, .line_fd = -1 };
	if (door_open(&m->door, s, in, clock_ms() + RESOLVE_MS, e) == 0) {
		if (answer_open(m, e) == 0)
			return m;
		door_close(&m->door, false);
	}
	free(m);
	return NULL;
}

int
master_start(struct master *m, struct err *e)
{
	struct service *s = m->s;
	bool shared;

	if (s->title)
		prctl(PR_SET_NAME, "brood");
	if (!s->embedded)
		orphans_begin(m);
	m->now = clock_ms();
	if (fits_places(s, m->door.n, e) == -1 || check_descriptors(m, e) == -1 ||
	    fits_memory(s, hears_datagrams(&m->door), &shared, e) == -1 ||
	    loop_open(&m->loop, launch_signal(), s->embedded, e) == -1)
		return -1;
	if (!s->embedded)
		ready_open(&m->ready, s->ready_fd);
	if (fits_limits(s, e) == -1 ||
	    costume_put_on(&s->costume, e) == -1 ||
	    (s->handler.path != NULL &&
	    program_check(s->handler.path, e) == -1))
		return -1;
	tell_start(m, shared);
	if (open_hooks(m, e) == -1 || start_pool(m, shared, e) == -1)
		return -1;
	m->stage = STAGE_STARTING;
	m->started_ms = m->now;
	m->limits = s->spec.limits;
	if (s->control != NULL && control_begin(&m->control, &m->loop, e) == -1)
		return -1;
	if (s->control != NULL && !m->ready.supervised)
		control_guard(&m->control);
	if (s->embedded)
		loop_set_timer(&m->loop, m->now);
	return 0;
}

/* ---- ready ---- */

static void
become_ready(struct master *m)
{
	const struct plan_limits *l = &m->s->spec.limits;
	const struct pool *p = &m->pool;
	unsigned want = l->fixed > 0 ? l->fixed : l->min_idle;

	/* Somebody may have connected already: that child was ready, too. */
	if (p->counts.idle + p->counts.busy + census_served(p) < want) {
		m->broken = p->fault.probing;
		return;
	}
	m->stage = STAGE_RUNNING;
	ready_now(&m->ready);
	log_info("ready pid=%d available=%u", (int)getpid(), p->counts.idle);
	hooks_tell(&m->hooks, HOOK_READY, 1, "");
	if (m->s->ready != NULL)
		m->s->ready(m->s->arg);
}

/* ---- news ---- */

static void
hear_signal(struct master *m, int number)
{
	char by[32];

	/* It may stand for several deaths. */
	if (number == launch_signal()) {
		reap_dead(&m->pool);
		return;
	}
	switch (number) {
	case SIGHUP:
		m->renew_asked = true;
		break;
	case SIGTERM:
	case SIGINT:
		snprintf(by, sizeof by, "signal=%s", sigabbrev_np(number));
		stop_asked(m, by, TWICE_MS);
		break;
	case SIGQUIT:
		stop_drain(m, "signal=QUIT", TWICE_MS);
		break;
	case SIGTTIN:
		pool_shift(&m->pool, 1);
		break;
	case SIGTTOU:
		pool_shift(&m->pool, -1);
		break;
	case SIGUSR1:
		report_log_reopen(m);
		renew_children(m);
		break;
	case SIGUSR2:
		log_warn("upgrade-refused reason=\"not available\"");
		break;
	}
}

/* A program has shut down the socket that all have as standard error: those
 * that come get another one. */
static void
capture_again(struct master *m)
{
	struct err e = { .status = 0 };
	char text[512];

	loop_del(&m->loop, m->capture.read_fd);
	capture_close(&m->capture);
	if (open_capture(m, &e) == -1 ||
	    generation_open(&m->pool, m->door.listener, m->door.n, &e) == -1)
		log_warn("capture-lost reason=%s",
		    log_value(e.text, text, sizeof text));
	else
		log_warn("capture-renewed");
}

static void
hear_ready(struct master *m, uint32_t tag)
{
	switch (tag) {
	case TAG_CAPTURE:
		if (capture_take(&m->capture, tell_program) == -1)
			capture_again(m);
		break;
	case TAG_RESOLVE:
		if (m->renewing && resolve_take(&m->door.resolve))
			renew_found(m);
		break;
	case TAG_LOG:
		break;		/* every turn tries to write */
	case TAG_HOOK:
		break;		/* every turn looks after them */
	case TAG_DOOR:
		m->pool.revive = true;
		break;
	default:
		if (tag >= TAG_CONTROL && tag < TAG_CONTROL + CONTROL_TAGS)
			control_hear(&m->control, tag, m->now);
		else
			pool_hear(&m->pool, tag, m->now);
	}
}

static void
hear(struct master *m, const struct loop_news *news)
{
	hooks_look(&m->hooks, m->now);
	for (unsigned i = 0; i < news->nsignals; i++)
		hear_signal(m, news->signals[i]);
	if (news->ended)
		reap_heard(&m->pool, m->now);
	for (unsigned i = 0; i < news->nready; i++)
		hear_ready(m, news->ready[i]);
}

/* What the pool learned since, in the order in which it must have been. */
static void
tell_hooks(struct master *m)
{
	struct pool *p = &m->pool;

	hooks_tell(&m->hooks, HOOK_CHILD_FAILED, p->news_failed,
	    p->news_reason);
	if (p->was_full)
		hooks_tell(&m->hooks, HOOK_CALM, p->news_calm, "");
	hooks_tell(&m->hooks, HOOK_FULL, p->news_full, "");
	if (!p->was_full)
		hooks_tell(&m->hooks, HOOK_CALM, p->news_calm, "");
	p->news_failed = p->news_full = p->news_calm = 0;
}

static int64_t
start_hooks(struct master *m)
{
	struct hook_facts facts = { .service = m->s->name };
	struct master_counts n;

	if (m->stage == STAGE_OVER)
		return LOOP_NEVER;
	tell_hooks(m);
	if (hooks_due(&m->hooks, m->now)) {
		n = master_count(m);
		facts.available = n.available;
		facts.connected = n.connected;
	}
	return hooks_start(&m->hooks, &facts, m->now);
}

/* Everything that follows from the news.  Returns when to come again. */
static int64_t
turn(struct master *m)
{
	enum stage before = m->stage;
	int64_t next;

	/* Those that ended are waited for before anything is decided: of the
	 * last one's end no other news may come. */
	reap_due(&m->pool, m->now);
	/* Until it is counted who is busy, anybody may be the first. */
	atomic_store(&m->pool.board->call, report_wants_all(m) ||
	    m->s->spec.session_ms > 0);
	next = renew_turn(m);
	next = loop_sooner(next, renew_close_unwanted(m));
	next = loop_sooner(next, stop_turn(m));
	next = loop_sooner(next, pool_settle(&m->pool, m->now));
	next = loop_sooner(next, orphans_look(m));
	atomic_store(&m->pool.board->call, report_wants_all(m));
	/* Those that start now may not have looked at it yet. */
	if (m->stage != STAGE_STARTING && m->pool.counts.starting == 0)
		m->pool.now->task.shut_fd = -1;
	if (m->stage == STAGE_STARTING) {
		become_ready(m);
		if (m->renew_asked && m->stage == STAGE_RUNNING)
			next = m->now;
	}
	if (m->rolling && pool_is_renewed(&m->pool))
		next = m->now;
	next = loop_sooner(next, stop_quiet(m));
	if (m->s->control != NULL)
		next = loop_sooner(next, control_turn(&m->control, m->now));
	next = loop_sooner(next, start_hooks(m));
	if (watch_mend(m))
		next = m->now;
	report_title(m);
	next = loop_sooner(next, report_ready(m));
	next = loop_sooner(next, report_limits(m));
	next = loop_sooner(next, report_status(m));
	next = loop_sooner(next, report_watchdog(m));
	/* An event's function may have asked for it. */
	if (before < STAGE_DRAINING && m->stage >= STAGE_DRAINING)
		next = m->now;
	return loop_sooner(next, report_log(m));
}

int
master_run(struct master *m, struct err *e)
{
	struct loop_news news;
	int64_t next = turn(m);

	while (m->stage != STAGE_OVER && !m->broken) {
		loop_turn(&m->loop, next, &news);
		m->now = clock_ms();
		hear(m, &news);
		next = turn(m);
	}
	if (m->broken) {
		err_set(e, EXIT_SYSTEM, "children fail at start");
		return EXIT_SYSTEM;
	}
	log_info("stopped served=%lu deaths=%lu forced=%d",
	    m->pool.served, m->pool.deaths, m->forced);
	return EXIT_STOPPED;
}

bool
master_turn(struct master *m)
{
	struct loop_news news;

	if (m->stage == STAGE_OVER || m->broken)
		return false;
	loop_turn(&m->loop, 0, &news);
	m->now = clock_ms();
	hear(m, &news);
	loop_set_timer(&m->loop, turn(m));
	if (m->broken)
		report_failure(m, "children fail at start");
	return m->stage != STAGE_OVER && !m->broken;
}

/* ---- told by a caller ---- */

static void
come_soon(struct master *m)
{
	if (m->s->embedded && m->loop.timer_fd != -1)
		loop_set_timer(&m->loop, m->now);
}

void
master_stop(struct master *m)
{
	m->now = clock_ms();
	stop_asked(m, "reason=asked", 0);
	come_soon(m);
}

void
master_renew(struct master *m)
{
	m->renew_asked = true;
	come_soon(m);
}

void
master_close_door(struct master *m)
{
	m->now = clock_ms();
	stop_listening(m);
	come_soon(m);
}

void
master_look(struct master *m)
{
	m->now = clock_ms();
	turn(m);
	come_soon(m);
}

int
master_fd(const struct master *m)
{
	return m->loop.epoll_fd;
}

struct master_counts
master_count(const struct master *m)
{
	if (m->pool.board == NULL)
		return (struct master_counts){ .served = 0 };
	return (struct master_counts){
		.available = handler_is_worker(&m->s->handler) ?
		    m->pool.counts.idle : census_waiting(&m->pool),
		.connected = census_connected(&m->pool),
		.served = census_served(&m->pool),
		.deaths = m->pool.deaths,
	};
}

const struct listener *
master_listener(const struct master *m, unsigned i)
{
	return i < m->door.n ? &m->door.listener[i] : NULL;
}

void
master_free(struct master *m)
{
	if (m == NULL)
		return;
	if (m->pool.board != NULL && m->stage != STAGE_OVER && m->pool.now != NULL)
		pool_dismiss(&m->pool, m->now);
	door_close(&m->door, stop_shuts(m));
	if (m->pool.board != NULL)
		pool_close(&m->pool);
	orphans_end(m);
	ready_close(&m->ready);
	control_close(&m->control);
	hooks_close(&m->hooks);
	loop_close(&m->loop);
	capture_close(&m->capture);
	free(m);
}
