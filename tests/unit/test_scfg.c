/* The grammar of the file: every small text, and that what is quoted reads
 * back. */
#include <criterion/criterion.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "rules/scfg.h"

static const char letters[] = "a\"'\\#{} \n";

enum { LETTERS = sizeof letters - 1, TEXT_UP_TO = 6, WORD_UP_TO = 5 };

static struct scfg_line line;	/* big */

/* The n-th text of a length, read as a number with those digits. */
static void
spell(unsigned long n, size_t length, char *to)
{
	for (size_t i = 0; i < length; i++, n /= LETTERS)
		to[i] = letters[n % LETTERS];
}

static unsigned long
count(size_t length)
{
	return length == 0 ? 1 : LETTERS * count(length - 1);
}

/* ---- every small text ---- */

static size_t
begin_of(const char *text, size_t at)
{
	while (at > 0 && text[at - 1] != '\n')
		at--;
	return at;
}

static unsigned
line_of(const char *text, size_t at)
{
	unsigned n = 1;

	while (at-- > 0)
		n += text[at] == '\n';
	return n;
}

static void
check_words(const char *text, size_t size)
{
	cr_assert(line.n >= 1 && line.n <= SCFG_WORDS);
	cr_assert(line.end <= size && (line.end == size ||
	    text[line.end] == '\n'), "`%.*s'", (int)size, text);
	for (unsigned i = 0; i < line.n; i++) {
		const struct scfg_word *w = &line.word[i];

		cr_assert(w->at < w->end && w->end <= line.end, "`%.*s'",
		    (int)size, text);
		cr_assert(i == 0 || w[-1].end < w->at, "`%.*s'", (int)size, text);
		cr_assert_eq(w->column, w->at - begin_of(text, w->at) + 1);
		cr_assert_eq(line.line, line_of(text, w->at));
		cr_assert(strlen(w->text) <= w->end - w->at, "`%.*s'",
		    (int)size, text);
	}
}

static void
check_bad(const struct scfg *s, const char *text, size_t size)
{
	size_t at = 0;

	cr_assert(s->why != NULL && strstr(s->why, "expected") != NULL);
	for (unsigned n = 1; n < s->bad_line; n++) {
		const char *end = memchr(text + at, '\n', size - at);

		cr_assert_not_null(end, "`%.*s': line %u", (int)size, text,
		    s->bad_line);
		at = (size_t)(end - text) + 1;
	}
	cr_assert(s->bad_column >= 1 && at + s->bad_column - 1 <= size &&
	    begin_of(text, at + s->bad_column - 1) == at,
	    "`%.*s': column %u", (int)size, text, s->bad_column);
}

/* Written again, the words of a directive are the same. */
static void
check_again(const char *text, size_t size)
{
	static struct scfg_line again;
	char buf[256];
	size_t n = 0;
	struct scfg s;

	for (unsigned i = 0; i < line.n; i++) {
		n += scfg_quote(line.word[i].text, buf + n, sizeof buf - n);
		buf[n++] = ' ';
	}
	n += (size_t)snprintf(buf + n, sizeof buf - n, "%s\n",
	    line.block ? "{\n}" : "");
	scfg_begin(&s, buf, n);
	cr_assert_eq(scfg_next(&s, &again), SCFG_DIRECTIVE, "`%.*s': `%s'",
	    (int)size, text, buf);
	cr_assert(again.n == line.n && again.block == line.block,
	    "`%.*s': `%s'", (int)size, text, buf);
	for (unsigned i = 0; i < line.n; i++)
		cr_assert_str_eq(again.word[i].text, line.word[i].text);
}

/* In a block of just its size, so that a sanitizer sees the first byte read
 * beyond it. */
static void
read_text(const char *text, size_t size)
{
	unsigned open = 0, bad = 0, pieces = 0;
	enum scfg_what what;
	struct scfg s;

	scfg_begin(&s, text, size);
	while ((what = scfg_next(&s, &line)) != SCFG_END) {
		cr_assert(++pieces <= size + 1, "`%.*s' ends", (int)size, text);
		cr_assert(s.at <= size && s.line <= size + 1);
		if (what == SCFG_DIRECTIVE) {
			check_words(text, size);
			check_again(text, size);
		} else if (what == SCFG_BAD) {
			check_bad(&s, text, size);
		}
		bad += what == SCFG_BAD;
		open += what == SCFG_DIRECTIVE && line.block;
		cr_assert(bad > 0 || what != SCFG_CLOSE || open > 0);
		open -= bad == 0 && what == SCFG_CLOSE;
		cr_assert(bad > 0 || s.depth == open);
	}
	cr_assert(bad > 0 || open == 0, "`%.*s': all are closed", (int)size,
	    text);
	cr_assert_eq(s.at, size);
	cr_assert_eq(scfg_next(&s, &line), SCFG_END);
}

