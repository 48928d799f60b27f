/* launch.h - makes a child, cheaply where that is possible.
 *
 * Shared: clone3(CLONE_VM) on a small stack of its own with a guard page
 * below.  The child uses its parent's memory until it executes a program, so
 * it must run straight-line code with raw system calls only (os/sys.h): no
 * malloc, no stdio, no lock, no errno.  Own: fork(2).
 *
 * A shared child that ends without having executed a program is told by
 * launch_signal() instead of SIGCHLD, so the two ends can be told apart.
 * Floor 2 (os). */
#ifndef OS_LAUNCH_H
#define OS_LAUNCH_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "tools/err.h"

struct launch {
	bool shared;
	bool embedded;		/* signals and threads are the caller's */
	char *stacks;		/* reserved for every seat, made on first use */
	size_t stack_bytes;	/* of one, with its guard page */
	unsigned nstacks;
	unsigned made;		/* stacks below this one may be used */
	_Atomic int32_t *using;	/* by seat: not 0 while the child uses our memory */
};

/* What runs in the child; must not return. */
typedef void launch_fn(const void *task, unsigned seat);

/* Can this system, processor and build share memory at all?  Tries it. */
bool launch_can_share(void);

/* The signal that tells the end of a shared child that waited. */
int launch_signal(void);

int launch_open(struct launch *l, bool shared, bool embedded, unsigned nseats,
    struct err *e);
void launch_close(struct launch *l);

/* Start fn(task, seat) in a child that has all signals blocked: as the caller
 * has, or, embedded, for the child only.  The seat's former process must have been
 * waited for.  Returns the pid, or -1 with errno. */
pid_t launch_child(struct launch *l, launch_fn *fn, const void *task,
    unsigned seat);

/* Does the seat's child still use the caller's memory, and so its task?  The
 * kernel says so (CLONE_CHILD_CLEARTID, clone(2)). */
bool launch_uses(const struct launch *l, unsigned seat);

#endif
