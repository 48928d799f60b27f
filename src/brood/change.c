/* change.c - from one file to the next without a gap. */
#include "brood/change.h"

#include <stdlib.h>
#include <string.h>

#include "brood/limits.h"
#include "brood/step.h"
#include "brood/stopping.h"
#include "brood/unit.h"
#include "tools/clock.h"
#include "tools/fd.h"
#include "tools/log.h"

enum { UNDO_MS = 60000 };	/* for one that was not wanted to finish */

/* ---- the end of it ---- */

static void
forget(struct super *s)
{
	struct change *c = &s->change;

	loader_free(&c->loader);
	plain_free(&c->plain);
	free(c->step);
	c->step = NULL;
	c->nsteps = 0;
	c->stage = CHANGE_NONE;
	c->renew = RENEW_NONE;
	ready_now(&s->ready);
}

/* The first is the reason already. */
static void
tell_mistakes(const struct loader *l)
{
	char one[LOADER_MISTAKE], text[LOADER_MISTAKE];
	size_t at = 0;

	loader_mistake(l, &at, one);
	while (loader_mistake(l, &at, one))
		log_error("mistake text=%s", log_value(one, text, sizeof text));
}

static void
refused(struct super *s, const struct err *e)
{
	char text[SUPER_REASON * 4];

	log_error("reload-refused reason=%s", log_value(e->text, text,
	    sizeof text));
	tell_mistakes(&s->change.loader);
	s->last = *e;
	s->reload = RELOAD_REFUSED;
	s->change.end = *e;
	s->change.ended = true;
	forget(s);
}

static void
undo(struct super *s, const struct err *e)
{
	struct unit *u, *after;

	LIST_FOREACH_SAFE(u, &s->units, next, after) {
		fd_close(&u->ask_fd);
		if (u->coming != NULL) {
			/* It may have taken clients already; or it hangs. */
			keep_finish(u->coming, s->now + UNDO_MS);
			u->coming = NULL;
		}
		if (u->spec == NULL)
			unit_remove(u);
	}
	sockets_undo(&s->sockets);
	refused(s, e);
}

void
change_abort(struct super *s, const char *why)
{
	struct err e;

	err_set(&e, EXIT_RUNNING, "%s", why);
	s->change.asked = false;
	if (s->change.stage == CHANGE_LOADING)
		refused(s, &e);
	else if (s->change.stage != CHANGE_NONE)
		undo(s, &e);
}

static void
commit_step(struct step *st)
{
	struct unit *u = st->unit;

	/* Of one that shall start, somebody may have come back meanwhile. */
	if (st->action != ACTION_KEEP && st->action != ACTION_LIMITS &&
	    u->now != NULL)
		keep_finish(u->now, 0);
	if (st->action == ACTION_REPLACE || st->action == ACTION_START) {
		u->now = u->coming;
		u->coming = NULL;
		u->again_ms = u->pause_ms = 0;
		u->restarts = 0;
		u->reason[0] = '\0';
		u->fault = (struct fault){ .rounds = 0 };
	}
	if (st->action == ACTION_LIMITS)
		limits_taken(u, st->to);
	u->spec = st->to;
	if (st->action == ACTION_STOP)
		unit_remove(u);
}

/* What concerns the supervisor itself is read at its start only. */
static void
tell_globals(const struct plain *old, const struct plain *new)
{
	static const char *const words[] = {
		"control", "control-mode", "control-owner", "control-look",
		"control-operate", "control-own", "pidfile", "log", "log-level"
	};

	for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
		const char *a = plain_global(old, words[i]);
		const char *b = plain_global(new, words[i]);

		if (strcmp(a != NULL ? a : "", b != NULL ? b : "") != 0)
			log_warn("restart-needed word=%s", words[i]);
	}
}

static void
commit(struct super *s)
{
	struct change *c = &s->change;
	struct plain old = s->plain;
	unsigned count[ACTION_STOP + 1] = { 0 };
	struct unit *u;

	/* Ours first: who is told to finish serves what is in the queue. */
	sockets_done(&s->sockets);
	for (unsigned i = 0; i < c->nsteps; i++) {
		count[c->step[i].action]++;
		commit_step(&c->step[i]);
	}
	tell_globals(&s->plain, &c->plain);
	s->plain = c->plain;
	c->plain = (struct plain){ .nservices = 0 };
	plain_free(&old);
	LIST_FOREACH(u, &s->units, next)
		stopping_old(s, u->name);
	s->generation++;
	s->reload = RELOAD_OK;
	log_info("reloaded generation=%u kept=%u limits=%u replaced=%u started=%u "
	    "stopped=%u", s->generation, count[ACTION_KEEP],
	    count[ACTION_LIMITS], count[ACTION_REPLACE], count[ACTION_START],
	    count[ACTION_STOP]);
	c->end = (struct err){ .status = EXIT_STOPPED };
	c->ended = true;
	forget(s);
}

