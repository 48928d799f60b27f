/* Every limit and every count up to UP_TO: the pool's size is decided right
 * for all of them. */
#include <criterion/criterion.h>

#include <stdio.h>

#include "rules/plan.h"

enum { UP_TO = 5 };

typedef void check(const struct plan_limits *l, const struct plan_counts *c);

static void
each_count(const struct plan_limits *l, check *f)
{
	struct plan_counts c;

	for (c.starting = 0; c.starting <= UP_TO; c.starting++)
	for (c.idle = 0; c.idle <= UP_TO; c.idle++)
	for (c.busy = 0; c.busy <= UP_TO; c.busy++)
		f(l, &c);
}

/* All limits that spec_check() lets through, as a floating pool. */
static void
each_floating(check *f)
{
	struct plan_limits l = { .fixed = 0 };

	for (l.max = 1; l.max <= UP_TO + 1; l.max++)
	for (l.max_idle = 1; l.max_idle <= l.max; l.max_idle++)
	for (l.min_idle = 1; l.min_idle <= l.max_idle; l.min_idle++)
	for (l.burst = 1; l.burst <= UP_TO; l.burst++)
		each_count(&l, f);
}

static void
each_fixed(check *f)
{
	struct plan_limits l = { .burst = 1 };

	for (l.fixed = 1; l.fixed <= UP_TO; l.fixed++)
	for (l.burst = 1; l.burst <= UP_TO; l.burst++) {
		l.min_idle = l.max_idle = l.max = l.fixed;
		each_count(&l, f);
		/* Whatever the others say: fixed is fixed. */
		l.max = 1;
		l.max_idle = 2 * l.fixed;
		each_count(&l, f);
	}
}

static void
each(check *f)
{
	each_floating(f);
	each_fixed(f);
}

static unsigned
top(const struct plan_limits *l)
{
	return l->fixed > 0 ? l->fixed : l->max;
}

static unsigned
alive(const struct plan_counts *c)
{
	return c->starting + c->idle + c->busy;
}

/* For the message of a failing case. */
static const char *
text(const struct plan_limits *l, const struct plan_counts *c)
{
	static char buf[160];

	snprintf(buf, sizeof buf, "min_idle %u max_idle %u max %u fixed %u "
	    "burst %u, starting %u idle %u busy %u", l->min_idle, l->max_idle,
	    l->max, l->fixed, l->burst, c->starting, c->idle, c->busy);
	return buf;
}

static void
is_within(const struct plan_limits *l, const struct plan_counts *c)
{
	struct plan p = plan_next(l, c);

	cr_assert(p.start == 0 || alive(c) + p.start <= top(l),
	    "%s: start %u", text(l, c), p.start);
	cr_assert(p.start <= l->burst, "%s: start %u", text(l, c), p.start);
}

Test(plan, never_starts_above_the_ceiling_nor_more_than_a_burst)
{
	each(is_within);
}

static void
is_needed(const struct plan_limits *l, const struct plan_counts *c)
{
	unsigned floor = l->fixed > 0 ? l->fixed : l->min_idle;
	unsigned spare = c->starting + c->idle;
	struct plan p = plan_next(l, c);

	if (spare >= floor || alive(c) >= top(l))
		cr_assert_eq(p.start, 0, "%s: start %u", text(l, c), p.start);
	else
		cr_assert(p.start > 0, "%s", text(l, c));
}

Test(plan, starts_some_exactly_if_too_few_are_available_and_there_is_room)
{
	each(is_needed);
}

static void
is_told_why(const struct plan_limits *l, const struct plan_counts *c)
{
	unsigned floor = l->fixed > 0 ? l->fixed : l->min_idle;
	bool enough = c->starting + c->idle >= floor;
	enum plan_why why = enough ? PLAN_CALM :
	    alive(c) < top(l) ? PLAN_SHORT : PLAN_FULL;

	cr_assert_eq(plan_next(l, c).why, why, "%s: %d", text(l, c),
	    plan_next(l, c).why);
}

Test(plan, says_why)
{
	each(is_told_why);
}

static void
is_calm_then(const struct plan_limits *l, const struct plan_counts *c)
{
	struct plan_counts then = *c;
	struct plan p = plan_next(l, c);

	if (p.start == 0 || p.start == l->burst)
		return;
	then.starting += p.start;
	p = plan_next(l, &then);
	cr_assert_eq(p.start, 0, "%s: then %u", text(l, c), p.start);
}

Test(plan, is_calm_on_the_second_question_unless_the_burst_was_spent)
{
	each(is_calm_then);
}

