/* The plain form as the supervisor has it: read strictly, compared by words. */
#include <criterion/criterion.h>

#include <stdio.h>
#include <string.h>

#include "brood/plain.h"

static const char whole[] =
    "control /run/brood.sock\n"
    "log stderr\n"
    "service echo {\n"
    "\tlisten 127.0.0.1:7 [::1]:7\n"
    "\tinline echo\n"
    "\tuser 65534:65534\n"
    "\tstop-time 2s\n"
    "\tenv A=1\n"
    "\tenv \"B=2 3\"\n"
    "\tlinger\n"
    "\ton ready echo now \"and then\"\n"
    "}\n"
    "\n"
    "service git {\n"
    "\tlisten unix:/run/git\n"
    "\texec /usr/bin/git daemon \"a b\" \"\"\n"
    "}\n";

static int
take(struct plain *p, const char *text)
{
	struct err e = { .status = 0 };
	int r = plain_read(p, text, strlen(text), &e);

	cr_assert(r == 0 || (r == -1 && e.status == EXIT_INTERNAL &&
	    e.text[0] != '\0'), "`%s'", text);
	cr_assert(r == 0 || (p->nservices == 0 && p->text == NULL &&
	    SLIST_EMPTY(&p->kept)), "nothing is left of `%s'", text);
	return r;
}

/* ---- reading ---- */

Test(plain, reads_services_with_their_words)
{
	const struct plain_service *echo, *git;
	struct plain p;

	cr_assert_eq(take(&p, whole), 0);
	cr_assert_eq(p.nservices, 2);
	echo = plain_find(&p, "echo");
	git = plain_find(&p, "git");
	cr_assert(echo == &p.service[0] && git == &p.service[1]);
	cr_assert_null(plain_find(&p, "ech"));
	cr_assert_eq(echo->naddresses, 2);
	cr_assert_str_eq(echo->address[0], "127.0.0.1:7");
	cr_assert_str_eq(echo->address[1], "[::1]:7");
	cr_assert_str_eq(echo->kind, "inline");
	cr_assert_eq(echo->nprogram, 1);
	cr_assert_str_eq(echo->program[0], "echo");
	cr_assert_eq(echo->nwords, 6);
	cr_assert_str_eq(git->kind, "exec");
	cr_assert_eq(git->nprogram, 4);
	cr_assert_str_eq(git->program[2], "a b");
	cr_assert_str_eq(git->program[3], "");
	cr_assert_eq(git->nwords, 0);
	plain_free(&p);
}

Test(plain, an_owner_is_two_numbers)
{
	static const char *const none[] = { "", "5", "5:", ":5", "a:5", NULL };
	uid_t uid;
	gid_t gid;

	plain_owner("0:65534", &uid, &gid);
	cr_assert(uid == 0 && gid == 65534);
	for (size_t i = 0; i < sizeof none / sizeof none[0]; i++) {
		plain_owner(none[i], &uid, &gid);
		cr_assert(uid == (uid_t)-1 && gid == (gid_t)-1);
	}
}

Test(plain, answers_what_a_word_says)
{
	struct plain p;

	cr_assert_eq(take(&p, whole), 0);
	cr_assert_str_eq(plain_global(&p, "control"), "/run/brood.sock");
	cr_assert_str_eq(plain_global(&p, "log"), "stderr");
	cr_assert_null(plain_global(&p, "pidfile"));
	cr_assert_null(plain_global(&p, "user"));
	cr_assert_str_eq(plain_value(&p.service[0], "user"), "65534:65534");
	cr_assert_str_eq(plain_value(&p.service[0], "env"), "A=1");
	cr_assert_str_eq(plain_value(&p.service[0], "linger"), "");
	cr_assert_str_eq(plain_value(&p.service[0], "on"),
	    "ready echo now and then");
	cr_assert_null(plain_value(&p.service[1], "user"));
	cr_assert_eq(plain_ms(&p.service[0], "stop-time"), 2000);
	cr_assert_eq(plain_ms(&p.service[0], "linger"), -1, "no duration");
	cr_assert_eq(plain_ms(&p.service[1], "stop-time"), -1, "not said");
	plain_free(&p);
	cr_assert(p.nservices == 0 && p.text == NULL);
	plain_free(&p);
}

