/* The numbers of a service: every small combination, every small duration. */
#include <criterion/criterion.h>

#include <stdio.h>
#include <string.h>

#include "rules/spec.h"

enum { UP_TO = 9 };

/* The limits after spec_check(), or the message. */
static const char *
check(unsigned min, unsigned most_idle, unsigned max, unsigned fixed,
    struct plan_limits *l)
{
	struct spec s = spec_default();
	const char *why;

	s.limits.min_idle = min;
	s.limits.max_idle = most_idle;
	s.limits.max = max;
	s.limits.fixed = fixed;
	why = spec_check(&s);
	*l = s.limits;
	return why;
}

Test(spec, is_right_as_it_comes)
{
	struct spec s = spec_default();

	cr_assert_null(spec_check(&s));
	cr_assert_eq(s.limits.min_idle, SPEC_MIN_AVAILABLE);
	cr_assert_eq(s.limits.max, SPEC_MAX_CONNECTED);
	cr_assert_eq(s.limits.max_idle, 2 * SPEC_MIN_AVAILABLE + 2);
	cr_assert_eq(s.limits.fixed, 0);
	cr_assert(s.limits.burst >= 1);
	cr_assert(s.backlog > 0 && s.idle_ms > 0 && s.stop_ms > 0);
	cr_assert_eq(s.session_ms, 0);
}

Test(spec, that_is_taken_keeps_what_the_plan_relies_on)
{
	for (unsigned min = 1; min <= UP_TO; min++)
	for (unsigned idle = 0; idle <= UP_TO; idle++)
	for (unsigned max = 1; max <= UP_TO; max++) {
		struct plan_limits l;

		if (check(min, idle, max, 0, &l) != NULL)
			continue;
		cr_assert(l.min_idle == min && l.max == max && l.fixed == 0,
		    "%u %u %u", min, idle, max);
		cr_assert(l.min_idle <= l.max_idle && l.max_idle <= l.max,
		    "%u %u %u: max_idle %u", min, idle, max, l.max_idle);
		if (idle > 0)
			cr_assert_eq(l.max_idle, idle, "%u %u %u", min, idle, max);
	}
}

Test(spec, is_refused_only_if_its_numbers_contradict_each_other)
{
	for (unsigned min = 1; min <= UP_TO; min++)
	for (unsigned idle = 0; idle <= UP_TO; idle++)
	for (unsigned max = 1; max <= UP_TO; max++) {
		struct plan_limits l;
		bool fits = min <= max &&
		    (idle == 0 || (min <= idle && idle <= max));

		cr_assert_eq(check(min, idle, max, 0, &l) == NULL, fits,
		    "%u %u %u", min, idle, max);
	}
}

Test(spec, names_the_number_that_is_wrong)
{
	struct plan_limits l;
	const char *why;

	why = check(5, 0, 4, 0, &l);
	cr_assert(strncmp(why, "minimum-available", 17) == 0, "%s", why);
	why = check(5, 4, 9, 0, &l);
	cr_assert(strncmp(why, "maximum-available", 17) == 0, "%s", why);
	cr_assert_not_null(strstr(why, "below"));
	why = check(5, 7, 6, 0, &l);
	cr_assert(strncmp(why, "maximum-available", 17) == 0, "%s", why);
	cr_assert_not_null(strstr(why, "above"));
}

Test(spec, of_a_fixed_pool_is_that_number_whatever_else_was_said)
{
	for (unsigned fixed = 1; fixed <= UP_TO; fixed++)
	for (unsigned min = 1; min <= UP_TO; min++)
	for (unsigned max = 1; max <= UP_TO; max++) {
		struct plan_limits l;

		cr_assert_null(check(min, 0, max, fixed, &l));
		cr_assert(l.fixed == fixed && l.min_idle == fixed &&
		    l.max_idle == fixed && l.max == fixed, "%u", fixed);
	}
}

Test(spec, that_was_checked_is_the_same_when_checked_again)
{
	for (unsigned min = 1; min <= UP_TO; min++)
	for (unsigned idle = 0; idle <= UP_TO; idle++)
	for (unsigned max = 1; max <= UP_TO; max++)
	for (unsigned fixed = 0; fixed <= 2; fixed++) {
		struct plan_limits l, again;

		if (check(min, idle, max, fixed, &l) != NULL)
			continue;
		cr_assert_null(check(l.min_idle, l.max_idle, l.max, l.fixed,
		    &again));
		cr_assert_eq(memcmp(&l, &again, sizeof l), 0, "%u %u %u %u",
		    min, idle, max, fixed);
	}
}

Test(spec, reads_durations)
{
	static const struct { const char *text; int64_t ms; } rows[] = {
		{ "0",         0         },
		{ "0ms",       0         },
		{ "1",         1000      },
		{ "007",       7000      },
		{ "300",       300000    },
		{ "250ms",     250       },
		{ "10s",       10000     },
		{ "5m",        300000    },
		{ "2h",        7200000   },
		{ "1d",        86400000  },
		{ "10d",       864000000 },
		{ "240h",      864000000 },
		{ "864000",    864000000 },
		{ "864000s",   864000000 },
		{ "864000000ms", 864000000 },
	};

	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
		cr_assert_eq(spec_duration(rows[i].text), rows[i].ms, "%s: %lld",
		    rows[i].text, (long long)spec_duration(rows[i].text));
}

Test(spec, refuses_what_is_no_duration)
{
	static const char *const bad[] = {
		"", " ", "s", "ms", "-1", "+1", " 1", "1 ", "1 s", "1.5", "1.5s",
		"1e3", "0x10", "1S", "1min", "1sec", "1w", "1ss", "1sm", "1m s",
		"1,5", "10d1", "11d", "241h", "864001", "864000001ms",
		"1000000000", "999999999d", "99999999999999999999",
		"18446744073709551616", "1\n", "\xc2\xb2",
	};

	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
		cr_assert_eq(spec_duration(bad[i]), -1, "%s: %lld", bad[i],
		    (long long)spec_duration(bad[i]));
}

/* Every word of up to four of these characters: taken exactly if it is
 * digits and then a unit, and then for what it says. */
Test(spec, reads_every_short_word_as_arithmetic_does)
{
	static const char letters[] = "0159smhd .-";
	enum { N = sizeof letters - 1, ALL = N * N * N * N };
	size_t taken = 0;

	for (unsigned n = 0; n < ALL; n++)
	for (size_t length = 1; length <= 4; length++) {
		char text[8] = "", unit[8] = "";
		unsigned rest = n;
		unsigned number;
		int64_t want = -1;

		for (size_t i = 0; i < length; i++, rest /= N)
			text[i] = letters[rest % N];
		if (text[0] >= '0' && text[0] <= '9' &&
		    sscanf(text, "%u%7[^\n]", &number, unit) >= 1) {
			want = strcmp(unit, "") == 0 ? (int64_t)number * 1000 :
			    strcmp(unit, "ms") == 0 ? (int64_t)number :
			    strcmp(unit, "s") == 0 ? (int64_t)number * 1000 :
			    strcmp(unit, "m") == 0 ? (int64_t)number * 60000 :
			    strcmp(unit, "h") == 0 ? (int64_t)number * 3600000 :
			    strcmp(unit, "d") == 0 ? (int64_t)number * 86400000 :
			    -1;
			if (want > 864000000)
				want = -1;
		}
		taken += want >= 0;
		cr_assert_eq(spec_duration(text), want, "%s: %lld", text,
		    (long long)spec_duration(text));
	}
	cr_assert(taken > 1000);
}
