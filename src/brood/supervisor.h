/* supervisor.h - serves a file: one master a service.  brood(8).
 * Floor 5 (brood). */
#ifndef BROOD_SUPERVISOR_H
#define BROOD_SUPERVISOR_H

#include <stdbool.h>

#include "brood/handover.h"
#include "brood/loader.h"
#include "brood/plain.h"
#include "tools/err.h"

struct supervisor_options {
	struct source source;
	bool require_all;	/* a service that cannot start: end */
	int ready_fd;		/* gets a newline; -1 = none */
	const char *control;	/* instead of the file's; NULL = by the file */
	const char *log;	/* of masters, unless theirs say otherwise ... */
	const char *level;
	bool log_said;		/* ... but these were said for all of them */
	bool level_said;
	const char *pidfile;	/* absolute; "" = none ... */
	int lock_fd;		/* ... and its descriptor; -1 */
	char *const *argv;	/* to be started again with */
	const struct handover *handover;	/* from an image before; NULL */
	bool rehearse;		/* for supervisor_rehearse() */
	const char *title;	/* of the process: the file */
	void (*ready)(void *);	/* called once */
	void *arg;
};

/* See whether a supervisor could go on with a handover, say so, and wait to be
 * killed.  Returns if it could not: -1 with *e. */
int supervisor_rehearse(const struct supervisor_options *o,
    struct plain *plain, struct err *e);

/* Serve what plain says, which is the supervisor's from now on, until told to
 * stop.  Returns an exit status, and *e if it is not EXIT_STOPPED. */
int supervisor_run(const struct supervisor_options *o, struct plain *plain,
    struct err *e);

#endif
