/* keeps.c - all masters that live, of whatever generation. */
#include "brood/keeps.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "brood/change.h"
#include "brood/unit.h"
#include "brood/upgrade.h"
#include "brood/verbs.h"
#include "brood/words.h"
#include "rules/spec.h"
#include "tools/log.h"

enum { KILL_MS = 10000 };	/* beyond stop-time: one that does not go */

/* ---- told ---- */

/* How long it may take to stop, beyond what its sessions may. */
static int64_t
stop_ms(const struct super *s, const struct keep *k)
{
	const struct plain_service *spec = plain_find(&s->plain, k->name);
	const char *value = spec != NULL ? plain_value(spec, "stop-time") : NULL;
	int64_t ms = value != NULL ? spec_duration(value) : -1;

	return (ms > 0 ? ms : SPEC_STOP_MS) + KILL_MS;
}

static void
stop(const struct super *s, struct keep *k, int number)
{
	/* A second one would mean now. */
	bool knows = k->state == KEEP_FINISHING && number == SIGQUIT;

	k->state = KEEP_STOPPING;
	/* To finish may take for ever. */
	if (number != SIGQUIT)
		k->until_ms = s->now + stop_ms(s, k);
	if (!knows)
		keep_tell(k, number);
}

void
keeps_tell(struct super *s, int number)
{
	struct keep *k;

	LIST_FOREACH(k, &s->keeps, next)
		stop(s, k, number);
}

static unsigned
most_generations(const struct super *s)
{
	const char *value = plain_global(&s->plain, "maximum-generations");

	return value != NULL ? (unsigned)atoi(value) : WORDS_USUAL;
}

void
keeps_trim(struct super *s, const char *service)
{
	unsigned most = most_generations(s), alive = 0;
	struct keep *k;

	/* The list has the newest first. */
	LIST_FOREACH(k, &s->keeps, next) {
		if (strcmp(k->name, service) != 0 || k->state == KEEP_STOPPING ||
		    ++alive <= most || k->state != KEEP_FINISHING)
			continue;
		log_warn("generation-stop service=%s pid=%d serial=%u "
		    "maximum-generations=%u", k->name, (int)k->pid, k->serial,
		    most);
		stop(s, k, SIGTERM);
	}
}

static void
kill_late(struct keep *k)
{
	log_warn("master-late service=%s pid=%d state=%s", k->name,
	    (int)k->pid, keep_word(k->state));
	keep_tell(k, SIGKILL);
	k->until_ms = 0;
}

int64_t
keeps_turn(struct super *s)
{
	int64_t next = LOOP_NEVER;
	struct keep *k;

	LIST_FOREACH(k, &s->keeps, next) {
		if (k->until_ms != 0 && s->now >= k->until_ms)
			kill_late(k);
		if (k->until_ms != 0)
			next = loop_sooner(next, k->until_ms);
	}
	return next;
}

/* ---- heard ---- */

static struct keep *
keep_of(const struct super *s, pid_t pid)
{
	struct keep *k;

	LIST_FOREACH(k, &s->keeps, next)
		if (k->pid == pid)
			return k;
	return NULL;
}

/* Whoever wrote is known by the kernel; strangers write in vain. */
void
keeps_hear(struct super *s)
{
	char text[NOTIFY_TEXT_SIZE];
	struct keep *k;
	pid_t pid;

	while (notify_take(&s->notify, text, &pid)) {
		k = keep_of(s, pid);
		if (k == NULL || k->state != KEEP_STARTING ||
		    !notify_says(text, "READY=1"))
			continue;
		k->state = KEEP_RUNNING;
		k->until_ms = 0;
		log_info("master-ready service=%s pid=%d serial=%u", k->name,
		    (int)k->pid, k->serial);
		change_ready(s, k);
	}
}

/* ---- waited for ---- */

static void
ended(struct super *s, struct keep *k, int status)
{
	bool came = change_died(s, k, status);	/* which may forget a unit */
	struct unit *u = unit_find(s, k->name);

	if (came || u == NULL || u->now != k || s->stopping) {
		log_info("master-end service=%s pid=%d serial=%u", k->name,
		    (int)k->pid, k->serial);
		if (u != NULL && u->now == k)
			u->now = NULL;
	} else {
		unit_died(s, u, k, status);
	}
	keep_bury(k);
}

/* As process 1 of a container we get every orphan. */
static void
reap_strangers(const struct super *s)
{
	siginfo_t si = { .si_pid = 0 };

	while (getpid() == 1 && waitid(P_ALL, 0, &si, WEXITED | WNOHANG |
	    WNOWAIT) == 0 && si.si_pid != 0 && keep_of(s, si.si_pid) == NULL &&
	    si.si_pid != s->change.loader.pid &&
	    si.si_pid != s->upgrade.pid && !verbs_owns(s, si.si_pid)) {
		waitpid(si.si_pid, NULL, 0);
		log_debug("reaped-stranger pid=%d", (int)si.si_pid);
		si.si_pid = 0;
	}
}

/* By pid: the ends of those that read files are looked for elsewhere. */
void
keeps_reap(struct super *s)
{
	struct keep *k, *after;
	int status;

	loop_heard_ended(&s->loop);
	LIST_FOREACH_SAFE(k, &s->keeps, next, after)
		if (waitpid(k->pid, &status, WNOHANG) == k->pid)
			ended(s, k, status);
	upgrade_reap(s);
	reap_strangers(s);
}
