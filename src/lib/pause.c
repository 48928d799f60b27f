/* pause.c - nobody is accepted for a time: clients wait, or are refused. */
#include <errno.h>
#include <sys/socket.h>

#include "lib/state.h"
#include "pool/census.h"
#include "pool/pause.h"
#include "tools/log.h"

static bool
is_tcp(const struct listener *l)
{
	return l->type == SOCK_STREAM && l->bound.ss.ss_family != AF_UNIX;
}

/* A unix socket that was shut down is so for good, and datagrams cannot be
 * refused. */
static int
check_refusable(const struct master *m, struct err *e)
{
	char name[LISTEN_TEXT_SIZE];

	for (unsigned i = 0; i < m->door.n; i++)
		if (!is_tcp(&m->door.listener[i])) {
			errno = EOPNOTSUPP;
			err_set(e, EXIT_UNAVAILABLE, "cannot refuse clients at "
			    "%s, expected tcp only", listen_text(
			    &m->door.listener[i], name));
			return -1;
		}
	return 0;
}

/* Once is all right; twice, and what it accepts later is shut down, too. */
void
pause_shut(struct master *m)
{
	for (unsigned i = 0; m->refusing && i < m->door.n; i++)
		if (is_tcp(&m->door.listener[i]) &&
		    pause_listens(&m->door.listener[i]))
			shutdown(m->door.listener[i].fd, SHUT_RDWR);
	/* Those who see it need not tell us. */
	m->pool.revive = false;
}

static int
open_again(struct master *m, bool inherited_only, struct err *e)
{
	char name[LISTEN_TEXT_SIZE];
	int r = 0;

	for (unsigned i = 0; m->refusing && i < m->door.n; i++) {
		const struct listener *l = &m->door.listener[i];

		if ((inherited_only && !l->inherited) || !is_tcp(l) ||
		    pause_listens(l) || listen_revive(l))
			continue;
		err_sys(e, EXIT_UNAVAILABLE, "cannot listen again on %s",
		    listen_text(l, name));
		r = -1;
	}
	m->refusing = r == -1;
	return r;
}

bool
pause_listens(const struct listener *l)
{
	int value = 0;
	socklen_t len = sizeof value;

	return getsockopt(l->fd, SOL_SOCKET, SO_ACCEPTCONN, &value,
	    &len) == 0 && value != 0;
}

int
pause_asked(struct master *m, bool refuse, struct err *e)
{
	if (refuse && check_refusable(m, e) == -1)
		return -1;
	if (!m->pool.paused)
		log_info("pause clients=%s connected=%u",
		    refuse ? "refused" : "wait", census_connected(&m->pool));
	/* Farewell first: who then finds its listener shut knows why. */
	pause_begin(&m->pool, refuse, m->now);
	if (!refuse)
		return open_again(m, false, e);
	m->refusing = true;
	pause_shut(m);
	return 0;
}

int
pause_over(struct master *m, struct err *e)
{
	if (!m->pool.paused)
		return 0;
	if (open_again(m, false, e) == -1)
		return -1;
	m->pool.revive = false;
	pause_end(&m->pool, m->now);
	pool_settle(&m->pool, m->now);
	log_info("resume");
	return 0;
}

/* Who waits, waits no longer: there is nobody to serve the queues, and the
 * listeners close.  Those that are others', too, must be as they were. */
bool
pause_yields(struct master *m)
{
	struct err e;
	char text[512];

	if (!m->pool.paused)
		return false;
	if (m->refusing && open_again(m, true, &e) == -1)
		log_error("listener-lost reason=%s",
		    log_value(e.text, text, sizeof text));
	m->refusing = false;
	return true;
}