Test(scfg, reads_every_small_text_to_its_end)
{
	for (size_t length = 0; length <= TEXT_UP_TO; length++) {
		char *text = malloc(length > 0 ? length : 1);

		cr_assert_not_null(text);
		for (unsigned long n = count(length); n-- > 0;) {
			spell(n, length, text);
			read_text(text, length);
		}
		free(text);
	}
}

Test(scfg, reads_every_pair_of_bytes)
{
	char *text = malloc(3);

	cr_assert_not_null(text);
	text[0] = 'a';
	for (unsigned n = 0; n < 65536; n++) {
		struct scfg s;
		enum scfg_what what;
		bool wide = (n >> 8) >= 0xc2 && (n >> 8) <= 0xdf &&
		    (n & 0xc0) == 0x80;
		bool clean = true;

		text[1] = (char)(n >> 8);
		text[2] = (char)n;
		for (int i = 1; i < 3; i++)
			clean &= (text[i] >= ' ' && text[i] < 0x7f) ||
			    text[i] == '\n' || text[i] == '\t';
		scfg_begin(&s, text, 3);
		what = scfg_next(&s, &line);
		if (!clean && !wide)
			while (what == SCFG_DIRECTIVE)
				what = scfg_next(&s, &line);
		if (wide)
			cr_assert_eq(what, SCFG_DIRECTIVE, "%04x", n);
		else if (!clean)
			cr_assert_eq(what, SCFG_BAD, "%04x", n);
	}
	free(text);
}

/* ---- quoting ---- */

static void
check_quoted(const char *word)
{
	char buf[64], cut[64];
	struct scfg s;
	size_t n = (size_t)snprintf(buf, sizeof buf, "x ");
	size_t size = scfg_quote(word, buf + n, sizeof buf - n);

	cr_assert_eq(size, strlen(buf + n), "`%s'", word);
	scfg_begin(&s, buf, n + size);
	cr_assert_eq(scfg_next(&s, &line), SCFG_DIRECTIVE, "`%s': %s", word,
	    buf);
	cr_assert(line.n == 2 && !line.block, "`%s': %s", word, buf);
	cr_assert_str_eq(line.word[1].text, word, "`%s': %s", word, buf);
	for (size_t room = 0; room <= size + 1; room++) {
		memset(cut, 'z', sizeof cut);
		cr_assert_eq(scfg_quote(word, cut, room), size);
		cr_assert(cut[room] == 'z' && (room == 0 ||
		    (strlen(cut) == (room <= size ? room - 1 : size) &&
		    strncmp(cut, buf + n, strlen(cut)) == 0)), "`%s' in %zu",
		    word, room);
	}
}

Test(scfg, what_is_quoted_reads_back)
{
	char word[WORD_UP_TO + 1];

	for (size_t length = 0; length <= WORD_UP_TO; length++)
		for (unsigned long n = count(length); n-- > 0;) {
			spell(n, length, word);
			word[length] = '\0';
			/* A word has no newline; a tab is a blank, too. */
			for (char *c = word; (c = strchr(c, '\n')) != NULL;)
				*c = '\t';
			check_quoted(word);
		}
}

Test(scfg, quotes_only_what_needs_it)
{
	static const struct { const char *word, *quoted; } rows[] = {
		{ "a",      "a"          },
		{ "a{b}",   "a{b}"       },
		{ "{a",     "{a"         },
		{ "a#b",    "a#b"        },
		{ "a=*?[]", "a=*?[]"     },
		{ "\xc3\xa4", "\xc3\xa4" },
		{ "",       "\"\""       },
		{ "{",      "\"{\""      },
		{ "}",      "\"}\""      },
		{ "#",      "\"#\""      },
		{ "a b",    "\"a b\""    },
		{ "a'b",    "\"a'b\""    },
		{ "a\"b",   "\"a\\\"b\"" },
		{ "a\\b",   "\"a\\\\b\"" },
	};
	char buf[32];

	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		scfg_quote(rows[i].word, buf, sizeof buf);
		cr_assert_str_eq(buf, rows[i].quoted);
	}
}

