/* fuzz_scfg.c - whatever bytes a file is made of; see driver.h.
 *
 *	clang -DFUZZING -g -O1 -fsanitize=fuzzer,address,undefined \
 *	    -iquote src -o fuzz tests/fuzz/fuzz_scfg.c src/rules/scfg.c
 *	./fuzz CORPUS tests/fuzz/corpus/scfg */
#include "driver.h"

#include "rules/scfg.h"

/* Words and places of a directive lie in the bytes as they should. */
static void
check_line(const char *text, size_t size, const struct scfg_line *l)
{
	require(l->n >= 1 && l->n <= SCFG_WORDS, "so many words fit");
	require(l->end <= size && (l->end == size || text[l->end] == '\n'),
	    "a line ends at its end");
	for (unsigned i = 0; i < l->n; i++) {
		const struct scfg_word *w = &l->word[i];

		require(w->text >= l->text && memchr(w->text, '\0',
		    (size_t)(l->text + sizeof l->text - w->text)) != NULL,
		    "a word ends");
		require(w->at < w->end && w->end <= l->end,
		    "a word is made of some bytes of its line");
		require(i == 0 || w[-1].end < w->at, "words are in order");
		require(w->column >= 1 && w->column - 1 <= w->at &&
		    (w->at == w->column - 1 ||
		    text[w->at - w->column] == '\n'), "a column counts from "
		    "the beginning of its line");
		for (const char *c = w->text; *c != '\0'; c++)
			require(((unsigned char)*c >= ' ' || *c == '\t') &&
			    *c != 0x7f, "no control byte comes through");
	}
}

/* Quoted, each word reads back. */
static void
check_quotes(const struct scfg_line *l)
{
	static struct scfg_line again;
	static char buf[2 * SCFG_TEXT + 2];
	struct scfg s;

	for (unsigned i = 0; i < l->n; i++) {
		size_t n = scfg_quote(l->word[i].text, buf, sizeof buf);

		require(n < sizeof buf && strlen(buf) == n, "a quoted word fits");
		scfg_begin(&s, buf, n);
		require(scfg_next(&s, &again) == SCFG_DIRECTIVE &&
		    again.n == 1 && !again.block && strcmp(again.word[0].text,
		    l->word[i].text) == 0, "a quoted word reads back");
	}
}

static void
check_bad(const struct scfg *s, size_t size)
{
	require(s->why != NULL && strchr(s->why, '\n') == NULL &&
	    strstr(s->why, "expected") != NULL,
	    "a mistake is one line that says what was expected");
	require(s->bad_line >= 1 && s->bad_line <= s->line,
	    "a mistake has a line");
	require(s->bad_column >= 1 && s->bad_column <= size + 1,
	    "a mistake has a column");
}

/* Returns whether all of it was right.  The bytes lie in a block of just their
 * size, so that a sanitizer sees the first read beyond them. */
static bool
try_one(const uint8_t *data, size_t size)
{
	static struct scfg_line l;	/* big */
	char *text = malloc(size > 0 ? size : 1);
	size_t pieces = 0, bad = 0;
	enum scfg_what what;
	struct scfg s;

	require(text != NULL, "there is memory");
	memcpy(text, data, size);
	scfg_begin(&s, text, size);
	while ((what = scfg_next(&s, &l)) != SCFG_END) {
		require(++pieces <= size + 1, "it ends");
		require(s.at <= size, "nothing behind the end is read");
		if (what == SCFG_DIRECTIVE) {
			check_line(text, size, &l);
			check_quotes(&l);
		}
		if (what == SCFG_BAD)
			check_bad(&s, size);
		bad += what == SCFG_BAD;
		require(bad > 0 || s.depth <= SCFG_DEPTH, "it is not too deep");
	}
	require(s.at == size && s.depth == 0, "all was read");
	require(scfg_next(&s, &l) == SCFG_END, "the end stays the end");
	free(text);
	return bad == 0;
}

static const char *const words[] = {
	"{\n", "}\n", "\"", "'", "\\", "#", " ", "\n", "\t", "a {\nb\n}\n",
	"\"a b\"", "'a b'", "\\\"", "\r\n", "\xc3\xa4", "\xf0\x9f\x98\x80",
	"\xff", " { ", " } ", NULL
};

static const struct fuzz target = {
	"scfg", "right", 100000, words, try_one
};
