/* resolve.h - turns addresses as written into ones that can be bound.
 *
 * In a throw-away child, because getaddrinfo(3) may hang: who asks keeps on
 * running and gives up when it likes.  Wildcards become one address per
 * family; duplicates are dropped.  Floor 2 (os). */
#ifndef OS_RESOLVE_H
#define OS_RESOLVE_H

#include <stdbool.h>
#include <stdint.h>
#include <stddef.h>
#include <sys/types.h>

#include "rules/address.h"
#include "tools/addr.h"
#include "tools/err.h"

enum { RESOLVE_MOST = 256 };

/* One address that can be bound, and the socket to make for it. */
struct resolved {
	struct addr at;
	int type;		/* SOCK_STREAM, SOCK_DGRAM, SOCK_SEQPACKET */
};

struct resolve {
	pid_t pid;		/* of the child; 0 = none */
	int fd;			/* its answers; poll for reading */
	size_t got;		/* bytes of an answer not yet whole */
	char part[512];
	bool done;
	char asking[256];	/* what is being looked up */
	unsigned n;
	struct resolved found[RESOLVE_MOST];
	struct err err;		/* one line per address that failed */
	bool failed;
};

/* Before the first resolve_next(). */
#define RESOLVE_IDLE { .fd = -1, .done = true }

/* Start resolving n addresses (fd: ones are skipped).
 * 0, or -1 with errno and *e. */
int resolve_start(struct resolve *r, const struct address *v, size_t n,
    struct err *e);

/* The same of one after the other, when the last is done: one child is asked
 * for all of them, and none for those that have nothing to look up. */
int resolve_next(struct resolve *r, const struct address *a, struct err *e);

/* Take what has come.  True when all has, or never will: then look at
 * failed and err, or n and found.  Never blocks. */
bool resolve_take(struct resolve *r);

/* Wait for it until then (monotonic ms); afterwards as above.  The child is
 * gone if the time was over. */
void resolve_wait(struct resolve *r, int64_t until_ms);

/* End the child, if it still runs, and close.  why: what is wrong if it was
 * not done, or NULL. */
void resolve_stop(struct resolve *r, const char *why);

#endif
