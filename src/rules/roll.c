/* roll.c - one new worker ready, then one old one goes. */
#include "rules/roll.h"

static unsigned
above(unsigned a, unsigned b)
{
	return a > b ? a - b : 0;
}

static unsigned
least(unsigned a, unsigned b)
{
	return a < b ? a : b;
}

struct roll
roll_next(unsigned n, unsigned overlap, const struct roll_counts *c)
{
	unsigned serving = c->ready + c->old;
	unsigned alive = c->starting + serving + c->leaving;
	unsigned most = n + (c->old + c->leaving > 0 ? overlap : 0);
	unsigned wanted = above(n, c->starting + c->ready);

	/* Fewer than n serve: those that are missing start at once. */
	return (struct roll){
		.start = least(wanted, above(most, alive)),
		.retire = least(c->old, above(serving, n)),
	};
}
