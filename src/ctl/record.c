/* record.c - keys and values, taken apart. */
#include "ctl/record.h"

#include <err.h>
#include <stdlib.h>
#include <string.h>

#include "tools/err.h"

void *
record_memory(void *old, size_t n, size_t size)
{
	void *p = reallocarray(old, n > 0 ? n : 1, size);

	if (p == NULL)
		err(EXIT_SYSTEM, "no memory");
	return p;
}

char *
record_copy(const char *text)
{
	char *p = strdup(text);

	if (p == NULL)
		err(EXIT_SYSTEM, "no memory");
	return p;
}

/* ---- reading ---- */

static bool
is_octal(char c)
{
	return c >= '0' && c <= '7';
}

/* What a backslash and the bytes behind it stand for, and how many there are;
 * 0: nothing that we know, or a NUL, and it stays as it is. */
static size_t
unescape(const char *p, char *c_r)
{
	static const char from[] = "\\\"nrbavtfs", to[] = "\\\"\n\r\b\a\v\t\f ";
	const char *at;

	if (is_octal(p[1]) && is_octal(p[2]) && is_octal(p[3])) {
		*c_r = (char)((p[1] - '0') << 6 | (p[2] - '0') << 3 |
		    (p[3] - '0'));
		return *c_r != '\0' ? 4 : 0;
	}
	at = p[1] != '\0' ? strchr(from, p[1]) : NULL;
	if (at == NULL)
		return 0;
	*c_r = to[at - from];
	return 2;
}

/* Where the value that begins at s ends, behind its quotes; NULL: they are not
 * closed, or something follows. */
static const char *
value_end(const char *s)
{
	bool quoted = *s == '"';

	for (s += quoted; *s != '\0' && *s != (quoted ? '"' : ' '); s++)
		if (*s == '\\' && s[1] != '\0')
			s++;
	if (quoted && *s++ != '"')
		return NULL;
	return *s == '\0' || *s == ' ' ? s : NULL;
}

/* The bytes up to end, which it never outgrows. */
static char *
unescape_all(const char *s, const char *end)
{
	char *text = record_memory(NULL, (size_t)(end - s) + 1, 1), *to = text;

	while (s < end) {
		size_t n = *s == '\\' ? unescape(s, to) : 0;

		if (n == 0)
			*to = *s;
		to++;
		s += n > 0 ? n : 1;
	}
	*to = '\0';
	return text;
}

static bool
is_key(const char *s, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (!(s[i] >= 'a' && s[i] <= 'z') && s[i] != '-' &&
		    s[i] != '_' && !(i > 0 && s[i] >= '0' && s[i] <= '9'))
			return false;
	return n > 0;
}

static int
read_pair(struct record *r, const char **p)
{
	const char *value, *end;
	size_t n = strcspn(*p, "= ");
	struct pair pair;

	if (r->n == RECORD_PAIRS || (*p)[n] != '=' || !is_key(*p, n))
		return -1;
	value = *p + n + 1;
	end = value_end(value);
	if (end == NULL)
		return -1;
	pair.key = unescape_all(*p, *p + n);
	pair.quoted = *value == '"';
	pair.value = unescape_all(value + pair.quoted, end - pair.quoted);
	r->pair = record_memory(r->pair, r->n + 1, sizeof pair);
	r->pair[r->n++] = pair;
	*p = end;
	return 0;
}

int
record_read(struct record *r, const char *line)
{
	const char *p = line;

	*r = (struct record){ 0 };
	do {
		if (read_pair(r, &p) == -1) {
			record_free(r);
			return -1;
		}
	} while (*p != '\0' && *p++ == ' ');
	return 0;
}

/* ---- asking and changing ---- */

const char *
record_get(const struct record *r, const char *key)
{
	for (size_t i = 0; i < r->n; i++)
		if (strcmp(r->pair[i].key, key) == 0)
			return r->pair[i].value;
	return NULL;
}

int64_t
record_number(const struct record *r, const char *key, int64_t none)
{
	const char *text = record_get(r, key), *why = NULL;
	int64_t n;

	if (text == NULL)
		return none;
	n = strtonum(text, INT64_MIN, INT64_MAX, &why);
	return why == NULL ? n : none;
}

bool
record_is(const struct record *r, const char *key, const char *value)
{
	const char *is = record_get(r, key);

	return is != NULL && strcmp(is, value) == 0;
}

void
record_put(struct record *r, const char *key, const char *value)
{
	struct pair new = { .value = record_copy(value) };

	for (size_t i = 0; i < r->n; i++)
		if (strcmp(r->pair[i].key, key) == 0) {
			free(r->pair[i].value);
			r->pair[i].value = new.value;
			r->pair[i].quoted = false;
			return;
		}
	new.key = record_copy(key);
	r->pair = record_memory(r->pair, r->n + 1, sizeof new);
	memmove(r->pair + 1, r->pair, r->n++ * sizeof new);
	r->pair[0] = new;
}

void
record_free(struct record *r)
{
	for (size_t i = 0; i < r->n; i++) {
		free(r->pair[i].key);
		free(r->pair[i].value);
	}
	free(r->pair);
	*r = (struct record){ 0 };
}

/* ---- lists ---- */

void
records_add(struct records *l, struct record r)
{
	if (l->n == l->room) {
		l->room = l->room > 0 ? 2 * l->room : 16;
		l->v = record_memory(l->v, l->room, sizeof *l->v);
	}
	l->v[l->n++] = r;
}

void
records_move(struct records *l, struct records *from)
{
	for (size_t i = 0; i < from->n; i++)
		records_add(l, from->v[i]);
	from->n = 0;
	records_free(from);
}

void
records_free(struct records *l)
{
	for (size_t i = 0; i < l->n; i++)
		record_free(&l->v[i]);
	free(l->v);
	*l = (struct records){ 0 };
}
