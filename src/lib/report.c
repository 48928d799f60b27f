/* report.c - what the master tells of itself: title, manager, log. */
#include <errno.h>
#include <string.h>
#include <sys/epoll.h>
#include <unistd.h>

#include "lib/state.h"
#include "os/title.h"
#include "tools/log.h"

enum {
	STATUS_MS   = 1000,	/* at most one STATUS= in this time */
	AGAIN_MS    = 20,	/* what must be heard found no room */
	LOG_WAIT_MS = 1000	/* a log that cannot be polled */
};

bool
report_wants_all(const struct master *m)
{
	/* Children that serve themselves tell it themselves; only a session
	 * that may have to be ended must be known. */
	if (handler_is_inline(&m->s->handler))
		return m->stage != STAGE_RUNNING ||
		    (m->s->spec.session_ms > 0 && m->pool.counts.busy == 0);
	return m->stage != STAGE_RUNNING ||
	    m->s->handler.calls.begin != NULL || log_shows(LOG_LEVEL_INFO) ||
	    m->s->spec.session_ms > 0 || m->ready.wants_status;
}

void
report_title(const struct master *m)
{
	static const char *const words[] = {
		[STAGE_LISTENING] = " starting",
		[STAGE_STARTING] = " starting",
		[STAGE_RUNNING]  = "",
		[STAGE_DRAINING] = " stopping",
		[STAGE_ENDING]   = " stopping",
		[STAGE_OVER]     = " stopping",
	};

	if (!m->s->title)
		return;
	title_set("master", m->s->name, "[%u available, %u connected]%s%s",
	    m->pool.counts.idle, m->pool.counts.busy, words[m->stage],
	    m->pool.paused && m->stage == STAGE_RUNNING ? " paused" : "");
}

int64_t
report_status(struct master *m)
{
	const struct plan_counts *c = &m->pool.counts;

	if (!m->ready.wants_status || m->stage != STAGE_RUNNING ||
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

int64_t
report_ready(struct master *m)
{
	if (m->ready.owed)
		ready_now(&m->ready);
	return m->ready.owed ? m->now + AGAIN_MS : LOOP_NEVER;
}

/* A supervisor compares them with its file's. */
int64_t
report_limits(struct master *m)
{
	const struct plan_limits *l = &m->s->spec.limits;

	if (!m->ready.supervised || (l->min_idle == m->limits.min_idle &&
	    l->max == m->limits.max && l->max_idle == m->limits.max_idle))
		return LOOP_NEVER;
	if (!ready_tell(&m->ready, "X_LIMITS=%u %u %u", l->min_idle, l->max,
	    l->max_idle))
		return m->now + AGAIN_MS;
	m->limits = *l;
	return LOOP_NEVER;
}

int64_t
report_watchdog(struct master *m)
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
int64_t
report_log(struct master *m)
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

void
report_log_reopen(struct master *m)
{
	log_unwatch(m);
	if (log_reopen() == -1)
		log_warn("log-reopen-failed errno=%s", strerrorname_np(errno));
	else
		log_info("log-reopened");
}

void
report_failure(const struct master *m, const char *text)
{
	if (m->s->failed != NULL)
		m->s->failed(text, m->s->arg);
}
