/* loader.h - the throw-away child that reads the file.
 *
 * Parsing, names, users: all that may hang, crash or be fooled happens there;
 * what comes back is the plain form, or what is wrong.  Floor 5 (brood). */
#ifndef BROOD_LOADER_H
#define BROOD_LOADER_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/types.h>

#include "brood/plain.h"
#include "os/loop.h"
#include "tools/err.h"

enum loader_format { LOADER_BROOD, LOADER_INETD, LOADER_XINETD };

struct source {
	const char *path;
	enum loader_format format;
};

enum {
	LOADER_MS      = 30000,	/* for all of it */
	LOADER_MOST    = 64 << 20,	/* bytes of plain form */
	LOADER_MISTAKE = 1024	/* more of one is not told */
};

struct loader {
	pid_t pid;		/* 0 = none */
	int out_fd, err_fd;	/* -1 = at its end */
	char *text;		/* the plain form */
	size_t size, room;
	bool cut;		/* some of it could not be taken */
	char why[8192];		/* mistakes, a line each */
	size_t nwhy;
	int64_t until_ms;
};

/* Read and check; plain form to out, unless that is NULL; mistakes to wrong.
 * Returns an exit status.  In this process: loader_start() does it in
 * another. */
int loader_check(const struct source *s, FILE *out, FILE *wrong);

/* The file of another format as one of ours, to out.  An exit status. */
int loader_convert(const struct source *s, FILE *out, FILE *wrong);

/* 0, or -1 with *e. */
int loader_start(struct loader *l, const struct source *s, int64_t now,
    struct err *e);

/* Wake the loop for what comes.  0, or -1 with errno. */
int loader_watch(const struct loader *l, const struct loop *loop, uint32_t tag);

/* Take what has come, without blocking.  True: all has; then loader_read(). */
bool loader_take(struct loader *l);

/* Wait for its end, killing it if it did not come to one, and read what it
 * said.  An exit status; not 0: nothing is in p, e->text is the first
 * mistake, why has all. */
int loader_read(struct loader *l, struct plain *p, struct err *e);

/* The mistake that begins at *at of why, and *at is where the next begins;
 * from 0 on.  False: there are no more. */
bool loader_mistake(const struct loader *l, size_t *at,
    char one_r[LOADER_MISTAKE]);

void loader_free(struct loader *l);

/* All at once, waiting; as loader_read(). */
int loader_run(struct loader *l, const struct source *s, struct plain *p,
    struct err *e);

#endif
