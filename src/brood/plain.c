/* plain.c - strict, small, and all there is of reading as root. */
#include "brood/plain.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "rules/among.h"
#include "rules/scfg.h"
#include "rules/spec.h"

struct plain_text {
	SLIST_ENTRY(plain_text) next;
	_Alignas(16) char bytes[];
};

/* ---- memory ---- */

static void *
keep(struct plain *p, size_t size)
{
	struct plain_text *t = calloc(1, sizeof *t + size);

	if (t == NULL)
		return NULL;
	SLIST_INSERT_HEAD(&p->kept, t, next);
	return t->bytes;
}

static const char *
copy_bytes(struct plain *p, const char *text, size_t n)
{
	char *new = keep(p, n + 1);

	return new != NULL ? memcpy(new, text, n) : NULL;
}

static const char *
copy(struct plain *p, const char *text)
{
	return copy_bytes(p, text, strlen(text));
}

/* One more element; the room doubles at each power of two. */
static void *
grow(struct plain *p, void *list, unsigned n, size_t size)
{
	void *more;

	if ((n & (n - 1)) != 0)
		return list;
	more = keep(p, (n == 0 ? 1 : 2 * (size_t)n) * size);
	if (more != NULL && n > 0)
		memcpy(more, list, n * size);
	return more;
}

void
plain_free(struct plain *p)
{
	struct plain_text *t;

	while ((t = SLIST_FIRST(&p->kept)) != NULL) {
		SLIST_REMOVE_HEAD(&p->kept, next);
		free(t);
	}
	*p = (struct plain){ .nservices = 0 };
}

/* ---- reading ---- */

static int
add_word(struct plain *p, struct plain_word **list, unsigned *n,
    const struct scfg_line *l)
{
	struct plain_word *more = grow(p, *list, *n, sizeof **list);
	struct plain_word w = { copy(p, l->word[0].text), l->n == 2 ?
	    copy(p, l->word[1].text) : NULL };

	if (more == NULL || w.name == NULL || (l->n == 2 && w.value == NULL))
		return -1;
	more[(*n)++] = w;
	*list = more;
	return 0;
}

static int
add_texts(struct plain *p, const char ***list_r, unsigned *n_r,
    const struct scfg_line *l)
{
	*list_r = keep(p, l->n * sizeof **list_r);
	if (*list_r == NULL)
		return -1;
	for (*n_r = 0; *n_r < l->n - 1; ++*n_r)
		if (((*list_r)[*n_r] = copy(p, l->word[*n_r + 1].text)) == NULL)
			return -1;
	return 0;
}

static bool
is_handler(const char *word)
{
	static const char *const words[] = {
		"exec", "exec-wait", "worker", "inline", "inline-wait"
	};

	for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
		if (strcmp(words[i], word) == 0)
			return true;
	return false;
}

static int
begin_service(struct plain *p, const struct scfg_line *l)
{
	struct plain_service *more = grow(p, p->service, p->nservices,
	    sizeof *more);

	errno = EINVAL;
	if (strcmp(l->word[0].text, "service") != 0 || l->n != 2 ||
	    plain_find(p, l->word[1].text) != NULL)
		return -1;
	errno = ENOMEM;
	if (more == NULL)
		return -1;
	p->service = more;
	more[p->nservices] = (struct plain_service){
		.name = copy(p, l->word[1].text)
	};
	return more[p->nservices++].name != NULL ? 0 : -1;
}

/* `on' has an event and a command: the rest is one value. */
static void
join_words(struct scfg_line *l)
{
	for (unsigned i = 2; i < l->n; i++) {
		char *gap = (char *)(uintptr_t)l->word[i].text - 1;

		*gap = ' ';
	}
	l->n = l->n > 2 ? 2 : l->n;
}

static int
add_line(struct plain *p, struct scfg_line *l, bool inside)
{
	struct plain_service *s = inside ? &p->service[p->nservices - 1] : NULL;
	const char *name = l->word[0].text;

	errno = ENOMEM;
	if (inside && strcmp(name, "listen") == 0)
		return add_texts(p, &s->address, &s->naddresses, l);
	if (inside && is_handler(name)) {
		s->kind = copy(p, name);
		return s->kind == NULL ? -1 : add_texts(p, &s->program,
		    &s->nprogram, l);
	}
	if (strcmp(name, "on") == 0)
		join_words(l);
	if (l->n > 2 || name[0] == '\0' || strcmp(name, "service") == 0) {
		errno = EINVAL;
		return -1;
	}
	return inside ? add_word(p, &s->word, &s->nwords, l) :
	    add_word(p, &p->global, &p->nglobals, l);
}

static bool
is_whole(const struct plain *p)
{
	for (unsigned i = 0; i < p->nservices; i++)
		if (p->service[i].naddresses == 0 ||
		    p->service[i].nprogram == 0)
			return false;
	return true;
}

static int
read_all(struct plain *p, struct scfg *s, struct scfg_line *l)
{
	enum scfg_what what;
	int r = 0;

	while (r == 0 && (what = scfg_next(s, l)) != SCFG_END) {
		errno = EINVAL;
		if (what == SCFG_BAD || s->depth > 1)
			return -1;
		if (what == SCFG_DIRECTIVE)
			r = l->block ? begin_service(p, l) :
			    add_line(p, l, s->depth == 1);
	}
	errno = r == 0 ? EINVAL : errno;
	return r == 0 && is_whole(p) ? 0 : -1;
}

