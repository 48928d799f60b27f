/* unit.c - one master for each service, again and again. */
#include "brood/unit.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

#include "tools/fd.h"
#include "tools/log.h"

enum {
	FIRST_MS   = 50,	/* between tries to have listeners ... */
	MOST_MS    = 60000,	/* ... doubling up to */
	GRACE_MS   = 2500,	/* a predecessor may still let go */
	START_MS   = 30000,	/* a master is late, then */
	WELL_MS    = 10000	/* one that ran so long was well */
};

struct unit *
unit_add(struct super *s, const struct plain_service *spec)
{
	struct unit *u = calloc(1, sizeof *u), *last = NULL, *each;

	if (u == NULL)
		return NULL;
	strlcpy(u->name, spec->name, sizeof u->name);
	u->spec = spec;
	u->number = s->numbers++;
	u->ask_fd = -1;
	LIST_FOREACH(each, &s->units, next)
		last = each;
	if (last != NULL)
		LIST_INSERT_AFTER(last, u, next);
	else
		LIST_INSERT_HEAD(&s->units, u, next);
	return u;
}

void
unit_remove(struct unit *u)
{
	fd_close(&u->ask_fd);
	LIST_REMOVE(u, next);
	free(u);
}

struct unit *
unit_find(const struct super *s, const char *name)
{
	struct unit *u;

	LIST_FOREACH(u, &s->units, next)
		if (strcmp(u->name, name) == 0)
			return u;
	return NULL;
}

struct unit *
unit_numbered(const struct super *s, unsigned number)
{
	struct unit *u;

	LIST_FOREACH(u, &s->units, next)
		if (u->number == number)
			return u;
	return NULL;
}

/* ---- starting ---- */

static int64_t
start_ms(const struct plain_service *spec)
{
	int64_t ms = plain_ms(spec, "start-time");

	return ms > 0 ? 2 * ms + 1000 : START_MS;
}

struct keep *
unit_launch(struct super *s, struct unit *u, const struct plain_service *spec,
    const struct keep_limits *limits)
{
	struct keep *k = keep_start(&s->way, &s->sockets, spec, limits,
	    ++s->serials, s->now);

	if (k == NULL) {
		snprintf(u->reason, sizeof u->reason, "cannot start a process: %s",
		    strerror(errno));
		log_error("master-start-failed service=%s errno=%s", u->name,
		    strerrorname_np(errno));
		return NULL;
	}
	k->until_ms = s->now + start_ms(spec);
	LIST_INSERT_HEAD(&s->keeps, k, next);
	log_info("master-start service=%s pid=%d serial=%u", u->name,
	    (int)k->pid, k->serial);
	return k;
}

static void
pause_unit(struct super *s, struct unit *u)
{
	u->pause_ms = u->pause_ms == 0 ? FIRST_MS : 2 * u->pause_ms;
	if (u->pause_ms > MOST_MS)
		u->pause_ms = MOST_MS;
	u->again_ms = s->now + u->pause_ms;
}

/* Has it all that it listens on, and not only if a change succeeds? */
static bool
has_sockets(const struct super *s, const struct unit *u)
{
	for (unsigned i = 0; i < u->spec->naddresses; i++) {
		const struct sock *k = sockets_find(&s->sockets, u->spec, i);

		if (k == NULL || k->fresh)
			return false;
	}
	return true;
}

static int
open_sockets(struct super *s, struct unit *u)
{
	char text[SUPER_REASON * 4];
	struct err e;

	if (sockets_open(&s->sockets, NULL, u->spec, &e) == 0) {
		sockets_keep(&s->sockets);
		return 0;
	}
	sockets_undo(&s->sockets);
	/* Once for each reason; every try would be too often. */
	if (strcmp(u->reason, e.text) != 0 && unit_is_decided(s, u))
		log_error("service-failed service=%s reason=%s", u->name,
		    log_value(e.text, text, sizeof text));
	if (unit_is_decided(s, u))
		strlcpy(u->reason, e.text, sizeof u->reason);
	return -1;
}

void
unit_try(struct super *s, struct unit *u)
{
	u->again_ms = 0;
	if (!has_sockets(s, u) && open_sockets(s, u) == -1) {
		pause_unit(s, u);
		return;
	}
	sockets_revive(&s->sockets, u->spec);
	u->now = unit_launch(s, u, u->spec, &u->held);
	if (u->now == NULL)
		pause_unit(s, u);
	else
		u->pause_ms = 0;
}

bool
unit_is_decided(const struct super *s, const struct unit *u)
{
	if (u->now != NULL)
		return u->now->state != KEEP_STARTING;
	return s->now - s->started_ms >= GRACE_MS || u->restarts > 0;
}

/* ---- ending ---- */

static const char *
how(int status, char buf[32])
{
	if (WIFSIGNALED(status))
		snprintf(buf, 32, "signal=%s",
		    sigabbrev_np(WTERMSIG(status)) != NULL ?
		    sigabbrev_np(WTERMSIG(status)) : "?");
	else
		snprintf(buf, 32, "status=%d", WEXITSTATUS(status));
	return buf;
}

/* Whoever had run well is replaced at once; clients wait in the queue. */
void
unit_died(struct super *s, struct unit *u, const struct keep *k, int status)
{
	char end[32];
	bool hard = k->state == KEEP_STARTING;

	how(status, end);
	u->now = NULL;
	/* What was set is not forgotten, unless it may be why nobody starts. */
	u->held = hard ? (struct keep_limits){ .known = false } : k->limits;
	u->restarts++;
	if (s->now - k->born_ms >= WELL_MS && !hard)
		fault_clear(&u->fault);
	/* Each start that fails is a round of its own. */
	fault_note(&u->fault, s->now, hard ? s->now + 1 : k->born_ms, hard,
	    arc4random_uniform(1000));
	snprintf(u->reason, sizeof u->reason, "its master %s %s",
	    hard ? "could not start:" : "died:", end);
	u->again_ms = fault_holds(&u->fault, s->now) ? u->fault.until_ms : s->now;
	log_error("master-died service=%s pid=%d %s again=%.1fs", u->name,
	    (int)k->pid, end, (double)(u->again_ms - s->now) / 1000);
}

/* ---- time ---- */

/* A change has fresh listeners, which trying would take for its own; and who
 * is told limits then must be the one that runs when it is done. */
static bool
may_try(const struct super *s, const struct unit *u)
{
	switch (s->change.stage) {
	case CHANGE_NONE:
	case CHANGE_LOADING:
		return !s->stopping;
	case CHANGE_STARTING:
		return !s->stopping && has_sockets(s, u);
	case CHANGE_TELLING:
		break;
	}
	return false;
}

int64_t
unit_turn(struct super *s)
{
	int64_t next = LOOP_NEVER;
	struct unit *u;

	LIST_FOREACH(u, &s->units, next) {
		if (u->again_ms == 0 || !may_try(s, u))
			continue;
		if (s->now >= u->again_ms && !fault_holds(&u->fault, s->now))
			unit_try(s, u);
		if (u->again_ms != 0)
			next = loop_sooner(next, u->again_ms);
	}
	return next;
}

const char *
unit_word(const struct super *s, const struct unit *u)
{
	if (u->now != NULL)
		return keep_word(u->now->state);
	return s->stopping ? "stopping" : u->restarts > 0 ? "waiting" : "failed";
}
