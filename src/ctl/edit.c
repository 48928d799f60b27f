/* edit.c - where things stand, and what is put there. */
#include "ctl/edit.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "ctl/record.h"
#include "rules/scfg.h"

/* Where the words of a service stand in a text. */
struct places {
	bool found;		/* its block */
	unsigned line;		/* of the block, from 1 */
	size_t close;		/* the line of its `}' */
	bool has_lines;
	size_t indent, indent_end;	/* what the first of them begins with */
	size_t width;		/* from a name to its value, at most */
	struct {
		bool found;
		size_t at, end;	/* of the value */
		bool same;	/* it is what is wanted already */
	} word[EDIT_WORDS];
};

struct walk {
	const char *text;
	const char *service;
	unsigned n;
	char *const *words;
	bool inside;		/* the service's block */
	struct places *places;
	struct edit_why *why;
};

static enum edit_end
bad(struct edit_why *why, unsigned line, unsigned column, const char *text)
{
	why->line = line;
	why->column = column;
	strlcpy(why->text, text, sizeof why->text);
	return EDIT_BAD;
}

/* ---- where they stand ---- */

static size_t
line_begin(const char *text, size_t at)
{
	while (at > 0 && text[at - 1] != '\n')
		at--;
	return at;
}

static enum edit_end
see_service(struct walk *w, const struct scfg_line *l)
{
	if (l->n != 2 || !l->block || strcmp(l->word[0].text, "service") != 0 ||
	    strcmp(l->word[1].text, w->service) != 0)
		return EDIT_DONE;
	if (w->places->found)
		return bad(w->why, l->line, l->word[1].column,
		    "the service is here a second time: expected it once");
	w->places->found = true;
	w->places->line = l->line;
	w->inside = true;
	return EDIT_DONE;
}

static enum edit_end
see_word(struct walk *w, const struct scfg_line *l)
{
	struct places *p = w->places;

	if (!p->has_lines) {
		p->has_lines = true;
		p->indent = line_begin(w->text, l->word[0].at);
		p->indent_end = l->word[0].at;
	}
	if (l->n > 1 && l->word[1].at - l->word[0].at > p->width)
		p->width = l->word[1].at - l->word[0].at;
	for (unsigned i = 0; i < w->n; i++) {
		if (strcmp(l->word[0].text, w->words[2 * i]) != 0)
			continue;
		if (l->n != 2 || l->block)
			return bad(w->why, l->line, l->word[0].column,
			    "the word is more than a name and a value");
		if (p->word[i].found)
			return bad(w->why, l->line, l->word[0].column,
			    "the word is here a second time: expected it once");
		p->word[i].found = true;
		p->word[i].at = l->word[1].at;
		p->word[i].end = l->word[1].end;
		p->word[i].same = strcmp(l->word[1].text,
		    w->words[2 * i + 1]) == 0;
	}
	return EDIT_DONE;
}

static enum edit_end
see(struct walk *w, const struct scfg *s, const struct scfg_line *l,
    enum scfg_what what)
{
	unsigned depth = s->depth - (what == SCFG_DIRECTIVE && l->block);

	if (what == SCFG_BAD)
		return bad(w->why, s->bad_line, s->bad_column, s->why);
	if (what == SCFG_DIRECTIVE && depth == 0)
		return see_service(w, l);
	if (what == SCFG_DIRECTIVE && depth == 1 && w->inside)
		return see_word(w, l);
	if (what == SCFG_CLOSE && depth == 0 && w->inside) {
		w->places->close = line_begin(w->text, l->word[0].at);
		w->inside = false;
	}
	return EDIT_DONE;
}

static enum edit_end
find(const char *text, size_t size, const char *service, unsigned n,
    char *const *words, struct places *p, struct edit_why *why)
{
	struct walk w = { .text = text, .service = service, .n = n,
	    .words = words, .places = p, .why = why };
	struct scfg_line *l = record_memory(NULL, 1, sizeof *l);
	enum edit_end end = EDIT_DONE;
	enum scfg_what what;
	struct scfg s;

	*p = (struct places){ 0 };
	scfg_begin(&s, text, size);
	while (end == EDIT_DONE && (what = scfg_next(&s, l)) != SCFG_END)
		end = see(&w, &s, l, what);
	free(l);
	return end == EDIT_DONE && !p->found ? EDIT_NO_SERVICE : end;
}

