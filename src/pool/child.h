/* child.h - what a child of the pool does: waits, accepts, hands over.
 *
 * In shared memory it runs on its parent's memory until it becomes a
 * program: raw system calls only, nothing of libc that writes anything.
 * Signals are blocked except inside the wait, so none can fall between the
 * kernel's giving of a connection and the program's having it.
 * Floor 3 (pool). */
#ifndef POOL_CHILD_H
#define POOL_CHILD_H

#include <stdbool.h>

#include "os/board.h"
#include "os/wait.h"
#include "pool/handler.h"

/* What a child must know of a listener. */
struct child_listener {
	bool local_varies;	/* ask each connection for its local address */
	bool is_unix;
	struct addr bound;
	char path[112];		/* unix: for the program's environment */
};

/* All that the children of one generation share; never changes while one of
 * them has not become a program. */
struct child_task {
	struct board *board;
	struct wait wait;
	pid_t master_pid;
	int bell_fd;
	int shut_fd;		/* not for children, but open until all is
				 * ready: close it; -1 = none */
	const struct handler *handler;
	struct child_listener listener[WAIT_LISTENERS];
};

/* A launch_fn: task is a struct child_task. */
_Noreturn void child_main(const void *task, unsigned seat);

enum { CHILD_EXIT_LEFT = 0, CHILD_EXIT_FAILED = 111 };

#endif
