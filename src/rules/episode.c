/* episode.c - first at once, then one line every ten seconds. */
#include "rules/episode.h"

bool
episode_tell(struct episode *e, int64_t now_ms, unsigned *repeated_r)
{
	if (e->told && now_ms - e->told_ms < EPISODE_EVERY_MS) {
		e->untold++;
		return false;
	}
	*repeated_r = e->untold;
	e->open = e->told = true;
	e->told_ms = now_ms;
	e->untold = 0;
	return true;
}

bool
episode_end(struct episode *e)
{
	bool was = e->open;

	e->open = false;
	return was;
}
