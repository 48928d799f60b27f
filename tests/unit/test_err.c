/* One line about what went wrong, with the right status, and errno kept. */
#include <criterion/criterion.h>

#include <errno.h>
#include <string.h>

#include "tools/err.h"

Test(err, has_text_and_status)
{
	struct err e;

	err_set(&e, EXIT_CONFIG, "line %d: %s", 7, "what");
	cr_assert_str_eq(e.text, "line 7: what");
	cr_assert_eq(e.status, EXIT_CONFIG);
}

Test(err, of_the_system_says_what_errno_says)
{
	struct err e;

	errno = EADDRINUSE;
	err_sys(&e, EXIT_UNAVAILABLE, "cannot bind %s", "x:7");
	cr_assert_str_eq(e.text, "cannot bind x:7: Address already in use");
	cr_assert_eq(e.status, EXIT_UNAVAILABLE);
}

Test(err, keeps_errno)
{
	struct err e;

	for (int n = 0; n < 140; n++) {
		errno = n;
		err_set(&e, EXIT_SYSTEM, "%s", "x");
		cr_assert_eq(errno, n);
		err_sys(&e, EXIT_SYSTEM, "%s", "x");
		cr_assert_eq(errno, n);
		err_sys(NULL, EXIT_SYSTEM, "%s", "x");
		cr_assert_eq(errno, n);
	}
}

Test(err, is_about_privileges_exactly_for_these_two)
{
	for (int n = 1; n < 140; n++) {
		bool privilege = n == EACCES || n == EPERM;
		struct err e;

		errno = n;
		err_sys(&e, EXIT_SYSTEM, "x");
		cr_assert_eq(e.status, privilege ? EXIT_PRIVILEGE : EXIT_SYSTEM,
		    "%s: %d", strerror(n), e.status);
	}
}

Test(err, may_be_of_no_interest)
{
	err_set(NULL, EXIT_USAGE, "%s", "x");
	err_sys(NULL, EXIT_USAGE, "%s", "x");
}

Test(err, is_cut_where_its_text_ends)
{
	for (size_t n = 0; n < 2 * sizeof ((struct err *)0)->text; n++) {
		char word[2 * sizeof ((struct err *)0)->text + 1];
		struct { struct err e; char behind[16]; } a;

		memset(word, 'w', n);
		word[n] = '\0';
		memset(&a, '#', sizeof a);
		err_set(&a.e, EXIT_USAGE, "%s", word);
		cr_assert_eq(strlen(a.e.text), n < sizeof a.e.text ? n :
		    sizeof a.e.text - 1, "%zu", n);
		errno = ENOENT;
		err_sys(&a.e, EXIT_USAGE, "%s", word);
		cr_assert(strlen(a.e.text) < sizeof a.e.text, "%zu", n);
		cr_assert_eq(strncmp(a.e.text, word, n < sizeof a.e.text ? n :
		    sizeof a.e.text - 1), 0, "%zu", n);
		for (size_t i = 0; i < sizeof a.behind; i++)
			cr_assert_eq(a.behind[i], '#', "%zu", n);
	}
}

Test(err, statuses_are_those_of_sysexits)
{
	/* The manual promises these numbers. */
	cr_assert(EXIT_STOPPED == 0 && EXIT_USAGE == 64 &&
	    EXIT_UNAVAILABLE == 69 && EXIT_INTERNAL == 70 &&
	    EXIT_SYSTEM == 71 && EXIT_RUNNING == 75 && EXIT_PRIVILEGE == 77 &&
	    EXIT_CONFIG == 78);
}

Test(err, can_be_several_lines_with_the_first_status)
{
	struct err all = { .status = 0 }, one;

	err_set(&one, EXIT_PRIVILEGE, "no port 7");
	err_add(&all, NULL, &one);
	cr_assert_str_eq(all.text, "no port 7");
	err_set(&one, EXIT_UNAVAILABLE, "no port 8");
	err_add(&all, "echo", &one);
	cr_assert_str_eq(all.text, "no port 7\necho: no port 8");
	cr_assert_eq(all.status, EXIT_PRIVILEGE);
	for (int i = 0; i < 100; i++)
		err_add(&all, "echo", &one);
	cr_assert_eq(strlen(all.text), sizeof all.text - 1);
}
