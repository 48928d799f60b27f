/* fault.c - pauses that double, are capped, and heal. */
#include "rules/fault.h"

static int64_t
doubled(int64_t ms, int64_t first, int64_t most)
{
	if (ms == 0)
		return first;
	return ms * 2 < most ? ms * 2 : most;
}

bool
fault_note(struct fault *f, int64_t now_ms, int64_t born_ms, bool hard,
    unsigned spread)
{
	/* Born before we knew: the same round. */
	if (f->noted_ms != 0 && born_ms <= f->noted_ms)
		return false;
	/* The longest that the last pause can have been, and a quiet time. */
	if (f->noted_ms != 0 && now_ms - f->noted_ms > FAULT_QUIET_MS +
	    f->pause_ms + f->pause_ms / 4)
		fault_clear(f);
	f->noted_ms = now_ms;
	f->rounds++;
	if (f->rounds < FAULT_ROUNDS && !hard)
		return false;
	f->pause_ms = doubled(f->pause_ms, FAULT_FIRST_MS, FAULT_MOST_MS);
	f->until_ms = now_ms + f->pause_ms + f->pause_ms / 4 * (spread % 1000) / 1000;
	f->probing = true;
	return true;
}

bool
fault_clear(struct fault *f)
{
	bool told = f->pause_ms != 0;

	f->rounds = 0;
	f->pause_ms = 0;
	f->fork_ms = 0;
	f->until_ms = 0;
	f->probing = false;
	return told;
}

int64_t
fault_fork(struct fault *f, int64_t now_ms)
{
	f->fork_ms = doubled(f->fork_ms, FAULT_FORK_MS, FAULT_FORK_MOST_MS);
	if (now_ms + f->fork_ms > f->until_ms)
		f->until_ms = now_ms + f->fork_ms;
	return f->fork_ms;
}

bool
fault_holds(struct fault *f, int64_t now_ms)
{
	if (f->until_ms == 0)
		return false;
	if (now_ms < f->until_ms)
		return true;
	f->until_ms = 0;
	return false;
}

unsigned
fault_allows(const struct fault *f, unsigned available, unsigned start)
{
	if (!f->probing || start == 0)
		return start;
	return available == 0 ? 1 : 0;
}
