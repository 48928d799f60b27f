/* tree.h - a configuration as it was written: directives, their words and
 * blocks, where each stands, and the mistakes found in them.
 *
 * Lives in throw-away processes: memory is never given back, and where there
 * is none the process ends with EXIT_SYSTEM.  Floor 5 (brood). */
#ifndef BROOD_TREE_H
#define BROOD_TREE_H

#include <stdbool.h>
#include <stdio.h>
#include <sys/queue.h>

struct tree_word {
	const char *text;
	unsigned column;	/* from 1; 0 = nowhere: it was made up */
};

STAILQ_HEAD(directives, directive);

struct directive {
	STAILQ_ENTRY(directive) next;
	const char *file;
	unsigned line;		/* from 1 */
	unsigned n;		/* words; the first is its name */
	struct tree_word *word;
	bool block;		/* it has one, perhaps empty */
	struct directives children;
	const char *comment;	/* lines to print above it, without `#'; or
				 * NULL.  With n 0 it is all there is. */
};

/* Append a directive to a list, without words yet. */
struct directive *tree_add(struct directives *to, const char *file,
    unsigned line);

/* Append a word; text is copied. */
void tree_word(struct directive *d, const char *text, unsigned column);

/* Append a directive with these words, ended by NULL, all made up of what
 * stands at file:line:column. */
struct directive *tree_say(struct directives *to, const char *file,
    unsigned line, unsigned column, ...) __attribute__((sentinel));

/* Add lines to its comment. */
void tree_comment(struct directive *d, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));

/* Print as a file that reads back to the same tree. */
void tree_print(const struct directives *list, FILE *out);

/* A copy of a text that lives for ever. */
char *tree_copy(const char *text);
void *tree_make(size_t size);		/* zeroed */

/* ---- mistakes: one line each on a stream, at most so many ---- */

enum { MISTAKES_MOST = 20 };

struct mistakes {
	FILE *out;
	unsigned n;
};

/* "file:line:column: what, what was expected"; column 0: without it, line 0:
 * without both.  More than MISTAKES_MOST are counted only. */
void mistake(struct mistakes *m, const char *file, unsigned line,
    unsigned column, const char *fmt, ...)
    __attribute__((format(printf, 5, 6)));

/* The same at a word of a directive: the word-th, from 0, or its last. */
void mistake_at(struct mistakes *m, const struct directive *d, unsigned word,
    const char *fmt, ...) __attribute__((format(printf, 4, 5)));

/* Says that there were more than were shown, if so. */
void mistakes_end(struct mistakes *m);

#endif
