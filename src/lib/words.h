/* words.h - one table holds every word of a service: its kind, range,
 * default and help, and how it is read.
 *
 * brood_word() hands its rows out.  Floor 4 (lib). */
#ifndef LIB_WORDS_H
#define LIB_WORDS_H

#include "lib/brood.h"
#include "tools/err.h"

struct settings;

enum { WORDS_MOST = 64 };	/* each has a bit in settings.given */

/* The i-th word, or NULL. */
const struct brood_word *word_at(unsigned i);

/* The number of the word of that name (NULL: of none), or -1. */
int word_number(const char *name);

/* Is kind one of the word's kinds? */
bool word_is_for(unsigned i, const char *kind);

/* Read the value of the i-th word; a text is not copied.  0, or -1 with errno
 * EINVAL, and *e: what was expected. */
int word_read(struct settings *o, unsigned i, const char *value,
    struct err *e);

#endif
