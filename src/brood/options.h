/* options.h - the command line: one table of words.  Floor 5 (brood). */
#ifndef BROOD_OPTIONS_H
#define BROOD_OPTIONS_H

#include <stdbool.h>
#include <stdio.h>

#include "lib/master.h"
#include "tools/log.h"

enum { OPTIONS_ENV = 256 };

struct options {
	struct service service;
	const char *program;	/* as written */
	const char *argv0;
	const char *user;
	const char *pidfile;
	const char *log;	/* NULL = by --daemon */
	enum log_level level;
	bool daemon;
	int no_new_privs;	/* -1 = by --user */
	int nenv;
	const char *env[OPTIONS_ENV];	/* NAME, NAME=VALUE or * */
};

enum options_end {
	OPTIONS_RUN,
	OPTIONS_DONE,		/* --help, --version: all was printed */
	OPTIONS_WRONG		/* *e says what */
};

/* Read argv.  Pointers into it are kept. */
enum options_end options_read(struct options *o, int argc, char **argv,
    struct err *e);

#endif
