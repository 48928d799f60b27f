/* session.c - clients being served: told when it begins, ended when late. */
#include "pool/session.h"

#include <signal.h>
#include <stdatomic.h>

#include "pool/pool.h"
#include "pool/tell.h"
#include "rules/slot.h"
#include "tools/log.h"

enum { GRACE_MS = 2000 };	/* between TERM and KILL of a session */

void
session_begin(struct pool *p, unsigned i)
{
	struct pool_seat *s = &p->seats[i];

	s->begun_ns = p->board->seats[i].begun_ns;
	s->forced = s->kicked = false;
	if (episode_end(&p->accepts))
		log_info("accept-over pid=%d", s->pid);
	if (p->spec->session_ms > 0)
		s->end_ms = s->begun_ns / 1000000 + p->spec->session_ms;
	/* A child that serves itself tells itself. */
	if (handler_is_inline(p->handler))
		return;
	tell_begin(s->pid, &p->board->seats[i]);
	if (p->handler->calls.begin != NULL)
		p->handler->calls.begin(NULL, p->handler->calls.event_arg);
}

/* Is what was seen to begin still going on? */
static bool
goes_on(const struct pool *p, unsigned i)
{
	return handler_is_worker(p->handler) ||
	    (atomic_load(&p->board->state[i]) == SLOT_BUSY &&
	    p->board->seats[i].begun_ns == p->seats[i].begun_ns);
}

static void
note_end(struct pool *p, const struct pool_seat *s, int64_t now)
{
	log_info("%s pid=%d signal=%s", s->kicked ? "kick" : "session-time",
	    s->pid, s->forced ? "KILL" : "TERM");
	if (!s->forced && !s->kicked)
		decide_note(&p->decide, DECIDE_SESSION_TIME, now, 1, s->pid,
		    (long)p->spec->session_ms);
}

void
session_kick(struct pool *p, unsigned i, int64_t now)
{
	struct pool_seat *s = &p->seats[i];

	if (s->begun_ns != p->board->seats[i].begun_ns)
		session_begin(p, i);
	/* Its end has begun already. */
	if (s->forced)
		return;
	s->end_ms = now;
	s->kicked = p->kicking = true;
}

void
session_end_long(struct pool *p, int64_t now)
{
	if (p->spec->session_ms == 0 && !handler_is_worker(p->handler) &&
	    !p->kicking)
		return;
	p->kicking = false;
	for (unsigned i = 0; i < p->board->high; i++) {
		struct pool_seat *s = &p->seats[i];

		if (s->pid == 0 || s->end_ms == 0)
			continue;
		if (now >= s->end_ms && !goes_on(p, i)) {
			s->end_ms = 0;
			s->kicked = false;
		}
		p->kicking |= s->kicked;
		if (s->end_ms == 0 || now < s->end_ms)
			continue;
		note_end(p, s, now);
		kill(-s->pid, s->forced ? SIGKILL : SIGTERM);
		kill(-s->pid, SIGCONT);
		s->forced = true;
		s->end_ms = now + GRACE_MS;
	}
}

void
session_signal(struct pool *p, int number)
{
	for (unsigned i = 0; i < p->board->high; i++) {
		struct pool_seat *s = &p->seats[i];

		if (s->pid == 0)
			continue;
		/* One that waits leads a session, too, but may not yet. */
		if (kill(-s->pid, number) == -1)
			kill(s->pid, number);
		kill(-s->pid, SIGCONT);
		s->forced = true;
	}
}

void
session_tell(struct pool *p, int number)
{
	for (unsigned i = 0; i < p->board->high; i++)
		if (p->seats[i].pid != 0 &&
		    atomic_load(&p->board->state[i]) == SLOT_BUSY)
			kill(p->seats[i].pid, number);
}