int
plain_read(struct plain *p, const char *text, size_t size, struct err *e)
{
	struct scfg_line *l = malloc(sizeof *l);
	struct scfg s;
	int r;

	*p = (struct plain){ .nservices = 0 };
	SLIST_INIT(&p->kept);
	scfg_begin(&s, text, size);
	r = l != NULL ? read_all(p, &s, l) : -1;
	free(l);
	p->text = r == 0 ? copy_bytes(p, text, size) : NULL;
	p->size = size;
	if (p->text != NULL)
		return 0;
	err_sys(e, EXIT_INTERNAL, "cannot take over the configuration");
	plain_free(p);
	return -1;
}

int
plain_copy(struct plain *p, const struct plain *from, struct err *e)
{
	return plain_read(p, from->text, from->size, e);
}

/* ---- asking ---- */

const char *
plain_global(const struct plain *p, const char *name)
{
	for (unsigned i = 0; i < p->nglobals; i++)
		if (strcmp(p->global[i].name, name) == 0)
			return p->global[i].value;
	return NULL;
}

const char *
plain_value(const struct plain_service *s, const char *name)
{
	for (unsigned i = 0; i < s->nwords; i++)
		if (strcmp(s->word[i].name, name) == 0)
			return s->word[i].value != NULL ? s->word[i].value : "";
	return NULL;
}

int64_t
plain_ms(const struct plain_service *s, const char *name)
{
	const char *value = plain_value(s, name);

	return value != NULL ? spec_duration(value) : -1;
}

void
plain_owner(const char *value, uid_t *uid, gid_t *gid)
{
	*uid = (uid_t)-1;
	*gid = (gid_t)-1;
	if (value != NULL && sscanf(value, "%u:%u", uid, gid) != 2)
		*uid = (uid_t)-1;
}

const struct plain_service *
plain_find(const struct plain *p, const char *name)
{
	for (unsigned i = 0; i < p->nservices; i++)
		if (strcmp(p->service[i].name, name) == 0)
			return &p->service[i];
	return NULL;
}

/* ---- comparing ---- */

static bool
is_same(const char *a, const char *b)
{
	return a == b || (a != NULL && b != NULL && strcmp(a, b) == 0);
}

static bool
are_same(const char **a, unsigned n, const char **b, unsigned m)
{
	for (unsigned i = 0; i < n && n == m; i++)
		if (strcmp(a[i], b[i]) != 0)
			return false;
	return n == m;
}

static void
note(char because[PLAIN_BECAUSE], const char *word)
{
	size_t n = strlen(because);

	if (among(because, word))
		return;
	snprintf(because + n, PLAIN_BECAUSE - n, "%s%s", n > 0 ? ", " : "", word);
}

/* The values of a word, in order; each is compared with the other's. */
static bool
has_same(const struct plain_service *a, const struct plain_service *b,
    const char *name)
{
	unsigned i = 0, j = 0;

	for (;;) {
		while (i < a->nwords && strcmp(a->word[i].name, name) != 0)
			i++;
		while (j < b->nwords && strcmp(b->word[j].name, name) != 0)
			j++;
		if (i == a->nwords || j == b->nwords)
			return i == a->nwords && j == b->nwords;
		if (!is_same(a->word[i++].value, b->word[j++].value))
			return false;
	}
}

/* What follows from other words, if it is not said, cannot be told. */
static bool
is_live(const struct plain_service *to, const char *word)
{
	if (strcmp(word, "maximum-available") == 0)
		return plain_value(to, word) != NULL;
	return strcmp(word, "minimum-available") == 0 ||
	    strcmp(word, "maximum-connected") == 0;
}

/* Words of a that b has not, or not so; those of both are looked at once. */
static enum plain_change
compare_words(const struct plain_service *a, const struct plain_service *b,
    bool back, char because[PLAIN_BECAUSE])
{
	enum plain_change change = PLAIN_SAME;

	for (unsigned i = 0; i < a->nwords; i++) {
		const char *name = a->word[i].name;

		if (has_same(a, b, name) ||
		    (back && plain_value(b, name) != NULL))
			continue;
		note(because, name);
		if (!is_live(back ? a : b, name))
			change = PLAIN_OTHER;
		else if (change == PLAIN_SAME)
			change = PLAIN_LIMITS;
	}
	return change;
}

enum plain_change
plain_compare(const struct plain_service *a, const struct plain_service *b,
    char because[PLAIN_BECAUSE])
{
	enum plain_change change = PLAIN_SAME, back;

	because[0] = '\0';
	if (!are_same(a->address, a->naddresses, b->address, b->naddresses)) {
		note(because, "listen");
		change = PLAIN_OTHER;
	}
	if (!is_same(a->kind, b->kind) || !are_same(a->program, a->nprogram,
	    b->program, b->nprogram)) {
		note(because, b->kind);
		change = PLAIN_OTHER;
	}
	back = compare_words(a, b, false, because);
	change = back > change ? back : change;
	back = compare_words(b, a, true, because);
	return back > change ? back : change;
}
