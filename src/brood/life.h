/* life.h - what a process of brood is to those who started it: in the
 * foreground or not, with a pid file or not, heard when its start fails.
 * Floor 5 (brood). */
#ifndef BROOD_LIFE_H
#define BROOD_LIFE_H

#include <bsd/libutil.h>
#include <limits.h>
#include <stdbool.h>

#include "tools/err.h"

struct life {
	struct pidfh *pidfile;	/* locked; NULL = none */
	int lock_fd;		/* ... or another image of us had locked it; -1 */
	char path[PATH_MAX];	/* its name, if it has not lost it */
	int parent_fd;		/* --daemon: gets the exit status; -1 = none */
	int stderr_fd;		/* ours, while 2 is what programs have; -1 */
	bool logging;		/* a start that fails is told to the log, too */
};

/* Close what we were not meant to have, but for inherited listeners and keep;
 * a pipe of whoever started us would stay open for as long as we run.  -1 with
 * *e: keep is not open. */
int life_close_foreign(int keep, struct err *e);

/* Each line of *e, to fd. */
void life_complain(int fd, const struct err *e);

/* A path that is good wherever we work.  0 or -1 with *e. */
int life_absolute(const char *what, const char *path, char whole_r[PATH_MAX],
    struct err *e);

/* Lock the pid file; what is in it is still a predecessor's.  -1 with *e:
 * EXIT_RUNNING if another instance has it. */
int life_lock(struct life *life, const char *path, struct err *e);

/* Go on with the lock of another image of us, which was this process: there
 * is nothing to write.  -1 with *e: it is no such file. */
int life_resume(struct life *life, int fd, ino_t id, const char *path,
    struct err *e);

/* The descriptor of the lock; -1 = none. */
int life_lock_fd(const struct life *life);

/* Write our pid there; nothing without a pid file. */
int life_write(struct life *life, const char *path, struct err *e);

/* Go to the background; the parent waits until life_tell(), prints what that
 * says and ends with its status.  -1 with *e. */
int life_background(struct life *life, struct err *e);

/* What the parent of a daemon is told, in one write, once. */
void life_tell(struct life *life, const struct err *e);

/* The end of it, with the pid file's, unless somebody else's has that name by
 * now, and the log's: of a failure each line of *e is told wherever somebody
 * may look for it. */
void life_end(struct life *life, const struct err *e);

/* A daemon and its programs would hold on to the terminal, or to the pipe of
 * whoever started it; a file is there on purpose. */
void life_leave_terminal(void);

#endif
