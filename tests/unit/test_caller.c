/* test_caller.c - what a piece of a line is worth, by who sent it. */
#include <criterion/criterion.h>

#include "lib/caller.h"

enum { STRANGER = 70000, LOOKER, OPERATOR, OWNER, USERS };

static struct callers callers;

static void
read_lists(void)
{
	struct err e;

	cr_assert_eq(callers_read(&callers, "70001,:80000", "70002", "70003",
	    &e), 0);
	callers.uid = 0;
}

static struct caller
user(uid_t uid)
{
	return (struct caller){ CONTROL_NOBODY + (uid - STRANGER), uid, 7 };
}

static enum control_class
worth(struct caller connected, uid_t uid, pid_t pid)
{
	const struct ucred cred = { pid, uid, 80000 };
	struct caller sent = caller_sent(&callers, &connected, &cred);

	cr_assert_eq(sent.uid, uid);
	cr_assert_eq(sent.pid, pid);
	return sent.class;
}

TestSuite(caller, .init = read_lists);

Test(caller, is_worth_the_less_of_who_connected_and_who_sent)
{
	for (uid_t one = STRANGER; one < USERS; one++)
	for (uid_t two = STRANGER; two < USERS; two++) {
		enum control_class least = caller_least(user(one),
		    user(two)).class;

		cr_assert_eq(worth(user(one), two, 7), least, "%u for %u", two,
		    one);
	}
}

Test(caller, root_gains_nothing_by_anothers_connection)
{
	for (uid_t one = STRANGER; one < USERS; one++)
		cr_assert_eq(worth(user(one), 0, 7), user(one).class);
}

Test(caller, who_connected_keeps_what_his_groups_gave_him)
{
	struct caller member = { CONTROL_LOOK, STRANGER, 7 };

	cr_assert_eq(worth(member, STRANGER, 8), CONTROL_LOOK);
}

Test(caller, of_others_no_groups_are_known)
{
	cr_assert_eq(worth(user(OWNER), STRANGER, 7), CONTROL_NOBODY);
}

Test(caller, a_piece_of_which_nothing_is_told_is_nobodys)
{
	struct caller outside = user(OWNER);

	cr_assert_eq(worth(user(OWNER), (uid_t)-1, 0), CONTROL_NOBODY);
	cr_assert_eq(worth(user(OWNER), OWNER, 0), CONTROL_NOBODY);
	/* Of another namespace of processes: neither has a number. */
	outside.pid = 0;
	cr_assert_eq(worth(outside, OWNER, 0), CONTROL_OWN);
}
