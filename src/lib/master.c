/* master.c - news comes, the master answers it; between them it sleeps. */
#include "lib/master.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "lib/door.h"
#include "os/capture.h"
#include "os/loop.h"
#include "os/program.h"
#include "os/ready.h"
#include "pool/pool.h"
#include "pool/reap.h"
#include "pool/session.h"
#include "pool/tell.h"
#include "pool/trouble.h"
#include "tools/clock.h"
#include "tools/fd.h"
#include "tools/log.h"

enum {
	RESOLVE_MS  = 5000,	/* names must be found in this time */
	CLOSE_AGAIN_MS = 1000,	/* after a failure to close some listeners */
	CHECK_MS    = 10,	/* while a queue empties */
	KILL_MS     = 2000,	/* between TERM and KILL at the end */
	STATUS_MS   = 1000,	/* at most one STATUS= in this time */
	LOG_WAIT_MS = 1000,	/* a log that cannot be polled */
	TWICE_MS    = 20,	/* a process group's and our own copy of a signal */
	FDS_SPARE   = 40	/* descriptors needed beside the listeners */
};

enum { TAG_CAPTURE = 1, TAG_RESOLVE, TAG_LOG };

enum stage {
	STAGE_STARTING,		/* not ready yet */
	STAGE_RUNNING,
	STAGE_DRAINING,		/* told to stop: the queues are served first */
	STAGE_ENDING,		/* listeners are closed; sessions end */
	STAGE_OVER
};

struct master {
	struct service *s;
	enum stage stage;
	struct door door;
	struct loop loop;
	struct pool pool;
	struct capture capture;
	struct ready ready;
	int64_t now;
	bool renew_asked;	/* HUP came */
	bool renewing;		/* names are being looked up */
	int64_t resolve_ms;	/* ... until then */
	int64_t stopped_ms;	/* when we were told to stop */
	int64_t stop_ms;	/* sessions are ended then */
	bool forced;		/* and were */
	int64_t watchdog_ms;	/* next WATCHDOG=1; 0 = none */
	int64_t status_ms;	/* not before this another STATUS= */
	struct plan_counts told;	/* in the last */
	bool log_stuck;		/* waits for its reader */
	int log_polled_fd;	/* in the loop while it does; -1 = cannot be */
	bool strangers;		/* children not of our making may end */
	bool broken;		/* ends with EXIT_SYSTEM: nothing was served */
};

/* ---- start ---- */

/* Children need few descriptors and the master not many more; if the limit
 * is below even that, say how many. */
