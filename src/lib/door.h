/* door.h - all listeners of one service: opened together, renewed together.
 * Floor 4 (lib). */
#ifndef LIB_DOOR_H
#define LIB_DOOR_H

#include <stdbool.h>
#include <stdint.h>

#include "lib/master.h"
#include "os/listen.h"
#include "os/resolve.h"
#include "os/wait.h"

struct door {
	struct listener listener[WAIT_LISTENERS];
	unsigned n;
	unsigned before;	/* how many there were at the last renewal */
	struct resolve resolve;
};

/* Resolve (until_ms, monotonic) and open everything the service names.  All
 * must open, but for a family that the kernel lacks; else -1, *e has a line
 * for each that did not, and nothing is left open. */
int door_open(struct door *d, const struct service *s,
    const struct inherit *in, int64_t until_ms, struct err *e);

/* Start to resolve again; poll d->resolve.fd. */
int door_look_up(struct door *d, const struct service *s, struct err *e);

/* With what was found: keep the listeners that are still wanted, open new
 * ones, mark the others unwanted.  -1 with *e: nothing has changed. */
int door_renew(struct door *d, const struct service *s, struct err *e);

bool door_has_unwanted(const struct door *d);

/* Take back what door_renew() did. */
void door_undo(struct door *d);

/* Those that stay: wanted, or with clients still waiting; their number.  The
 * others are what door_close_unwanted() closes. */
unsigned door_wanted(struct door *d, struct listener v[WAIT_LISTENERS]);
void door_close_unwanted(struct door *d, bool shut);

/* Does a client wait at any, or any that is ours alone? */
bool door_is_queued(const struct door *d, bool ours);

/* Mend listeners that were shut down by somebody; true if any was.  Unix
 * sockets cannot be mended but are opened anew: then *reopened_r. */
bool door_revive(struct door *d, const struct service *s, bool *reopened_r);

/* Who gave us the inherited ones is gone: they are nobody else's now. */
void door_take_over(struct door *d);

/* A log line for each. */
void door_tell(const struct door *d);

/* shut: children that serve have copies; see listen_shut(). */
void door_close(struct door *d, bool shut);

#endif
