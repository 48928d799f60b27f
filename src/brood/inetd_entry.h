/* inetd_entry.h - one entry of an inetd.conf, and the service that it is.
 *
 * How it is read: inetd.h.  Floor 5 (brood). */
#ifndef BROOD_INETD_ENTRY_H
#define BROOD_INETD_ENTRY_H

#include <stdbool.h>

#include "brood/old.h"

/* Its words, before the arguments. */
enum {
	INETD_SERVICE, INETD_TYPE, INETD_PROTO, INETD_WAIT, INETD_USER,
	INETD_PROGRAM, INETD_FIELDS
};

/* What it says, and what was said above it. */
struct inetd_entry {
	struct old_words w;		/* INETD_FIELDS at least */
	bool quoted;			/* some of them */
	struct old_word hosts;		/* if it has none; text NULL: * */
	struct file_place policy;	/* the last `#@' line; line 0: none */
};

/* Into the list, or a mistake. */
void inetd_entry(struct old *o, const struct inetd_entry *in);

#endif
