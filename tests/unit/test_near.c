/* Which word was meant: every pair of small words against the definition. */
#include <criterion/criterion.h>

#include <string.h>

#include "rules/near.h"

enum { LETTERS = 3, UP_TO = 4, WORDS = 1 + 3 + 9 + 27 + 81 };

static void
spell(unsigned n, char word[UP_TO + 1])
{
	size_t length = 0;

	for (unsigned of = 1; n >= of; of *= LETTERS, length++)
		n -= of;
	word[length] = '\0';
	for (; length > 0; n /= LETTERS)
		word[--length] = (char)('a' + n % LETTERS);
}

static unsigned
least(unsigned a, unsigned b)
{
	return a < b ? a : b;
}

/* By definition, without a table. */
static unsigned
distance(const char *a, size_t n, const char *b, size_t m)
{
	unsigned d;

	if (n == 0 || m == 0)
		return (unsigned)(n + m);
	d = distance(a, n - 1, b, m - 1) + (a[n - 1] != b[m - 1]);
	d = least(d, distance(a, n - 1, b, m) + 1);
	d = least(d, distance(a, n, b, m - 1) + 1);
	if (n > 1 && m > 1 && a[n - 1] == b[m - 2] && a[n - 2] == b[m - 1])
		d = least(d, distance(a, n - 2, b, m - 2) + 1);
	return d;
}

Test(near, is_the_distance_of_every_two_small_words)
{
	for (unsigned i = 0; i < WORDS; i++)
	for (unsigned j = 0; j < WORDS; j++) {
		char a[UP_TO + 1], b[UP_TO + 1];
		unsigned d, far;

		spell(i, a);
		spell(j, b);
		d = distance(a, strlen(a), b, strlen(b));
		far = (unsigned)(strlen(a) > strlen(b) ? strlen(a) :
		    strlen(b)) / 3;
		if (d > (far > 0 ? far : 1))
			d = NEAR_FAR;
		cr_assert_eq(near_distance(a, b), d, "`%s' `%s': %u, not %u", a,
		    b, near_distance(a, b), d);
		cr_assert_eq(near_distance(b, a), d, "`%s' `%s'", b, a);
	}
}

Test(near, knows_slips_of_the_fingers)
{
	static const struct { const char *typed, *meant; unsigned d; } rows[] = {
		{ "listen",            "listen",            0        },
		{ "lsiten",            "listen",            1        },
		{ "lissen",            "listen",            1        },
		{ "listn",             "listen",            1        },
		{ "listten",           "listen",            1        },
		{ "Listen",            "listen",            1        },
		{ "min-available",     "minimum-available", 4        },
		{ "maximum-connected", "minimum-available", NEAR_FAR },
		{ "exec",              "env",               NEAR_FAR },
		{ "on",                "in",                1        },
		{ "on",                "no",                1        },
		{ "",                  "a",                 1        },
		{ "",                  "ab",                NEAR_FAR },
	};

	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
		cr_assert_eq(near_distance(rows[i].typed, rows[i].meant),
		    rows[i].d, "%s %s", rows[i].typed, rows[i].meant);
}

Test(near, does_not_try_with_long_words)
{
	char a[65], b[65];

	memset(a, 'a', sizeof a);
	a[63] = '\0';
	strcpy(b, a);
	cr_assert_eq(near_distance(a, b), 0);
	b[0] = 'b';
	cr_assert_eq(near_distance(a, b), 1);
	memset(a, 'a', sizeof a);
	a[64] = '\0';
	cr_assert_eq(near_distance(a, b), NEAR_FAR);
	cr_assert_eq(near_distance(b, a), NEAR_FAR);
	cr_assert_eq(near_distance(a, a), NEAR_FAR);
}