/* ---- limits are told to masters that stay ---- */

/* One that does not take its limits is replaced instead. */
static int
replace(struct super *s, struct step *st)
{
	st->action = ACTION_REPLACE;
	st->unit->coming = unit_launch(s, st->unit, st->to, NULL);
	return st->unit->coming != NULL ? 0 : -1;
}

static struct step *
step_of(struct super *s, const struct unit *u)
{
	for (unsigned i = 0; i < s->change.nsteps; i++)
		if (s->change.step[i].unit == u)
			return &s->change.step[i];
	return NULL;
}

static void
go_on(struct super *s)
{
	struct change *c = &s->change;
	struct unit *u;

	if (c->stage == CHANGE_STARTING) {
		LIST_FOREACH(u, &s->units, next)
			if (u->coming != NULL && u->coming->state ==
			    KEEP_STARTING)
				return;
		c->stage = CHANGE_TELLING;
		for (unsigned i = 0; i < c->nsteps; i++) {
			struct step *st = &c->step[i];

			if (st->action != ACTION_LIMITS || step_is_done(st) ||
			    limits_tell(s, st->unit, st->to) == 0)
				continue;
			c->stage = CHANGE_STARTING;
			if (replace(s, st) == -1)
				change_abort(s, st->unit->reason);
			return;
		}
	}
	LIST_FOREACH(u, &s->units, next)
		if (u->ask_fd != -1)
			return;
	commit(s);
}

void
change_answered(struct super *s, struct unit *u)
{
	struct step *st = step_of(s, u);
	enum limits_answer answer = limits_hear(u);

	if (answer == LIMITS_NOT_YET || st == NULL ||
	    s->change.stage != CHANGE_TELLING)
		return;
	/* Twice said is the same, so all are asked again then. */
	if (answer == LIMITS_REFUSED) {
		s->change.stage = CHANGE_STARTING;
		if (replace(s, st) == -1) {
			change_abort(s, u->reason);
			return;
		}
	}
	go_on(s);
}

/* ---- listeners and masters ---- */

static int
open_sockets(struct super *s, struct err *e)
{
	struct change *c = &s->change;
	struct err one;

	*e = (struct err){ .status = 0 };
	for (unsigned i = 0; i < c->nsteps; i++) {
		const struct step *st = &c->step[i];

		if (st->action == ACTION_KEEP)
			sockets_want(&s->sockets, st->to);
		else if (st->to != NULL && sockets_open(&s->sockets, &c->plain,
		    st->to, &one) == -1)
			err_add(e, st->to->name, &one);
	}
	return e->text[0] == '\0' ? 0 : -1;
}

static int
start_masters(struct super *s, struct err *e)
{
	struct change *c = &s->change;

	for (unsigned i = 0; i < c->nsteps; i++) {
		struct step *st = &c->step[i];

		if (st->action != ACTION_REPLACE && st->action != ACTION_START)
			continue;
		if (st->unit == NULL) {
			st->unit = unit_add(s, st->to);
			if (st->unit != NULL)
				st->unit->spec = NULL;
		}
		if (st->unit != NULL)
			st->unit->coming = unit_launch(s, st->unit, st->to,
			    limits_stay(st->unit, st->to));
		if (st->unit == NULL || st->unit->coming == NULL) {
			err_set(e, EXIT_SYSTEM, "%s: cannot start a master",
			    st->to->name);
			return -1;
		}
	}
	return 0;
}

static bool
is_renewed(const struct step *st, enum renew who)
{
	const char *log;

	if (st->action != ACTION_KEEP ||
	    st->unit->now->state != KEEP_RUNNING)
		return false;
	switch (who) {
	case RENEW_NONE:
		break;
	case RENEW_LOGS:
		log = plain_value(st->to, "log");
		return log != NULL && log[0] == '/';
	case RENEW_ALL:
		return true;
	}
	return false;
}

/* Who cannot start is no reason to leave the others as they are. */
static void
renew_step(struct step *st, enum renew who)
{
	if (is_renewed(st, who))
		st->action = ACTION_REPLACE;
	else if (who != RENEW_NONE && st->action == ACTION_START)
		st->action = ACTION_KEEP;
}

static void
apply(struct super *s)
{
	struct change *c = &s->change;
	struct err e = { EXIT_SYSTEM, "no memory for a change" };

	c->stage = CHANGE_STARTING;
	if (step_compare(s, &c->plain, &c->step, &c->nsteps) == -1) {
		undo(s, &e);
		return;
	}
	for (unsigned i = 0; i < c->nsteps; i++)
		renew_step(&c->step[i], c->renew);
	if (open_sockets(s, &e) == -1 || start_masters(s, &e) == -1)
		undo(s, &e);
	else
		go_on(s);
}

/* ---- news ---- */

