/* claim.c - explores the claim: a listener is one child's at a time, and no
 * client is left waiting (pool/claim.h).
 *
 *	child:	woken once (EPOLLONESHOT); compare-and-exchange(by, 0, me);
 *		if that fails: missed = 1; compare-and-exchange again
 *		... serves until nobody waits ...
 *		by = 0; look again (EPOLL_CTL_MOD); missed? ring
 *	master:	bell: by is 0 and exchange(missed, 0) was 1: look again,
 *		at the place where the present generation waits
 *		death: by = 0 if it was the dead one's; by is 0: look again;
 *		else missed = 1, as it may have been woken for another
 *
 * There are two places where an event may be reported: of two generations
 * that wait at one listener, or of two listeners that share a claim (peers'
 * sessions, pool/peer.h).  Anybody may be killed between any two steps.  Each
 * thing that makes it right is left out once, and must then be missed.
 *
 * usage: claim [-v]	(-v prints how the broken ones break) */
#include "explore.h"

enum { CHILDREN = 3, COMERS = 3 };

enum at {
	NOBODY, WAITS, WOKEN, NOTES, RETRIES, OWNS, PASSES, CHECKS, DEAD
};

struct state {
	uint8_t at[CHILDREN];
	uint8_t place[CHILDREN];	/* generation, or listener looked at */
	uint8_t armed[2], event[2];	/* of each place */
	uint8_t present;		/* generation */
	uint8_t queued[2], came;	/* by listener */
	uint8_t by, missed;		/* the claim */
	uint8_t bell, looks;		/* the master: heard, will exchange */
	uint8_t kills;
};

enum wrong {
	RIGHT, NO_NOTE, NO_SECOND_TRY, NO_PASS, NO_LOOK_AT_DEATH, NO_RING,
	NO_NOTE_AT_DEATH, KEEPS_CLAIM
};

static struct run {
	const char *name;
	unsigned children, kills;
	bool renews, shares;
	enum wrong wrong;
} the;

/* The queue that is seen at a place. */
static unsigned
queue_at(unsigned place)
{
	return the.shares ? place : 0;
}

/* EPOLL_CTL_MOD: armed, and reported at once if somebody waits. */
static void
look_again(struct state *s, unsigned place)
{
	s->armed[place] = 1;
	s->event[place] = s->queued[queue_at(place)] > 0;
}

/* The master does it where the present children wait. */
static void
look_again_at_all(struct state *s)
{
	look_again(s, the.shares ? 0 : s->present);
	if (the.shares)
		look_again(s, 1);
}

static void
world(struct explore *x, const struct state *s)
{
	struct state n = *s;

	for (unsigned q = 0; q < 1U + the.shares && s->came < COMERS; q++) {
		n = *s;
		n.came++;
		n.queued[q]++;
		for (unsigned e = 0; e < 2; e++)
			if (queue_at(e) == q)
				n.event[e] |= s->armed[e];
		explore_step(x, MAY, &n, "a client comes to %u", q);
	}
	if (the.renews && s->present == 0) {
		n = *s;
		n.present = 1;
		look_again(&n, 1);
		explore_step(x, MAY, &n, "a renewal");
	}
	for (unsigned i = 0; i < the.children; i++) {
		if (s->kills == the.kills || s->at[i] == NOBODY ||
		    s->at[i] == DEAD)
			continue;
		n = *s;
		n.kills++;
		n.at[i] = DEAD;
		explore_step(x, MAY, &n, "child %u is killed", i);
	}
}

static void
take_event(struct explore *x, const struct state *s, unsigned i, unsigned e)
{
	struct state n = *s;

	if (!s->event[e])
		return;
	n.event[e] = 0;
	/* The kernel looks whether it is still so. */
	if (s->queued[queue_at(e)] > 0) {
		n.armed[e] = 0;
		n.at[i] = WOKEN;
		n.place[i] = (uint8_t)e;
	}
	explore_step(x, MUST, &n, "child %u wakes for %u", i, e);
}

static void
wait_for_events(struct explore *x, const struct state *s, unsigned i)
{
	unsigned e = s->place[i];
	struct state n = *s;

	if (the.shares) {
		take_event(x, s, i, 0);
		take_event(x, s, i, 1);
	} else if (s->event[e]) {
		take_event(x, s, i, e);
	} else if (e != s->present) {
		n.at[i] = DEAD;
		explore_step(x, MUST, &n, "child %u leaves", i);
	}
}

static void
try(struct explore *x, const struct state *s, unsigned i, enum at otherwise)
{
	struct state n = *s;

	n.at[i] = s->by == 0 ? OWNS : otherwise;
	if (s->by == 0)
		n.by = (uint8_t)(i + 1);
	explore_step(x, MUST, &n, "child %u tries: %s", i,
	    s->by == 0 ? "its" : "not its");
}