/* ---- the new text ---- */

struct output {
	char *text;
	size_t n, room;
};

static void
put(struct output *o, const char *bytes, size_t n)
{
	if (n == 0)
		return;
	if (o->room - o->n < n) {
		o->room = 2 * o->room + n;
		o->text = record_memory(o->text, o->room, 1);
	}
	memcpy(o->text + o->n, bytes, n);
	o->n += n;
}

static void
put_value(struct output *o, const char *value)
{
	size_t size = scfg_quote(value, NULL, 0) + 1;
	char *quoted = record_memory(NULL, size, 1);

	scfg_quote(value, quoted, size);
	put(o, quoted, size - 1);
	free(quoted);
}

/* A line of its own, as the block's others are. */
static void
put_line(struct output *o, const char *text, const struct places *p,
    char *const *word)
{
	size_t from = p->indent, n = p->indent_end - from;
	size_t name = strlen(word[0]);

	if (!p->has_lines) {	/* one step deeper than its end */
		from = p->close;
		n = strspn(text + from, " \t");
	}
	put(o, text + from, n);
	if (!p->has_lines)
		put(o, "\t", 1);
	put(o, word[0], name);
	do
		put(o, " ", 1);
	while (++name < p->width);
	put_value(o, word[1]);
	put(o, "\n", 1);
}

/* The word whose value stands next at or behind a place; n: none. */
static unsigned
next_word(const struct places *p, unsigned n, size_t from)
{
	unsigned best = n;

	for (unsigned i = 0; i < n; i++)
		if (p->word[i].found && p->word[i].at >= from &&
		    (best == n || p->word[i].at < p->word[best].at))
			best = i;
	return best;
}

enum edit_end
edit_words(const char *text, size_t size, const char *service, unsigned n,
    char *const *words, char **new_r, size_t *size_r, struct edit_why *why)
{
	struct output o = { 0 };
	struct places p;
	size_t at = 0;
	enum edit_end end;

	if (n > EDIT_WORDS)
		return bad(why, 1, 1, "too many words: expected at most 32");
	end = find(text, size, service, n, words, &p, why);
	if (end != EDIT_DONE)
		return end;
	for (unsigned i; (i = next_word(&p, n, at)) < n; at = p.word[i].end) {
		put(&o, text + at, p.word[i].at - at);
		if (p.word[i].same)	/* its quotes may be the user's */
			put(&o, text + p.word[i].at,
			    p.word[i].end - p.word[i].at);
		else
			put_value(&o, words[2 * i + 1]);
	}
	put(&o, text + at, p.close - at);
	for (unsigned i = 0; i < n; i++)
		if (!p.word[i].found)
			put_line(&o, text, &p, words + 2 * i);
	put(&o, text + p.close, size - p.close);
	*new_r = o.text;
	*size_r = o.n;
	return EDIT_DONE;
}

/* ---- looking ---- */

enum edit_end
edit_check(const char *text, size_t size, const char *service, unsigned n,
    char *const *words, struct edit_why *why)
{
	struct places p;
	enum edit_end end = find(text, size, service, n, words, &p, why);

	for (unsigned i = 0; i < n && end == EDIT_DONE; i++)
		if (!p.word[i].found || !p.word[i].same)
			end = bad(why, p.line, 1, "it does not read back");
	return end;
}

enum edit_end
edit_look(const char *text, size_t size, const char *service,
    edit_include_fn *fn, void *arg, struct edit_why *why)
{
	struct scfg_line *l = record_memory(NULL, 1, sizeof *l);
	struct places p;
	enum edit_end end = find(text, size, service, 0, NULL, &p, why);
	enum scfg_what what;
	struct scfg s;

	scfg_begin(&s, text, size);
	while (end != EDIT_BAD && fn != NULL &&
	    (what = scfg_next(&s, l)) != SCFG_END)
		if (what == SCFG_DIRECTIVE && s.depth == 0 && l->n == 2 &&
		    strcmp(l->word[0].text, "include") == 0 &&
		    fn(l->word[1].text, arg) != 0)
			end = EDIT_BAD;
	free(l);
	return end;
}