static void
comes_to_rest(const struct plan_limits *l, const struct plan_counts *c)
{
	struct plan_counts then = *c;
	unsigned asked = 0;
	unsigned n;

	while ((n = plan_next(l, &then).start) > 0) {
		then.starting += n;
		cr_assert(++asked <= UP_TO + 1, "%s", text(l, c));
	}
	cr_assert(then.starting + then.idle >= l->min_idle ||
	    alive(&then) >= top(l), "%s: rests at %u", text(l, c),
	    then.starting + then.idle);
}

Test(plan, rests_only_when_enough_are_available_or_the_pool_is_full)
{
	each_floating(comes_to_rest);
}

static void
is_filled_half_way(const struct plan_limits *l, const struct plan_counts *c)
{
	unsigned spare = c->starting + c->idle;
	struct plan p = plan_next(l, c);

	cr_assert(plan_target(l) >= l->min_idle &&
	    plan_target(l) <= l->max_idle, "%s: %u", text(l, c),
	    plan_target(l));
	if (p.start == 0 || p.start == l->burst || p.start + alive(c) == top(l))
		return;
	cr_assert_eq(spare + p.start, plan_target(l), "%s: start %u",
	    text(l, c), p.start);
}

Test(plan, fills_up_to_the_target_between_the_two_limits)
{
	each_floating(is_filled_half_way);
}

static void
starting_is_idle(const struct plan_limits *l, const struct plan_counts *c)
{
	struct plan_counts grown = { .idle = c->idle + c->starting,
		.busy = c->busy };
	struct plan p = plan_next(l, c);
	struct plan q = plan_next(l, &grown);

	cr_assert(p.start == q.start && p.wanted == q.wanted && p.why == q.why,
	    "%s", text(l, c));
}

Test(plan, takes_a_starting_child_for_an_idle_one)
{
	each(starting_is_idle);
}

static void
wants_rightly(const struct plan_limits *l, const struct plan_counts *c)
{
	struct plan p = plan_next(l, c);

	if (l->fixed > 0 || alive(c) + p.start >= top(l))
		cr_assert_eq(p.wanted, 0, "%s: %u", text(l, c), p.wanted);
	else
		cr_assert_eq(p.wanted, l->min_idle, "%s: %u", text(l, c),
		    p.wanted);
}

Test(plan, wants_the_bell_below_min_idle_and_only_while_there_is_room)
{
	each(wants_rightly);
}

static void
goes_for_good(const struct plan_limits *l, const struct plan_counts *c)
{
	/* The least number that were idle is at most what are idle now. */
	for (unsigned low = 0; low <= c->idle; low++) {
		struct plan_counts then = *c;
		unsigned spare = plan_spare(l, low);

		cr_assert(spare <= low && spare <= l->burst, "%s: low %u: %u",
		    text(l, c), low, spare);
		if (spare == 0)
			continue;
		then.idle -= spare;
		cr_assert(then.idle >= l->max_idle, "%s: low %u: %u",
		    text(l, c), low, spare);
		cr_assert_eq(plan_next(l, &then).start, 0, "%s: low %u: %u go, "
		    "%u start", text(l, c), low, spare,
		    plan_next(l, &then).start);
	}
}

Test(plan, bids_farewell_to_nobody_it_would_start_again)
{
	each(goes_for_good);
}

static void
goes_in_the_end(const struct plan_limits *l, const struct plan_counts *c)
{
	unsigned idle = c->idle;

	for (unsigned i = 0; i <= UP_TO; i++)
		idle -= plan_spare(l, idle);
	cr_assert(idle <= l->max_idle, "%s: %u stay", text(l, c), idle);
	if (c->idle <= l->max_idle)
		cr_assert_eq(idle, c->idle, "%s: %u stay", text(l, c), idle);
}

Test(plan, bids_farewell_until_max_idle_are_left_and_no_further)
{
	each_floating(goes_in_the_end);
}

static void
is_exactly_n(const struct plan_limits *l, const struct plan_counts *c)
{
	struct plan_counts then = *c;
	unsigned n;

	cr_assert_eq(plan_spare(l, c->idle), 0, "%s", text(l, c));
	while ((n = plan_next(l, &then).start) > 0)
		then.starting += n;
	n = alive(&then);
	cr_assert_eq(n, alive(c) > l->fixed ? alive(c) : l->fixed,
	    "%s: %u live", text(l, c), n);
}

Test(plan, keeps_exactly_n_of_a_fixed_pool)
{
	each_fixed(is_exactly_n);
}

Test(plan, is_not_confused_by_large_numbers)
{
	struct plan_limits l = { .min_idle = 32768, .max_idle = 32768,
		.max = 32768, .burst = 32 };
	struct plan_counts c = { .busy = 32767 };

	cr_assert_eq(plan_next(&l, &c).start, 1);
	c.busy = 40000;
	cr_assert_eq(plan_next(&l, &c).start, 0);
	cr_assert_eq(plan_next(&l, &c).why, PLAN_FULL);
}
