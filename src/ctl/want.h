/* want.h - what `broodctl wait' waits for: `available(git)>=5 and
 * state(git)=running'.
 *
 *	want  = term { "and" term }
 *	term  = NAME [ "(" SERVICE ")" ] op VALUE
 *	op    = "=" | "!=" | "<" | "<=" | ">" | ">="
 *
 * NAME is a key of a status line, VALUE a number, with at most three digits
 * behind a point, or a word; a word is equal or not.  Blanks may stand between
 * all of them, and must around "and".
 *
 * Pure.  Floor 5 (ctl); includes nothing of ours. */
#ifndef CTL_WANT_H
#define CTL_WANT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
	WANT_TERMS = 16,
	WANT_NAME  = 40		/* most bytes of a name, a service, a word */
};

enum want_op { WANT_EQ, WANT_NE, WANT_LT, WANT_LE, WANT_GT, WANT_GE };

struct want_term {
	char name[WANT_NAME + 1];
	char service[WANT_NAME + 1];	/* "" = none was named */
	enum want_op op;
	bool is_word;			/* WANT_EQ and WANT_NE only */
	char word[WANT_NAME + 1];
	int64_t number;			/* in thousandths */
};

struct want {
	unsigned n;
	struct want_term term[WANT_TERMS];
};

/* Read the whole text.  NULL; or what was expected, and where it was not,
 * in bytes from its beginning. */
const char *want_read(struct want *w, const char *text, size_t *at_r);

/* Is it true of this value, as it stands in a status line?  A number never
 * compares with a word: then it is not true. */
bool want_holds(const struct want_term *t, const char *value);

/* A number in thousandths: "5", "-1", "0.25", "12.345".  False: it is none,
 * or beyond 9 * 10^15. */
bool want_number(const char *text, int64_t *thousandths_r);

#endif