/* ---- tables of cases ---- */

/* One text as "word|word{" a directive, "}" a block's end, "!line:column" a
 * mistake; split by blanks. */
static void
tell(const char *text, size_t size, char *to)
{
	enum scfg_what what;
	struct scfg s;

	*to = '\0';
	scfg_begin(&s, text, size);
	while ((what = scfg_next(&s, &line)) != SCFG_END) {
		to += sprintf(to, "%s", *to == '\0' && s.at > 0 ? " " : "");
		if (what == SCFG_BAD)
			to += sprintf(to, "!%u:%u", s.bad_line, s.bad_column);
		else if (what == SCFG_CLOSE)
			to += sprintf(to, "}");
		for (unsigned i = 0; what == SCFG_DIRECTIVE && i < line.n; i++)
			to += sprintf(to, "%s%s", i > 0 ? "|" : "",
			    line.word[i].text);
		if (what == SCFG_DIRECTIVE && line.block)
			to += sprintf(to, "{");
	}
}

Test(scfg, reads_what_the_manual_says)
{
	static const struct { const char *text, *told; } rows[] = {
		{ "",                      ""               },
		{ "\n\n \t\n",             ""               },
		{ "# a\n  # b",            ""               },
		{ "a b c",                 " a|b|c"         },
		{ "\ta  b\t\n",            " a|b"           },
		{ "a \"b c\"",             " a|b c"         },
		{ "a 'b c'",               " a|b c"         },
		{ "a b' 'c\" \"d",         " a|b c d"       },
		{ "a \"b\\\"c\\\\\"",      " a|b\"c\\"      },
		{ "a 'b\\'",               " a|b\\"         },
		{ "a b\\ c \\# \\'",       " a|b c|#|'"     },
		{ "a \"\" ''",             " a||"           },
		{ "a # b",                 " a"             },
		{ "a b#c",                 " a|b#c"         },
		{ "a {\n}",                " a{ }"          },
		{ "a b {\n c\n}\nd",       " a|b{ c } d"    },
		{ "a {\nb {\n}\n}",        " a{ b{ } }"     },
		{ "a { # c\n} # d\n",      " a{ }"          },
		{ "a \"{\"\n",             " a|{"           },
		{ "a {b\n",                " a|{b"          },
		{ "a }b\n",                " a|}b"          },
		{ "\"}\"\n",               " }"             },
		{ "a \"b\nc",              " !1:3 c"        },
		{ "a b\"c",                " !1:4"          },
		{ "a 'b",                  " !1:3"          },
		{ "a b\\\nc",              " !1:4 c"        },
		{ "a \"b\\\nc",            " !1:5 c"        },
		{ "}",                     " !1:1"          },
		{ "a {",                   " a{ !1:1"       },
		{ "b\na {\nc",             " b a{ c !2:1"   },
		{ "a {\nb {\n}",           " a{ b{ } !1:1"  },
		{ "a {\n} b\nc",           " a{ !2:3 c"     },
		{ "{\na\n}\nb",            " !1:1 a } b"    },
		{ "a { b }\nc",            " !1:3 c"        },
		{ "a { b\nc\n}\nd",        " !1:3 c } d"    },
		{ "a \"b {\nc\n}\nd",      " !1:3 c } d"    },
		{ "a \"b # {\nd",          " !1:3 d"        },
		{ "a } b",                 " !1:3"          },
		{ "a\r\nb",                " !1:2 b"        },
		{ "a # \x01\nb",           " !1:5 b"        },
	};
	char told[256];

	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		tell(rows[i].text, strlen(rows[i].text), told);
		cr_assert_str_eq(told, rows[i].told, "`%s': `%s', not `%s'",
		    rows[i].text, told, rows[i].told);
	}
}