static int
check_descriptors(const struct master *m, struct err *e)
{
	rlim_t need = m->door.n + FDS_SPARE;
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

/* Children set the limits, but only root may raise a hard one, and that we
 * are no more by then. */
static int
raise_limits(const struct handler *h, struct err *e)
{
	struct rlimit r;

	for (unsigned i = 0; i < h->nlimits; i++) {
		if (getrlimit(h->limit[i].resource, &r) == -1 ||
		    r.rlim_max >= h->limit[i].value.rlim_max)
			continue;
		r.rlim_max = h->limit[i].value.rlim_max;
		if (setrlimit(h->limit[i].resource, &r) == -1) {
			err_sys(e, EXIT_SYSTEM, "cannot raise the limit of %s",
			    h->limit[i].name);
			return -1;
		}
	}
	return 0;
}

static int
choose_memory(const struct service *s, bool *shared_r, struct err *e)
{
	*shared_r = s->memory != MEMORY_OWN && launch_can_share();
	if (s->memory != MEMORY_SHARED || *shared_r)
		return 0;
	err_set(e, EXIT_UNAVAILABLE, "memory shared cannot be had: expected "
	    "Linux on x86_64, clone3(2), and no sanitizer");
	return -1;
}

/* From here on 2 is what programs have, and 0 and 1 are nobody's: so accept
 * itself puts a connection on 0 (pool/handler.c). */
static int
arrange_descriptors(struct master *m, struct err *e)
{
	if (!m->s->stderr_pass) {
		if (capture_open(&m->capture, e) == -1)
			return -1;
		if (dup2(m->capture.write_fd, 2) == -1 ||
		    loop_add(&m->loop, m->capture.read_fd, EPOLLIN,
		    TAG_CAPTURE) == -1) {
			err_sys(e, EXIT_SYSTEM, "cannot capture standard error");
			return -1;
		}
		m->pool.capture = &m->capture;
	}
	close(0);
	close(1);
	return 0;
}

static void
tell_start(const struct master *m, bool shared)
{
	const struct plan_limits *l = &m->s->spec.limits;
	char name[256];

	log_info("start program=%s minimum-available=%u maximum-available=%u "
	    "maximum-connected=%u children=%u memory=%s uid=%d",
	    log_value(m->s->handler.path, name, sizeof name), l->min_idle,
	    l->max_idle, l->max, l->fixed, shared ? "shared" : "own",
	    (int)geteuid());
	door_tell(&m->door);
}

/* Whoever executed us may have left children, and where we are process 1
 * every orphan is ours to wait for. */
static bool
may_have_strangers(void)
{
	siginfo_t si;
	int subreaper = 0;

	prctl(PR_GET_CHILD_SUBREAPER, &subreaper, 0, 0, 0);
	return getpid() == 1 || subreaper != 0 ||
	    waitid(P_ALL, 0, &si, WEXITED | WNOHANG | WNOWAIT | __WALL) == 0;
}

static int
master_start(struct master *m, const struct inherit *in, struct err *e)
{
	struct service *s = m->s;
	bool shared;

	m->strangers = may_have_strangers();
	if (door_open(&m->door, s, in, clock_ms() + RESOLVE_MS, e) == -1 ||
	    check_descriptors(m, e) == -1 ||
	    choose_memory(s, &shared, e) == -1 ||
	    loop_open(&m->loop, launch_signal(), e) == -1)
		return -1;
	ready_open(&m->ready, s->ready_fd);
	if (raise_limits(&s->handler, e) == -1 ||
	    costume_put_on(&s->costume, e) == -1 ||
	    program_check(s->handler.path, e) == -1)
		return -1;
	tell_start(m, shared);
	if (pool_open(&m->pool, &s->spec, &s->handler, &m->loop, shared, e) == -1 ||
	    arrange_descriptors(m, e) == -1)
		return -1;
	m->pool.strangers = m->strangers;
	if (generation_open(&m->pool, m->door.listener, m->door.n, e) == -1)
		return -1;
	/* Whoever reads it waits for its end, too. */
	m->pool.now->task.shut_fd = m->ready.line_fd;
	return 0;
}

/* ---- telling ---- */

static bool
wants_every_news(const struct master *m)
{
	return m->stage != STAGE_RUNNING || log_shows(LOG_LEVEL_INFO) ||
	    m->s->spec.session_ms > 0 || m->ready.notify_fd != -1;
}

static void
tell_title(const struct master *m)
{
	static const char *const words[] = {
		[STAGE_STARTING] = " starting",
		[STAGE_RUNNING]  = "",
		[STAGE_DRAINING] = " stopping",
		[STAGE_ENDING]   = " stopping",
		[STAGE_OVER]     = " stopping",
	};

	setproctitle("master %s [%u available, %u connected]%s", m->s->name,
	    m->pool.counts.idle, m->pool.counts.busy, words[m->stage]);
}

static int64_t
tell_status(struct master *m)
{
	const struct plan_counts *c = &m->pool.counts;

	if (m->ready.notify_fd == -1 || m->stage != STAGE_RUNNING ||
	    (c->idle == m->told.idle && c->busy == m->told.busy))
		return LOOP_NEVER;
	if (m->now < m->status_ms)
		return m->status_ms;
	ready_tell(&m->ready, "STATUS=available %u, connected %u of %u",
	    c->idle, c->busy, m->s->spec.limits.max);
	m->told = *c;
	m->status_ms = m->now + STATUS_MS;
	return LOOP_NEVER;
}

static int64_t
feed_watchdog(struct master *m)
{
	if (m->ready.watchdog_ms == 0)
		return LOOP_NEVER;
	if (m->now >= m->watchdog_ms) {
		ready_tell(&m->ready, "WATCHDOG=1");
		m->watchdog_ms = m->now + m->ready.watchdog_ms;
	}
	return m->watchdog_ms;
}

static void
log_unwatch(struct master *m)
{
	if (m->log_stuck && m->log_polled_fd != -1)
		loop_del(&m->loop, m->log_polled_fd);
	m->log_stuck = false;
}

/* A log whose reader is slow is waited for, as everything else is. */
static int64_t
flush_log(struct master *m)
{
	if (log_flush()) {
		log_unwatch(m);
		return LOOP_NEVER;
	}
	if (!m->log_stuck) {
		m->log_stuck = true;
		m->log_polled_fd = log_fd();
		if (loop_add(&m->loop, log_fd(), EPOLLOUT, TAG_LOG) == -1)
			m->log_polled_fd = -1;
	}
	return m->log_polled_fd == -1 ? m->now + LOG_WAIT_MS : LOOP_NEVER;
}

/* ---- ready ---- */

static void
become_ready(struct master *m)
{
	const struct plan_limits *l = &m->s->spec.limits;
	unsigned want = l->fixed > 0 ? l->fixed : l->min_idle;

	/* Somebody may have connected already: that child was ready, too. */
	if (m->pool.counts.idle + m->pool.counts.busy + m->pool.served < want) {
		m->broken = m->pool.fault.probing;
		return;
	}
	m->stage = STAGE_RUNNING;
	ready_now(&m->ready);
	log_info("ready pid=%d available=%u", (int)getpid(),
	    m->pool.counts.idle);
	if (m->s->ready != NULL)
		m->s->ready(m->s->ready_arg);
}

/* ---- renew ---- */

static void
renewed(struct master *m, bool well)
{
	m->renewing = false;
	ready_tell(&m->ready, "READY=1");
	if (well)
		log_info("renewed listeners=%u", m->door.n);
}

static void
renew_refused(struct master *m, const struct err *e)
{
	char text[1024];

	log_warn("renew-refused reason=%s", log_value(e->text, text, sizeof text));
	renewed(m, false);
}

static void
renew_begin(struct master *m)
{
	struct err e = { .text = "cannot resolve names" };

	m->renew_asked = false;
	log_info("renew");
	ready_tell(&m->ready, "RELOADING=1\nMONOTONIC_USEC=%lld",
	    (long long)(clock_ns() / 1000));
	if (program_check(m->s->handler.path, &e) == -1 ||
	    door_look_up(&m->door, m->s, &e) == -1 ||
	    loop_add(&m->loop, m->door.resolve.fd, EPOLLIN, TAG_RESOLVE) == -1) {
		resolve_stop(&m->door.resolve, "");
		renew_refused(m, &e);
		return;
	}
	m->renewing = true;
	m->resolve_ms = m->now + RESOLVE_MS;
}

/* The names have come, or the time is over. */
static void
renew_end(struct master *m)
{
	struct err e = { .status = 0 };

	loop_del(&m->loop, m->door.resolve.fd);
	resolve_stop(&m->door.resolve, "no answer in time");
	if (door_renew(&m->door, m->s, &e) == -1) {
		renew_refused(m, &e);
		return;
	}
	if (generation_open(&m->pool, m->door.listener, m->door.n, &e) == -1) {
		door_undo(&m->door);
		renew_refused(m, &e);
		return;
	}
	trouble_over(&m->pool);
	renewed(m, true);
}

static int64_t
renew_turn(struct master *m)
{
	if (m->stage == STAGE_RUNNING && m->renew_asked && !m->renewing)
		renew_begin(m);
	if (m->renewing && m->now >= m->resolve_ms)
		renew_end(m);
	return m->renewing ? m->resolve_ms : LOOP_NEVER;
}

/* Listeners that are wanted no more go when nobody waits at them. */
static int64_t
close_unwanted(struct master *m)
{
	struct listener wanted[WAIT_LISTENERS];
	struct err e;
	unsigned n;

	if (!door_has_unwanted(&m->door))
		return LOOP_NEVER;
	n = door_wanted(&m->door, wanted);
	if (n == m->door.n)
		return m->now + CHECK_MS;
	/* First the others are waited at, then those are closed. */
	if (generation_open(&m->pool, wanted, n, &e) == -1)
		return m->now + CLOSE_AGAIN_MS;
	door_close_unwanted(&m->door);
	return door_has_unwanted(&m->door) ? m->now + CHECK_MS : LOOP_NEVER;
}

/* ---- stop ---- */

static void
stop_begin(struct master *m, int number)
{
	pool_settle(&m->pool, m->now);	/* for the number */
	log_info("stop signal=%s connected=%u", sigabbrev_np(number),
	    m->pool.counts.busy);
	ready_tell(&m->ready, "STOPPING=1\nEXTEND_TIMEOUT_USEC=%lld",
	    (long long)(m->s->spec.stop_ms + KILL_MS + 1000) * 1000);
	m->stage = STAGE_DRAINING;
	if (m->renewing)
		loop_del(&m->loop, m->door.resolve.fd);
	resolve_stop(&m->door.resolve, NULL);
	m->renewing = false;
	m->stopped_ms = m->now;
	m->stop_ms = m->now + m->s->spec.stop_ms;
}

static void
close_door(struct master *m)
{
	m->stage = STAGE_ENDING;
	door_close(&m->door);
	pool_dismiss(&m->pool);
}

/* A second signal: now means now. */
static void
stop_now(struct master *m)
{
	if (m->stage == STAGE_DRAINING)
		close_door(m);
	if (m->pool.counts.busy > 0)
		m->forced = true;
	session_signal(&m->pool, SIGKILL);
	m->stop_ms = m->now + KILL_MS;
}

static void
stop_late(struct master *m)
{
	if (m->stage == STAGE_DRAINING)
		close_door(m);
	log_warn("stop-time connected=%u signal=%s", m->pool.counts.busy,
	    m->forced ? "KILL" : "TERM");
	session_signal(&m->pool, m->forced ? SIGKILL : SIGTERM);
	m->forced = true;
	m->stop_ms = m->now + KILL_MS;
}

static int64_t
stop_turn(struct master *m)
{
	if (m->stage != STAGE_DRAINING && m->stage != STAGE_ENDING)
		return LOOP_NEVER;
	if (m->stage == STAGE_DRAINING && !door_is_queued(&m->door))
		close_door(m);
	if (m->now >= m->stop_ms)
		stop_late(m);
	if (m->stage == STAGE_ENDING && pool_is_empty(&m->pool))
		m->stage = STAGE_OVER;
	return m->stage == STAGE_DRAINING ? m->now + CHECK_MS : m->stop_ms;
}

/* ---- news ---- */

static void
hear_stop(struct master *m, int number)
{
	if (m->stage != STAGE_DRAINING && m->stage != STAGE_ENDING)
		stop_begin(m, number);
	else if (m->now - m->stopped_ms > TWICE_MS)
		stop_now(m);
}

static void
hear_signal(struct master *m, int number)
{
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
	case SIGQUIT:
		hear_stop(m, number);
		break;
	case SIGTTIN:
		pool_shift(&m->pool, 1);
		break;
	case SIGTTOU:
		pool_shift(&m->pool, -1);
		break;
	case SIGUSR1:
		log_unwatch(m);
		if (log_reopen() == -1)
			log_warn("log-reopen-failed errno=%s",
			    strerrorname_np(errno));
		else
			log_info("log-reopened");
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
	if (capture_open(&m->capture, &e) == -1 ||
	    dup2(m->capture.write_fd, 2) == -1 ||
	    loop_add(&m->loop, m->capture.read_fd, EPOLLIN, TAG_CAPTURE) == -1 ||
	    generation_open(&m->pool, m->door.listener, m->door.n, &e) == -1)
		log_warn("capture-lost reason=%s",
		    log_value(e.text, text, sizeof text));
	else
		log_warn("capture-renewed");
}

static void
hear(struct master *m, const struct loop_news *news)
{
	for (unsigned i = 0; i < news->nsignals; i++)
		hear_signal(m, news->signals[i]);
	if (news->ended)
		reap_heard(&m->pool, m->now);
	for (unsigned i = 0; i < news->nready; i++) {
		if (news->ready[i] == TAG_CAPTURE && capture_take(&m->capture,
		    tell_program) == -1)
			capture_again(m);
		else if (news->ready[i] == TAG_RESOLVE && m->renewing &&
		    resolve_take(&m->door.resolve))
			renew_end(m);
	}
}

static void
mend_listeners(struct master *m)
{
	if (!m->pool.revive)
		return;
	m->pool.revive = false;
	if (door_revive(&m->door))
		wait_pass_all(&m->pool.now->task.wait);
}

static int64_t
sooner(int64_t a, int64_t b)
{
	return a == LOOP_NEVER || (b != LOOP_NEVER && b < a) ? b : a;
}

/* Everything that follows from the news.  Returns when to come again. */
static int64_t
turn(struct master *m)
{
	int64_t next;

	atomic_store(&m->pool.board->call, wants_every_news(m));
	next = renew_turn(m);
	next = sooner(next, close_unwanted(m));
	next = sooner(next, stop_turn(m));
	next = sooner(next, pool_settle(&m->pool, m->now));
	/* Those that start now may not have looked at it yet. */
	if (m->stage != STAGE_STARTING && m->pool.counts.starting == 0)
		m->pool.now->task.shut_fd = -1;
	if (m->stage == STAGE_STARTING) {
		become_ready(m);
		if (m->renew_asked && m->stage == STAGE_RUNNING)
			next = m->now;
	}
	mend_listeners(m);
	tell_title(m);
	next = sooner(next, tell_status(m));
	next = sooner(next, feed_watchdog(m));
	return sooner(next, flush_log(m));
}

static void
run(struct master *m)
{
	struct loop_news news;
	int64_t next;

	m->now = clock_ms();
	tell_title(m);
	next = turn(m);
	while (m->stage != STAGE_OVER && !m->broken) {
		loop_turn(&m->loop, next, &news);
		m->now = clock_ms();
		hear(m, &news);
		next = turn(m);
	}
}

int
master_run(struct service *s, const struct inherit *in, struct err *e)
{
	struct master m = {
		.s = s,
		.loop = { -1, -1, -1, -1 },
		.capture = { .read_fd = -1, .write_fd = -1 },
		.ready = { .notify_fd = -1, .line_fd = -1 },
	};
	int status = EXIT_STOPPED;

	prctl(PR_SET_NAME, "brood");
	if (master_start(&m, in, e) == -1) {
		status = e->status;
	} else {
		run(&m);
		if (m.broken) {
			err_set(e, EXIT_SYSTEM, "children fail at start");
			status = e->status;
			pool_dismiss(&m.pool);
		} else {
			log_info("stopped served=%lu deaths=%lu forced=%d",
			    m.pool.served, m.pool.deaths, m.forced);
		}
	}
	door_close(&m.door);
	if (m.pool.board != NULL)
		pool_close(&m.pool);
	ready_close(&m.ready);
	loop_close(&m.loop);
	capture_close(&m.capture);
	return status;
}
