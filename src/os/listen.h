/* listen.h - one bound socket.
 *
 * IPV6_V6ONLY is set on every IPv6 socket, whatever the system's habit, so
 * that both families can have a port (ipv6(7)).  A unix socket is bound under a
 * lock on its folder: a live server's is never taken, a dead one's is
 * replaced.
 * Floor 2 (os). */
#ifndef OS_LISTEN_H
#define OS_LISTEN_H

#include <stdbool.h>
#include <sys/types.h>

#include "tools/addr.h"
#include "tools/err.h"

enum { LISTEN_TEXT_SIZE = ADDR_TEXT_SIZE + 16 };

/* What to open. */
struct listen_spec {
	struct addr at;
	int type;		/* SOCK_STREAM, SOCK_DGRAM, SOCK_SEQPACKET */
	unsigned backlog;	/* of those that are connected to */
	bool blocking;		/* as programs expect it that own it */
	bool shares;		/* others of ours bind to the same port, too */
	const char *interface;	/* bind to this network interface; NULL = any */
	bool tells_senders;	/* of a unix socket: os/sender.h */
	bool at_once;		/* if its folder is locked: EAGAIN */
	mode_t mode;		/* of a unix socket's path */
	uid_t uid;		/* its owner; -1 = leave */
	gid_t gid;
};

struct listener {
	int fd;
	unsigned id;		/* the caller's: its place on the board */
	const char *name;	/* the caller's, of LISTEN_FDNAMES; or NULL */
	int type;
	bool blocking;
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

/* Open, bind and, where there are connections, listen.  0; or -1 with errno and *e set ("cannot bind
 * [::]:7: Address already in use"), and nothing left behind. */
int listen_open(struct listener *l, const struct listen_spec *s, struct err *e);

/* Take a socket that was inherited: a listening one, or one for datagrams.  It
 * becomes close-on-exec, and non-blocking if it shall.  0, or -1 with *e. */
int listen_adopt(struct listener *l, int fd, const char *name, bool blocking,
    struct err *e);

/* What another image of this program must know of a listener to go on with it:
 * listen_note() says it, listen_resume() takes it over. */
struct listen_kept {
	int fd;
	ino_t id;		/* the socket's own inode number */
	dev_t dev;		/* as in struct listener, and so on */
	ino_t ino;
	unsigned backlog;
	bool blocking, inherited;
	char text[LISTEN_TEXT_SIZE];	/* listen_text() of it */
};

/* 0, or -1 with errno. */
int listen_note(const struct listener *l, struct listen_kept *k_r);

/* 0; or -1 with errno and *e: it is not that socket, or does not listen there.
 * Others use it meanwhile: nothing of it is changed. */
int listen_resume(struct listener *l, const struct listen_kept *k,
    const char *name, struct err *e);

/* "127.0.0.1:7", "udp:127.0.0.1:7", "unix-dgram:/run/x": what is listened on,
 * as an address is written.  Returns buf. */
const char *listen_text(const struct listener *l, char buf[LISTEN_TEXT_SIZE]);

static inline bool
listen_is_datagram(const struct listener *l)
{
	return l->type == SOCK_DGRAM;
}

/* Are clients waiting in its queue right now? */
bool listen_queued(const struct listener *l);

/* Was it shut down for good?  Unix sockets are. */
bool listen_is_shut(const struct listener *l);

/* Somebody may have shut a shared listener down: make it listen again if it
 * does not (true if that was needed). */
bool listen_revive(const struct listener *l);

/* Nobody shall connect any more, though children still have copies of it: for
 * those that are ours and are connected to. */
void listen_shut(const struct listener *l);

/* Is its unix path still the one we made?  False of one we did not make. */
bool listen_has_path(const struct listener *l);

/* Close; a unix path is removed if it is still the one we made.  -1 with
 * errno if it could not be. */
int listen_close(struct listener *l);

#endif
