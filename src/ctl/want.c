/* want.c - a small grammar, read from left to right. */
#include "ctl/want.h"

#include <string.h>

static const char small[] = "abcdefghijklmnopqrstuvwxyz-_";
static const char digits[] = "0123456789";

/* ---- numbers ---- */

/* Digits into n, which has room for one more thousandfold.  How many. */
static size_t
take_digits(const char *s, size_t most, int64_t *n)
{
	size_t i;

	for (i = 0; i < most && s[i] >= '0' && s[i] <= '9'; i++)
		*n = *n * 10 + (s[i] - '0');
	return i;
}

/* The number that begins here; how long it is, 0: none does. */
static size_t
take_number(const char *s, int64_t *thousandths_r)
{
	bool minus = *s == '-';
	const char *p = s + minus;
	int64_t n = 0;
	size_t have = take_digits(p, 15, &n), behind = 0;

	p += have;
	if (have == 0)
		return 0;
	if (*p == '.') {
		behind = take_digits(p + 1, 3, &n);
		if (behind == 0)
			return 0;
		p += 1 + behind;
	}
	for (; behind < 3; behind++)
		n *= 10;
	*thousandths_r = minus ? -n : n;
	return *p >= '0' && *p <= '9' ? 0 : (size_t)(p - s);
}

bool
want_number(const char *text, int64_t *thousandths_r)
{
	size_t n = take_number(text, thousandths_r);

	return n > 0 && text[n] == '\0';
}

/* ---- reading ---- */

static const char *
skip_blanks(const char *s)
{
	return s + strspn(s, " \t");
}

/* Bytes of a set, into a buffer of WANT_NAME + 1.  False: none, or too many. */
static bool
take_name(const char **p, const char *set, const char *more, char *to)
{
	size_t n = 0;

	while ((*p)[n] != '\0' && (strchr(set, (*p)[n]) != NULL ||
	    strchr(more, (*p)[n]) != NULL)) {
		if (n == WANT_NAME)
			return false;
		to[n] = (*p)[n];
		n++;
	}
	to[n] = '\0';
	*p += n;
	return n > 0;
}

static bool
take_op(const char **p, enum want_op *op_r)
{
	static const struct {
		const char *text;
		enum want_op op;
	} rows[] = {		/* of two that begin alike the longer first */
		{ "=",  WANT_EQ },
		{ "!=", WANT_NE },
		{ "<=", WANT_LE },
		{ "<",  WANT_LT },
		{ ">=", WANT_GE },
		{ ">",  WANT_GT },
	};

	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		size_t n = strlen(rows[i].text);

		if (strncmp(*p, rows[i].text, n) != 0)
			continue;
		*op_r = rows[i].op;
		*p += n;
		return true;
	}
	return false;
}

static const char *
read_service(struct want_term *t, const char **p)
{
	static const char capitals[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.";

	t->service[0] = '\0';
	if (**p != '(')
		return NULL;
	*p = skip_blanks(*p + 1);
	if (!take_name(p, small, capitals, t->service))
		return "the name of a service";
	*p = skip_blanks(*p);
	if (**p != ')')
		return "`)'";
	*p = skip_blanks(*p + 1);
	return NULL;
}

static const char *
read_value(struct want_term *t, const char **p)
{
	size_t n;

	t->number = 0;
	n = take_number(*p, &t->number);
	t->is_word = n == 0;
	t->word[0] = '\0';
	*p += n;
	if (n > 0)
		return NULL;
	if (**p == '-' || !take_name(p, small, "", t->word))
		return "a number or a word";
	return t->op == WANT_EQ || t->op == WANT_NE ? NULL :
	    "a number, as a word is `=' or `!=' only";
}

static const char *
read_term(struct want_term *t, const char **p)
{
	const char *why;

	*p = skip_blanks(*p);
	if (strchr(digits, **p) != NULL ||
	    !take_name(p, small, digits, t->name))
		return "a name like `available'";
	*p = skip_blanks(*p);
	why = read_service(t, p);
	if (why != NULL)
		return why;
	if (!take_op(p, &t->op))
		return "one of = != < <= > >=";
	*p = skip_blanks(*p);
	return read_value(t, p);
}

/* Whether there is another term; else p is at what is not one. */
static bool
take_and(const char **p)
{
	const char *s = skip_blanks(*p);
	bool apart = s > *p;

	*p = s;
	if (!apart || strncmp(s, "and", 3) != 0 ||
	    (s[3] != ' ' && s[3] != '\t'))
		return false;
	*p = s + 3;
	return true;
}

const char *
want_read(struct want *w, const char *text, size_t *at_r)
{
	const char *p = text, *why = NULL;

	w->n = 0;
	do {
		*at_r = (size_t)(p - text);
		if (w->n == WANT_TERMS)
			return "at most 16 terms";
		why = read_term(&w->term[w->n], &p);
		w->n += why == NULL;
	} while (why == NULL && take_and(&p));
	*at_r = (size_t)(p - text);
	if (why == NULL && *p != '\0')
		why = "` and ', or the end";
	return why;
}

/* ---- truth ---- */

static bool
compare(enum want_op op, int64_t a, int64_t b)
{
	switch (op) {
	case WANT_EQ: return a == b;
	case WANT_NE: return a != b;
	case WANT_LT: return a < b;
	case WANT_LE: return a <= b;
	case WANT_GT: return a > b;
	case WANT_GE: return a >= b;
	}
	return false;
}

bool
want_holds(const struct want_term *t, const char *value)
{
	int64_t n;

	if (t->is_word)
		return (strcmp(t->word, value) == 0) == (t->op == WANT_EQ);
	return want_number(value, &n) && compare(t->op, n, t->number);
}
