/* stopping.c - masters are told to stop, and killed if they do not. */
#include "brood/stopping.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>

#include "brood/words.h"
#include "rules/spec.h"
#include "tools/log.h"

enum { KILL_MS = 10000 };	/* beyond stop-time: one that does not go */

/* How long it may take to stop, beyond what its sessions may. */
static int64_t
stop_ms(const struct super *s, const struct keep *k)
{
	const struct plain_service *spec = plain_find(&s->plain, k->name);
	int64_t ms = spec != NULL ? plain_ms(spec, "stop-time") : -1;

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
stopping_all(struct super *s, int number)
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
stopping_old(struct super *s, const char *service)
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
stopping_turn(struct super *s)
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
