/* scfg.c - one line after the other, byte by byte. */
#include "rules/scfg.h"

#include <string.h>

void
scfg_begin(struct scfg *s, const char *text, size_t size)
{
	*s = (struct scfg){ .text = text, .size = size, .line = 1 };
}

/* ---- bytes ---- */

/* How many bytes the character at p has, of n that are left; 0: none that is
 * well-formed (RFC 3629 section 4). */
static size_t
utf8_length(const unsigned char *p, size_t n)
{
	static const struct {
		unsigned char first, last, low, high;	/* of the second */
		size_t length;
	} rows[] = {
		{ 0xc2, 0xdf, 0x80, 0xbf, 2 },
		{ 0xe0, 0xe0, 0xa0, 0xbf, 3 },
		{ 0xe1, 0xec, 0x80, 0xbf, 3 },
		{ 0xed, 0xed, 0x80, 0x9f, 3 },
		{ 0xee, 0xef, 0x80, 0xbf, 3 },
		{ 0xf0, 0xf0, 0x90, 0xbf, 4 },
		{ 0xf1, 0xf3, 0x80, 0xbf, 4 },
		{ 0xf4, 0xf4, 0x80, 0x8f, 4 },
	};

	if (p[0] < 0x80)
		return 1;
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		if (p[0] < rows[i].first || p[0] > rows[i].last)
			continue;
		if (n < rows[i].length || p[1] < rows[i].low ||
		    p[1] > rows[i].high)
			return 0;
		for (size_t j = 2; j < rows[i].length; j++)
			if ((p[j] & 0xc0) != 0x80)
				return 0;
		return rows[i].length;
	}
	return 0;
}

/* What may not stand in a line; NULL: it is a character of n_r bytes. */
static const char *
check_character(const struct scfg *s, size_t *n_r)
{
	const unsigned char *p = (const unsigned char *)s->text + s->at;

	if (*p == '\0')
		return "a NUL byte: expected text";
	if (s->at == 0 && s->size >= 3 && memcmp(p, "\xef\xbb\xbf", 3) == 0)
		return "a byte-order mark: expected text without one";
	if (*p == '\r')
		return "a carriage return: expected lines that end with a "
		    "newline alone";
	if ((*p < ' ' && *p != '\t') || *p == 0x7f)
		return "a control byte: expected text";
	*n_r = utf8_length(p, s->size - s->at);
	return *n_r > 0 ? NULL : "not UTF-8: expected text";
}

static int
peek(const struct scfg *s)
{
	return s->at < s->size && s->text[s->at] != '\n' ?
	    (unsigned char)s->text[s->at] : -1;
}

static bool
is_blank(char c)
{
	return c == ' ' || c == '\t';
}

static size_t
line_end(const struct scfg *s)
{
	const char *end = memchr(s->text + s->at, '\n', s->size - s->at);

	return end != NULL ? (size_t)(end - s->text) : s->size;
}

/* ---- lines ---- */

static void
leave_line(struct scfg *s)
{
	s->at = line_end(s);
	if (s->at < s->size) {
		s->at++;
		s->line++;
	}
}

/* A wrong line opens and closes what it seems to, for else all lines up to
 * its `}' would be wrong, too. */
static void
follow_braces(struct scfg *s, size_t start)
{
	size_t end = line_end(s);

	for (size_t at = start, n; at < end; at += n + 1) {
		for (n = 0; at + n < end && !is_blank(s->text[at + n]) &&
		    s->text[at + n] != '\r'; n++)
			;
		if (n > 0 && s->text[at] == '#')
			return;
		if (n == 1 && s->text[at] == '{') {
			if (s->depth < SCFG_DEPTH)
				s->opened[s->depth] = s->line;
			s->depth++;
		}
		if (n == 1 && s->text[at] == '}' && s->depth > 0)
			s->depth--;
	}
}

/* Something is wrong at a place of the present line. */
static enum scfg_what
bad(struct scfg *s, size_t start, size_t at, const char *why)
{
	s->why = why;
	s->bad_line = s->line;
	s->bad_column = (unsigned)(at - start) + 1;
	follow_braces(s, start);
	leave_line(s);
	return SCFG_BAD;
}

static void
skip_blanks(struct scfg *s)
{
	while (s->at < s->size && is_blank(s->text[s->at]))
		s->at++;
}

/* ---- words ---- */

struct room {
	struct scfg_line *l;
	size_t used;
};

/* The next character, as it is, goes into the word. */
static const char *
take(struct scfg *s, struct room *r)
{
	size_t n = 0;
	const char *why = check_character(s, &n);

	if (why != NULL)
		return why;
	if (r->used + n + 1 > sizeof r->l->text)
		return "a line too long: expected at most 65535 bytes of words";
	memcpy(r->l->text + r->used, s->text + s->at, n);
	r->used += n;
	s->at += n;
	return NULL;
}

static const char *
take_escaped(struct scfg *s, struct room *r)
{
	s->at++;
	if (peek(s) != -1)
		return take(s, r);
	s->at--;
	return "a backslash at the end of a line: expected something behind it";
}

static const char *
take_quoted(struct scfg *s, struct room *r)
{
	int quote = peek(s);
	size_t opened = s->at++;
	const char *why = NULL;

	while (why == NULL && peek(s) != quote) {
		if (peek(s) == -1) {
			s->at = opened;
			return "a quote that is not closed: expected its other "
			    "end in the same line";
		}
		why = peek(s) == '\\' && quote == '"' ? take_escaped(s, r) :
		    take(s, r);
	}
	s->at += why == NULL;
	return why;
}

