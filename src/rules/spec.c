/* spec.c - ranges and what follows from what. */
#include "rules/spec.h"

#include <string.h>

struct spec
spec_default(void)
{
	return (struct spec){
		.limits = {
			.min_idle = SPEC_MIN_AVAILABLE,
			.max = SPEC_MAX_CONNECTED,
			.burst = SPEC_BURST,
		},
		.backlog = SPEC_BACKLOG,
		.idle_ms = SPEC_IDLE_MS,
		.stop_ms = SPEC_STOP_MS,
		.overlap = SPEC_OVERLAP,
	};
}

const char *
spec_check(struct spec *s)
{
	struct plan_limits *l = &s->limits;

	if (l->fixed > 0) {
		l->min_idle = l->max_idle = l->max = l->fixed;
		return NULL;
	}
	if (l->min_idle > l->max)
		return "minimum-available is above maximum-connected: expected "
		    "1 to maximum-connected";
	if (l->max_idle == 0) {
		l->max_idle = 2 * l->min_idle + 2;
		if (l->max_idle > l->max)
			l->max_idle = l->max;
	}
	if (l->max_idle < l->min_idle)
		return "maximum-available is below minimum-available: expected "
		    "minimum-available to maximum-connected";
	if (l->max_idle > l->max)
		return "maximum-available is above maximum-connected: expected "
		    "minimum-available to maximum-connected";
	return NULL;
}

static int64_t
unit_ms(const char *s)
{
	static const struct {
		const char *word;
		int64_t ms;
	} units[] = {
		{ "",   1000     },
		{ "ms", 1        },
		{ "s",  1000     },
		{ "m",  60000    },
		{ "h",  3600000  },
		{ "d",  86400000 },
	};

	for (size_t i = 0; i < sizeof units / sizeof units[0]; i++)
		if (strcmp(s, units[i].word) == 0)
			return units[i].ms;
	return -1;
}

int64_t
spec_duration(const char *s)
{
	int64_t n = 0;
	int64_t unit;
	size_t i;

	for (i = 0; s[i] >= '0' && s[i] <= '9'; i++) {
		if (i == 9)
			return -1;
		n = n * 10 + (s[i] - '0');
	}
	unit = unit_ms(s + i);
	if (i == 0 || unit == -1 || n > 864000000 / unit)
		return -1;
	return n * unit;
}