void
change_ready(struct super *s, struct keep *k)
{
	struct unit *u = unit_find(s, k->name);

	k->until_ms = 0;
	if (u != NULL && u->coming == k && s->change.stage == CHANGE_STARTING)
		go_on(s);
}

static void
undo_for(struct super *s, const struct unit *u, const char *why)
{
	struct err e;

	err_set(&e, EXIT_UNAVAILABLE, "%s: its new master %s", u->name, why);
	undo(s, &e);
}

/* Limits that were set are what a master says of itself: they shall not keep
 * its successor from starting. */
static bool
begins_again(struct super *s, struct unit *u, const struct keep *k)
{
	struct step *st = step_of(s, u);

	return k->limits.known && k->state == KEEP_STARTING && st != NULL &&
	    s->change.stage == CHANGE_STARTING && replace(s, st) == 0;
}

bool
change_died(struct super *s, struct keep *k, int status)
{
	struct unit *u = unit_find(s, k->name);
	char why[KEEP_END];

	if (u == NULL || u->coming != k)
		return false;
	u->coming = NULL;
	if (!begins_again(s, u, k))
		undo_for(s, u, keep_end(status, why));
	return true;
}

static void
loaded(struct super *s)
{
	struct change *c = &s->change;
	struct err e;

	if (loader_read(&c->loader, &c->plain, &e) != 0)
		refused(s, &e);
	else
		apply(s);
}

void
change_hear(struct super *s)
{
	if (s->change.stage == CHANGE_LOADING && loader_take(&s->change.loader))
		loaded(s);
}

/* ---- the beginning of it ---- */

void
change_ask(struct super *s)
{
	s->change.asked = true;
}

static void
tell_begin(struct super *s)
{
	log_info("reload file=%s", s->o->source.path);
	ready_tell(&s->ready, "RELOADING=1\nMONOTONIC_USEC=%lld",
	    (long long)(clock_ns() / 1000));
}

static void
begin(struct super *s)
{
	struct change *c = &s->change;
	struct err e;

	c->asked = c->first = false;
	c->began = true;
	tell_begin(s);
	c->stage = CHANGE_LOADING;
	if (loader_start(&c->loader, &s->o->source, s->now, &e) == -1) {
		refused(s, &e);
	} else if (loader_watch(&c->loader, &s->loop, SUPER_TAG_CHANGE) == -1) {
		err_sys(&e, EXIT_SYSTEM, "cannot wait for the child that reads "
		    "%s", s->o->source.path);
		refused(s, &e);
	}
}

void
change_renew(struct super *s, enum renew who)
{
	if (who > s->change.later)
		s->change.later = who;
}

static void
begin_renewal(struct super *s)
{
	struct change *c = &s->change;
	struct err e;

	c->renew = c->later;
	c->later = RENEW_NONE;
	if (plain_copy(&c->plain, &s->plain, &e) == -1) {
		refused(s, &e);
		return;
	}
	c->loader.nwhy = 0;
	tell_begin(s);
	apply(s);
}

static int64_t
next_time(struct super *s)
{
	int64_t next = LOOP_NEVER;
	struct unit *u;

	if (s->change.stage == CHANGE_LOADING)
		return s->change.loader.until_ms;
	LIST_FOREACH(u, &s->units, next) {
		if (u->coming != NULL && u->coming->until_ms != 0)
			next = loop_sooner(next, u->coming->until_ms);
		if (u->ask_fd != -1)
			next = loop_sooner(next, u->ask_ms);
	}
	return next;
}

static void
look_at_clock(struct super *s)
{
	struct unit *u;

	if (s->change.stage == CHANGE_LOADING &&
	    s->now >= s->change.loader.until_ms)
		loaded(s);
	LIST_FOREACH(u, &s->units, next) {
		if (u->coming != NULL && u->coming->until_ms != 0 &&
		    s->now >= u->coming->until_ms) {
			undo_for(s, u, "was not ready in time");
			return;
		}
		if (u->ask_fd != -1 && s->now >= u->ask_ms) {
			undo_for(s, u, "did not answer in time");
			return;
		}
	}
}

/* An upgrade goes first, unless it was asked for later. */
bool
change_waits(const struct super *s)
{
	const struct change *c = &s->change;

	if (c->stage != CHANGE_NONE || !s->is_ready || s->stopping)
		return false;
	return c->later != RENEW_NONE || (c->asked &&
	    s->upgrade.stage == UPGRADE_NONE &&
	    (!s->upgrade.asked || c->first));
}

int64_t
change_turn(struct super *s)
{
	struct change *c = &s->change;

	look_at_clock(s);
	/* Who asked for the last one is answered first. */
	if (change_waits(s) && !c->ended) {
		if (c->later != RENEW_NONE)
			begin_renewal(s);
		else
			begin(s);
	}
	return next_time(s);
}
