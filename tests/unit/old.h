/* old.h - what the tests of inetd's and xinetd's files share: a text is read,
 * and what came of it is judged as it is printed.
 *
 * The including file says what is tried:
 *	OLD_READ_TEXT	the function, like inetd_read_text
 *	OLD_READ	the function, like inetd_read
 *	OLD_HEAD	the comment that begins all that is printed
 */
#include <criterion/criterion.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Trees are never given back (tree.h), but what is kept is not lost. */
static void **kept;
static size_t nkept;

static void *
keep(void *p)
{
	kept = realloc(kept, (nkept + 1) * sizeof *kept);
	cr_assert_not_null(kept);
	kept[nkept++] = p;
	return p;
}

#define calloc(n, size) keep(calloc(n, size))
#include "brood/tree.c"
#undef calloc

/* What came of a text: the tree printed, without OLD_HEAD, and the mistakes. */
struct result {
	char *tree, *wrong;
	unsigned mistakes;
};

static struct result
result_of(const struct directives *list, struct mistakes *m, char **wrong)
{
	struct result r = { .mistakes = m->n };
	size_t size;
	FILE *out = open_memstream(&r.tree, &size);

	fclose(m->out);
	r.wrong = *wrong;
	tree_print(list, out);
	fclose(out);
	keep(r.tree);
	keep(r.wrong);
	return r;
}

static struct result
without_head(struct result r)
{
	cr_assert_eq(strncmp(r.tree, OLD_HEAD, strlen(OLD_HEAD)), 0, "%s",
	    r.tree);
	r.tree += strlen(OLD_HEAD);
	r.tree += *r.tree == '\n';
	return r;
}

static struct result
read_sized(const char *text, size_t size, bool convert)
{
	struct directives list = STAILQ_HEAD_INITIALIZER(list);
	struct mistakes m = { 0 };
	size_t n;
	char *wrong;

	m.out = open_memstream(&wrong, &n);
	OLD_READ_TEXT("f", text, size, &list, &m, convert);
	return without_head(result_of(&list, &m, &wrong));
}

static struct result
read_path(const char *path)
{
	struct directives list = STAILQ_HEAD_INITIALIZER(list);
	struct mistakes m = { 0 };
	struct result r;
	size_t n;
	char *wrong;

	m.out = open_memstream(&wrong, &n);
	OLD_READ(path, &list, &m, false);
	r = result_of(&list, &m, &wrong);
	/* Of a file that cannot be read there is not even a head. */
	return r.tree[0] != '\0' ? without_head(r) : r;
}

/* As it is served, or as it is converted, without a mistake. */
static void
gives(const char *text, bool convert, const char *tree)
{
	struct result r = read_sized(text, strlen(text), convert);

	cr_assert_eq(r.mistakes, 0, "%s\n%s", text, r.wrong);
	cr_assert_str_eq(r.tree, tree, "%s\n%s", text, r.tree);
}

static void
becomes(const char *text, const char *tree)
{
	gives(text, false, tree);
}

static void
converts_to(const char *text, const char *tree)
{
	gives(text, true, tree);
}

static struct result
is_wrong(const char *text, const char *wrong)
{
	struct result r = read_sized(text, strlen(text), false);

	cr_assert_str_eq(r.wrong, wrong, "%s\n%s", text, r.wrong);
	return r;
}

/* And nothing is served. */
static void
is_refused(const char *text, const char *wrong)
{
	struct result r = is_wrong(text, wrong);

	cr_assert_str_eq(r.tree, "", "%s\n%s", text, r.tree);
}
