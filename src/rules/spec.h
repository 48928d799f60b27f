/* spec.h - the numbers of a service, their ranges, and whether they fit
 * together.  Pure.  Floor 1 (rules). */
#ifndef RULES_SPEC_H
#define RULES_SPEC_H

#include <stdint.h>

#include "rules/plan.h"

enum {
	SPEC_MIN_AVAILABLE = 4,		/* defaults */
	SPEC_MAX_CONNECTED = 200,
	SPEC_IDLE_MS       = 10000,
	SPEC_STOP_MS       = 30000,
	SPEC_BACKLOG       = 4096,
	SPEC_BURST         = 32,
	SPEC_START_MS      = 30000,	/* of workers that say that they are ready */
	SPEC_ALIVE_MS      = 1000,	/* of those that do not */
	SPEC_OVERLAP       = 1,
	SPEC_WAIT_TRIES    = 3,
	SPEC_MOST_CHILDREN = 32768
};

struct spec {
	struct plan_limits limits;
	unsigned backlog;
	int64_t idle_ms;	/* so long too many must wait before some go */
	int64_t stop_ms;	/* so long sessions may go on after TERM */
	int64_t session_ms;	/* so long one session may last; 0 = any time */
	int64_t quit_ms;	/* end when nobody came for so long; 0 = never */
	/* Workers: */
	int64_t start_ms;	/* so long until one is ready, or late; 0 = by
				 * how it says so */
	int64_t watchdog_ms;	/* so long one may be silent; 0 = for ever */
	int64_t recycle_ms;	/* replaced after so long; 0 = never */
	unsigned overlap;	/* so many more while rolling; >= 1 */
	/* Children that serve themselves: */
	unsigned recycle_after;	/* leave after so many clients; 0 = never */
};

/* All defaults; max_idle 0 stands for "by minimum-available". */
struct spec spec_default(void);

/* Fill in what follows from the rest, and check.  NULL, or what is wrong. */
const char *spec_check(struct spec *s);

/* Read "300", "10s", "5m", "2h", "1d", "250ms" (a bare number: seconds) as
 * milliseconds, most 10 days.  -1 if it is not one. */
int64_t spec_duration(const char *s);

#endif
