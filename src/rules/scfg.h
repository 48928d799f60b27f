/* scfg.h - reads the grammar of a configuration file, a directive at a time.
 *
 *	name word "a word" 'as it is'	# a comment
 *	name word {
 *		name ...
 *	}
 *
 * A directive is a line of words, split by blanks; the last may be `{': then
 * the lines up to `}' are its block.  In a word, and between double quotes, a
 * backslash takes the next byte as it is; between single quotes nothing is
 * special.  `#' at the start of a word begins a comment, which scfg itself
 * has at the start of a line only.  Every byte but NUL, control bytes (tab is
 * one that may be) and invalid UTF-8 may stand in a word.
 * (https://git.sr.ht/~emersion/scfg)
 *
 * Pure, and without memory of its own: the caller's buffer is read, a word is
 * unquoted into the caller's line.  Floor 1 (rules). */
#ifndef RULES_SCFG_H
#define RULES_SCFG_H

#include <stdbool.h>
#include <stddef.h>

enum {
	SCFG_WORDS = 512,	/* most in one directive */
	SCFG_TEXT  = 65536,	/* most bytes of them, unquoted, each with a NUL */
	SCFG_DEPTH = 8		/* most blocks in each other */
};

struct scfg_word {
	const char *text;	/* unquoted, terminated; in the line */
	unsigned column;	/* where it begins, from 1, in bytes */
	size_t at, end;		/* its bytes in the buffer, quotes and all */
};

/* One directive.  Big: not for a small stack. */
struct scfg_line {
	unsigned line;		/* from 1 */
	unsigned n;		/* words; 1 at least */
	struct scfg_word word[SCFG_WORDS];
	bool block;		/* its block follows */
	size_t end;		/* where in the buffer its line ends: at its
				 * newline, or at the end of all */
	char text[SCFG_TEXT];
};

enum scfg_what {
	SCFG_END,		/* of the buffer */
	SCFG_DIRECTIVE,
	SCFG_CLOSE,		/* a block ends; line.line says where */
	SCFG_BAD		/* why, bad_line, bad_column; the rest of the
				 * line was skipped: one may go on */
};

struct scfg {
	const char *text;
	size_t size;
	size_t at;		/* read up to here */
	unsigned line;		/* of the next byte */
	unsigned depth;		/* blocks that are open */
	unsigned opened[SCFG_DEPTH];	/* their lines */
	const char *why;	/* of SCFG_BAD: what is wrong, and what was
				 * expected; a constant */
	unsigned bad_line, bad_column;
};

void scfg_begin(struct scfg *s, const char *text, size_t size);

/* The next piece.  After SCFG_END always SCFG_END. */
enum scfg_what scfg_next(struct scfg *s, struct scfg_line *l);

/* Write a word so that it reads back: bare where that does, else quoted.
 * Returns how long it is, without the NUL; what does not fit is cut, as with
 * snprintf(3). */
size_t scfg_quote(const char *word, char *buf, size_t size);

#endif
