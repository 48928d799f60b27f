/* master.h - the process that holds one service's listeners.
 *
 * It resolves, binds and listens on every address, puts on its costume, keeps
 * the pool, and renews, stops and reports as it is told by signals.
 * Floor 4 (lib). */
#ifndef LIB_MASTER_H
#define LIB_MASTER_H

#include <stdbool.h>
#include <stddef.h>

#include "os/costume.h"
#include "os/inherit.h"
#include "pool/handler.h"
#include "rules/address.h"
#include "rules/spec.h"
#include "tools/err.h"

enum memory { MEMORY_BEST, MEMORY_SHARED, MEMORY_OWN };

/* Everything about one service; owned by the caller, who leaves it alone
 * while the master runs. */
struct service {
	const char *name;	/* the addresses as written, for the title */
	size_t naddresses;
	struct address address[ADDRESS_MOST];
	struct spec spec;
	struct handler handler;
	struct costume costume;
	enum memory memory;
	mode_t socket_mode;	/* of unix sockets */
	uid_t socket_uid;
	gid_t socket_gid;
	bool stderr_pass;	/* programs have brood's own standard error */
	int ready_fd;		/* -1 = none */
	void (*ready)(void *);	/* called once, when it is */
	void *ready_arg;
};

/* Run the service until it is told to stop.  Returns an enum exit_status;
 * if nothing was started, *e has one line for each reason. */
int master_run(struct service *s, const struct inherit *in, struct err *e);

#endif
