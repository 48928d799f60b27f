/* spec.h - the numbers of a service, their ranges, and whether they fit
 * together.  Pure.  Floor 1 (rules). */
#ifndef RULES_SPEC_H
#define RULES_SPEC_H

#include <stddef.h>
#include <stdint.h>

#include "rules/plan.h"

enum {
	SPEC_MIN_AVAILABLE = 4,		/* defaults */
	SPEC_MAX_CONNECTED = 200,
	SPEC_IDLE_MS       = 10000,
	SPEC_STOP_MS       = 30000,
	SPEC_BACKLOG       = 4096,
	SPEC_BURST         = 32,
	SPEC_MOST_CHILDREN = 32768
};

struct spec {
	struct plan_limits limits;
	unsigned backlog;
	int64_t idle_ms;	/* so long too many must wait before some go */
	int64_t stop_ms;	/* so long sessions may go on after TERM */
	int64_t session_ms;	/* so long one session may last; 0 = any time */
};

/* All defaults; max_idle 0 stands for "by minimum-available". */
struct spec spec_default(void);

/* Fill in what follows from the rest, and check.  NULL, or what is wrong. */
const char *spec_check(struct spec *s);

/* Read "300", "10s", "5m", "2h", "1d", "250ms" (a bare number: seconds) as
 * milliseconds, most 10 days.  -1 if it is not one. */
int64_t spec_duration(const char *s);

#endif
