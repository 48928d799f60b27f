/* plan.h - how many children should the pool start, and how many are spare?
 *
 * Pure: no clock, no fork, no memory, no log.  Same question, same answer.
 * Floor 1 (rules); includes nothing of ours. */
#ifndef RULES_PLAN_H
#define RULES_PLAN_H

struct plan_limits {
	unsigned min_idle;	/* minimum-available: children kept waiting; >= 1 */
	unsigned max_idle;	/* maximum-available: more than this for a while
				 * and some go; >= min_idle, <= max */
	unsigned max;		/* maximum-connected; children alive at once */
	unsigned fixed;		/* --children N: always N alive; 0 = not fixed */
	unsigned burst;		/* most starts, or farewells, per answer; >= 1 */
};

/* What the board shows.  Children of an older generation that were told to
 * leave, and have, are in none of them. */
struct plan_counts {
	unsigned starting;
	unsigned idle;
	unsigned busy;
};

enum plan_why {
	PLAN_CALM,		/* nothing to do */
	PLAN_SHORT,		/* fewer available than wanted: start some */
	PLAN_FULL		/* fewer available than wanted, and no room */
};

struct plan {
	unsigned start;		/* children to start now */
	unsigned wanted;	/* a child that leaves fewer available than
				 * this behind it should ring; 0 = never */
	enum plan_why why;
};

/* Decide the next step.
 *
 * A starting child counts as an idle one to be, so a slow start is not
 * answered with still more starts.  When the pool falls below min_idle it is
 * filled half-way to max_idle (but by half a burst at most), so that not
 * every client costs a wake-up.
 * Limits were checked by spec_check().  Cannot fail. */
struct plan plan_next(const struct plan_limits *l, const struct plan_counts *c);

/* The number the pool is filled up to once it fell below min_idle. */
unsigned plan_target(const struct plan_limits *l);

/* How many idle children may go, given the least number that were idle
 * during the last quiet time.  Never so many that plan_next() would start
 * new ones for it, and never any of a fixed pool that is not too large. */
unsigned plan_spare(const struct plan_limits *l, unsigned idle_low);

#endif
