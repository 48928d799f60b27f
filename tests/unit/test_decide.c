/* test_decide.c - what is remembered of decisions, and told. */
#include <criterion/criterion.h>
#include <string.h>

#include "pool/decide.h"

static unsigned
count(const struct decide *d)
{
	unsigned n = 0;

	while (decide_at(d, n) != NULL)
		n++;
	return n;
}

Test(decide, nothing_at_first)
{
	struct decide d = { .n = 0 };

	cr_assert_null(decide_at(&d, 0));
}

Test(decide, keeps_the_last_hundred_oldest_first)
{
	struct decide d = { .n = 0 };

	for (long i = 1; i <= 1234; i++) {
		decide_note(&d, DECIDE_KICK, i, 1, i, 0);
		cr_assert_eq(count(&d), i < 100 ? i : 100);
		cr_assert_eq(decide_at(&d, 0)->a, i < 100 ? 1 : i - 99);
		cr_assert_eq(decide_at(&d, count(&d) - 1)->a, i);
	}
}

Test(decide, the_same_twice_is_counted)
{
	struct decide d = { .n = 0 };

	decide_note(&d, DECIDE_RENEW, 5, 1, 0, 0);
	decide_note(&d, DECIDE_RENEW, 500000, 1, 0, 0);
	cr_assert_eq(count(&d), 1);
	cr_assert_eq(decide_at(&d, 0)->count, 2);
	decide_note(&d, DECIDE_MINIMUM, 500001, 1, 1, 2);
	decide_note(&d, DECIDE_MINIMUM, 500001, 1, 2, 1);
	cr_assert_eq(count(&d), 3);
}

Test(decide, a_second_of_starts_is_one)
{
	struct decide d = { .n = 0 };
	unsigned told = 0;

	decide_note(&d, DECIDE_PAUSE, 0, 1, 0, 0);
	for (long ms = 0; ms < 90000; ms++) {
		decide_note(&d, DECIDE_START, ms, 2, ms % 7, 8);
		decide_note(&d, DECIDE_FULL, ms, 1, ms % 5, 8);
	}
	cr_assert_leq(count(&d), 100);
	for (unsigned i = 0; decide_at(&d, i) != NULL; i++)
		if (decide_at(&d, i)->what == DECIDE_START)
			cr_assert_eq(decide_at(&d, i)->count, 2000);
		else
			told++;
	cr_assert_gt(told, 40);
}

Test(decide, each_has_a_word_and_a_reason)
{
	char text[DECIDE_TEXT];

	for (int what = 0; what < DECIDE_NWHATS; what++)
		for (long b = 0; b < 3; b++) {
			struct decision d = { .what = what, .a = 7, .b = b };

			memset(text, 'x', sizeof text);
			cr_assert_eq(decide_because(&d, text), text);
			cr_assert_lt(strnlen(text, sizeof text), sizeof text);
			cr_assert_gt(strlen(text), 3, "%d", what);
			cr_assert_gt(strlen(decide_word(what)), 2);
		}
}

Test(decide, says_what_it_was_made_from)
{
	char text[DECIDE_TEXT];
	struct decision start = { .what = DECIDE_START, .a = 3, .b = 4 };
	struct decision full = { .what = DECIDE_FULL, .a = 200, .b = 200 };
	struct decision died = { .what = DECIDE_DIED, .a = 12, .b = 9 };

	cr_assert_str_eq(decide_because(&start, text), "available 3 < 4");
	cr_assert_str_eq(decide_because(&full, text), "refused because "
	    "connected 200 reached maximum-connected 200");
	cr_assert_str_eq(decide_because(&died, text),
	    "pid 12 was ended by signal KILL");
}
