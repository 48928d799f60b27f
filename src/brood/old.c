/* old.c - bytes become lines, lines become words. */
#include "brood/old.h"

#include <stdlib.h>
#include <string.h>

#include "brood/conf.h"
#include "rules/scfg.h"

void
old_begin(struct old *o, struct directives *to, struct mistakes *m,
    bool convert)
{
	*o = (struct old){ .m = m, .to = to, .convert = convert,
	    .scratch = tree_make(sizeof *o->scratch) };
}

void
old_finish(struct old *o)
{
	free(o->scratch);
}

bool
old_room(struct old *o, const struct file_place *at)
{
	if (++o->nservices <= CONF_SERVICES)
		return true;
	mistake(o->m, at->file, at->line, at->column,
	    "too many services: expected at most %d", CONF_SERVICES);
	return false;
}

/* ---- lines ---- */

bool
old_open(struct old *o, struct old_text *t, const char *file,
    const char *text, size_t size)
{
	const char *nul = size > 0 ? memchr(text, '\0', size) : NULL;
	const char *start = text, *next;
	unsigned line = 1;

	*t = (struct old_text){ file, text, text + size, 0 };
	if (nul == NULL)
		return true;
	while ((next = memchr(start, '\n', (size_t)(nul - start))) != NULL) {
		start = next + 1;
		line++;
	}
	mistake(o->m, file, line, (unsigned)(nul - start) + 1,
	    "a NUL byte: expected text");
	return false;
}

bool
old_line(struct old_text *t, const char **line_r, size_t *n_r)
{
	const char *newline;

	if (t->at == t->end)
		return false;
	newline = memchr(t->at, '\n', (size_t)(t->end - t->at));
	*line_r = t->at;
	*n_r = (size_t)((newline != NULL ? newline : t->end) - t->at);
	t->at = newline != NULL ? newline + 1 : t->end;
	t->line++;
	return true;
}

bool
old_check(struct old *o, const struct old_text *t, const char *line, size_t n)
{
	/* As a comment, for that is looked at byte by byte as well. */
	char *copy = tree_make(n + 1);
	struct scfg s;
	bool good;

	copy[0] = '#';
	memcpy(copy + 1, line, n);
	scfg_begin(&s, copy, n + 1);
	good = scfg_next(&s, o->scratch) == SCFG_END;
	if (!good)
		mistake(o->m, t->file, t->line, s.bad_column - 1, "%s", s.why);
	free(copy);
	return good;
}

static bool
is_blank(char c)
{
	return c == ' ' || c == '\t';
}

/* Where the word at p ends. */
static const char *
word_end(const char *p, const char *end)
{
	while (p < end && !is_blank(*p))
		p++;
	return p;
}

static bool
add_word(struct old *o, const struct file_place *at, const char *from,
    const char *to, struct old_words *w)
{
	size_t n = (size_t)(to - from);
	char *text;

	if (w->n == OLD_WORDS || ++o->nwords > OLD_MOST) {
		mistake(o->m, at->file, at->line, at->column,
		    "too many words: expected at most %d of one entry, %d in "
		    "all", OLD_WORDS, OLD_MOST);
		return false;
	}
	text = tree_make(n + 1);
	memcpy(text, from, n);
	w->word[w->n++] = (struct old_word){ text, *at };
	return true;
}

bool
old_split(struct old *o, const struct old_text *t, const char *line,
    size_t n, bool *quoted_r, struct old_words *w)
{
	const char *end = line + n, *stop;

	for (const char *p = line;; p = stop) {
		struct file_place at = { t->file, t->line, 0 };
		bool quoted;

		while (p < end && is_blank(*p))
			p++;
		if (p == end)
			return true;
		at.column = (unsigned)(p - line) + 1;
		quoted = quoted_r != NULL && (*p == '"' || *p == '\'');
		stop = quoted ? memchr(p + 1, *p, (size_t)(end - p - 1)) :
		    word_end(p, end);
		if (stop == NULL) {
			mistake(o->m, at.file, at.line, at.column, "a quote that "
			    "is not closed: expected its other end in the same "
			    "line");
			return false;
		}
		if (!add_word(o, &at, p + quoted, stop, w))
			return false;
		if (quoted) {
			*quoted_r = true;
			stop++;
		}
	}
}

bool
old_number(const char *text, unsigned min, unsigned max, unsigned *n_r)
{
	size_t n = strspn(text, "0123456789");

	if (n == 0 || n > 9 || text[n] != '\0')
		return false;
	*n_r = (unsigned)strtoul(text, NULL, 10);
	return *n_r >= min && *n_r <= max;
}
