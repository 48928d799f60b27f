/* A trouble that lasts: told at once, then every ten seconds, then over. */
#include <criterion/criterion.h>

#include "rules/episode.h"

enum { NOW = 5000 };

Test(episode, is_told_at_once)
{
	struct episode e = { 0 };
	unsigned repeated = 99;

	cr_assert(episode_tell(&e, NOW, &repeated));
	cr_assert_eq(repeated, 0);
	cr_assert(e.open);
}

Test(episode, is_told_at_once_even_at_time_zero)
{
	struct episode e = { 0 };
	unsigned repeated = 99;

	cr_assert(episode_tell(&e, 0, &repeated));
	cr_assert_eq(repeated, 0);
}

Test(episode, is_told_once_in_ten_seconds_with_a_count)
{
	struct episode e = { 0 };
	unsigned repeated;
	unsigned lines = 0;
	unsigned told = 0;

	/* Ten a second, for a minute. */
	for (int i = 0; i < 600; i++)
		if (episode_tell(&e, NOW + i * 100, &repeated)) {
			lines++;
			told += repeated + 1;
		}
	cr_assert_eq(lines, 6);
	cr_assert_eq(told + e.untold, 600);
	cr_assert(e.untold < 100);
}

Test(episode, is_due_again_exactly_after_its_time)
{
	for (int64_t ms = EPISODE_EVERY_MS - 3; ms < EPISODE_EVERY_MS + 3; ms++) {
		struct episode e = { 0 };
		unsigned repeated = 0;

		cr_assert(episode_tell(&e, NOW, &repeated));
		cr_assert_eq(episode_tell(&e, NOW + ms, &repeated),
		    ms >= EPISODE_EVERY_MS, "%lld", (long long)ms);
	}
}

Test(episode, leaves_the_count_alone_when_no_line_is_due)
{
	struct episode e = { 0 };
	unsigned repeated = 0;

	episode_tell(&e, NOW, &repeated);
	repeated = 77;
	cr_assert(!episode_tell(&e, NOW + 1, &repeated));
	cr_assert_eq(repeated, 77);
}

Test(episode, that_is_over_is_told_only_if_it_was_told_to_begin)
{
	struct episode e = { 0 };
	unsigned repeated;

	cr_assert(!episode_end(&e));
	episode_tell(&e, NOW, &repeated);
	cr_assert(episode_end(&e));
	cr_assert(!episode_end(&e));
}

/* However it comes and goes, there are no more than one line of it and one
 * of its end in ten seconds. */
Test(episode, that_comes_and_goes_does_not_flood)
{
	struct episode e = { .open = false };
	unsigned lines = 0, ends = 0, repeated;

	for (int64_t now = 0; now < 5 * EPISODE_EVERY_MS; now += 7) {
		lines += episode_tell(&e, now, &repeated);
		ends += episode_end(&e);
	}
	cr_assert_leq(lines, 5);
	cr_assert_eq(ends, lines);
}
