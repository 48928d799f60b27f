/* lines.h - lines that come by a connection, and who wrote each.
 * Floor 4 (lib). */
#ifndef LIB_LINES_H
#define LIB_LINES_H

#include <stdbool.h>
#include <stddef.h>

#include "lib/caller.h"
#include "rules/request.h"

/* All zero is an empty one. */
struct lines {
	char text[REQUEST_BYTES];
	size_t used;
	struct caller by;	/* the least of those who wrote the first line */
	struct caller last;	/* who sent the last piece */
};

enum lines_came { LINES_NOTHING, LINES_SOME, LINES_END };

/* Receive a piece, while there is no whole line yet.  The end is also a
 * failure, which is the end of what somebody sends. */
enum lines_came lines_take(struct lines *l, int fd, const struct callers *c,
    const struct caller *connected);

/* The first line's length, without its newline; -1 if none is complete. */
ssize_t lines_first(const struct lines *l);

static inline bool
lines_are_full(const struct lines *l)
{
	return l->used == sizeof l->text;
}

/* The first line, of n bytes, is done with. */
void lines_drop(struct lines *l, size_t n);

#endif
