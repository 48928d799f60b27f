/* old.h - what the fuzz targets of inetd's and xinetd's files share: what
 * must hold of whatever comes out; see driver.h.
 *
 * The including file says what is tried:
 *	OLD_NAME	"inetd": its corpus is tests/fuzz/corpus/inetd
 *	OLD_SOURCE	"brood/inetd.c"
 *	OLD_READ	the function, like inetd_read_text
 *	OLD_WORDS_OF	strings, with commas: what is put into seeds
 */
#include "driver.h"
#include "kept.h"

#include "rules/address.h"

#define calloc kept_calloc
#define free kept_free
#include "brood/tree.c"
#include "brood/file.c"
#include "brood/old.c"
#include OLD_SOURCE
#undef calloc
#undef free

enum { MOST_BYTES = 2048 };

/* ---- what must hold ---- */

struct outcome {
	char *wrong, *text;	/* the mistakes; the tree printed */
	size_t nwrong, ntext;
	unsigned mistakes;
	struct directives list;
};

static void
outcome_print(struct outcome *o)
{
	FILE *out = open_memstream(&o->text, &o->ntext);

	require(out != NULL, "there is memory");
	tree_print(&o->list, out);
	fclose(out);
}

static void
outcome_read(struct outcome *o, const char *text, size_t size, bool convert)
{
	struct mistakes m = { .out = open_memstream(&o->wrong, &o->nwrong) };

	require(m.out != NULL, "there is memory");
	STAILQ_INIT(&o->list);
	OLD_READ("f", text, size, &o->list, &m, convert);
	fclose(m.out);
	o->mistakes = m.n;
	outcome_print(o);
}

static void
outcome_free(struct outcome *o)
{
	free(o->wrong);
	free(o->text);
}

/* How many of its words are called so?  names: " one two ". */
static unsigned
count(const struct directive *d, const char *names)
{
	const struct directive *w;
	char name[64];
	unsigned n = 0;

	STAILQ_FOREACH(w, &d->children, next) {
		snprintf(name, sizeof name, " %s ", w->word[0].text);
		n += strstr(names, name) != NULL;
	}
	return n;
}

static void
check_listen(const struct directive *w)
{
	struct address a;

	require(w->n >= 2 && w->n <= 257, "it listens somewhere");
	for (unsigned i = 1; i < w->n; i++)
		require(address_parse(w->word[i].text, strlen(w->word[i].text),
		    &a) == NULL, "it listens at addresses");
}

static void
check_service(const struct directives *list, const struct directive *d)
{
	const struct directive *w, *other;
	const char *name;

	require(d->n == 2 && d->block &&
	    strcmp(d->word[0].text, "service") == 0, "it is a service");
	name = d->word[1].text;
	require(strlen(name) >= 1 && strlen(name) <= 40 && name[strspn(name,
	    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_.-")]
	    == '\0' && name[0] != '.' && name[0] != '-', "its name is one");
	STAILQ_FOREACH(other, list, next)
		require(other == d || other->n < 2 ||
		    strcmp(other->word[1].text, name) != 0,
		    "its name is its own");
	require(count(d, " listen ") == 1 && count(d, " user ") == 1 &&
	    count(d, " exec exec-wait inline ") == 1, "it has all it needs");
	STAILQ_FOREACH(w, &d->children, next)
		if (strcmp(w->word[0].text, "listen") == 0)
			check_listen(w);
}

static void
check_mistakes(const struct outcome *o)
{
	unsigned lines = 0;

	for (size_t i = 0; i < o->nwrong; i++)
		lines += o->wrong[i] == '\n';
	require(lines == (o->mistakes < MISTAKES_MOST ? o->mistakes :
	    MISTAKES_MOST), "each mistake is a line");
	require(o->mistakes == 0 || strncmp(o->wrong, "f:", 2) == 0 ||
	    strstr(o->wrong, "cannot be read") != NULL,
	    "a mistake has its place");
}

/* What is printed is read as the same; it has comments, which are not. */
static void
check_print(struct outcome *o)
{
	struct outcome again = { .text = NULL };
	struct mistakes m = { .out = stdout };
	struct directive *d, *after;

	STAILQ_INIT(&again.list);
	file_read_text("printed", o->text, o->ntext, &again.list, &m);
	require(m.n == 0, "what is printed is taken");
	for (d = STAILQ_FIRST(&o->list); d != NULL; d = after) {
		after = STAILQ_NEXT(d, next);
		d->comment = NULL;
		if (d->n == 0)
			STAILQ_REMOVE(&o->list, d, directive, next);
	}
	free(o->text);
	outcome_print(o);
	outcome_print(&again);
	require(strcmp(again.text, o->text) == 0,
	    "what is printed is read as the same");
	free(again.text);
}

/* Returns whether it had a service and no mistake.  The bytes lie in a block
 * of just their size, so that a sanitizer sees the first read beyond them. */
static bool
try_one(const uint8_t *data, size_t size)
{
	struct outcome served, converted;
	const struct directive *d;
	bool any = false;
	char *text;

	if (size > MOST_BYTES)
		return false;
	text = malloc(size > 0 ? size : 1);
	require(text != NULL, "there is memory");
	memcpy(text, data, size);
	outcome_read(&served, text, size, false);
	outcome_read(&converted, text, size, true);
	free(text);
	check_mistakes(&served);
	check_mistakes(&converted);
	require(served.mistakes > 0 || converted.mistakes == 0,
	    "what is served is converted");
	require(served.mistakes > 0 || strcmp(served.text, converted.text) == 0,
	    "without mistakes it is the same");
	STAILQ_FOREACH(d, &converted.list, next)
		if (d->n > 0) {
			check_service(&converted.list, d);
			any = true;
		}
	check_print(&converted);
	any &= served.mistakes == 0;
	outcome_free(&served);
	outcome_free(&converted);
	kept_forget();
	return any;
}

static const char *const words[] = {
	OLD_WORDS_OF, " ", "\n", "#", ":", ",", "=", ".", "/", "'", "\"",
	"0", "99999", "\xff", "\xc3\xa4", NULL
};

static const struct fuzz target = {
	OLD_NAME, "services", 20000, words, try_one
};