Test(plain, keeps_the_text_and_copies_it)
{
	struct plain p, copy;
	struct err e;

	cr_assert_eq(take(&p, whole), 0);
	cr_assert_eq(p.size, sizeof whole - 1);
	cr_assert_eq(memcmp(p.text, whole, p.size), 0);
	cr_assert_eq(plain_copy(&copy, &p, &e), 0);
	plain_free(&p);
	cr_assert_eq(memcmp(copy.text, whole, copy.size), 0);
	cr_assert_eq(copy.nservices, 2);
	cr_assert_str_eq(copy.service[1].name, "git");
	plain_free(&copy);
}

Test(plain, takes_nothing_that_is_not_whole)
{
	static const char *const rows[] = {
		"service a {\nlisten 1\n}\n",			/* no handler */
		"service a {\ninline echo\n}\n",		/* no address */
		"service a {\nlisten\ninline echo\n}\n",
		"service a {\nlisten 1\ninline\n}\n",
		"service a {\nlisten 1\ninline echo\n",		/* no end */
		"service a {\nlisten 1\ninline echo\n}\n}\n",
		"service {\nlisten 1\ninline echo\n}\n",	/* no name */
		"service a b {\nlisten 1\ninline echo\n}\n",
		"servic a {\nlisten 1\ninline echo\n}\n",
		"service a {\nlisten 1\ninline echo\nx {\n}\n}\n",
		"service a {\nlisten 1\ninline echo\nservice b {\n}\n}\n",
		("service a {\nlisten 1\ninline echo\n}\n"	/* twice */
		 "service a {\nlisten 1\ninline echo\n}\n"),
		"service a {\nlisten 1\ninline echo\nuser a b\n}\n",
		"log a b\n",
		"\"\" a\n",
		"log \"a\n",
		"log \x01\n",
	};
	struct plain p;

	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
		cr_assert_eq(take(&p, rows[i]), -1, "row %zu: %s", i, rows[i]);
}

Test(plain, may_be_cut_anywhere_and_does_no_harm)
{
	struct plain p;
	char text[sizeof whole];
	unsigned taken = 0;

	for (size_t n = 0; n < sizeof whole; n++) {
		memcpy(text, whole, n);
		text[n] = '\0';
		if (take(&p, text) == -1)
			continue;
		taken++;
		plain_free(&p);
	}
	/* Not within a block. */
	cr_assert(taken > 20 && taken < 70, "%u", taken);
}

Test(plain, has_room_for_many)
{
	static char text[40 * 2000];
	size_t n = 0;
	struct plain p;

	for (int i = 0; i < 1000; i++)
		n += (size_t)sprintf(text + n,
		    "service s%d {\nlisten %d\ninline echo\n}\n", i, i + 1);
	cr_assert_eq(take(&p, text), 0);
	cr_assert_eq(p.nservices, 1000);
	for (int i = 0; i < 1000; i++) {
		char name[16], address[16];

		sprintf(name, "s%d", i);
		sprintf(address, "%d", i + 1);
		cr_assert_str_eq(p.service[i].name, name);
		cr_assert_str_eq(p.service[i].address[0], address);
	}
	plain_free(&p);
}

/* ---- comparing ---- */

static const char base[] =
    "listen 1 2\nexec /a b c\nuser 1:1\nenv A=1\nenv B=2\nlinger\n"
    "minimum-available 4\nmaximum-connected 9\n";

