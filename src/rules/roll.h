/* roll.h - long-lived workers: who starts, who is told to go?
 *
 * There shall be n workers of the present generation.  Those of an older one,
 * or due for recycling, stay until a ready one is there in their place.
 * Pure.  Floor 1 (rules); includes nothing of ours. */
#ifndef RULES_ROLL_H
#define RULES_ROLL_H

struct roll_counts {
	unsigned starting;	/* of the present generation, not yet ready */
	unsigned ready;		/* of the present generation */
	unsigned old;		/* older ones that were not told to go */
	unsigned leaving;	/* told to go, and not gone */
};

struct roll {
	unsigned start;
	unsigned retire;	/* old ones to tell to go */
};

/* overlap: so many more than n may be alive, leaving ones included; >= 1.  Ready and old ones together are never fewer for a
 * roll than n, if they were that many.  Cannot fail.
 * (tests/unit/test_roll.c tries every input up to 5.) */
struct roll roll_next(unsigned n, unsigned overlap, const struct roll_counts *c);

#endif
