/* words.h - the words of the file: its own, and those of a service that the
 * library has (brood_word()).  Floor 5 (brood). */
#ifndef BROOD_WORDS_H
#define BROOD_WORDS_H

#include <stdbool.h>
#include <stdio.h>

#include "lib/brood.h"

enum words_place {
	WORDS_TOP     = 1,	/* outside of every block */
	WORDS_SERVICE = 2,	/* in a service's */
	WORDS_BOTH    = 3	/* outside: a default for the services below */
};

enum words_kind {
	WORDS_STRUCTURE,	/* service, include */
	WORDS_GLOBAL,		/* said once, of the whole; read at the start */
	WORDS_GENERATIONS,	/* the same, but read at each reload */
	WORDS_LISTEN,
	WORDS_HANDLER,		/* what is served, and so the kind */
	WORDS_ENABLED,
	WORDS_LOG,		/* log, log-level: the daemon's, not the library's */
	WORDS_LIBRARY
};

/* Of maximum-generations. */
enum { WORDS_LEAST = 2, WORDS_MOST = 4096, WORDS_USUAL = 64 };

struct words_word {
	struct brood_word is;
	enum words_place place;
	enum words_kind kind;
};

/* The i-th word of the file, into *w; false: there are no more. */
bool words_get(unsigned i, struct words_word *w);

bool words_find(const char *name, struct words_word *w);

/* The word of that place that is meant by one that is none; NULL: no idea. */
const char *words_near(const char *name, enum words_place place);

/* All words, one a line, fields separated by tabs: name, place, value, range,
 * default, kinds, since, how often (one, many), what a change of it does
 * (live, replaced, reload, restart), help. */
void words_print(FILE *out);

#endif
