/* call.h - one verb, as it was asked for.  Floor 5 (ctl). */
#ifndef CTL_CALL_H
#define CTL_CALL_H

#include <stdbool.h>
#include <stdint.h>

#include "ctl/house.h"

struct call {
	struct house *house;	/* NULL: the verb needs none */
	int64_t deadline;	/* by clock_ms() */
	int n;
	char **word;		/* its arguments; NULL behind the last */
	bool json;
	bool save, refuse, now;	/* its flags */
};

#endif
