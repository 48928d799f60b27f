/* test_want.c - ctl/want.h: every short text, every operator, every number. */
#include <criterion/criterion.h>

#include <stdio.h>
#include <string.h>

#include "ctl/want.h"

static const char *
read_text(const char *text, struct want *w)
{
	size_t at;
	const char *why = want_read(w, text, &at);

	cr_assert(at <= strlen(text), "%s: %zu", text, at);
	return why;
}

Test(want, reads_what_the_manual_shows)
{
	struct want w;

	cr_assert_null(read_text("available(git)>=5", &w));
	cr_assert_eq(w.n, 1);
	cr_assert_str_eq(w.term[0].name, "available");
	cr_assert_str_eq(w.term[0].service, "git");
	cr_assert_eq(w.term[0].op, WANT_GE);
	cr_assert(!w.term[0].is_word);
	cr_assert_eq(w.term[0].number, 5000);
	cr_assert_null(read_text("generation>7", &w));
	cr_assert_str_eq(w.term[0].service, "");
	cr_assert_null(read_text("state(git)=running and connected=0", &w));
	cr_assert_eq(w.n, 2);
	cr_assert(w.term[0].is_word);
	cr_assert_str_eq(w.term[0].word, "running");
	cr_assert_str_eq(w.term[1].name, "connected");
}

Test(want, knows_all_operators)
{
	static const struct {
		const char *text;
		bool below, equal, above;
	} rows[] = {
		{ "=",  false, true,  false },
		{ "!=", true,  false, true  },
		{ "<",  true,  false, false },
		{ "<=", true,  true,  false },
		{ ">",  false, false, true  },
		{ ">=", false, true,  true  },
	};

	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
	for (int wanted = -2; wanted <= 2; wanted++)
	for (int is = -2; is <= 2; is++) {
		char text[32], value[16];
		struct want w;

		snprintf(text, sizeof text, "n%s%d", rows[i].text, wanted);
		snprintf(value, sizeof value, "%d", is);
		cr_assert_null(read_text(text, &w), "%s", text);
		cr_assert_eq(want_holds(&w.term[0], value), is < wanted ?
		    rows[i].below : is > wanted ? rows[i].above :
		    rows[i].equal, "%s of %s", text, value);
	}
}

Test(want, takes_blanks_everywhere)
{
	struct want w;

	cr_assert_null(read_text(
	    " a ( b ) \t >= 1  and  c<2 and\td = e ", &w));
	cr_assert_eq(w.n, 3);
	cr_assert_str_eq(w.term[0].service, "b");
	cr_assert_str_eq(w.term[2].word, "e");
}

Test(want, says_where_it_stops)
{
	static const struct {
		const char *text, *why;
		size_t at;
	} rows[] = {
		{ "",             "a name",      0 },
		{ "=1",           "a name",      0 },
		{ "1=1",          "a name",      0 },
		{ "A=1",          "a name",      0 },
		{ "a",            "one of",      1 },
		{ "a~1",          "one of",      1 },
		{ "a(=1",         "the name",    2 },
		{ "a()=1",        "the name",    2 },
		{ "a(b=1",        "`)'",         3 },
		{ "a=",           "a number",    2 },
		{ "a=-",          "a number",    2 },
		{ "a=1.",         "a number",    2 },
		{ "a=1.2345",     "a number",    2 },
		{ "a=1and b=1",   "` and '",     3 },
		{ "a=1 andb=1",   "` and '",     4 },
		{ "a=1 or b=1",   "` and '",     4 },
		{ "a=1 and",      "` and '",     4 },
		{ "a=1 and ",     "a name",      8 },
		{ "a<b",          "a number, as", 3 },
		{ "a=1000000000000000", "a number", 2 },
	};

	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		struct want w;
		size_t at;
		const char *why = want_read(&w, rows[i].text, &at);

		cr_assert_not_null(why, "%s", rows[i].text);
		cr_assert_eq(strncmp(why, rows[i].why, strlen(rows[i].why)), 0,
		    "%s: %s", rows[i].text, why);
		cr_assert_eq(at, rows[i].at, "%s: %zu", rows[i].text, at);
	}
}

