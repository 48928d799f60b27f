/* fuzz_conf.c - whatever bytes a configuration is made of: as a tree, and as
 * the plain form that the supervisor reads; see driver.h.
 *
 *	clang -DFUZZING -g -O1 -fsanitize=fuzzer,address,undefined \
 *	    -D_GNU_SOURCE -iquote src -o fuzz tests/fuzz/fuzz_conf.c \
 *	    src/brood/plain.c src/rules/among.c src/rules/scfg.c \
 *	    src/tools/err.c
 *	./fuzz CORPUS tests/fuzz/corpus/conf
 *
 * Trees are never given back: kept.h. */
#include "driver.h"
#include "kept.h"

#include "brood/plain.h"
#include "rules/scfg.h"

#define calloc kept_calloc
#define free kept_free
#include "brood/tree.c"
#include "brood/file.c"
#undef calloc
#undef free

/* ---- trees ---- */

/* Other files are not for fuzzing. */
static bool
has_include(const char *text, size_t size)
{
	static struct scfg_line l;	/* big */
	enum scfg_what what;
	struct scfg s;

	scfg_begin(&s, text, size);
	while ((what = scfg_next(&s, &l)) != SCFG_END)
		if (what == SCFG_DIRECTIVE && strcmp(l.word[0].text,
		    "include") == 0)
			return true;
	return false;
}

/* One line each, with its place. */
static void
check_mistakes(const char *text, unsigned n)
{
	unsigned lines = 0;

	for (const char *at = text; *at != '\0'; lines++) {
		unsigned line = 0, column = 0;

		require(lines >= MISTAKES_MOST || sscanf(at, "conf:%u:%u: ",
		    &line, &column) == 2, "a mistake begins with its place");
		at = strchr(at, '\n');
		require(at++ != NULL, "a mistake is a whole line");
	}
	require(lines == (n > MISTAKES_MOST ? MISTAKES_MOST + 1 : n),
	    "there are as many lines as mistakes");
}

/* The number of mistakes; with none *to is what there is. */
static unsigned
read_tree(const char *bytes, size_t size, struct directives *to)
{
	char *text = NULL;
	size_t n = 0;
	struct mistakes m = { .out = open_memstream(&text, &n) };

	require(m.out != NULL, "there is memory");
	file_read_text("conf", bytes, size, to, &m);
	mistakes_end(&m);
	fclose(m.out);
	check_mistakes(text, m.n);
	free(text);
	return m.n;
}

static char *
print_tree(const struct directives *tree, size_t *size_r)
{
	char *text = NULL;
	FILE *out = open_memstream(&text, size_r);

	require(out != NULL, "there is memory");
	tree_print(tree, out);
	fclose(out);
	return text;
}

static void
compare_trees(const struct directives *a, const struct directives *b)
{
	const struct directive *x = STAILQ_FIRST(a), *y = STAILQ_FIRST(b);

	for (; x != NULL && y != NULL; x = STAILQ_NEXT(x, next),
	    y = STAILQ_NEXT(y, next)) {
		require(x->n == y->n && x->block == y->block,
		    "a printed directive is the same");
		for (unsigned i = 0; i < x->n; i++)
			require(strcmp(x->word[i].text, y->word[i].text) == 0,
			    "a printed word is the same");
		compare_trees(&x->children, &y->children);
	}
	require(x == NULL && y == NULL, "all directives are printed");
}

static bool
try_tree(const char *bytes, size_t size)
{
	struct directives tree = STAILQ_HEAD_INITIALIZER(tree);
	struct directives again = STAILQ_HEAD_INITIALIZER(again);
	bool good = read_tree(bytes, size, &tree) == 0;
	char *text, *twice;
	size_t n = 0, m = 0;

	if (good) {
		text = print_tree(&tree, &n);
		require(read_tree(text, n, &again) == 0,
		    "what is printed is right");
		compare_trees(&tree, &again);
		twice = print_tree(&again, &m);
		require(n == m && memcmp(text, twice, n) == 0,
		    "what is printed is printed again");
		free(text);
		free(twice);
	}
	kept_forget();
	return good;
}

/* ---- the plain form ---- */

static void
check_plain(const struct plain *p)
{
	char because[PLAIN_BECAUSE];

	for (unsigned i = 0; i < p->nservices; i++) {
		const struct plain_service *s = &p->service[i];

		require(plain_find(p, s->name) == s, "a service is found");
		require(s->naddresses > 0 && s->nprogram > 0 && s->kind != NULL,
		    "a service is whole");
		require(plain_compare(s, s, because) == PLAIN_SAME &&
		    because[0] == '\0', "a service is the same as itself");
		require(i == 0 || strlen(because) < sizeof because,
		    "a reason ends");
		if (i > 0)
			plain_compare(&s[-1], s, because);
	}
}

static bool
try_plain(const char *bytes, size_t size)
{
	struct plain p, copy;
	struct err e;

	if (plain_read(&p, bytes, size, &e) == -1)
		return false;
	require(p.size == size && memcmp(p.text, bytes, size) == 0,
	    "the text is kept");
	check_plain(&p);
	require(plain_copy(&copy, &p, &e) == 0 && copy.nservices ==
	    p.nservices, "what was taken is taken again");
	plain_free(&p);
	plain_free(&copy);
	return true;
}

/* In a block of just their size, so that a sanitizer sees the first read
 * beyond them.  Returns whether it could be a plain form. */
static bool
try_one(const uint8_t *data, size_t size)
{
	char *bytes = malloc(size > 0 ? size : 1);
	bool plain;

	require(bytes != NULL, "there is memory");
	memcpy(bytes, data, size);
	plain = try_plain(bytes, size);
	if (!has_include(bytes, size))
		require(try_tree(bytes, size) || !plain,
		    "a plain form is a right file");
	free(bytes);
	return plain;
}

static const char *const words[] = {
	"service a {\n\tlisten 1\n\tinline echo\n}\n", "service b {\n",
	"}\n", "listen 127.0.0.1:7 [::]:7\n", "exec /bin/cat \"a b\"\n",
	"on ready \"a b\" c\n", "user 0:0\n", "env A=1\n", "log stderr\n",
	"{\n", "\n", " ", "\"", "'", "\\", "#", "\t", "\xc3\xa4", "\xff",
	"\"\"", NULL
};

static const struct fuzz target = {
	"conf", "plain forms", 50000, words, try_one
};
