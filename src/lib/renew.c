/* renew.c - names are looked up again, and children replaced. */
#include <sys/epoll.h>

#include "lib/state.h"
#include "os/program.h"
#include "pool/trouble.h"
#include "tools/clock.h"
#include "tools/log.h"

enum { CLOSE_AGAIN_MS = 1000 };	/* after a failure to close some listeners */

static void
renewed(struct master *m, bool well)
{
	m->renewing = m->rolling = false;
	ready_now(&m->ready);
	if (!well)
		return;
	log_info("renewed listeners=%u", m->door.n);
	hooks_tell(&m->hooks, HOOK_RELOAD, 1, "");
}

static void
renew_refused(struct master *m, const struct err *e)
{
	char text[1024];

	log_warn("renew-refused reason=%s", log_value(e->text, text, sizeof text));
	report_failure(m, e->text);
	renewed(m, false);
}

static void
renew_begin(struct master *m)
{
	struct err e = { .text = "cannot resolve names" };

	m->renew_asked = false;
	log_info("renew");
	decide_note(&m->pool.decide, DECIDE_RENEW, m->now, 1, 0, 0);
	ready_tell(&m->ready, "RELOADING=1\nMONOTONIC_USEC=%lld",
	    (long long)(clock_ns() / 1000));
	if ((m->s->handler.path != NULL &&
	    program_check(m->s->handler.path, &e) == -1) ||
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
void
renew_found(struct master *m)
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
	watch_door(m);
	pause_shut(m);
	m->renewing = false;
	m->rolling = true;
	/* The old ones are counted as such from now on. */
	pool_settle(&m->pool, m->now);
}

void
renew_children(struct master *m)
{
	struct err e;

	/* Children that serve themselves write to the log they were born with. */
	if (handler_is_inline(&m->s->handler) && m->stage == STAGE_RUNNING &&
	    generation_open(&m->pool, m->door.listener, m->door.n, &e) == -1)
		report_failure(m, e.text);
}

int64_t
renew_turn(struct master *m)
{
	/* Workers are replaced one by one; all else is already done. */
	if (m->rolling && (!handler_is_worker(&m->s->handler) ||
	    pool_is_renewed(&m->pool)))
		renewed(m, true);
	if (m->stage == STAGE_RUNNING && m->renew_asked && !m->renewing &&
	    !m->rolling)
		renew_begin(m);
	if (m->renewing && m->now >= m->resolve_ms)
		renew_found(m);
	return m->renewing ? m->resolve_ms : LOOP_NEVER;
}

/* Listeners that are wanted no more go when nobody waits at them. */
int64_t
renew_close_unwanted(struct master *m)
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
	for (unsigned i = 0; i < m->door.n; i++)
		if (m->door.listener[i].closing)
			loop_del(&m->loop, m->door.listener[i].fd);
	door_close_unwanted(&m->door, stop_shuts(m));
	return door_has_unwanted(&m->door) ? m->now + CHECK_MS : LOOP_NEVER;
}
