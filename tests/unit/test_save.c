/* test_save.c - ctl/edit.h, over every small file; ctl/save.h in a folder. */
#include <criterion/criterion.h>

#include <stdio.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "ctl/edit.h"
#include "ctl/save.h"
#include "tools/clock.h"

/* The text after an edit; NULL: it was refused, with *why. */
/* A word as main() has it. */
#define W(text) ((char *)(uintptr_t)(text))

static char *
edit(const char *text, unsigned n, char *const *words, struct edit_why *why)
{
	size_t size = 0;
	char *new = NULL, *copy;

	memset(why, 0, sizeof *why);
	if (edit_words(text, strlen(text), "git", n, words, &new, &size, why) !=
	    EDIT_DONE)
		return NULL;
	copy = calloc(1, size + 1);
	memcpy(copy, new, size);
	free(new);
	return copy;
}

static void
expect(const char *text, const char *wanted)
{
	char *words[] = { W("min"), W("9") };
	struct edit_why why;
	char *new = edit(text, 1, words, &why);

	cr_assert_not_null(new, "%s: %s", text, why.text);
	cr_assert_str_eq(new, wanted);
	cr_assert_eq(edit_check(new, strlen(new), "git", 1, words, &why),
	    EDIT_DONE, "%s", new);
	free(new);
}

Test(save, replaces_a_value_where_it_stands)
{
	expect("service git {\n\tmin 4\n}\n", "service git {\n\tmin 9\n}\n");
	expect("service git {\n\tmin 4\n}", "service git {\n\tmin 9\n}");
	expect("service git {\n  min   '4' # a\n}\n",
	    "service git {\n  min   9 # a\n}\n");
	expect("min 1\nservice a {\nmin 2\n}\nservice \"git\" {\nmin 3\n}\nmin 4",
	    "min 1\nservice a {\nmin 2\n}\nservice \"git\" {\nmin 9\n}\nmin 4");
	expect("service git {\n\tin {\n\t\tmin 3\n\t}\n\tmin 4\n}\n",
	    "service git {\n\tin {\n\t\tmin 3\n\t}\n\tmin 9\n}\n");
}

Test(save, leaves_a_value_that_is_the_same_as_it_is)
{
	expect("service git {\n\tmin \"9\"\n}\n", "service git {\n\tmin \"9\"\n}\n");
}

Test(save, adds_a_line_like_the_others)
{
	expect("service git {\n\tmax 4\n}\n", "service git {\n\tmax 4\n\tmin 9\n}\n");
	expect("service git {\n    maximum  4\n    a b\n}\n",
	    "service git {\n    maximum  4\n    a b\n    min      9\n}\n");
	expect("service git {\nmax 4\n}\n", "service git {\nmax 4\nmin 9\n}\n");
	expect("service git {\n}\n", "service git {\n\tmin 9\n}\n");
	expect("  service git {\n\n  # no\n  }\n",
	    "  service git {\n\n  # no\n  \tmin 9\n  }\n");
}

Test(save, quotes_what_needs_it)
{
	char *words[] = { W("on"), W("a \"b\" {"), W("off"), W("}") };
	struct edit_why why;
	char *new = edit("service git {\n\ton x\n}\n", 2, words, &why);

	cr_assert_str_eq(new, "service git {\n\ton \"a \\\"b\\\" {\"\n\toff \"}\"\n}\n");
	free(new);
}

Test(save, refuses_what_is_not_clear)
{
	static const struct {
		const char *text, *why;
		unsigned line, column;
	} rows[] = {
		{ "service git {\n min 1\n min 2\n}\n", "the word is here a second",  3, 2 },
		{ "service git {\n min\n}\n",           "the word is more",           2, 2 },
		{ "service git {\n min 1 2\n}\n",       "the word is more",           2, 2 },
		{ "service git {\n min 1 {\n}\n}\n",    "the word is more",           2, 2 },
		{ "service git {\n}\nservice git {\n}\n", "the service is here a second", 3, 9 },
		{ "service git {\n",                    "a block that is not closed", 1, 1 },
		{ "service git {\n}\n}\n",              "a `}' too many",             3, 1 },
		{ "service git {\n min \"1\n}\n",       "a quote",                    2, 6 },
	};

	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		char *words[] = { W("min"), W("9") };
		struct edit_why why;

		cr_assert_null(edit(rows[i].text, 1, words, &why));
		cr_assert_eq(strncmp(why.text, rows[i].why, strlen(rows[i].why)),
		    0, "%s: %s", rows[i].text, why.text);
		cr_assert(why.line == rows[i].line &&
		    why.column == rows[i].column, "%s: %u:%u", rows[i].text,
		    why.line, why.column);
	}
}