Test(scfg, takes_utf8_and_nothing_near_it)
{
	static const struct { const char *bytes; bool good; } rows[] = {
		{ "\xc2\x80",         true  }, { "\xdf\xbf",         true  },
		{ "\xe0\xa0\x80",     true  }, { "\xef\xbf\xbf",     true  },
		{ "\xed\x9f\xbf",     true  }, { "\xee\x80\x80",     true  },
		{ "\xf0\x90\x80\x80", true  }, { "\xf4\x8f\xbf\xbf", true  },
		{ "\x80",             false }, { "\xc0\xaf",         false },
		{ "\xc1\xbf",         false }, { "\xe0\x9f\xbf",     false },
		{ "\xed\xa0\x80",     false }, { "\xf0\x8f\xbf\xbf", false },
		{ "\xf4\x90\x80\x80", false }, { "\xf5\x80\x80\x80", false },
		{ "\xff",             false }, { "\xe2\x82",         false },
		{ "\xf0\x90\x80",     false }, { "\xc2",             false },
		{ "\xe2\x82\x41",     false }, { "\xf0\x90\x80\x41", false },
	};

	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		size_t n = strlen(rows[i].bytes);
		char *text = malloc(n);
		struct scfg s;

		cr_assert_not_null(text);
		memcpy(text, rows[i].bytes, n);
		scfg_begin(&s, text, n);
		cr_assert_eq(scfg_next(&s, &line), rows[i].good ?
		    SCFG_DIRECTIVE : SCFG_BAD, "row %zu", i);
		free(text);
	}
}

/* ---- its limits ---- */

Test(scfg, has_512_words_in_a_line_and_not_one_more)
{
	char text[2 * SCFG_WORDS + 2];
	struct scfg s;

	for (size_t i = 0; i < sizeof text; i++)
		text[i] = i % 2 == 0 ? 'a' : ' ';
	scfg_begin(&s, text, 2 * SCFG_WORDS - 1);
	cr_assert_eq(scfg_next(&s, &line), SCFG_DIRECTIVE);
	cr_assert_eq(line.n, SCFG_WORDS);
	scfg_begin(&s, text, 2 * SCFG_WORDS + 1);
	cr_assert_eq(scfg_next(&s, &line), SCFG_BAD);
	cr_assert_eq(s.bad_column, 2 * SCFG_WORDS + 1);
}

Test(scfg, has_65535_bytes_in_a_line_and_not_one_more)
{
	static char text[SCFG_TEXT + 1];
	struct scfg s;

	memset(text, 'a', sizeof text);
	scfg_begin(&s, text, SCFG_TEXT - 1);
	cr_assert_eq(scfg_next(&s, &line), SCFG_DIRECTIVE);
	cr_assert_eq(strlen(line.word[0].text), SCFG_TEXT - 1);
	scfg_begin(&s, text, SCFG_TEXT);
	cr_assert_eq(scfg_next(&s, &line), SCFG_BAD);
	cr_assert_eq(s.bad_column, SCFG_TEXT);
	/* The NUL of each word counts; a last empty one has no room. */
	text[SCFG_TEXT - 4] = text[SCFG_TEXT - 2] = ' ';
	memcpy(text + SCFG_TEXT - 1, "\"\"", 2);
	scfg_begin(&s, text, SCFG_TEXT - 1);
	cr_assert_eq(scfg_next(&s, &line), SCFG_DIRECTIVE);
	cr_assert_eq(line.n, 2);
	scfg_begin(&s, text, SCFG_TEXT + 1);
	cr_assert_eq(scfg_next(&s, &line), SCFG_DIRECTIVE);
	cr_assert_eq(line.n, 3);
	cr_assert(line.word[2].text < line.text + sizeof line.text);
}

/* So many blocks in each other, one a line: how many are too many, and the
 * line of the last. */
static unsigned
read_blocks(unsigned depth, unsigned *line_r)
{
	static char text[99 * 6];
	enum scfg_what what;
	unsigned bad = 0;
	size_t n = 0;
	struct scfg s;

	for (unsigned i = 0; i < depth; i++)
		n += (size_t)sprintf(text + n, "a {\n");
	for (unsigned i = 0; i < depth; i++)
		n += (size_t)sprintf(text + n, "}\n");
	scfg_begin(&s, text, n);
	while ((what = scfg_next(&s, &line)) != SCFG_END)
		if (what == SCFG_BAD) {
			cr_assert_eq(s.bad_column, 3);
			*line_r = s.bad_line;
			bad++;
		}
	return bad;
}

Test(scfg, has_8_blocks_in_each_other_and_not_one_more)
{
	unsigned at;

	cr_assert_eq(read_blocks(SCFG_DEPTH, &at), 0);
	for (unsigned more = 1; more < 90; more++) {
		cr_assert_eq(read_blocks(SCFG_DEPTH + more, &at), more);
		cr_assert_eq(at, SCFG_DEPTH + more);
	}
}
