/* test_roll.c - rules/roll.h, for every small input. */
#include <criterion/criterion.h>

#include "rules/roll.h"

enum { UP_TO = 5 };

#define FOR(v, from) for (v = (from); v <= UP_TO; v++)
#define ALL(n, o, c)							\
	FOR(n, 1) FOR(o, 1) FOR((c).starting, 0) FOR((c).ready, 0)	\
	FOR((c).old, 0) FOR((c).leaving, 0)

Test(roll, is_never_above_n_and_the_overlap)
{
	struct roll_counts c;
	unsigned n, o;

	ALL(n, o, c) {
		struct roll r = roll_next(n, o, &c);
		unsigned alive = c.starting + c.ready + c.old + r.start +
		    c.leaving;

		cr_assert(r.start == 0 || alive <= n + o,
		    "n %u overlap %u: %u start", n, o, r.start);
		cr_assert(c.old + c.leaving > 0 || r.start == 0 || alive <= n);
	}
}

Test(roll, serving_ones_are_never_made_fewer_than_n)
{
	struct roll_counts c;
	unsigned n, o;

	ALL(n, o, c) {
		struct roll r = roll_next(n, o, &c);

		cr_assert(r.retire <= c.old);
		cr_assert(r.retire == 0 || c.ready + c.old - r.retire >= n);
	}
}

Test(roll, only_old_ones_that_are_too_many_go)
{
	struct roll_counts c = { .ready = 1, .old = 4 };

	cr_assert_eq(roll_next(4, 1, &c).retire, 1);
	c.old = 3;
	cr_assert_eq(roll_next(4, 1, &c).retire, 0);
}

/* Every way from every beginning ends with n ready ones and nobody else, if
 * each that starts gets ready and each that is told goes. */
Test(roll, comes_to_its_end)
{
	struct roll_counts begin;
	unsigned n, o;

	ALL(n, o, begin) {
		struct roll_counts c = begin;
		unsigned steps = 0;

		for (; steps < 100; steps++) {
			struct roll r = roll_next(n, o, &c);

			c.starting += r.start;
			c.old -= r.retire;
			c.leaving += r.retire;
			/* The worst order: one piece of news at a time. */
			if (c.starting > 0) {
				c.starting--;
				c.ready++;
			} else if (c.leaving > 0) {
				c.leaving--;
			} else if (r.start + r.retire == 0) {
				break;
			}
		}
		cr_assert(steps < 100);
		cr_assert_eq(c.old, begin.old > 0 && begin.starting +
		    begin.ready > n ? c.old : 0, "n %u o %u", n, o);
		cr_assert(c.ready >= n);
	}
}

Test(roll, the_missing_start_at_once)
{
	struct roll_counts c = { .ready = 1 };

	cr_assert_eq(roll_next(4, 1, &c).start, 3);
}

Test(roll, one_at_a_time_while_old_ones_serve)
{
	struct roll_counts c = { .old = 4 };

	cr_assert_eq(roll_next(4, 1, &c).start, 1);
	cr_assert_eq(roll_next(4, 3, &c).start, 3);
	c.starting = 1;
	cr_assert_eq(roll_next(4, 1, &c).start, 0);
}

Test(roll, those_who_leave_slowly_hold_it_up)
{
	struct roll_counts c = { .ready = 2, .old = 2, .leaving = 1 };

	cr_assert_eq(roll_next(4, 1, &c).start, 0);
	c.leaving = 0;
	cr_assert_eq(roll_next(4, 1, &c).start, 1);
}
