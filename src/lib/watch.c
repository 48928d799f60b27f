/* watch.c - listeners that somebody shuts down are mended. */
#include <sys/epoll.h>

#include "lib/state.h"

/* Who waits at a listener sees when somebody has shut it down; where only
 * programs do, we must. */
void
watch_door(struct master *m)
{
	const struct handler_kind *k = m->s->handler.kind;

	if (k->when != HANDLER_AT_BIRTH && k->way != WAIT_CLAIM)
		return;
	/* Those that are watched already are no news. */
	for (unsigned i = 0; i < m->door.n; i++)
		loop_add(&m->loop, m->door.listener[i].fd, EPOLLET, TAG_DOOR);
}

bool
watch_mend(struct master *m)
{
	struct err e;
	bool reopened;

	if (!m->pool.revive || m->stage >= STAGE_DRAINING)
		return false;
	m->pool.revive = false;
	if (m->refusing)
		return false;
	if (door_revive(&m->door, m->s, &reopened))
		wait_pass_all(&m->pool.now->task.wait);
	if (!reopened)
		return false;
	/* Those that wait, or worked, at the old one are replaced. */
	if (generation_open(&m->pool, m->door.listener, m->door.n, &e) == -1)
		report_failure(m, e.text);
	watch_door(m);
	return true;
}
