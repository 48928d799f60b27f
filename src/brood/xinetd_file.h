/* xinetd_file.h - the entries of a xinetd.conf and of all it includes, as they
 * were written: attributes and their values, not yet what they mean.
 *
 * Floor 5 (brood). */
#ifndef BROOD_XINETD_FILE_H
#define BROOD_XINETD_FILE_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/queue.h>
#include <sys/types.h>

#include "brood/file.h"
#include "brood/old.h"

enum xinetd_how {
	XINETD_HONOUR,		/* we have the like */
	XINETD_NOTE,		/* it has no equal, and that harms nobody */
	XINETD_REFUSE		/* without it more would be let in than before */
};

struct xinetd_attribute {
	const char *name;
	enum { XINETD_SERVICE = 1, XINETD_DEFAULTS = 2, XINETD_BOTH = 3 } place;
	bool set;		/* += and -=, and may be said again */
	unsigned least, most;	/* values */
	enum xinetd_how how;
	const char *why;	/* NOTE, REFUSE */
};

struct xinetd_given {
	STAILQ_ENTRY(xinetd_given) next;
	const struct xinetd_attribute *a;
	enum { XINETD_SET, XINETD_ADD, XINETD_TAKE } op;
	struct file_place at;
	unsigned n;
	const struct old_word *value;
};

struct xinetd_entry {
	STAILQ_ENTRY(xinetd_entry) next;
	struct file_place at;		/* of its name */
	const char *name;
	STAILQ_HEAD(, xinetd_given) given;
	bool broken;			/* it has a mistake already */
};

struct xinetd_file {
	struct old o;
	STAILQ_HEAD(, xinetd_entry) entries;
	struct xinetd_entry *defaults;	/* or NULL */
	struct old_words w;		/* of the line that is read */
	bool full;			/* read no further */
	size_t bytes;			/* of all files so far */
	struct file_trail trail;
};

/* Begin with none, then read. */
void xinetd_file_begin(struct xinetd_file *x, struct directives *to,
    struct mistakes *m, bool convert);
void xinetd_file_read(struct xinetd_file *x, const char *path,
    const struct file_place *by);
void xinetd_file_text(struct xinetd_file *x, const char *name,
    const char *text, size_t size);

/* The first attribute of that name, or NULL.  e may be NULL. */
const struct xinetd_given *xinetd_given(const struct xinetd_entry *e,
    const char *name);

/* Is that one of the values of the attribute? */
bool xinetd_has(const struct xinetd_entry *e, const char *name,
    const char *value);

/* The row of a table that has the name; NULL, and "; did you mean ..." in
 * buf, or nothing if there is no idea. */
const struct xinetd_attribute *xinetd_row(const struct xinetd_attribute *row,
    size_t n, const char *name, char buf[80]);

#endif
