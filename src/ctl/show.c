/* show.c - tables and JSON. */
#include "ctl/show.h"

#include <err.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tools/err.h"

/* ---- text ---- */

const char *
show_safe(const char *text, char *buf, size_t size)
{
	size_t n = 0;

	for (; *text != '\0' && n + 5 < size; text++) {
		unsigned char c = (unsigned char)*text;

		if (c >= ' ' && c < 127)
			buf[n++] = (char)c;
		else
			n += (size_t)sprintf(buf + n, "\\%03o", c);
	}
	buf[n] = '\0';
	return buf;
}

const char *
show_age(int64_t seconds, char *buf, size_t size)
{
	static const struct {
		int64_t seconds;
		char letter;
	} units[] = { { 86400, 'd' }, { 3600, 'h' }, { 60, 'm' }, { 1, 's' } };
	size_t i = 0;
	int n;

	while (i < 3 && seconds < units[i].seconds)
		i++;
	n = snprintf(buf, size, "%jd%c", (intmax_t)(seconds /
	    units[i].seconds), units[i].letter);
	seconds %= units[i].seconds;
	if (i < 3 && seconds / units[i + 1].seconds > 0)
		snprintf(buf + n, size - (size_t)n, "%jd%c", (intmax_t)(seconds /
		    units[i + 1].seconds), units[i + 1].letter);
	return buf;
}

/* ---- tables ---- */

static char *
safe_copy(const char *text)
{
	size_t size = 4 * strlen(text) + 6;
	char *buf = record_memory(NULL, size, 1);

	show_safe(text, buf, size);
	return buf;
}

static char *
cell_text(const char *value, enum show_as as)
{
	char age[64], *end;
	long long n;

	if (value == NULL)
		return record_copy("-");
	n = strtoll(value, &end, 10);
	switch (as) {
	case SHOW_AGE:
		return end > value && n >= 0 && (*end == '\0' || *end == '.') ?
		    record_copy(show_age(n, age, sizeof age)) :
		    safe_copy(value);
	case SHOW_YES:
		return record_copy(strcmp(value, "0") == 0 ? "no" : "yes");
	case SHOW_TEXT:
		break;
	}
	return safe_copy(value);
}

static char *
cell(const struct record *r, const struct column *c)
{
	char *text = cell_text(record_get(r, c->key), c->as);
	const char *per = c->per != NULL ? record_get(r, c->per) : NULL;
	char *more, *both;

	if (per == NULL)
		return text;
	more = cell_text(per, c->as);
	both = record_memory(NULL, strlen(text) + strlen(more) + 2, 1);
	sprintf(both, "%s/%s", text, more);
	free(text);
	free(more);
	return both;
}

/* A line without blanks at its end. */
static void
print_row(char *const *cells, const size_t *widths, size_t n)
{
	while (n > 1 && cells[n - 1][0] == '\0')
		n--;
	for (size_t i = 0; i + 1 < n; i++)
		printf("%-*s  ", (int)widths[i], cells[i]);
	printf("%s\n", cells[n - 1]);
}

static void
show_table(const struct records *l, const struct column *columns)
{
	size_t n, at = 0;
	size_t *widths;
	char **cells;

	for (n = 0; columns[n].title != NULL; n++)
		;
	widths = record_memory(NULL, n, sizeof *widths);
	cells = record_memory(NULL, (l->n + 1) * n, sizeof *cells);
	for (size_t i = 0; i < n; i++)
		cells[at++] = record_copy(columns[i].title);
	for (size_t row = 0; row < l->n; row++)
		for (size_t i = 0; i < n; i++)
			cells[at++] = cell(&l->v[row], &columns[i]);
	for (size_t i = 0; i < n; i++)
		widths[i] = 0;
	for (size_t i = 0; i < at; i++)
		if (strlen(cells[i]) > widths[i % n])
			widths[i % n] = strlen(cells[i]);
	for (size_t row = 0; row <= l->n; row++)
		print_row(cells + row * n, widths, n);
	while (at > 0)
		free(cells[--at]);
	free(cells);
	free(widths);
}

/* ---- JSON ---- */

static json_t *
checked(json_t *j)
{
	if (j == NULL)
		err(EXIT_SYSTEM, "no memory");
	return j;
}

/* Keys whose values are names: they may look like numbers. */
static bool
is_name(const char *key)
{
	static const char *const keys[] = { "service", "version", "addr",
	    "peer", "local", "listener", "file", "control", "reason", "because" };

	for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++)
		if (strcmp(keys[i], key) == 0)
			return true;
	return false;
}

/* As the grammar of JSON has it (RFC 8259 section 6), without exponents. */
static bool
is_number(const char *s)
{
	size_t n;

	s += *s == '-';
	n = strspn(s, "0123456789");
	if (n == 0 || n > 18 || (n > 1 && *s == '0'))
		return false;
	s += n;
	if (*s != '.')
		return *s == '\0';
	n = strspn(s + 1, "0123456789");
	return n > 0 && n <= 9 && s[1 + n] == '\0';
}

static json_t *
json_of(const struct pair *p)
{
	char *safe;
	json_t *j;

	if (!p->quoted && !is_name(p->key) && is_number(p->value))
		return checked(strchr(p->value, '.') != NULL ?
		    json_real(strtod(p->value, NULL)) :
		    json_integer(strtoll(p->value, NULL, 10)));
	j = json_string(p->value);
	if (j != NULL)
		return j;
	safe = safe_copy(p->value);	/* it is no UTF-8 */
	j = checked(json_string(safe));
	free(safe);
	return j;
}

void
show_json(const struct records *l)
{
	json_t *list = checked(json_array());

	for (size_t i = 0; i < l->n; i++) {
		json_t *o = checked(json_object());

		for (size_t k = 0; k < l->v[i].n; k++)
			json_object_set_new(o, l->v[i].pair[k].key,
			    json_of(&l->v[i].pair[k]));
		json_array_append_new(list, o);
	}
	json_dumpf(list, stdout, JSON_INDENT(2) | JSON_ENSURE_ASCII |
	    JSON_REAL_PRECISION(15));
	putchar('\n');
	json_decref(list);
}

void
show_list(const struct records *l, const struct column *columns, bool json)
{
	if (json)
		show_json(l);
	else
		show_table(l, columns);
}
