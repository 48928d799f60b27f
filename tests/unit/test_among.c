/* Is it one of them: every word in every list of small words, by definition. */
#include <criterion/criterion.h>

#include "rules/among.h"

static const char *const words[] = { "a", "b", "ab", "ba", "aa", "a-b", "b-a" };
enum { WORDS = sizeof words / sizeof words[0] };

static void
try_list(const char *between, unsigned i, unsigned j, unsigned k)
{
	char list[64];

	snprintf(list, sizeof list, "%s%s%s%s%s", words[i], between, words[j],
	    between, words[k]);
	for (unsigned w = 0; w < WORDS; w++)
		cr_assert_eq(among(list, words[w]), w == i || w == j || w == k,
		    "%s among %s", words[w], list);
}

Test(among, a_word_of_a_list_is_found_and_no_part_of_one)
{
	for (unsigned i = 0; i < WORDS; i++)
		for (unsigned j = 0; j < WORDS; j++)
			for (unsigned k = 0; k < WORDS; k++) {
				try_list(" ", i, j, k);
				try_list(", ", i, j, k);
			}
}

Test(among, nothing_is_among_nothing)
{
	cr_assert(!among("", "a"));
	cr_assert(!among("a", ""));
	cr_assert(!among("", ""));
}
