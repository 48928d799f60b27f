/* service.h - what struct brood is, for the files of this floor.
 * Floor 4 (lib). */
#ifndef LIB_SERVICE_H
#define LIB_SERVICE_H

#include "lib/brood.h"
#include "lib/master.h"
#include "lib/settings.h"
#include "tools/inherit.h"

struct brood {
	struct settings settings;
	struct inherit in;
	struct master *master;	/* from brood_listen() on */
	bool started;
	pid_t pid;		/* who started it */
	bool over;		/* it has ended; may listen again */
	struct err err;
	brood_event_fn *event;
	void *event_arg;
};

#endif