/* What changes when a service's lines become others, both ways. */
static enum plain_change
compare(const char *from, const char *to, char because[PLAIN_BECAUSE])
{
	char text[2][4096], back[PLAIN_BECAUSE];
	enum plain_change change;
	struct plain a, b;

	snprintf(text[0], sizeof text[0], "service a {\n%s}\n", from);
	snprintf(text[1], sizeof text[1], "service a {\n%s}\n", to);
	cr_assert_eq(take(&a, text[0]), 0);
	cr_assert_eq(take(&b, text[1]), 0);
	change = plain_compare(&a.service[0], &b.service[0], because);
	cr_assert_eq(plain_compare(&b.service[0], &a.service[0], back), change,
	    "%s%s", from, to);
	cr_assert_eq((change == PLAIN_SAME), (because[0] == '\0'));
	cr_assert_eq((because[0] == '\0'), (back[0] == '\0'));
	plain_free(&a);
	plain_free(&b);
	return change;
}

Test(plain, tells_each_kind_of_change)
{
	static const struct {
		const char *to;
		enum plain_change change;
		const char *because;
	} rows[] = {
		{ base, PLAIN_SAME, "" },
		/* Another order of words is none; of values it is. */
		{ "maximum-connected 9\nminimum-available 4\nlinger\nenv A=1\n"
		  "env B=2\nuser 1:1\nexec /a b c\nlisten 1 2\n",
		  PLAIN_SAME, "" },
		{ "listen 1 2\nexec /a b c\nuser 1:1\nenv B=2\nenv A=1\nlinger\n"
		  "minimum-available 4\nmaximum-connected 9\n",
		  PLAIN_OTHER, "env" },
		{ "listen 2 1\nexec /a b c\nuser 1:1\nenv A=1\nenv B=2\nlinger\n"
		  "minimum-available 4\nmaximum-connected 9\n",
		  PLAIN_OTHER, "listen" },
		{ "listen 1\nexec /a b c\nuser 1:1\nenv A=1\nenv B=2\nlinger\n"
		  "minimum-available 4\nmaximum-connected 9\n",
		  PLAIN_OTHER, "listen" },
		{ "listen 1 2\nexec /a b\nuser 1:1\nenv A=1\nenv B=2\nlinger\n"
		  "minimum-available 4\nmaximum-connected 9\n",
		  PLAIN_OTHER, "exec" },
		{ "listen 1 2\nexec /a b \"c \"\nuser 1:1\nenv A=1\nenv B=2\n"
		  "linger\nminimum-available 4\nmaximum-connected 9\n",
		  PLAIN_OTHER, "exec" },
		{ "listen 1 2\nworker /a b c\nuser 1:1\nenv A=1\nenv B=2\n"
		  "linger\nminimum-available 4\nmaximum-connected 9\n",
		  PLAIN_OTHER, "worker" },
		{ "listen 1 2\nexec /a b c\nuser 2:1\nenv A=1\nenv B=2\nlinger\n"
		  "minimum-available 4\nmaximum-connected 9\n",
		  PLAIN_OTHER, "user" },
		{ "listen 1 2\nexec /a b c\nuser 1:1\nenv A=1\nlinger\n"
		  "minimum-available 4\nmaximum-connected 9\n",
		  PLAIN_OTHER, "env" },
		{ "listen 1 2\nexec /a b c\nuser 1:1\nenv A=1\nenv B=2\n"
		  "minimum-available 4\nmaximum-connected 9\n",
		  PLAIN_OTHER, "linger" },
		{ "listen 1 2\nexec /a b c\nuser 1:1\nenv A=1\nenv B=2\nlinger\n"
		  "minimum-available 4\nmaximum-connected 9\numask 022\n",
		  PLAIN_OTHER, "umask" },
		/* What can be changed while it runs. */
		{ "listen 1 2\nexec /a b c\nuser 1:1\nenv A=1\nenv B=2\nlinger\n"
		  "minimum-available 5\nmaximum-connected 9\n",
		  PLAIN_LIMITS, "minimum-available" },
		{ "listen 1 2\nexec /a b c\nuser 1:1\nenv A=1\nenv B=2\nlinger\n"
		  "minimum-available 4\n",
		  PLAIN_LIMITS, "maximum-connected" },
		{ "listen 1 2\nexec /a b c\nuser 1:1\nenv A=1\nenv B=2\nlinger\n",
		  PLAIN_LIMITS, "minimum-available, maximum-connected" },
		/* Both. */
		{ "listen 1 2\nexec /a b c\nuser 1:1\nenv A=1\nenv B=2\nlinger\n"
		  "minimum-available 5\nmaximum-connected 9\numask 022\n",
		  PLAIN_OTHER, "minimum-available, umask" },
		{ "listen 1\nexec /b\nuser 1:2\nenv A=1\nenv B=2\nlinger\n"
		  "minimum-available 5\nmaximum-connected 8\n", PLAIN_OTHER,
		  "listen, exec, user, minimum-available, maximum-connected" },
	};
	char because[PLAIN_BECAUSE];

	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		cr_assert_eq(compare(base, rows[i].to, because),
		    rows[i].change, "row %zu: %s", i, because);
		cr_assert_str_eq(because, rows[i].because, "row %zu: %s", i,
		    because);
	}
}

