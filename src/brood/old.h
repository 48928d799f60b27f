/* old.h - how the readers of inetd's and xinetd's files read: lines and words
 * with their places.  What becomes of them: old_service.h.
 *
 * In a throw-away process, as tree.h.  Floor 5 (brood). */
#ifndef BROOD_OLD_H
#define BROOD_OLD_H

#include <stdbool.h>
#include <stddef.h>

#include "brood/file.h"
#include "brood/tree.h"

enum {
	OLD_WORDS = 500,	/* most of one line or entry: fewer than a
				 * directive of ours may have */
	OLD_MOST  = 100000	/* words in all */
};

struct old {
	struct mistakes *m;
	struct directives *to;
	bool convert;		/* refused services are switched off instead */
	unsigned nservices, nwords;
	struct scfg_line *scratch;
};

void old_begin(struct old *o, struct directives *to, struct mistakes *m,
    bool convert);
void old_finish(struct old *o);

/* Is there room for one more service?  Else a mistake: then read no further. */
bool old_room(struct old *o, const struct file_place *at);

struct old_text {
	const char *file;
	const char *at, *end;
	unsigned line;		/* of the last old_line(); 0 = none yet */
};

/* False, and a mistake, if there is a NUL byte. */
bool old_open(struct old *o, struct old_text *t, const char *file,
    const char *text, size_t size);

/* The next line, without its newline. */
bool old_line(struct old_text *t, const char **line_r, size_t *n_r);

/* Is it UTF-8 without control bytes?  Else there is a mistake. */
bool old_check(struct old *o, const struct old_text *t, const char *line,
    size_t n);

struct old_word {
	const char *text;
	struct file_place at;
};

struct old_words {
	unsigned n;
	struct old_word word[OLD_WORDS];
};

/* Append what is between blanks.  With quotes, a word that begins with ' or "
 * goes to the next such; they are not part of it, and *quoted_r is set.
 * False, and a mistake: a quote without its end, or too many words. */
bool old_split(struct old *o, const struct old_text *t, const char *line,
    size_t n, bool *quoted_r, struct old_words *w);

/* A number of digits from min to max. */
bool old_number(const char *text, unsigned min, unsigned max, unsigned *n_r);

#endif
