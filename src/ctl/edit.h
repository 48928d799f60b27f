/* edit.h - changes words of one service in the text of a configuration file,
 * and not a byte besides.
 *
 * Pure but for memory.  Floor 5 (ctl). */
#ifndef CTL_EDIT_H
#define CTL_EDIT_H

#include <stddef.h>

enum { EDIT_WORDS = 32 };	/* most at once */

enum edit_end {
	EDIT_DONE,
	EDIT_NO_SERVICE,	/* the text has no such block */
	EDIT_BAD		/* the text is not as it should be: why */
};

struct edit_why {
	unsigned line, column;	/* from 1 */
	char text[160];
};

/* What a walk through a text tells of `include GLOB' lines. */
typedef int edit_include_fn(const char *pattern, void *arg);

/* Give each of n words (words[0] its name, words[1] its value, words[2] the
 * next name) its value in the block `service NAME {': where it stands, or in a
 * new line at the end of the block, indented like the others.  With
 * EDIT_DONE the new text is the caller's to free. */
enum edit_end edit_words(const char *text, size_t size, const char *service,
    unsigned n, char *const *words, char **new_r, size_t *size_r,
    struct edit_why *why);

/* Does the text have them so?  EDIT_BAD, and why, if not. */
enum edit_end edit_check(const char *text, size_t size, const char *service,
    unsigned n, char *const *words, struct edit_why *why);

/* Is the service's block in this text?  Each include at the outermost level is
 * told to fn, if that is not NULL; what it returns but 0 ends the walk, with
 * EDIT_BAD and *why untouched. */
enum edit_end edit_look(const char *text, size_t size, const char *service,
    edit_include_fn *fn, void *arg, struct edit_why *why);

#endif
