/* options.h - the command line: the daemon's own words, and the service's.
 * Floor 5 (brood). */
#ifndef BROOD_OPTIONS_H
#define BROOD_OPTIONS_H

#include <stdbool.h>

#include "lib/brood.h"
#include "tools/err.h"

struct options {
	struct brood *service;	/* its words are set already */
	const char *addresses;
	char **program;		/* and its arguments; NULL with a built-in */
	const char *builtin;
	const char *file, *inetd, *xinetd;
	bool check, print, convert, require_all, words;
	const char *worded;	/* a word of a service that was given; NULL */
	const char *control;
	const char *handover;	/* another image's: a descriptor; NULL */
	bool rehearse;
	char **argv;		/* as we were started */
	const char *pidfile;
	const char *log;	/* NULL = by --daemon */
	const char *level;
	const char *folder;	/* --chdir; NULL = none */
	const char *kind;
	const char *reply_rate;
	const char *name;	/* NULL = none */
	const char *user;
	bool daemon;
	bool quiet, verbose;
	bool leveled;		/* how much is logged was said */
	bool stderr_pass;
	int ready_fd;		/* -1 = none */
};

enum options_end {
	OPTIONS_RUN,		/* one service */
	OPTIONS_FILE,		/* those of a file */
	OPTIONS_DONE,		/* --help, --version: all was printed */
	OPTIONS_WRONG		/* *e says what */
};

/* Read argv.  Pointers into it are kept. */
enum options_end options_read(struct options *o, int argc, char **argv,
    struct err *e);

#endif
