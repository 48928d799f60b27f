/* tree.c - directives in lists. */
#include "brood/tree.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "rules/scfg.h"
#include "tools/err.h"

void *
tree_make(size_t size)
{
	void *p = calloc(1, size);

	if (p == NULL) {
		fputs("brood: no memory for the configuration\n", stderr);
		_exit(EXIT_SYSTEM);
	}
	return p;
}

char *
tree_copy(const char *text)
{
	size_t n = strlen(text) + 1;

	return memcpy(tree_make(n), text, n);
}

struct directive *
tree_add(struct directives *to, const char *file, unsigned line)
{
	struct directive *d = tree_make(sizeof *d);

	d->file = file;
	d->line = line;
	STAILQ_INIT(&d->children);
	STAILQ_INSERT_TAIL(to, d, next);
	return d;
}

void
tree_word(struct directive *d, const char *text, unsigned column)
{
	/* Room is doubled at each power of two. */
	if ((d->n & (d->n - 1)) == 0) {
		struct tree_word *more = tree_make((d->n == 0 ? 1 : 2 * d->n) *
		    sizeof *more);

		if (d->n > 0)
			memcpy(more, d->word, d->n * sizeof *more);
		d->word = more;
	}
	d->word[d->n++] = (struct tree_word){ tree_copy(text), column };
}

struct directive *
tree_say(struct directives *to, const char *file, unsigned line,
    unsigned column, ...)
{
	struct directive *d = tree_add(to, file, line);
	const char *word;
	va_list ap;

	va_start(ap, column);
	while ((word = va_arg(ap, const char *)) != NULL)
		tree_word(d, word, column);
	va_end(ap);
	return d;
}

void
tree_comment(struct directive *d, const char *fmt, ...)
{
	size_t before = d->comment != NULL ? strlen(d->comment) + 1 : 0;
	char *text;
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vsnprintf(NULL, 0, fmt, ap);
	va_end(ap);
	text = tree_make(before + (size_t)n + 1);
	if (before > 0)
		sprintf(text, "%s\n", d->comment);
	va_start(ap, fmt);
	vsprintf(text + before, fmt, ap);
	va_end(ap);
	d->comment = text;
}

/* ---- printing ---- */

static void
indent(unsigned depth, FILE *out)
{
	while (depth-- > 0)
		putc('\t', out);
}

static void
print_comment(const char *text, unsigned depth, FILE *out)
{
	for (;;) {
		size_t n = strcspn(text, "\n");

		indent(depth, out);
		fprintf(out, "#%s%.*s\n", n > 0 ? " " : "", (int)n, text);
		if (text[n] == '\0')
			return;
		text += n + 1;
	}
}

static void
print_word(const char *word, FILE *out)
{
	size_t n = scfg_quote(word, NULL, 0);
	char *text = tree_make(n + 1);

	scfg_quote(word, text, n + 1);
	fputs(text, out);
	free(text);
}

static void
print_list(const struct directives *list, unsigned depth, FILE *out)
{
	const struct directive *d;

	STAILQ_FOREACH(d, list, next) {
		if (depth == 0 && (d->block || d->n == 0) &&
		    d != STAILQ_FIRST(list))
			putc('\n', out);
		if (d->comment != NULL)
			print_comment(d->comment, depth, out);
		if (d->n == 0)
			continue;
		indent(depth, out);
		for (unsigned i = 0; i < d->n; i++) {
			if (i > 0)
				putc(' ', out);
			print_word(d->word[i].text, out);
		}
		fputs(d->block ? " {\n" : "\n", out);
		if (!d->block)
			continue;
		print_list(&d->children, depth + 1, out);
		indent(depth, out);
		fputs("}\n", out);
	}
}

void
tree_print(const struct directives *list, FILE *out)
{
	print_list(list, 0, out);
}

/* ---- mistakes ---- */

static void __attribute__((format(printf, 5, 0)))
say_mistake(struct mistakes *m, const char *file, unsigned line,
    unsigned column, const char *fmt, va_list ap)
{
	if (m->n++ >= MISTAKES_MOST)
		return;
	if (line > 0 && column > 0)
		fprintf(m->out, "%s:%u:%u: ", file, line, column);
	else if (line > 0)
		fprintf(m->out, "%s:%u: ", file, line);
	else
		fprintf(m->out, "%s: ", file);
	vfprintf(m->out, fmt, ap);
	putc('\n', m->out);
}

void
mistake(struct mistakes *m, const char *file, unsigned line, unsigned column,
    const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	say_mistake(m, file, line, column, fmt, ap);
	va_end(ap);
}

void
mistake_at(struct mistakes *m, const struct directive *d, unsigned word,
    const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	say_mistake(m, d->file, d->line,
	    d->word[word < d->n ? word : d->n - 1].column, fmt, ap);
	va_end(ap);
}

void
mistakes_end(struct mistakes *m)
{
	if (m->n > MISTAKES_MOST)
		fprintf(m->out, "%u more mistakes are not shown\n",
		    m->n - MISTAKES_MOST);
}
