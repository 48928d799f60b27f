/* episode.h - a trouble that lasts, or comes and goes, is told at once, then
 * rarely, and that it is over.  Pure: the caller brings the time.  Floor 1 (rules). */
#ifndef RULES_EPISODE_H
#define RULES_EPISODE_H

#include <stdbool.h>
#include <stdint.h>

enum { EPISODE_EVERY_MS = 10000 };

struct episode {
	bool open;
	bool told;		/* ever */
	int64_t told_ms;	/* when a line was last due */
	unsigned untold;	/* how often it happened since */
};

/* It happened.  True if a line is due now; *repeated_r is how often it had
 * happened without one. */
bool episode_tell(struct episode *e, int64_t now_ms, unsigned *repeated_r);

/* It is over.  True if that is worth a line: the last word was of the
 * trouble.  Should it come back soon, nothing is told of that for a while. */
bool episode_end(struct episode *e);

#endif
