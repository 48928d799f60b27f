/* Pauses after failing children: when they begin, how they grow, that they
 * heal, and that nothing is ever switched off. */
#include <criterion/criterion.h>

#include "rules/fault.h"

enum { NOW = 1000000, LONGEST_MS = FAULT_MOST_MS + FAULT_MOST_MS / 4 };

/* A child is born and fails a millisecond later. */
static bool
fail_once(struct fault *f, int64_t *now, bool hard, unsigned spread)
{
	int64_t born = ++*now;

	return fault_note(f, ++*now, born, hard, spread);
}

/* As many rounds as it takes to get into a pause. */
static void
fail_into_pause(struct fault *f, int64_t *now, unsigned spread)
{
	unsigned n = 0;

	while (!fail_once(f, now, false, spread))
		cr_assert(++n < FAULT_ROUNDS, "no pause after %u rounds", n);
}

Test(fault, waits_until_the_third_round)
{
	struct fault f = { 0 };
	int64_t now = NOW;

	for (int i = 1; i < FAULT_ROUNDS; i++) {
		cr_assert(!fail_once(&f, &now, false, 0), "round %d", i);
		cr_assert(!fault_holds(&f, now), "round %d", i);
		cr_assert_eq(fault_allows(&f, 0, 5), 5, "round %d", i);
	}
	cr_assert(fail_once(&f, &now, false, 0));
	cr_assert(fault_holds(&f, now));
	cr_assert_eq(f.until_ms, now + FAULT_FIRST_MS);
}

Test(fault, does_not_wait_when_another_try_would_surely_fail)
{
	struct fault f = { 0 };
	int64_t now = NOW;

	cr_assert(fail_once(&f, &now, true, 0));
	cr_assert(fault_holds(&f, now));
	cr_assert_eq(f.until_ms, now + FAULT_FIRST_MS);
}

Test(fault, takes_many_deaths_at_one_instant_for_one)
{
	struct fault f = { 0 };

	for (int i = 0; i < 200; i++)
		cr_assert(!fault_note(&f, NOW, NOW - 1 - i, false, 0), "%d", i);
	cr_assert_eq(f.rounds, 1);
	for (int i = 0; i < 200; i++)	/* they are found one after another */
		cr_assert(!fault_note(&f, NOW + i, NOW - 1, true, 0), "%d", i);
	cr_assert_eq(f.rounds, 1);
	cr_assert(!fault_holds(&f, NOW));
}

Test(fault, doubles_the_pause_up_to_the_most)
{
	static const int64_t want[] = { 2000, 4000, 8000, 16000, 32000, 60000,
		60000, 60000 };
	struct fault f = { 0 };
	int64_t now = NOW;

	fail_into_pause(&f, &now, 0);
	for (size_t i = 0; i < sizeof want / sizeof want[0]; i++) {
		cr_assert_eq(f.until_ms - now, want[i], "%zu: %lld", i,
		    (long long)(f.until_ms - now));
		cr_assert(fault_holds(&f, f.until_ms - 1), "%zu", i);
		now = f.until_ms;
		cr_assert(!fault_holds(&f, now), "%zu", i);
		cr_assert(fail_once(&f, &now, false, 0), "%zu", i);
	}
}

Test(fault, spreads_a_pause_by_at_most_a_quarter)
{
	for (unsigned spread = 0; spread < 3000; spread++) {
		struct fault f = { 0 };
		int64_t now = NOW;
		int64_t ms;

		fail_into_pause(&f, &now, spread);
		ms = f.until_ms - now;
		cr_assert(ms >= FAULT_FIRST_MS &&
		    ms <= FAULT_FIRST_MS + FAULT_FIRST_MS / 4, "%u: %lld",
		    spread, (long long)ms);
	}
}

/* The child that is let out after a pause fails as well: however long the
 * pause was by its spread, this is the next round and not a new story. */
Test(fault, is_not_forgotten_during_its_own_pause)
{
	for (unsigned spread = 0; spread < 1000; spread++) {
		struct fault f = { 0 };
		int64_t now = NOW;

		fail_into_pause(&f, &now, spread);
		for (int i = 0; i < 8; i++) {
			int64_t before = f.pause_ms;

			now = f.until_ms;
			cr_assert(!fault_holds(&f, now));
			cr_assert(fail_once(&f, &now, false, spread),
			    "spread %u: no pause after one of %lld ms", spread,
			    (long long)before);
			cr_assert(f.pause_ms >= before,
			    "spread %u: %lld ms after %lld ms", spread,
			    (long long)f.pause_ms, (long long)before);
		}
	}
}

Test(fault, forgets_what_was_long_ago)
{
	struct fault f = { 0 };
	int64_t now = NOW;

	for (int i = 0; i < 20; i++) {
		cr_assert(!fail_once(&f, &now, false, 0), "%d", i);
		now += FAULT_QUIET_MS + 10;
	}
	fail_into_pause(&f, &now, 0);
	now += LONGEST_MS + FAULT_QUIET_MS;
	cr_assert(!fault_holds(&f, now));
	cr_assert(!fail_once(&f, &now, false, 0));
}

