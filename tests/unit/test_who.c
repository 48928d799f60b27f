/* test_who.c - lists of users and groups. */
#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

#include "lib/who.h"

static bool
has(const char *list, uid_t uid, gid_t gid, gid_t other)
{
	struct who_peer p = { .uid = uid, .gid = gid, .n = 1,
	    .group = { other } };
	struct who w;
	struct err e;

	cr_assert_eq(who_read(&w, list, &e), 0, "%s", list);
	return who_has(&w, &p);
}

Test(who, nobody_is_in_an_empty_list)
{
	cr_assert_not(has(NULL, 0, 0, 0));
	cr_assert_not(has("", 0, 0, 0));
	cr_assert_not(has(" , ", 0, 0, 0));
}

Test(who, everybody)
{
	cr_assert(has("*", 7, 8, 9));
	cr_assert(has("1,*", 7, 8, 9));
}

Test(who, users_and_groups_are_different_numbers)
{
	cr_assert(has("7", 7, 8, 9));
	cr_assert_not(has("8,9", 7, 8, 9));
	cr_assert(has("1, :8", 7, 8, 9));
	cr_assert(has(":9 2", 7, 8, 9));
	cr_assert_not(has(":7", 7, 8, 9));
}

Test(who, names)
{
	cr_assert(has("root", 0, 1, 1));
	cr_assert_not(has("root", 1, 0, 0));
	cr_assert(has(":root", 1, 0, 1));
	cr_assert(has(":root", 1, 1, 0));
}

Test(who, refuses_what_is_not_there)
{
	static const char *const bad[] = {
		"nobody-of-this-name", ":", "1,:no-such-group", "-1", "**",
		"99999999999", "4294967295",
	};

	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
		struct who w;
		struct err e;

		cr_assert_eq(who_read(&w, bad[i], &e), -1, "%s", bad[i]);
		cr_assert_neq(e.text[0], '\0');
	}
}

Test(who, has_an_end)
{
	char list[4096] = "";
	struct who w;
	struct err e;

	for (int i = 0; i < WHO_MOST; i++)
		snprintf(list + strlen(list), 16, "%d,", i);
	cr_assert_eq(who_read(&w, list, &e), 0);
	strcat(list, "9999");
	cr_assert_eq(who_read(&w, list, &e), -1);
	cr_assert_not_null(strstr(e.text, "too many"));
}
