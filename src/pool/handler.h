/* handler.h - what a child does with its work: one row of a table.
 *
 * When does the child become a program, and what is it given?  Rows that
 * become a program are called in children that may share their parent's
 * memory: raw system calls only.  Floor 3 (pool). */
#ifndef POOL_HANDLER_H
#define POOL_HANDLER_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/resource.h>

#include "os/board.h"
#include "os/wait.h"

enum { HANDLER_ENV = 384, HANDLER_LIMITS = 16 };

struct brood_client;		/* pool/client.h */
struct child;			/* pool/child.h */

enum handler_when { HANDLER_NEVER, HANDLER_AT_WORK, HANDLER_AT_BIRTH };

struct handler_kind {
	const char *word;
	enum handler_when when;	/* does it become a program? */
	enum wait_way way;	/* how it waits for work */
	/* Serve what listener i has: connections, datagrams.  Those that
	 * become a program return only if there was nothing. */
	void (*connections)(struct child *c, unsigned i);
	void (*datagrams)(struct child *c, unsigned i);
};

/* The five kinds; ends with a row without a word. */
extern const struct handler_kind handler_kinds[];

/* The row of a word, or NULL. */
const struct handler_kind *handler_kind(const char *word);

/* How a worker is told of its listeners; one at a time, as two would make
 * a program own a descriptor twice. */
enum handler_dialect {
	HANDLER_LISTEN_FDS,	/* sd_listen_fds(3) */
	HANDLER_ON_0,		/* the first one is descriptor 0: FastCGI */
	HANDLER_STARTER,	/* SERVER_STARTER_PORT */
	HANDLER_EINHORN		/* EINHORN_FD_COUNT, EINHORN_FD_0 ... */
};

/* When is a worker ready?  It may always say so (sd_notify(3)). */
enum handler_ready {
	HANDLER_READY_ALIVE,	/* after start-time alive */
	HANDLER_READY_NOTIFY,
	HANDLER_READY_FD	/* s6's way: a newline on a descriptor */
};

/* What becomes of what a program that has ended leaves behind? */
enum handler_kill {
	HANDLER_KILL_USUAL,	/* nothing was said: group, but exec-wait none,
				 * which hand clients to children of their own */
	HANDLER_KILL_GROUP,	/* its process group is killed */
	HANDLER_KILL_NONE,
	HANDLER_KILL_ALL	/* every descendant; pool/strangers.h */
};

/* Kinds inline and inline-wait: functions, and what they are told. */
struct handler_calls {
	void (*stream)(struct brood_client *c, int fd, void *arg);
	void *stream_arg;
	void (*datagram)(struct brood_client *c, const void *data, size_t n,
	    void *arg);
	void *datagram_arg;
	/* In the child: its start, a client's begin and end. */
	void (*child)(void *arg);
	void (*begin)(struct brood_client *c, void *arg);
	void (*end)(struct brood_client *c, void *arg);
	/* In the master: something failed. */
	void (*trouble)(const char *text, void *arg);
	void *event_arg;
	bool low_ports;		/* answer clients with ports below 1024 */
	unsigned reply_rate;	/* answers a second to one source; 0 = any */
	unsigned reply_factor;	/* times the bytes it sent; 0 = any */
};

struct handler {
	const struct handler_kind *kind;
	const char *path;	/* absolute; of a program */
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
	unsigned wait_tries;	/* programs for one datagram that none takes */
	int64_t peer_ms;	/* exec: a session for each peer of datagrams,
				 * until it is quiet for so long; 0 = none */
	enum handler_kill kill_mode;	/* of kinds that become a program */
	enum handler_dialect dialect;	/* worker */
	enum handler_ready ready;
	int ready_fd;		/* of HANDLER_READY_FD: its number there */
	int stop_signal;	/* worker: tells it to go */
	struct handler_calls calls;
};

static inline bool
handler_is_worker(const struct handler *h)
{
	return h->kind->when == HANDLER_AT_BIRTH;
}

static inline bool
handler_is_inline(const struct handler *h)
{
	return h->kind->when == HANDLER_NEVER;
}

/* Does a program have the listener for itself? */
static inline bool
handler_becomes_wait(const struct handler *h)
{
	return h->kind->when == HANDLER_AT_WORK && h->kind->way == WAIT_CLAIM;
}

/* Do programs that end take their process groups with them? */
static inline bool
handler_ends_groups(const struct handler *h)
{
	return !handler_is_inline(h) && h->kill_mode != HANDLER_KILL_NONE &&
	    (h->kill_mode != HANDLER_KILL_USUAL || !handler_becomes_wait(h));
}

/* ... and everybody else whom they left behind? */
static inline bool
handler_ends_all(const struct handler *h)
{
	return !handler_is_inline(h) && h->kill_mode == HANDLER_KILL_ALL;
}

/* How its children wait. */
static inline enum wait_way
handler_way(const struct handler *h)
{
	return h->peer_ms > 0 ? WAIT_CLAIM : h->kind->way;
}

/* At birth: an own session, the resource limits, standard error, whose orphans
 * it gets.  0 or minus an errno. */
long handler_dress(const struct child *c);

#endif
