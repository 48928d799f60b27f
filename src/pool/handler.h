/* handler.h - what a child does with its work.
 *
 * Of the five kinds (a table, when there are more) this is `exec`: the child
 * becomes a program when work comes, and is given the connection as 0 and 1.
 * Called in children that may share their parent's memory: raw system calls
 * only.  Floor 3 (pool). */
#ifndef POOL_HANDLER_H
#define POOL_HANDLER_H

#include <stdbool.h>
#include <sys/resource.h>

#include "os/board.h"

enum { HANDLER_ENV = 384, HANDLER_LIMITS = 16 };

struct handler {
	const char *path;	/* absolute */
	bool linger;		/* stay beside the program; pool/linger.h */
	char *const *argv;
	unsigned nenv;
	char *env[HANDLER_ENV];	/* what every program gets */
	unsigned nlimits;
	struct {
		const char *name;	/* for messages */
		int resource;
		struct rlimit value;
	} limit[HANDLER_LIMITS];
};

struct child_listener;

/* At birth: an own session, and the resource limits.  0 or minus an errno. */
long handler_dress(const struct handler *h);

/* Become the program, with fd as 0 and 1.  live: connections of the same
 * source, this one included.  Returns only if that failed: minus an errno,
 * and the connection was ended so that the client reads its end. */
long handler_become(const struct handler *h, struct seat *s,
    const struct child_listener *l, unsigned live, int fd);

#endif
