/* view.c - looks at a pool without touching it. */
#include "pool/view.h"

#include <stdatomic.h>

#include "pool/pool.h"

static enum slot_state
state_of_worker(const struct pool_seat *s)
{
	if (s->told)
		return SLOT_LEAVING;
	return s->ready ? SLOT_IDLE : SLOT_STARTING;
}

enum slot_state
view_state(const struct pool *p, unsigned i)
{
	const struct pool_seat *s = &p->seats[i];
	unsigned state = atomic_load(&p->board->state[i]);

	if (s->pid == 0)
		return SLOT_EMPTY;
	if (handler_is_worker(p->handler))
		return state_of_worker(s);
	switch (state) {
	case SLOT_STARTING:
	case SLOT_IDLE:
		/* All that wait are told to leave then. */
		return s->generation != p->now || p->paused || p->closing ?
		    SLOT_LEAVING : state;
	case SLOT_LEAVING:
		return state;
	default:
		return SLOT_BUSY;	/* nonsense, too */
	}
}

const char *
view_word(enum slot_state s)
{
	static const char *const words[SLOT_NSTATES] = {
		[SLOT_EMPTY] = "empty", [SLOT_STARTING] = "starting",
		[SLOT_IDLE] = "idle", [SLOT_BUSY] = "busy",
		[SLOT_LEAVING] = "leaving",
	};

	return words[s];
}

static unsigned
least(unsigned a, unsigned b)
{
	return a < b ? a : b;
}

static unsigned
wanted(const struct pool *p, unsigned busy)
{
	const struct plan_limits *l = &p->spec->limits;
	unsigned top = l->fixed > 0 ? l->fixed : l->max;
	unsigned left = busy < top ? top - busy : 0;

	if (p->paused || p->closing)
		return 0;
	return l->fixed > 0 ? left : least(l->min_idle, left);
}

struct view
view_count(const struct pool *p)
{
	unsigned n[SLOT_NSTATES] = { 0 };

	for (unsigned i = 0; i < p->board->high; i++)
		n[view_state(p, i)]++;
	return (struct view){
		.starting = n[SLOT_STARTING], .available = n[SLOT_IDLE],
		.connected = n[SLOT_BUSY], .leaving = n[SLOT_LEAVING],
		.wanted = wanted(p, n[SLOT_BUSY]),
	};
}
