/* test_request.c - a line of the control protocol. */
#include <criterion/criterion.h>
#include <string.h>

#include "rules/request.h"

static struct request r;
static const char *why;

static enum request_is
read_text(const char *s)
{
	return request_read(&r, s, strlen(s), &why);
}

Test(request, words)
{
	cr_assert_eq(read_text("set  a \"b c\" 'd\"' e\\ f"), REQUEST_GOOD);
	cr_assert_eq(r.n, 5);
	cr_assert_str_eq(r.word[0], "set");
	cr_assert_str_eq(r.word[2], "b c");
	cr_assert_str_eq(r.word[3], "d\"");
	cr_assert_str_eq(r.word[4], "e f");
	cr_assert_null(r.word[5]);
}

Test(request, no_words)
{
	cr_assert_eq(read_text(""), REQUEST_BAD);
	cr_assert_eq(read_text("   "), REQUEST_BAD);
	cr_assert_eq(read_text("# ping"), REQUEST_BAD);
	cr_assert_eq(r.n, 0);
}

Test(request, no_blocks)
{
	cr_assert_eq(read_text("a {"), REQUEST_BAD);
	cr_assert_eq(read_text("}"), REQUEST_BAD);
	cr_assert_eq(read_text("a } b"), REQUEST_BAD);
	cr_assert_eq(read_text("a \"}\" '{'"), REQUEST_GOOD);
}

Test(request, quotes_end)
{
	cr_assert_eq(read_text("\"a"), REQUEST_BAD);
	cr_assert_eq(read_text("'a"), REQUEST_BAD);
	cr_assert_eq(read_text("a\\"), REQUEST_BAD);
}

/* Each byte, at each place of a short line. */
Test(request, control_bytes_are_foul)
{
	for (int byte = 0; byte < 256; byte++)
		for (int at = 0; at < 4; at++) {
			char line[] = "ping";
			bool control = byte < ' ' || byte == 0x7f;

			line[at] = (char)byte;
			cr_assert_eq(request_read(&r, line, 4, &why) ==
			    REQUEST_FOUL, control, "%d at %d", byte, at);
		}
}

Test(request, so_many_words)
{
	char line[REQUEST_BYTES];

	for (size_t n = 1; n <= 70; n++) {
		for (size_t i = 0; i < n; i++)
			memcpy(line + 2 * i, "x ", 2);
		cr_assert_eq(request_read(&r, line, 2 * n, &why),
		    n <= REQUEST_WORDS ? REQUEST_GOOD : REQUEST_BAD);
	}
}
