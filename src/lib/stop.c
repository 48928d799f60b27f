/* stop.c - the queues are served, then the sessions; then it is over. */
#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "lib/state.h"
#include "pool/census.h"
#include "pool/session.h"
#include "tools/log.h"

static void
tell_manager(const struct master *m)
{
	if (m->stop_ms == LOOP_NEVER)
		ready_tell(&m->ready, "STOPPING=1");
	else
		ready_tell(&m->ready, "STOPPING=1\nEXTEND_TIMEOUT_USEC=%lld",
		    (long long)(m->s->spec.stop_ms + KILL_MS + 1000) * 1000);
}

/* patient: sessions may last as long as they like. */
static void
stop_begin(struct master *m, const char *by, bool patient)
{
	pool_settle(&m->pool, m->now);	/* for the number */
	log_info("stop %s connected=%u", by, m->pool.counts.busy);
	m->stage = STAGE_DRAINING;
	if (m->renewing)
		loop_del(&m->loop, m->door.resolve.fd);
	resolve_stop(&m->door.resolve, NULL);
	m->renewing = m->rolling = false;
	m->stopped_ms = m->now;
	m->stop_ms = patient ? LOOP_NEVER : m->now + m->s->spec.stop_ms;
	m->hooks_ms = m->now + m->s->spec.stop_ms;
	m->pool.patient = patient;
	if (!m->s->embedded && m->dies_with != 0 &&
	    getppid() != m->dies_with)
		door_take_over(&m->door);
	tell_manager(m);
	hooks_tell(&m->hooks, HOOK_STOP, 1, "");
}

/* The sessions' time runs from now on. */
static void
stop_hurry(struct master *m)
{
	m->stopped_ms = m->now;
	m->stop_ms = m->now + m->s->spec.stop_ms;
	tell_manager(m);
}

bool
stop_shuts(const struct master *m)
{
	return m->s->embedded || handler_is_inline(&m->s->handler);
}

static void
close_door(struct master *m)
{
	m->stage = STAGE_ENDING;
	for (unsigned i = 0; i < m->door.n; i++)
		loop_del(&m->loop, m->door.listener[i].fd);
	/* Farewell first: who then finds its listener shut knows why. */
	pool_dismiss(&m->pool, m->now);
	door_close(&m->door, stop_shuts(m));
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
	m->hooks_ms = m->now;
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

static bool
is_stopping(const struct master *m)
{
	return m->stage == STAGE_DRAINING || m->stage == STAGE_ENDING;
}

void
stop_listening(struct master *m)
{
	if (!is_stopping(m))
		stop_begin(m, "reason=unlisten", true);
	m->stop_ms = LOOP_NEVER;
	if (m->stage == STAGE_DRAINING)
		close_door(m);
}

/* Is nobody left to serve first?  A queue that others serve, too, may never
 * be empty, and is in good hands. */
static bool
is_drained(struct master *m)
{
	return pause_yields(m) || !door_is_queued(&m->door, false) ||
	    (m->now - m->stopped_ms >= m->s->spec.stop_ms &&
	    !door_is_queued(&m->door, true));
}

static bool
is_empty(const struct master *m)
{
	return m->stage == STAGE_ENDING && pool_is_empty(&m->pool);
}

/* Only what runs for the stop itself is still waited for. */
static int64_t
stop_leave(struct master *m)
{
	if (hooks_busy(&m->hooks, HOOK_STOP) && m->now < m->hooks_ms)
		return m->hooks_ms;
	hooks_kill(&m->hooks, HOOK_STOP);
	orphans_end(m);
	m->stage = STAGE_OVER;
	return LOOP_NEVER;
}

int64_t
stop_turn(struct master *m)
{
	if (!is_stopping(m))
		return LOOP_NEVER;
	if (m->stage == STAGE_DRAINING && is_drained(m))
		close_door(m);
	if (m->stop_ms != LOOP_NEVER && m->now >= m->stop_ms && !is_empty(m))
		stop_late(m);
	if (is_empty(m))
		return stop_leave(m);
	return m->stage == STAGE_DRAINING ? m->now + CHECK_MS : m->stop_ms;
}

void
stop_asked(struct master *m, const char *by, int64_t echo_ms)
{
	if (!is_stopping(m))
		stop_begin(m, by, false);
	else if (m->stop_ms == LOOP_NEVER)
		stop_hurry(m);
	else if (m->now - m->stopped_ms >= echo_ms)
		stop_now(m);
	m->asked = true;
}

void
stop_drain(struct master *m, const char *by, int64_t echo_ms)
{
	if (!is_stopping(m))
		stop_begin(m, by, true);
	else if (!m->asked)
		m->stopped_ms = m->now;	/* it had stopped listening only */
	else if (m->now - m->stopped_ms >= echo_ms)
		stop_now(m);
	m->asked = true;
}

/* Did nobody come for long?  What was started for its clients (inetd's wait)
 * shall not stay for ever. */
int64_t
stop_quiet(struct master *m)
{
	unsigned long served;

	if (m->s->spec.quit_ms == 0 || m->stage != STAGE_RUNNING)
		return LOOP_NEVER;
	served = census_served(&m->pool);
	if (m->quit_ms == 0 || served != m->quit_served ||
	    census_connected(&m->pool) > 0) {
		m->quit_served = served;
		m->quit_ms = m->now + m->s->spec.quit_ms;
	}
	if (m->now >= m->quit_ms)
		stop_begin(m, "reason=quiet", false);
	return m->quit_ms;
}
