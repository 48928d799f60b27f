/* settings.h - a service as its user words it, until it is one.
 *
 * Its words are those of lib/words.h.  Floor 4 (lib). */
#ifndef LIB_SETTINGS_H
#define LIB_SETTINGS_H

#include <stdbool.h>
#include <sys/queue.h>

#include "lib/master.h"

enum { SETTINGS_ENV = 256 };

struct settings_text {
	SLIST_ENTRY(settings_text) next;
	char text[];
};

struct settings {
	struct service service;
	struct plan_limits limits;	/* as asked; the service has what
					 * follows from them */
	uint64_t given;		/* a bit for each word that was set */
	const char **argv;	/* ours; the program's */
	const char *program;	/* as written; NULL = none */
	const char *argv0;
	const char *name;	/* NULL = by the addresses */
	const char *user;
	const char *groups;	/* NULL = the user's */
	char control[ADDRESS_PATH_SIZE];	/* made absolute */
	int no_new_privs;	/* -1 = by the user */
	int nenv;
	const char *env[SETTINGS_ENV];	/* NAME, NAME=VALUE or * */
	SLIST_HEAD(, settings_text) kept;	/* all the texts above */
};

void settings_init(struct settings *o);
void settings_free(struct settings *o);

/* Set a word; value is copied.  0, or -1 with errno (EINVAL) and *e. */
int settings_set(struct settings *o, const char *name, const char *value,
    struct err *e);

/* The same of several while it runs: only what may change then (errno EBUSY:
 * not that one), and all or, if they do not fit together, none. */
int settings_live(struct settings *o, unsigned n, const char *const word[],
    const char *const value[], struct err *e);

/* The program and its arguments; copied. */
int settings_program(struct settings *o, char *const argv[], struct err *e);

/* What the service is called unless a word says so: its addresses. */
int settings_name(struct settings *o, const char *addresses, struct err *e);

/* Check all together, look up the user, find the program.  0, or -1 and *e. */
int settings_finish(struct settings *o, struct err *e);

/* Would that work?  Addresses are not needed; o stays as it is.  program: try
 * that, too, with the rights it will have. */
int settings_check(const struct settings *o, bool program, struct err *e);

#endif