/* Lines that a file may be made of. */
static const char *const pieces[] = {
	"service git {\n", "service a {\n", "}\n", "\tmin 4\n", "min \"4\" # x\n",
	"\tmax\t5\n", "\tin {\n", "\n", "  # }\n",
};
enum { PIECES = sizeof pieces / sizeof pieces[0], LINES = 5 };

/* Without the bytes of the new value, or the new line, it is the old one. */
static bool
differs_only_there(const char *old, const char *new)
{
	size_t n = strlen(old), m = strlen(new), head = 0, tail = 0;

	while (head < n && head < m && old[head] == new[head])
		head++;
	while (tail < n - head && tail < m - head &&
	    old[n - 1 - tail] == new[m - 1 - tail])
		tail++;
	/* `"4"' or `4' or nothing became `9' or a line. */
	return n - head - tail <= 3 && m - head - tail <= strlen("\tmin     9\n");
}

Test(save, does_every_small_file_right)
{
	char *words[] = { W("min"), W("9") };
	unsigned total = 1, good = 0;

	for (int i = 0; i < LINES; i++)
		total *= PIECES;
	for (unsigned k = 0; k < total; k++) {
		char text[256] = "", *new, *again;
		struct edit_why why;
		unsigned rest = k;

		for (int i = 0; i < LINES; i++, rest /= PIECES)
			strcat(text, pieces[rest % PIECES]);
		new = edit(text, 1, words, &why);
		if (new == NULL) {
			cr_assert(why.line > 0 || edit_look(text, strlen(text),
			    "git", NULL, NULL, &why) == EDIT_NO_SERVICE,
			    "%s", text);
			continue;
		}
		good++;
		cr_assert_eq(edit_check(new, strlen(new), "git", 1, words,
		    &why), EDIT_DONE, "%s->\n%s", text, new);
		cr_assert(differs_only_there(text, new), "%s->\n%s", text, new);
		again = edit(new, 1, words, &why);
		cr_assert_str_eq(again, new);
		free(again);
		free(new);
	}
	cr_assert(good > 500, "%u", good);
}

/* ---- files ---- */

static void
write_file(const char *path, const char *text)
{
	FILE *f = fopen(path, "w");

	cr_assert_not_null(f);
	fputs(text, f);
	fclose(f);
}

static const char *
read_file(const char *path)
{
	static char buf[4096];
	FILE *f = fopen(path, "r");

	cr_assert_not_null(f);
	buf[fread(buf, 1, sizeof buf - 1, f)] = '\0';
	fclose(f);
	return buf;
}

Test(save, replaces_the_file_and_keeps_its_mode)
{
	char folder[] = "/tmp/test_save.XXXXXX", *words[] = { W("min"), W("9") };
	struct err e = { 0 };
	struct stat st;

	cr_assert_not_null(mkdtemp(folder));
	cr_assert_eq(chdir(folder), 0);
	write_file("a.conf", "include b*\ninclude none\n");
	write_file("b.conf", "service git {\n\tmin 4\n}\n");
	cr_assert_eq(chmod("b.conf", 0604), 0);
	cr_assert_eq(save_words("a.conf", "git", 1, words, clock_ms() + 5000,
	    &e), 0, "%s", e.text);
	cr_assert_str_eq(read_file("b.conf"), "service git {\n\tmin 9\n}\n");
	cr_assert_eq(stat("b.conf", &st), 0);
	cr_assert_eq(st.st_mode & 07777, 0604);
	cr_assert_str_eq(read_file("a.conf"), "include b*\ninclude none\n");
	cr_assert_eq(save_words("a.conf", "web", 1, words, clock_ms() + 5000,
	    &e), -1);
	cr_assert_eq(e.status, 1);
	unlink("a.conf");
	unlink("b.conf");
	cr_assert_eq(rmdir(folder), 0, "something is left");
}
