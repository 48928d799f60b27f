/* state.h - the master's own: what its files share.  Nobody else's.
 * Floor 4 (lib). */
#ifndef LIB_STATE_H
#define LIB_STATE_H

#include <stdbool.h>
#include <stdint.h>

#include "lib/control.h"
#include "lib/door.h"
#include "lib/hook.h"
#include "lib/master.h"
#include "os/capture.h"
#include "os/loop.h"
#include "os/ready.h"
#include "pool/pool.h"
#include "pool/strangers.h"

enum {
	RESOLVE_MS = 5000,	/* names must be found in this time */
	CHECK_MS   = 10,	/* while a queue empties */
	KILL_MS    = 2000	/* between TERM and KILL at the end */
};

/* What the master watches, beside what the pool does. */
enum { TAG_CAPTURE = 1, TAG_RESOLVE, TAG_LOG, TAG_DOOR,
    TAG_HOOK, TAG_CONTROL = 0x100 };

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
	struct hooks hooks;
	struct control control;		/* where we are asked, if anywhere */
	int64_t started_ms;
	int64_t now;
	bool renew_asked;	/* HUP came */
	bool renewing;		/* names are being looked up */
	bool rolling;		/* they were; not all children are new yet */
	bool refusing;		/* the pool is paused, and tcp listeners shut */
	int64_t resolve_ms;	/* ... until then */
	int64_t stopped_ms;	/* when we were told to stop */
	int64_t stop_ms;	/* sessions are ended then */
	int64_t hooks_ms;	/* so long those of the stop may run */
	bool asked;		/* to stop, not only to listen no more */
	bool forced;		/* and were */
	unsigned long quit_served;	/* clients served, when last looked at */
	int64_t quit_ms;	/* leave then, if nobody came; 0 = not asked */
	int64_t watchdog_ms;	/* next WATCHDOG=1; 0 = none */
	int64_t status_ms;	/* not before this another STATUS= */
	struct plan_counts told;	/* in the last */
	struct plan_limits limits;	/* the supervisor knows */
	bool log_stuck;		/* waits for its reader */
	int log_polled_fd;	/* in the loop while it does; -1 = cannot be */
	struct strangers strangers;
	pid_t dies_with;	/* the parent whose death we want to be told;
				 * 0 = none */
	bool broken;		/* ends with EXIT_SYSTEM: nothing was served */
};

/* ---- report.c */

bool report_wants_all(const struct master *m);
void report_title(const struct master *m);
int64_t report_status(struct master *m);
int64_t report_ready(struct master *m);	/* if it was not said yet */
int64_t report_limits(struct master *m);	/* if they changed */
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

/* Serve the queues, then the sessions: until stop-time, or, patiently, for as
 * long as they like.  When it stops already: the first hurries what was
 * patient; else either means at once, but echo_ms: a second time so soon is
 * the first one's echo. */
void stop_asked(struct master *m, const char *by, int64_t echo_ms);
void stop_drain(struct master *m, const char *by, int64_t echo_ms);

/* Have children copies of the listeners, for as long as they serve? */
bool stop_shuts(const struct master *m);
void stop_listening(struct master *m);	/* sessions may last for ever */
int64_t stop_turn(struct master *m);
int64_t stop_quiet(struct master *m);

/* ---- pause.c */

/* Accept nobody; refuse: shut tcp listeners, so that clients notice.  What
 * waits in their queues then is refused, too.  0, or -1 and *e: some cannot
 * be shut, or opened again. */
int pause_asked(struct master *m, bool refuse, struct err *e);
int pause_over(struct master *m, struct err *e);

/* There are new listeners. */
void pause_shut(struct master *m);

/* We are stopping: was there a pause?  Then there is none to serve a queue. */
bool pause_yields(struct master *m);

bool pause_listens(const struct listener *l);

/* ---- orphans.c */

/* Before there is a child: whose orphans are ours? */
void orphans_begin(struct master *m);
int64_t orphans_look(struct master *m);
void orphans_end(struct master *m);	/* nobody serves any more */

/* ---- watch.c */

/* Wait for listeners that somebody shuts down, where children do not. */
void watch_door(struct master *m);

/* Mend them, if the pool says that one seems lost.  True: children are to be
 * replaced for it. */
bool watch_mend(struct master *m);

#endif