static bool
ends_word(int c)
{
	return c == -1 || is_blank((char)c);
}

static const char *
take_word(struct scfg *s, struct room *r)
{
	const char *why = NULL;

	while (why == NULL && !ends_word(peek(s)))
		switch (peek(s)) {
		case '\\': why = take_escaped(s, r); break;
		case '"':
		case '\'': why = take_quoted(s, r); break;
		default:   why = take(s, r);
		}
	return why;
}

/* ---- directives ---- */

static bool
is_bare(const struct scfg *s, const struct scfg_word *w, char c)
{
	return w->end - w->at == 1 && s->text[w->at] == c;
}

/* All words of the line; NULL or what is wrong, then s->at is where. */
static const char *
take_words(struct scfg *s, struct scfg_line *l, size_t start)
{
	struct room r = { l, 0 };
	const char *why;

	for (skip_blanks(s); peek(s) != -1 && peek(s) != '#'; skip_blanks(s)) {
		struct scfg_word *w = &l->word[l->n];

		if (l->n == SCFG_WORDS)
			return "too many words in a line: expected at most 512";
		w->text = l->text + r.used;
		w->at = s->at;
		w->column = (unsigned)(s->at - start) + 1;
		why = take_word(s, &r);
		if (why != NULL)
			return why;
		l->text[r.used++] = '\0';
		w->end = s->at;
		l->n++;
	}
	/* Comments must be text, too. */
	for (size_t n; peek(s) != -1; s->at += n)
		if ((why = check_character(s, &n)) != NULL)
			return why;
	return NULL;
}

static enum scfg_what
close_block(struct scfg *s, const struct scfg_line *l, size_t start)
{
	if (l->n > 1)
		return bad(s, start, l->word[1].at,
		    "a word behind `}': expected the end of the line");
	if (s->depth == 0)
		return bad(s, start, l->word[0].at,
		    "a `}' too many: expected a directive");
	s->depth--;
	leave_line(s);
	return SCFG_CLOSE;
}

static enum scfg_what
open_block(struct scfg *s, struct scfg_line *l, size_t start)
{
	size_t at = l->word[l->n - 1].at;

	if (l->n == 1)
		return bad(s, start, at,
		    "a block without a name: expected `{' behind its name, in "
		    "the same line");
	if (s->depth >= SCFG_DEPTH)
		return bad(s, start, at,
		    "too many blocks in each other: expected at most 8");
	l->block = true;
	l->n--;
	s->opened[s->depth++] = l->line;
	leave_line(s);
	return SCFG_DIRECTIVE;
}

static enum scfg_what
take_line(struct scfg *s, struct scfg_line *l)
{
	size_t start = s->at;
	const char *why;

	l->line = s->line;
	l->n = 0;
	l->block = false;
	l->end = line_end(s);
	why = take_words(s, l, start);
	if (why != NULL)
		return bad(s, start, s->at, why);
	if (l->n == 0) {
		leave_line(s);
		return SCFG_END;	/* of nothing: the next line */
	}
	if (is_bare(s, &l->word[0], '}'))
		return close_block(s, l, start);
	if (is_bare(s, &l->word[l->n - 1], '{'))
		return open_block(s, l, start);
	for (unsigned i = 0; i < l->n; i++)
		if (is_bare(s, &l->word[i], '}') || is_bare(s, &l->word[i], '{'))
			return bad(s, start, l->word[i].at, "a brace among words: "
			    "expected `{' at the end of a line, `}' on a line of "
			    "its own, or quotes");
	leave_line(s);
	return SCFG_DIRECTIVE;
}

enum scfg_what
scfg_next(struct scfg *s, struct scfg_line *l)
{
	enum scfg_what what = SCFG_END;

	while (what == SCFG_END && s->at < s->size)
		what = take_line(s, l);
	if (what != SCFG_END || s->depth == 0)
		return what;
	/* Said once for all that are open. */
	s->why = "a block that is not closed: expected `}' before the end";
	s->bad_line = s->opened[(s->depth < SCFG_DEPTH ? s->depth : SCFG_DEPTH) -
	    1];
	s->bad_column = 1;
	s->depth = 0;
	return SCFG_BAD;
}

/* ---- writing ---- */

static bool
needs_quotes(const char *word)
{
	return word[0] == '\0' || word[0] == '#' ||
	    strcmp(word, "{") == 0 || strcmp(word, "}") == 0 ||
	    strpbrk(word, " \t\"'\\") != NULL;
}

static size_t
put(char *buf, size_t size, size_t at, char c)
{
	if (at + 1 < size)
		buf[at] = c;
	return at + 1;
}

size_t
scfg_quote(const char *word, char *buf, size_t size)
{
	bool quotes = needs_quotes(word);
	size_t n = 0;

	if (quotes)
		n = put(buf, size, n, '"');
	for (; *word != '\0'; word++) {
		if (*word == '"' || *word == '\\')
			n = put(buf, size, n, '\\');
		n = put(buf, size, n, *word);
	}
	if (quotes)
		n = put(buf, size, n, '"');
	if (size > 0)
		buf[n < size ? n : size - 1] = '\0';
	return n;
}