Test(fault, remembers_what_was_not_long_ago)
{
	struct fault f = { 0 };
	int64_t now = NOW;

	for (int i = 1; i < FAULT_ROUNDS; i++) {
		cr_assert(!fail_once(&f, &now, false, 0));
		now += FAULT_QUIET_MS - 10;
	}
	cr_assert(fail_once(&f, &now, false, 0));
}

Test(fault, lets_out_one_child_at_a_time_after_a_pause)
{
	struct fault f = { 0 };
	int64_t now = NOW;

	fail_into_pause(&f, &now, 0);
	now = f.until_ms;
	cr_assert(!fault_holds(&f, now));
	for (unsigned start = 0; start <= 6; start++)
	for (unsigned available = 0; available <= 6; available++)
		cr_assert_eq(fault_allows(&f, available, start),
		    available == 0 && start > 0, "available %u start %u",
		    available, start);
}

Test(fault, is_forgiven_by_one_success)
{
	struct fault f = { 0 };
	int64_t now = NOW;

	fail_into_pause(&f, &now, 0);
	cr_assert(fault_clear(&f));
	cr_assert(!fault_holds(&f, now));
	for (unsigned start = 0; start <= 6; start++)
		cr_assert_eq(fault_allows(&f, 3, start), start);
	for (int i = 1; i < FAULT_ROUNDS; i++)
		cr_assert(!fail_once(&f, &now, false, 0), "round %d", i);
	cr_assert(fail_once(&f, &now, false, 0));
	cr_assert_eq(f.pause_ms, FAULT_FIRST_MS);
}

Test(fault, tells_of_forgiveness_only_if_it_told_of_a_pause)
{
	struct fault f = { 0 };
	int64_t now = NOW;

	cr_assert(!fault_clear(&f));
	fail_once(&f, &now, false, 0);
	cr_assert(!fault_clear(&f));
	fault_fork(&f, now);
	cr_assert(!fault_clear(&f));
	fail_into_pause(&f, &now, 0);
	cr_assert(fault_clear(&f));
	cr_assert(!fault_clear(&f));
}

Test(fault, pauses_for_a_failing_fork_and_doubles_that)
{
	static const int64_t want[] = { 100, 200, 400, 800, 1600, 3200, 5000,
		5000, 5000 };
	struct fault f = { 0 };
	int64_t now = NOW;

	for (size_t i = 0; i < sizeof want / sizeof want[0]; i++) {
		cr_assert_eq(fault_fork(&f, now), want[i], "%zu", i);
		cr_assert(fault_holds(&f, now + want[i] - 1), "%zu", i);
		cr_assert(!fault_holds(&f, now + want[i]), "%zu", i);
		cr_assert_eq(fault_allows(&f, 0, 4), 4, "%zu", i);
		now += want[i];
	}
}

Test(fault, begins_with_a_short_pause_for_fork_after_a_success)
{
	struct fault f = { 0 };

	for (int i = 0; i < 4; i++)
		fault_fork(&f, NOW);
	fault_clear(&f);
	cr_assert(!fault_holds(&f, NOW));
	cr_assert_eq(fault_fork(&f, NOW), FAULT_FORK_MS);
}

Test(fault, never_shortens_a_pause_for_a_failing_fork)
{
	struct fault f = { 0 };
	int64_t now = NOW;
	int64_t until;

	fail_into_pause(&f, &now, 0);
	until = f.until_ms;
	fault_fork(&f, now);
	cr_assert_eq(f.until_ms, until);
}

/* All sequences of so many events: whatever happened, a pause ends within a
 * bound, and then at least one child may be started. */
enum { EVENTS = 8, LENGTH = 5, SEQUENCES = 8 * 8 * 8 * 8 * 8 };

static void
happen(struct fault *f, unsigned event, int64_t *now)
{
	switch (event) {
	case 0: fail_once(f, now, false, 0); break;
	case 1: fail_once(f, now, false, 999); break;
	case 2: fail_once(f, now, true, 500); break;
	case 3: fault_note(f, *now, *now, false, 0); break;
	case 4: fault_fork(f, *now); break;
	case 5: fault_clear(f); break;
	case 6: *now += 1000; break;
	case 7: *now = f->until_ms > *now ? f->until_ms : *now + 100000; break;
	}
}

Test(fault, never_switches_a_pool_off)
{
	for (unsigned n = 0; n < SEQUENCES; n++) {
		struct fault f = { 0 };
		int64_t now = NOW;
		unsigned rest = n;

		for (int i = 0; i < LENGTH; i++, rest /= EVENTS) {
			happen(&f, rest % EVENTS, &now);
			cr_assert(f.until_ms <= now + LONGEST_MS, "%o", n);
			cr_assert(f.pause_ms <= FAULT_MOST_MS, "%o", n);
			cr_assert(f.fork_ms <= FAULT_FORK_MOST_MS, "%o", n);
		}
		cr_assert_eq(fault_holds(&f, now), now < f.until_ms, "%o", n);
		now += LONGEST_MS;
		cr_assert(!fault_holds(&f, now), "%o", n);
		cr_assert(fault_allows(&f, 0, 3) >= 1, "%o", n);
	}
}
