/* wait.h - the place where all children of one generation wait.
 *
 * One epoll instance that the master makes and every child uses: a child
 * comes into the world with everything it needs to wait, at no system call.
 * Listeners are in it edge-triggered, so that a client wakes exactly one
 * child, however many wait and however many listeners there are.  An edge
 * can be spent by one child for two clients, so whoever took a client passes
 * the baton: wait_pass() asks the kernel to look again (tests/model/retire.c
 * explores that no client is left waiting).
 *
 * Two other ways for other work.  Children that serve one client after the
 * other (WAIT_OWN) have an epoll each, with EPOLLEXCLUSIVE: the kernel wakes one
 * for each client, and nobody need pass on anything.  Where one program gets
 * the listener itself (WAIT_CLAIM), an event is reported once (EPOLLONESHOT),
 * until wait_pass() says that the listener may be looked at again.
 *
 * The farewell is a semaphore (eventfd(2)): each child that takes one from it
 * leaves.  The lifeline is the master's pidfd: it is readable when the master
 * is dead, and needs no closing in every child as a pipe's write end does
 * (which is what takes its place where pidfd_open(2) is lacking).
 * Floor 2 (os). */
#ifndef OS_WAIT_H
#define OS_WAIT_H

#include <stdbool.h>

#include "tools/err.h"

enum {
	WAIT_LISTENERS = 256,
	WAIT_FAREWELL = 0xfffe,	/* tags; below them: a listener's number */
	WAIT_LIFELINE = 0xffff
};

enum wait_way { WAIT_BATON, WAIT_OWN, WAIT_CLAIM };

struct wait {
	enum wait_way way;
	int epoll_fd;
	int farewell_fd;
	int lifeline_fd;
	int hold_fd;		/* without pidfd_open(2): a pipe's write end */
	unsigned n;
	int listener[WAIT_LISTENERS + 1];	/* borrowed, not owned; one for
					 * the pool's own use */
};

/* Make a place to wait on n listeners.  0, or -1 with errno and *e. */
int wait_open(struct wait *w, enum wait_way way, const int *listeners,
    unsigned n, struct err *e);

/* What a child does first: where it shall wait, an epoll, or minus an errno.
 * Safe in a child. */
long wait_enter(const struct wait *w);

/* Look again at one listener: if clients are queued one child is woken.
 * Safe in a child. */
void wait_pass(const struct wait *w, unsigned i);

/* Look again at all, after a child died that may have been woken for a
 * client, or have spent its edge. */
void wait_pass_all(const struct wait *w);

/* Ask n children to leave; take back what nobody has heeded yet. */
void wait_farewell(const struct wait *w, unsigned n);
void wait_take_back(const struct wait *w);

/* Where a farewell wakes one child only, wake another.  Safe in a child. */
void wait_nudge(const struct wait *w);

/* Take one farewell: true if it is for the caller.  Safe in a child. */
bool wait_heed(const struct wait *w);

/* Tell all to leave and close the master's side. */
void wait_close(struct wait *w);

#endif