/* Write it the shortest way; what was read must read back as the same. */
static void
write_want(const struct want *w, char *buf, size_t size)
{
	static const char *const ops[] = { "=", "!=", "<", "<=", ">", ">=" };
	size_t n = 0;

	for (unsigned i = 0; i < w->n; i++) {
		const struct want_term *t = &w->term[i];
		bool named = t->service[0] != '\0';

		n += (size_t)snprintf(buf + n, size - n, "%s%s%s%s%s%s",
		    i > 0 ? " and " : "", t->name, named ? "(" : "", t->service,
		    named ? ")" : "", ops[t->op]);
		if (t->is_word)
			n += (size_t)snprintf(buf + n, size - n, "%s", t->word);
		else
			n += (size_t)snprintf(buf + n, size - n, "%s%d.%03d",
			    t->number < 0 ? "-" : "", (int)(t->number < 0 ?
			    -t->number : t->number) / 1000, (int)(t->number < 0 ?
			    -t->number : t->number) % 1000);
	}
}

Test(want, reads_every_short_text_or_says_why)
{
	static const char letters[] = "a1()=<! .-";
	enum { N = sizeof letters - 1, LENGTH = 6 };
	unsigned total = 1, good = 0;

	for (int i = 0; i < LENGTH; i++)
		total *= N;
	for (unsigned k = 0; k < total; k++) {
		char text[LENGTH + 1] = "", again[200] = "";
		struct want w, back;
		unsigned rest = k;

		for (int i = 0; i < LENGTH; i++, rest /= N)
			text[i] = letters[rest % N];
		if (read_text(text, &w) != NULL)
			continue;
		good++;
		write_want(&w, again, sizeof again);
		cr_assert_null(read_text(again, &back), "%s: %s", text, again);
		cr_assert_eq(w.n, back.n);
		cr_assert_eq(w.term[0].number, back.term[0].number, "%s", text);
		cr_assert_str_eq(w.term[0].word, back.term[0].word);
		cr_assert_eq(w.term[0].op, back.term[0].op);
	}
	cr_assert(good > 100, "%u", good);
}

Test(want, has_bounds)
{
	char name[WANT_NAME + 8], many[WANT_TERMS * 8 + 16] = "a=1";
	struct want w;

	memset(name, 'a', sizeof name);
	strcpy(name + WANT_NAME, "=1");
	cr_assert_null(read_text(name, &w));
	memset(name, 'a', sizeof name);
	strcpy(name + WANT_NAME + 1, "=1");
	cr_assert_not_null(read_text(name, &w));
	for (int i = 1; i < WANT_TERMS; i++)
		strcat(many, " and a=1");
	cr_assert_null(read_text(many, &w));
	cr_assert_eq(w.n, WANT_TERMS);
	strcat(many, " and a=1");
	cr_assert_not_null(read_text(many, &w));
}

Test(want, numbers_are_exact_to_three_digits)
{
	int64_t n;

	for (int i = -20000; i <= 20000; i++) {
		char text[32];

		snprintf(text, sizeof text, "%s%d.%03d", i < 0 ? "-" : "",
		    (i < 0 ? -i : i) / 1000, (i < 0 ? -i : i) % 1000);
		cr_assert(want_number(text, &n) && n == i, "%s", text);
	}
	cr_assert(want_number("0.5", &n) && n == 500);
	cr_assert(want_number("999999999999999", &n) &&
	    n == 999999999999999000);
	for (size_t i = 0; i < 9; i++) {
		static const char *const none[] = { "", "-", ".5", "5.", "1.2345",
		    "1x", " 1", "--1", "1000000000000000" };

		cr_assert(!want_number(none[i], &n), "%s", none[i]);
	}
}

Test(want, words_and_numbers_never_compare)
{
	struct want w;

	cr_assert_null(read_text("state=running and n=1 and m!=1", &w));
	cr_assert(want_holds(&w.term[0], "running"));
	cr_assert(!want_holds(&w.term[0], "1"));
	cr_assert(!want_holds(&w.term[1], "running"));
	cr_assert(!want_holds(&w.term[2], "running"));
	cr_assert(want_holds(&w.term[2], "2"));
}
