/* census.c - who is in the pool, and what he does. */
#include "pool/census.h"

#include <stdatomic.h>
#include <string.h>

#include "pool/session.h"
#include "rules/slot.h"
#include "tools/log.h"

static void
count_worker(struct pool *p, const struct pool_seat *s)
{
	if (s->told)
		p->leaving++;
	else if (s->recycled || s->generation != p->now)
		p->older++;
	else if (s->ready)
		p->counts.idle++;
	else
		p->counts.starting++;
}

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
		if (s->begun_ns != p->board->seats[i].begun_ns)
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

void
census_take(struct pool *p)
{
	memset(&p->counts, 0, sizeof p->counts);
	p->older = p->leaving = 0;
	for (unsigned i = 0; i < p->board->high; i++) {
		if (p->seats[i].pid == 0)
			continue;
		if (handler_is_worker(p->handler))
			count_worker(p, &p->seats[i]);
		else
			count_seat(p, i);
	}
}

unsigned long
census_served(const struct pool *p)
{
	unsigned long n = p->served;

	for (unsigned i = 0; i < p->board->high; i++)
		if (p->seats[i].pid != 0)
			n += atomic_load(&p->board->seats[i].served);
	return n;
}

static unsigned
count_state(const struct pool *p, enum slot_state state)
{
	unsigned n = 0;

	for (unsigned i = 0; i < p->board->high; i++)
		n += p->seats[i].pid != 0 &&
		    atomic_load(&p->board->state[i]) == state;
	return n;
}

unsigned
census_connected(const struct pool *p)
{
	return count_state(p, SLOT_BUSY);
}

unsigned
census_waiting(const struct pool *p)
{
	return count_state(p, SLOT_IDLE);
}
