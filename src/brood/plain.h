/* plain.h - the plain form in memory, and what differs between two of it.
 *
 * The supervisor is root and reads nothing else: strictly, by the grammar
 * alone (rules/scfg.h); what the words mean is the masters' business.
 * Floor 5 (brood). */
#ifndef BROOD_PLAIN_H
#define BROOD_PLAIN_H

#include <stddef.h>
#include <stdint.h>
#include <sys/queue.h>
#include <sys/types.h>

#include "tools/err.h"

struct plain_word {
	const char *name;
	const char *value;	/* NULL: a flag that is set */
};

struct plain_service {
	const char *name;
	unsigned naddresses;
	const char **address;
	const char *kind;	/* exec, ... inline-wait */
	unsigned nprogram;
	const char **program;	/* and its arguments; or the built-in */
	unsigned nwords;
	struct plain_word *word;
};

struct plain {
	unsigned nglobals;
	struct plain_word *global;
	unsigned nservices;
	struct plain_service *service;
	SLIST_HEAD(, plain_text) kept;	/* all the above is in it */
	const char *text;	/* what was read */
	size_t size;
};

/* 0, or -1 with *e: then nothing is left.  text is copied. */
int plain_read(struct plain *p, const char *text, size_t size, struct err *e);
int plain_copy(struct plain *p, const struct plain *from, struct err *e);
void plain_free(struct plain *p);

/* A global word's value, or NULL. */
const char *plain_global(const struct plain *p, const char *name);

/* A service's word: its value ("" of a flag), or NULL. */
const char *plain_value(const struct plain_service *s, const char *name);

/* A duration, in milliseconds; -1: it is not said, or not one. */
int64_t plain_ms(const struct plain_service *s, const char *name);

/* "UID:GID"; -1 and -1: it is neither, or value is NULL. */
void plain_owner(const char *value, uid_t *uid_r, gid_t *gid_r);

const struct plain_service *plain_find(const struct plain *p, const char *name);

/* How much differs between a service and what it shall be? */
enum plain_change {
	PLAIN_SAME,
	PLAIN_LIMITS,		/* only what can be changed while it runs */
	PLAIN_OTHER		/* another master is needed */
};

enum { PLAIN_BECAUSE = 256 };

/* because_r: the words that differ, "exec, env". */
enum plain_change plain_compare(const struct plain_service *a,
    const struct plain_service *b, char because_r[PLAIN_BECAUSE]);

#endif
