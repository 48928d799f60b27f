/* file.h - a configuration file with all it includes, as a tree.
 *
 * `include GLOB' at the outermost level stands for what the files have that
 * match, sorted by name; a relative one is looked for beside the file that
 * says so.  Floor 5 (brood). */
#ifndef BROOD_FILE_H
#define BROOD_FILE_H

#include <stddef.h>
#include <sys/types.h>

#include "brood/tree.h"

enum {
	FILE_BYTES = 16 << 20,	/* most, of all together */
	FILE_DEPTH = 8,		/* includes in each other */
	FILE_MOST  = 4096,	/* files */
	FILE_LINES = 1 << 18	/* directives, of all together */
};

/* Where a file was named, for the mistake that it cannot be read. */
struct file_place {
	const char *file;
	unsigned line, column;
};

/* The bytes of a file, with a NUL behind them.  NULL, and a mistake: it is
 * none that can be read at once (a folder, a FIFO), is too big, keeps
 * changing, or, where we are root, somebody else may write it. */
char *file_load(const char *path, size_t *size_r, const struct file_place *by,
    struct mistakes *m);

/* The files that are being read, each included by the one before it. */
struct file_trail {
	unsigned files;		/* all so far, those that are read, too */
	unsigned depth;
	struct { dev_t dev; ino_t ino; } open[FILE_DEPTH + 1];
};

/* Go into one.  NULL, and file_leave() is due; or why it must not be read. */
const char *file_enter(struct file_trail *t, const char *path);
void file_leave(struct file_trail *t);

/* Append what the file says. */
void file_read(const char *path, struct directives *to, struct mistakes *m);

/* The same with its text at hand; includes are relative to where we are. */
void file_read_text(const char *name, const char *text, size_t size,
    struct directives *to, struct mistakes *m);

#endif
