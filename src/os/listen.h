/* listen.h - one bound socket.
 *
 * IPV6_V6ONLY is set on every IPv6 socket, whatever the system's habit, so
 * that both families can have a port (ipv6(7)).  A unix socket is bound under
 * a temporary name and renamed into place when it listens, under a lock on
 * its folder: a live server's is never taken, a dead one's is replaced.
 * Floor 2 (os). */
#ifndef OS_LISTEN_H
#define OS_LISTEN_H

#include <stdbool.h>
#include <sys/types.h>

#include "tools/addr.h"
#include "tools/err.h"

/* What to open. */
struct listen_spec {
	struct addr at;
	unsigned backlog;
	mode_t mode;		/* of a unix socket's path */
	uid_t uid;		/* its owner; -1 = leave */
	gid_t gid;
};

struct listener {
	int fd;
	struct addr asked;	/* as resolved: the port may be 0 */
	struct addr bound;	/* as it is */
	bool inherited;		/* somebody else's: never unlinked */
	bool wildcard;		/* the local address differs by connection */
	bool unwanted;		/* to be closed when its queue is empty */
	bool closing;		/* which it is */
	dev_t dev;		/* of a unix path we made; ino 0 = none */
	ino_t ino;
	unsigned backlog;
};

/* Open, bind and listen.  0; or -1 with errno and *e set ("cannot bind
 * [::]:7: Address already in use"), and nothing left behind. */
int listen_open(struct listener *l, const struct listen_spec *s, struct err *e);

/* Take a socket that was inherited: must be a listening stream socket.  It
 * becomes close-on-exec and non-blocking.  0, or -1 with *e. */
int listen_adopt(struct listener *l, int fd, const char *name, struct err *e);

/* Are clients waiting in its queue right now? */
bool listen_queued(const struct listener *l);

/* Somebody may have shut a shared listener down: make it listen again if it
 * does not (true if that was needed). */
bool listen_revive(const struct listener *l);

/* Close; a unix path is removed if it is still the one we made.  -1 with
 * errno if it could not be. */
int listen_close(struct listener *l);

#endif
