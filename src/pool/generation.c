/* generation.c - children that wait at the same listeners. */
#include "pool/generation.h"

#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/un.h>
#include <unistd.h>

#include "pool/dialect.h"
#include "pool/pool.h"
#include "rules/slot.h"
#include "tools/clock.h"

static void
describe(struct child_listener *c, const struct listener *l)
{
	const struct sockaddr_un *un = (const struct sockaddr_un *)&l->bound.ss;

	c->id = l->id;
	c->type = l->type;
	c->bound = l->bound;
	c->local_varies = l->wildcard;
	c->is_unix = l->bound.ss.ss_family == AF_UNIX;
	if (!c->is_unix)
		return;
	memcpy(c->path, un->sun_path, sizeof un->sun_path);
	if (un->sun_path[0] == '\0' &&
	    l->bound.len > offsetof(struct sockaddr_un, sun_path)) {
		size_t n = l->bound.len - offsetof(struct sockaddr_un, sun_path);

		c->path[0] = '@';
		c->path[n < sizeof c->path ? n : sizeof c->path - 1] = '\0';
	}
}

static void
forget(struct pool_generation *g)
{
	wait_close(&g->task.wait);
	dialect_free(g->task.told);
	free(g);
}

/* Workers are told of the listeners and how to say that they are ready. */
static int
tell_workers(const struct pool *p, struct pool_generation *g,
    const struct listener *v, unsigned n, struct err *e)
{
	if (!handler_is_worker(p->handler))
		return 0;
	g->task.tells_watchdog = p->spec->watchdog_ms > 0;
	g->task.told = dialect_vars(p->handler, v, n, p->notify.name,
	    p->spec->watchdog_ms);
	if (g->task.told != NULL)
		return 0;
	err_sys(e, EXIT_SYSTEM, "cannot make a generation");
	return -1;
}

/* As one listener more; and all share one claim, so that one child at a time
 * looks for whom a datagram is. */
static int
watch_strays(const struct pool *p, struct pool_generation *g, unsigned n)
{
	struct child_listener *l = &g->task.listener[n];

	l->type = SOCK_DGRAM;
	l->is_strays = true;
	for (unsigned i = 0; i <= n; i++)
		g->task.listener[i].id = 0;
	g->task.stray_fd = p->strays[1];
	return p->strays[0];
}

int
generation_open(struct pool *p, const struct listener *v, unsigned n, struct err *e)
{
	struct pool_generation *g = calloc(1, sizeof *g);
	int fds[WAIT_LISTENERS + 1];

	if (g == NULL) {
		err_sys(e, EXIT_SYSTEM, "cannot make a generation");
		return -1;
	}
	for (unsigned i = 0; i < n; i++) {
		fds[i] = v[i].fd;
		describe(&g->task.listener[i], &v[i]);
	}
	if (p->strays[0] != -1)
		fds[n] = watch_strays(p, g, n);
	if (wait_open(&g->task.wait, handler_way(p->handler), fds,
	    n + (p->strays[0] != -1), e) == -1) {
		free(g);
		return -1;
	}
	if (tell_workers(p, g, v, n, e) == -1) {
		forget(g);
		return -1;
	}
	g->task.stderr_fd = p->capture != NULL && p->embedded ?
	    p->capture->write_fd : -1;
	g->task.timed = p->spec->session_ms > 0;
	g->task.recycle_after = p->spec->recycle_after;
	g->task.board = p->board;
	g->task.shut_fd = -1;
	g->task.master_pid = getpid();
	g->task.bell_fd = p->loop->bell_fd;
	g->task.handler = p->handler;
	g->task.birth = p->births;
	g->number = p->now != NULL ? p->now->number + 1 : 1;
	decide_note(&p->decide, DECIDE_GENERATION, clock_ms(), 1,
	    (long)g->number, (long)n);
	if (p->now != NULL)
		wait_farewell(&p->now->task.wait, UINT32_MAX);
	g->older = p->now;
	p->now = g;
	p->quiet_ms = 0;
	return 0;
}

static bool
is_used(const struct pool *p, const struct pool_generation *g)
{
	for (unsigned i = 0; i < p->board->high; i++)
		if (p->seats[i].pid != 0 && p->seats[i].generation == g &&
		    (launch_uses(&p->launch, i) ||
		    atomic_load(&p->board->state[i]) != SLOT_BUSY))
			return true;
	return false;
}

void
generation_forget_older(struct pool *p)
{
	struct pool_generation **at = &p->now->older;

	while (*at != NULL) {
		struct pool_generation *g = *at;

		if (is_used(p, g)) {
			at = &g->older;
			continue;
		}
		for (unsigned i = 0; i < p->board->high; i++)
			if (p->seats[i].generation == g)
				p->seats[i].generation = NULL;
		*at = g->older;
		forget(g);
	}
}

void
generation_close(struct pool *p)
{
	while (p->now != NULL) {
		struct pool_generation *g = p->now;

		p->now = g->older;
		forget(g);
	}
}
