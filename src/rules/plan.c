/* plan.c - the whole policy of the pool's size, and nothing else. */
#include "rules/plan.h"

static unsigned
least(unsigned a, unsigned b)
{
	return a < b ? a : b;
}

static unsigned
ceiling(const struct plan_limits *l)
{
	return l->fixed > 0 ? l->fixed : l->max;
}

unsigned
plan_target(const struct plan_limits *l)
{
	if (l->fixed > 0)
		return l->fixed;
	return l->min_idle + least((l->max_idle - l->min_idle + 1) / 2,
	    (l->burst + 1) / 2);
}

struct plan
plan_next(const struct plan_limits *l, const struct plan_counts *c)
{
	unsigned alive = c->starting + c->idle + c->busy;
	unsigned top = ceiling(l);
	unsigned room = alive < top ? top - alive : 0;
	unsigned spare = c->starting + c->idle;
	unsigned floor = l->fixed > 0 ? l->fixed : l->min_idle;
	struct plan p = { .why = PLAN_CALM };

	if (spare < floor) {
		p.start = least(least(plan_target(l) - spare, room), l->burst);
		p.why = room > 0 ? PLAN_SHORT : PLAN_FULL;
	}
	/* With no room left a ring could change nothing: the next death does. */
	p.wanted = l->fixed == 0 && room > p.start ? l->min_idle : 0;
	return p;
}

unsigned
plan_spare(const struct plan_limits *l, unsigned idle_low)
{
	if (l->fixed > 0)
		return 0;
	return idle_low > l->max_idle ? least(idle_low - l->max_idle, l->burst) : 0;
}
