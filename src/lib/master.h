/* master.h - the process that holds one service's listeners.
 *
 * It resolves, binds and listens on every address, puts on its costume, keeps
 * the pool, and renews, stops and reports as it is told.  Floor 4 (lib). */
#ifndef LIB_MASTER_H
#define LIB_MASTER_H

#include <stdbool.h>
#include <stddef.h>

#include "lib/hook.h"
#include "os/costume.h"
#include "os/listen.h"
#include "pool/handler.h"
#include "rules/address.h"
#include "rules/spec.h"
#include "tools/err.h"
#include "tools/inherit.h"

enum memory { MEMORY_BEST, MEMORY_SHARED, MEMORY_OWN };

enum service_stderr { STDERR_BEST, STDERR_LOG, STDERR_PASS };

/* Everything about one service; owned by the caller, who leaves it alone
 * while the master runs, but for spec's limits. */
struct service {
	const char *name;	/* the addresses as written, if it has none */
	size_t naddresses;
	struct address address[ADDRESS_MOST];
	struct spec spec;
	struct handler handler;
	struct costume costume;
	enum memory memory;
	mode_t socket_mode;	/* of unix sockets */
	uid_t socket_uid;
	gid_t socket_gid;
	const char *interface;	/* bind to this network interface; NULL = any */
	enum service_stderr err;	/* of programs; best: the log, if there
					 * is one */
	int ready_fd;		/* -1 = none */
	const char *control;	/* path of the control socket; NULL = none */
	mode_t control_mode;
	uid_t control_uid;	/* its owner; -1 = ours */
	gid_t control_gid;
	const char *control_look;	/* lists as written, see CONTROL in */
	const char *control_operate;	/* brood(8); NULL = nobody else */
	const char *control_own;
	unsigned nhooks;
	struct hook_order hook[HOOK_MOST];
	bool title;		/* say how it is in the process list */
	bool embedded;		/* in somebody's event loop */
	void (*ready)(void *);	/* called once, when it is */
	void (*failed)(const char *, void *);	/* something has */
	/* Set live words, all or none; 0, or -1 with errno and *e. */
	int (*set)(unsigned n, const char *const words[],
	    const char *const values[], struct err *e, void *arg);
	void *arg;		/* of all three; they may be NULL */
};

struct master;

/* Listen on every address of the service.  NULL with *e, a line for each
 * reason, if one cannot be had: then nothing is left open.  in: what was
 * inherited; descriptors of it that are used are the master's. */
struct master *master_open(struct service *s, const struct inherit *in,
    struct err *e);

/* Start the pool; -1 and *e. */
int master_start(struct master *m, struct err *e);

/* Run until told to stop.  Returns an enum exit_status, and *e if that is
 * not EXIT_STOPPED.  Or, embedded: one turn, which does not block; false: it
 * has ended. */
int master_run(struct master *m, struct err *e);
bool master_turn(struct master *m);

/* Readable when a turn is due; -1 before the start. */
int master_fd(const struct master *m);

/* Told by a caller instead of a signal. */
void master_stop(struct master *m);
void master_renew(struct master *m);
void master_close_door(struct master *m);

/* The service's limits were changed. */
void master_look(struct master *m);

struct master_counts {
	unsigned available, connected;
	unsigned long served, deaths;
};

/* Counted now. */
struct master_counts master_count(const struct master *m);

/* The i-th listener, or NULL. */
const struct listener *master_listener(const struct master *m, unsigned i);

/* End everything at once, and free; NULL is nothing. */
void master_free(struct master *m);

#endif