static void
child(struct explore *x, const struct state *s, unsigned i)
{
	struct state n = *s;

	switch ((enum at)s->at[i]) {
	case NOBODY:
		n.at[i] = WAITS;
		n.place[i] = s->present;
		explore_step(x, MUST, &n, "child %u is started", i);
		break;
	case WAITS:
		wait_for_events(x, s, i);
		break;
	case WOKEN:
		try(x, s, i, the.wrong == NO_NOTE ? WAITS : NOTES);
		break;
	case NOTES:
		n.missed = 1;
		n.at[i] = the.wrong == NO_SECOND_TRY ? WAITS : RETRIES;
		explore_step(x, MUST, &n, "child %u leaves a note", i);
		break;
	case RETRIES:
		try(x, s, i, WAITS);
		break;
	case OWNS:
		if (s->queued[queue_at(s->place[i])] > 0) {
			n.queued[queue_at(s->place[i])]--;
			explore_step(x, MUST, &n, "child %u serves one", i);
			break;
		}
		n.by = 0;
		n.at[i] = PASSES;
		explore_step(x, MUST, &n, "child %u ends its claim", i);
		break;
	case PASSES:
		if (the.wrong != NO_PASS)
			look_again(&n, s->place[i]);
		n.at[i] = CHECKS;
		explore_step(x, MUST, &n, "child %u lets look again", i);
		break;
	case CHECKS:
		if (s->missed && the.wrong != NO_RING)
			n.bell = 1;
		n.at[i] = WAITS;
		explore_step(x, MUST, &n, "child %u sees the note: %u", i,
		    s->missed);
		break;
	case DEAD:
		n.at[i] = NOBODY;
		if (s->by == i + 1 && the.wrong != KEEPS_CLAIM)
			n.by = 0;
		if (n.by == 0 && the.wrong != NO_LOOK_AT_DEATH)
			look_again_at_all(&n);
		else if (n.by != 0 && the.wrong != NO_NOTE_AT_DEATH)
			n.missed = 1;
		/* Settling follows, which looks for notes. */
		n.bell |= the.wrong != NO_LOOK_AT_DEATH;
		explore_step(x, MUST, &n, "the master buries child %u", i);
		break;
	}
}

static void
master(struct explore *x, const struct state *s)
{
	struct state n = *s;

	if (s->bell) {
		n.bell = 0;
		n.looks = s->by == 0;
		explore_step(x, MUST, &n, "the master hears the bell");
	} else if (s->looks) {
		n.looks = 0;
		n.missed = 0;
		if (s->missed)
			look_again_at_all(&n);
		explore_step(x, MUST, &n, "the master takes the note");
	}
}

static void
steps(struct explore *x, const void *state)
{
	const struct state *s = state;

	world(x, s);
	master(x, s);
	for (unsigned i = 0; i < the.children; i++)
		child(x, s, i);
}

static const char *
judge(const void *state, bool quiet)
{
	const struct state *s = state;
	unsigned owners = 0;

	for (unsigned i = 0; i < the.children; i++)
		owners += s->at[i] == OWNS;
	if (owners > 1)
		return "two have the listener";
	if (quiet && s->queued[0] + s->queued[1] > 0)
		return "all rest, and a client waits";
	return NULL;
}

static void
show(const void *state, char *text, size_t size)
{
	static const char *const words[] = {
		"nobody", "waits", "woken", "notes", "retries", "owns",
		"passes", "checks", "dead"
	};
	const struct state *s = state;
	int n = snprintf(text, size, "%u+%u queued, by %u missed %u",
	    s->queued[0], s->queued[1], s->by, s->missed);

	for (unsigned i = 0; i < the.children; i++)
		n += snprintf(text + n, size - (size_t)n, ", %s/%u",
		    words[s->at[i]], s->place[i]);
}

static const struct run runs[] = {
	{ "1 child",                                    1, 1, 0, 0, RIGHT },
	{ "3 children, 2 killed",                       3, 2, 0, 0, RIGHT },
	{ "2 children and a renewal",                   2, 0, 1, 0, RIGHT },
	{ "3 children, 1 killed, and a renewal",        3, 1, 1, 0, RIGHT },
	{ "2 children, 2 listeners, 1 killed",          2, 1, 0, 1, RIGHT },
	{ "3 children, 2 listeners",                    3, 0, 0, 1, RIGHT },
	{ "broken: who cannot claim leaves no note",    2, 0, 0, 1, NO_NOTE },
	{ "broken: and tries only once",                2, 0, 0, 1, NO_SECOND_TRY },
	{ "broken: nobody lets look again",             2, 0, 0, 0, NO_PASS },
	{ "broken: a death is no reason to look again", 2, 1, 0, 0, NO_LOOK_AT_DEATH },
	{ "broken: a death leaves no note",             2, 1, 0, 1, NO_NOTE_AT_DEATH },
	{ "broken: a note is nobody's news",            2, 0, 0, 1, NO_RING },
	{ "broken: a dead one keeps its claim",         2, 1, 0, 0, KEEPS_CLAIM },
};

static bool
explore_one(unsigned i, bool talk)
{
	struct state first = { .armed = { 1, runs[i].shares } };
	struct explore x = {
		.bytes = sizeof first, .most = 4000000,
		.steps = steps, .judge = judge, .show = show,
	};

	the = runs[i];
	return explore_tap(&x, &first, i + 1, the.name, the.wrong != RIGHT,
	    talk);
}

int
main(int argc, char *argv[])
{
	return explore_main(argc, argv, sizeof runs / sizeof runs[0],
	    explore_one);
}
