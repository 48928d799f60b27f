/* So many at once, so many a second, whoever else is in the table. */
#include <criterion/criterion.h>

#include "rules/rate.h"

enum { SECOND = 1000000, NOW = 7 * SECOND };

static unsigned
taken(struct rate *r, uint64_t source, unsigned per_second, int64_t now,
    unsigned asked)
{
	unsigned n = 0;

	while (asked-- > 0)
		n += rate_take(r, source, per_second, now);
	return n;
}

Test(rate, so_many_may_be_had_at_once_and_no_more)
{
	for (unsigned most = 1; most <= 1000; most++) {
		struct rate r = { 0 };

		cr_assert_eq(taken(&r, 1, most, NOW, most), most);
		cr_assert_eq(taken(&r, 1, most, NOW, 10), 0);
		/* A new one each n-th part of a second. */
		cr_assert_eq(taken(&r, 1, most, NOW + SECOND / most, 10), 1);
		cr_assert_eq(taken(&r, 1, most, NOW + 3 * SECOND, 2 * most), most);
	}
}

Test(rate, over_long_times_it_is_the_rate)
{
	struct rate r = { 0 };
	unsigned n = 0;

	for (int ms = 0; ms < 60000; ms++)
		n += taken(&r, 1, 50, NOW + ms * 1000LL, 20);
	cr_assert(n >= 50 * 60 && n <= 50 * 61, "%u in a minute", n);
}

Test(rate, the_largest_rate_is_one)
{
	struct rate r = { 0 };

	cr_assert_eq(taken(&r, 1, SECOND, NOW, 5), 5);
}

Test(rate, sources_have_their_own)
{
	struct rate r = { 0 };

	/* Neighbours, as addresses are; far fewer than there are places. */
	for (uint64_t source = 1; source <= 100; source++)
		cr_assert_eq(taken(&r, source, 10, NOW, 20), 10,
		    "source %u", (unsigned)source);
}

Test(rate, nobody_is_forgotten_because_others_come)
{
	struct rate r = { 0 };
	unsigned n = taken(&r, 1, 50, NOW, 100);

	for (uint64_t other = 2; other < 200000; other++) {
		rate_take(&r, other, 50, NOW);
		n += rate_take(&r, 1, 50, NOW);
	}
	cr_assert_eq(n, 50);
}

Test(rate, a_full_table_costs_a_second_at_most)
{
	struct rate r = { 0 };

	for (uint64_t other = 2; other < 2000000; other++)
		rate_take(&r, other, 1, NOW);
	cr_assert(rate_take(&r, 1, 1, NOW + 2 * SECOND));
}

/* As it may be when somebody writes to the board who should not. */
Test(rate, nonsense_lasts_two_seconds_at_most)
{
	static const uint64_t nonsense[] = { 0, 1, UINT64_MAX, UINT64_MAX / 2,
	    (uint64_t)(NOW + SECOND) << 16, (uint64_t)(NOW + 9) << 20 };

	for (size_t i = 0; i < sizeof nonsense / sizeof nonsense[0]; i++) {
		struct rate r;

		for (unsigned set = 0; set < RATE_SETS; set++)
			for (unsigned way = 0; way < RATE_WAYS; way++)
				r.slot[set][way] = nonsense[i];
		cr_assert(rate_take(&r, 1, 50, NOW + 2 * SECOND));
		cr_assert_eq(taken(&r, 1, 50, NOW + 4 * SECOND, 100), 50);
	}
}

Test(rate, a_clock_that_is_a_little_behind_forgets_nothing)
{
	struct rate r = { 0 };

	cr_assert_eq(taken(&r, 1, 50, NOW, 100), 50);
	cr_assert_eq(taken(&r, 1, 50, NOW - 1000, 100), 0);
}
