/* state.h - the master's own: what its files share.  Nobody else's.
 * Floor 4 (lib). */
#ifndef LIB_STATE_H
#define LIB_STATE_H

#include <stdbool.h>
#include <stdint.h>

#include "lib/door.h"
#include "lib/master.h"
#include "os/capture.h"
#include "os/loop.h"
#include "os/ready.h"
#include "pool/pool.h"

enum {
	RESOLVE_MS = 5000,	/* names must be found in this time */
	CHECK_MS   = 10,	/* while a queue empties */
	KILL_MS    = 2000	/* between TERM and KILL at the end */
};

/* What the master watches, beside what the pool does. */
enum { TAG_CAPTURE = 1, TAG_RESOLVE, TAG_LOG, TAG_DOOR };

enum stage {
	STAGE_LISTENING,	/* not started yet */
	STAGE_STARTING,		/* not ready yet */
	STAGE_RUNNING,
	STAGE_DRAINING,		/* told to stop: the queues are served first */
	STAGE_ENDING,		/* listeners are closed; sessions end */
	STAGE_OVER
};

struct master {
	struct service *s;
	enum stage stage;
	struct door door;
	struct loop loop;
	struct pool pool;
	struct capture capture;
	struct ready ready;
	int64_t now;
	bool renew_asked;	/* HUP came */
	bool renewing;		/* names are being looked up */
	bool rolling;		/* they were; not all children are new yet */
	int64_t resolve_ms;	/* ... until then */
	int64_t stopped_ms;	/* when we were told to stop */
	int64_t stop_ms;	/* sessions are ended then */
	bool forced;		/* and were */
	unsigned long quit_served;	/* clients served, when last looked at */
	int64_t quit_ms;	/* leave then, if nobody came; 0 = not asked */
	int64_t watchdog_ms;	/* next WATCHDOG=1; 0 = none */
	int64_t status_ms;	/* not before this another STATUS= */
	struct plan_counts told;	/* in the last */
	bool log_stuck;		/* waits for its reader */
	int log_polled_fd;	/* in the loop while it does; -1 = cannot be */
	bool strangers;		/* children not of our making may end */
	bool broken;		/* ends with EXIT_SYSTEM: nothing was served */
};

/* ---- report.c */

bool report_wants_all(const struct master *m);
void report_title(const struct master *m);
int64_t report_status(struct master *m);
int64_t report_watchdog(struct master *m);
int64_t report_log(struct master *m);
void report_log_reopen(struct master *m);
void report_failure(const struct master *m, const char *text);

/* ---- renew.c */

int64_t renew_turn(struct master *m);
void renew_found(struct master *m);
void renew_children(struct master *m);	/* for a log that was reopened */
int64_t renew_close_unwanted(struct master *m);

/* ---- stop.c */

/* echo_ms: a second time so soon is the first one's echo. */
void stop_asked(struct master *m, const char *by, int64_t echo_ms);
/* Have children copies of the listeners, for as long as they serve? */
bool stop_shuts(const struct master *m);
void stop_listening(struct master *m);	/* sessions may last for ever */
int64_t stop_turn(struct master *m);
int64_t stop_quiet(struct master *m);

/* ---- watch.c */

/* Wait for listeners that somebody shuts down, where children do not. */
void watch_door(struct master *m);

/* Mend them, if the pool says that one seems lost.  True: children are to be
 * replaced for it. */
bool watch_mend(struct master *m);

#endif
