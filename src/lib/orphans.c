/* orphans.c - what programs left behind, when they have ended. */
#include "lib/state.h"
#include "tools/log.h"

/* Children of ours that are none of the pool's. */
static struct strangers_others
others(const struct master *m)
{
	struct strangers_others o;

	o.n = hooks_running(&m->hooks, o.pid);
	if (m->door.resolve.pid > 0)
		o.pid[o.n++] = m->door.resolve.pid;
	return o;
}
_Static_assert((int)STRANGERS_OTHERS > (int)HOOK_MOST, "there is room for all");

/* Without /proc those who left their groups cannot be found. */
void
orphans_begin(struct master *m)
{
	struct handler *h = &m->s->handler;
	struct err e = { .status = 0 };
	char text[512];

	if (strangers_open(&m->strangers, handler_ends_all(h), &e) == 0)
		return;
	log_warn("kill-mode mode=group reason=%s",
	    log_value(e.text, text, sizeof text));
	h->kill_mode = HANDLER_KILL_GROUP;
}

int64_t
orphans_look(struct master *m)
{
	struct strangers_others o = others(m);

	return strangers_look(&m->strangers, &m->pool, &o, m->now);
}

void
orphans_end(struct master *m)
{
	struct strangers_others o = others(m);

	strangers_close(&m->strangers, &m->pool, &o);
}
