/* child.h - what a child of the pool knows, and may do.
 *
 * In shared memory it runs on its parent's memory until it becomes a
 * program: raw system calls only, nothing of libc that writes anything.
 * Floor 3 (pool). */
#ifndef POOL_CHILD_H
#define POOL_CHILD_H

#include <stdbool.h>

#include "os/board.h"
#include "os/wait.h"
#include "pool/handler.h"
#include "rules/episode.h"

/* What a child must know of a listener. */
struct child_listener {
	unsigned id;		/* its place among the board's claims */
	int type;		/* SOCK_STREAM ... */
	bool local_varies;	/* ask each connection for its local address */
	bool is_unix;
	bool is_strays;		/* datagrams that were passed on; pool/peer.h */
	struct addr bound;
	char path[112];		/* unix: for the program's environment */
};

enum { CHILD_FOREIGN = 18 };	/* most of a master's own descriptors */

/* What is open at a child's birth and is not for children: they have copies,
 * to be closed at once.  The master writes it before; what it opens and closes
 * later is another's number, or nobody's. */
struct child_birth {
	unsigned nforeign;
	int foreign[CHILD_FOREIGN];
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
	int stderr_fd;		/* becomes 2; -1 = 2 stays */
	int stray_fd;		/* where to pass those on */
	const struct child_birth *birth;	/* of each seat */
	bool timed;		/* sessions may be too long */
	unsigned recycle_after;	/* inline: leave after so many clients; 0 = no */
	const struct handler *handler;
	bool tells_watchdog;	/* ... and that they must say it again */
	char **told;		/* workers: NAME=VALUE of their listeners and
				 * how to say that they are ready; ends in
				 * NULL */
	struct child_listener listener[WAIT_LISTENERS + 1];
};

struct child {
	const struct child_task *task;
	unsigned number;	/* of the seat */
	struct seat *seat;
	int epoll_fd;
	/* Kinds that never become a program: */
	unsigned leave_after;	/* clients; 0 = never */
	unsigned looks;		/* clients so far, for a look at ... */
	int first_fd;		/* ... the lowest free descriptor at first; or -1 */
	uint32_t dropped;	/* datagrams, by the kernel */
	struct episode refused, lost;
};

enum { CHILD_EXIT_LEFT = 0, CHILD_EXIT_FAILED = 111 };

/* ---- for the rows of handlers */

/* Ring, unless somebody has and the master has not yet heard it. */
void child_tell(const struct child *c);

/* Take a connection from listener i, its peer into the seat; -1 if there is
 * none (any more).  flags as of accept4(2). */
int child_accept(struct child *c, unsigned i, int flags);

/* Listener i gave an error, the n-th in a row: tell the master, and pause,
 * so that nothing spins. */
void child_trouble(struct child *c, unsigned i, long r, unsigned n);

/* There is work, and whose is in the seat: say so to all. */
void child_take(struct child *c);

/* The work of n clients is done: wait for more, or leave. */
void child_done(struct child *c, unsigned n);

/* Into the seat: the local address, and the user, of a connection. */
void child_ask_local(struct child *c, int fd);
void child_ask_user(struct child *c, int fd);

_Noreturn void child_fail(const struct child *c, enum seat_step step, long r);
_Noreturn void child_leave(const struct child *c);

#endif