/* Only what is said can be told. */
Test(plain, a_limit_can_be_said_while_it_runs_and_not_unsaid)
{
	static const char without[] = "service a {\nlisten 1\nexec /a\n}\n",
	    with[] = "service a {\nlisten 1\nexec /a\nmaximum-available 9\n}\n";
	char because[PLAIN_BECAUSE];
	struct plain a, b;

	cr_assert_eq(take(&a, without), 0);
	cr_assert_eq(take(&b, with), 0);
	cr_assert_eq(plain_compare(&a.service[0], &b.service[0], because),
	    PLAIN_LIMITS);
	cr_assert_str_eq(because, "maximum-available");
	cr_assert_eq(plain_compare(&b.service[0], &a.service[0], because),
	    PLAIN_OTHER);
	cr_assert_str_eq(because, "maximum-available");
	plain_free(&a);
	plain_free(&b);
}

Test(plain, names_each_word_once)
{
	char because[PLAIN_BECAUSE];

	/* One is the other's end: neither hides the other. */
	cr_assert_eq(compare("listen 1\nexec /a\nlog a\nbacklog 1\n",
	    "listen 1\nexec /a\nlog b\nbacklog 2\n", because), PLAIN_OTHER);
	cr_assert_str_eq(because, "log, backlog");
	cr_assert_eq(compare("listen 1\nexec /a\nbacklog 1\nlog a\n",
	    "listen 1\nexec /a\nbacklog 2\nlog b\n", because), PLAIN_OTHER);
	cr_assert_str_eq(because, "backlog, log");
	/* Between its values stands another that differs. */
	cr_assert_eq(compare("listen 1\nexec /a\nenv a\numask 1\nenv b\n",
	    "listen 1\nexec /a\nenv c\numask 2\nenv d\n", because),
	    PLAIN_OTHER);
	cr_assert_str_eq(because, "env, umask");
}

Test(plain, cuts_a_list_of_words_that_is_too_long)
{
	char from[4096] = "listen 1\nexec /a\n", to[4096], because[PLAIN_BECAUSE];
	size_t n = strlen(from);

	strcpy(to, from);
	for (int i = 0; i < 99; i++)
		n += (size_t)snprintf(from + n, sizeof from - n,
		    "a-word-of-some-length-%d 1\n", i);
	cr_assert_eq(compare(from, to, because), PLAIN_OTHER);
	cr_assert_eq(strlen(because), PLAIN_BECAUSE - 1);
	cr_assert(strncmp(because, "a-word-of-some-length-0, a-word", 31) == 0);
}
