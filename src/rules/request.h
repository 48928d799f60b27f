/* request.h - one line of the control protocol, taken apart.
 *
 * A line is words, written as in a configuration file (rules/scfg.h): bare,
 * or between quotes.  No byte of it is a control character.
 * Pure.  Floor 1 (rules). */
#ifndef RULES_REQUEST_H
#define RULES_REQUEST_H

#include <stddef.h>

#include "rules/scfg.h"

enum {
	REQUEST_BYTES = 4096,	/* most in a line, with its newline */
	REQUEST_WORDS = 64	/* most in a line */
};

/* Big: not for a small stack. */
struct request {
	unsigned n;
	const char *word[REQUEST_WORDS + 1];	/* NULL behind the last */
	struct scfg_line line;			/* where they are */
};

enum request_is {
	REQUEST_GOOD,
	REQUEST_BAD,		/* no request, but the next line may be one */
	REQUEST_FOUL		/* no text at all: expect nothing of the rest */
};

/* Read a line of n bytes, without its newline.  If it is not good, *why_r
 * says what was expected; a constant. */
enum request_is request_read(struct request *r, const char *line, size_t n,
    const char **why_r);

#endif
