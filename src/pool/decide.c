/* decide.c - a ring of numbers, made words when somebody asks. */
#include "pool/decide.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>

#include "pool/tell.h"

enum { LOOK_BACK = 8 };

static const char *const words[] = {
	[DECIDE_START]        = "start",
	[DECIDE_REPLACE]      = "start",
	[DECIDE_FULL]         = "full",
	[DECIDE_FULL_OVER]    = "full-over",
	[DECIDE_SPARE]        = "spare",
	[DECIDE_SHRINK]       = "shrink",
	[DECIDE_DIED]         = "died",
	[DECIDE_EXEC_FAILED]  = "exec-failed",
	[DECIDE_FORK_FAILED]  = "fork-failed",
	[DECIDE_WAIT]         = "failing",
	[DECIDE_WAIT_OVER]    = "failing-over",
	[DECIDE_GENERATION]   = "generation",
	[DECIDE_RENEW]        = "renew",
	[DECIDE_PAUSE]        = "pause",
	[DECIDE_RESUME]       = "resume",
	[DECIDE_MINIMUM]      = "set",
	[DECIDE_MAXIMUM]      = "set",
	[DECIDE_SPARES]       = "set",
	[DECIDE_KICK]         = "kick",
	[DECIDE_SESSION_TIME] = "session-time",
	[DECIDE_WORKER_READY] = "worker-ready",
	[DECIDE_WORKER_LATE]  = "worker-late",
	[DECIDE_WORKER_HANGS] = "worker-hangs",
	[DECIDE_RETIRE]       = "worker-retire",
	[DECIDE_STOP]         = "stop",
};

_Static_assert(sizeof words / sizeof words[0] == DECIDE_NWHATS,
    "each has a word");

/* Those that a busy service takes all the time. */
static bool
is_routine(enum decide_what what)
{
	return what == DECIDE_START || what == DECIDE_REPLACE ||
	    what == DECIDE_FULL || what == DECIDE_FULL_OVER ||
	    what == DECIDE_SPARE || what == DECIDE_SHRINK ||
	    what == DECIDE_DIED || what == DECIDE_EXEC_FAILED ||
	    what == DECIDE_SESSION_TIME;
}

/* One of the last few, if this is more of the same. */
static struct decision *
find_same(struct decide *d, const struct decision *new)
{
	for (unsigned i = 1; i <= LOOK_BACK && i <= d->n; i++) {
		struct decision *old = &d->ring[(d->n - i) % DECIDE_KEEP];

		if (old->what != new->what)
			continue;
		if (is_routine(new->what) ?
		    new->at_ms - old->at_ms < DECIDE_MERGE_MS :
		    i == 1 && old->a == new->a && old->b == new->b)
			return old;
	}
	return NULL;
}

void
decide_note(struct decide *d, enum decide_what what, int64_t now,
    unsigned count, long a, long b)
{
	struct decision new = { what, count, now, a, b };
	struct decision *same = find_same(d, &new);

	if (same != NULL) {
		same->count += count;
		same->a = a;
		same->b = b;
		return;
	}
	d->ring[d->n++ % DECIDE_KEEP] = new;
	/* It must never be 0 again. */
	if (d->n == 2 * DECIDE_KEEP)
		d->n = DECIDE_KEEP;
}

const struct decision *
decide_at(const struct decide *d, unsigned i)
{
	if (d->n <= DECIDE_KEEP)
		return i < d->n ? &d->ring[i] : NULL;
	return i < DECIDE_KEEP ? &d->ring[(d->n + i) % DECIDE_KEEP] : NULL;
}

const char *
decide_word(enum decide_what what)
{
	return words[what];
}

static const char *
asked(const struct decision *d)
{
	switch (d->what) {
	case DECIDE_PAUSE:
		return d->b != 0 ? "asked, clients are refused" :
		    "asked, clients wait";
	case DECIDE_KICK:
		return d->b != 0 ? "asked, by its peer" : "asked";
	case DECIDE_RETIRE:
		return d->b != 0 ? "of an older generation" : "recycle-after";
	case DECIDE_WAIT_OVER:
		return "a child is well";
	default:
		return "asked";
	}
}

static void
say_death(const struct decision *d, char buf[DECIDE_TEXT])
{
	int status = (int)d->b;

	if (WIFSIGNALED(status))
		snprintf(buf, DECIDE_TEXT, "pid %ld was ended by signal %s", d->a,
		    sigabbrev_np(WTERMSIG(status)));
	else
		snprintf(buf, DECIDE_TEXT, "pid %ld ended with status %d", d->a,
		    WEXITSTATUS(status));
}

#define SAY(fmt) snprintf(buf, DECIDE_TEXT, fmt, d->a, d->b); break

const char *
decide_because(const struct decision *d, char buf[DECIDE_TEXT])
{
	switch (d->what) {
	case DECIDE_START:
		SAY("available %ld < %ld");
	case DECIDE_REPLACE:
		SAY("workers %ld < %ld");
	case DECIDE_FULL:
		SAY("refused because connected %ld reached maximum-connected "
		    "%ld");
	case DECIDE_FULL_OVER:
		SAY("available %ld >= %ld");
	case DECIDE_SPARE:
		SAY("available %ld for idle-time > maximum-available %ld");
	case DECIDE_SHRINK:
		SAY("alive %ld > %ld");
	case DECIDE_DIED:
		say_death(d, buf);
		break;
	case DECIDE_EXEC_FAILED:
		snprintf(buf, DECIDE_TEXT, "pid %ld could not execute its "
		    "program: %s", d->a, tell_errno((int)d->b));
		break;
	case DECIDE_FORK_FAILED:
		snprintf(buf, DECIDE_TEXT, "%s, again in %ld ms",
		    tell_errno((int)d->a), d->b);
		break;
	case DECIDE_WAIT:
		SAY("children fail: none is started for %ld ms, rounds %ld");
	case DECIDE_GENERATION:
		SAY("generation %ld, listeners %ld");
	case DECIDE_MINIMUM:
		SAY("minimum-available %ld -> %ld");
	case DECIDE_MAXIMUM:
		SAY("maximum-connected %ld -> %ld");
	case DECIDE_SPARES:
		SAY("maximum-available %ld -> %ld");
	case DECIDE_SESSION_TIME:
		SAY("pid %ld served longer than %ld ms");
	case DECIDE_WORKER_READY:
		SAY("pid %ld after %ld ms");
	case DECIDE_WORKER_LATE:
		SAY("pid %ld was not ready after %ld ms");
	case DECIDE_WORKER_HANGS:
		SAY("pid %ld was silent for %ld ms");
	case DECIDE_RETIRE:
	case DECIDE_KICK:
		snprintf(buf, DECIDE_TEXT, "pid %ld, %s", d->a, asked(d));
		break;
	case DECIDE_STOP:
		snprintf(buf, DECIDE_TEXT, "asked, connected %ld", d->a);
		break;
	case DECIDE_RENEW:
	case DECIDE_PAUSE:
	case DECIDE_RESUME:
	case DECIDE_WAIT_OVER:
		snprintf(buf, DECIDE_TEXT, "%s", asked(d));
		break;
	case DECIDE_NWHATS:
		buf[0] = '\0';
		break;
	}
	return buf;
}
