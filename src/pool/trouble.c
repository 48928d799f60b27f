/* trouble.c - failing children, a missing program, errors of accept. */
#include "pool/trouble.h"

#include <errno.h>
#include <stdatomic.h>
#include <stdlib.h>

#include "os/program.h"
#include "pool/pool.h"
#include "pool/tell.h"
#include "tools/clock.h"
#include "tools/log.h"

void
trouble_failed(struct pool *p, const struct pool_seat *s, bool hard, int64_t now)
{
	if (!fault_note(&p->fault, now, s->born_ms, hard, arc4random()))
		return;
	p->gone |= hard;
	decide_note(&p->decide, DECIDE_WAIT, now, 1,
	    (long)(p->fault.until_ms - now), p->fault.rounds);
	if (p->handler->calls.trouble != NULL)
		p->handler->calls.trouble("children fail",
		    p->handler->calls.event_arg);
	log_warn("pause seconds=%.1f reason=\"children fail\" rounds=%u",
	    (double)(p->fault.until_ms - now) / 1000, p->fault.rounds);
}

void
trouble_note(struct pool *p, const struct pool_seat *s, const struct seat *b,
    int status)
{
	p->news_failed++;
	tell_why(s->pid, b, status, p->news_reason, sizeof p->news_reason);
}

void
trouble_over(struct pool *p)
{
	p->gone = false;
	episode_end(&p->execs);
	if (!fault_clear(&p->fault))
		return;
	decide_note(&p->decide, DECIDE_WAIT_OVER, clock_ms(), 1, 0, 0);
	log_info("pause-over");
}

static bool
is_well(const struct pool *p, unsigned i)
{
	if (handler_is_worker(p->handler))
		return p->seats[i].ready && !p->seats[i].told &&
		    !p->seats[i].recycled && p->seats[i].generation == p->now &&
		    p->seats[i].born_ms > p->fault.noted_ms;
	return p->seats[i].begun_ns == 0;
}

static bool
one_waits_well(const struct pool *p, int64_t now)
{
	for (unsigned i = 0; i < p->board->high; i++)
		if (p->seats[i].pid != 0 && is_well(p, i) &&
		    now - p->seats[i].born_ms >= FAULT_WELL_MS)
			return true;
	return false;
}

/* After a pause: is what caused it still so?  A missing program is looked
 * for by us, so that no client is spent on the trial. */
void
trouble_check(struct pool *p, int64_t now)
{
	struct err e;
	char text[512];

	if (!p->fault.probing || fault_holds(&p->fault, now))
		return;
	if (p->gone && program_check(p->handler->path, &e) == -1) {
		fault_note(&p->fault, now, now + 1, true, arc4random());
		decide_note(&p->decide, DECIDE_WAIT, now, 1,
		    (long)(p->fault.until_ms - now), p->fault.rounds);
		log_warn("pause seconds=%.1f reason=%s",
		    (double)(p->fault.until_ms - now) / 1000,
		    log_value(e.text, text, sizeof text));
		return;
	}
	/* That it is there does not mean that it can be executed: only a
	 * client that was served shows that. */
	if (!p->gone && one_waits_well(p, now))
		trouble_over(p);
}

static void
look_at_errors(struct pool *p, unsigned i, int64_t now)
{
	struct pool_seat *s = &p->seats[i];
	uint32_t n = atomic_load(&p->board->seats[i].accept_errors);
	int error = p->board->seats[i].accept_errno;
	unsigned repeated;

	if (n == s->accept_errors)
		return;
	s->accept_errors = n;
	if (error == EINVAL || error == EBADF || error == ENOTSOCK)
		p->revive = true;
	if (episode_tell(&p->accepts, now, &repeated))
		log_warn("accept-error errno=%s pid=%d repeated=%u",
		    tell_errno(error), s->pid, repeated);
}

void
trouble_look(struct pool *p, int64_t now)
{
	uint32_t troubles = atomic_load(&p->board->troubles);

	if (troubles == p->troubles)
		return;
	p->troubles = troubles;
	for (unsigned i = 0; i < p->board->high; i++)
		if (p->seats[i].pid != 0)
			look_at_errors(p, i, now);
}
