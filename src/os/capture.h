/* capture.h - one socket that is standard error for all programs of a pool.
 *
 * The kernel tells with every chunk who wrote it (SO_PASSCRED, unix(7)), so
 * lines are told apart without a pipe for each child.  Floor 2 (os). */
#ifndef OS_CAPTURE_H
#define OS_CAPTURE_H

#include <stddef.h>
#include <sys/types.h>

#include "tools/err.h"

enum { CAPTURE_WRITERS = 32, CAPTURE_LINE = 1000 };

struct capture {
	int read_fd;
	int write_fd;		/* what 2 becomes */
	unsigned tick;
	struct { pid_t who, leader; } known[64];	/* who wrote lately */
	struct capture_writer {
		pid_t pid;	/* 0 = free */
		unsigned used_at;
		size_t n;
		char text[CAPTURE_LINE];
	} writer[CAPTURE_WRITERS];	/* lines not yet ended */
};

/* Called for each whole line, without its newline. */
typedef void capture_fn(pid_t pid, const char *line, size_t n);

int capture_open(struct capture *c, struct err *e);
void capture_close(struct capture *c);

/* Take what was written, at most a fair share; never blocks.  The pid is
 * that of the session's leader, which is the child's, if it still lives.
 * -1: somebody has shut the socket down, nothing more will come. */
int capture_take(struct capture *c, capture_fn *fn);

/* This child has ended: its unfinished line is a line. */
void capture_ended(struct capture *c, pid_t pid, capture_fn *fn);

#endif
