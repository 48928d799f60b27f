/* retire.c - explores how children wait, pass the baton, and leave.
 *
 * All wait on one epoll instance, for one event at a time.  In it are the
 * listeners (edge-triggered), the farewell, from which each child that takes
 * one leaves, and the lifeline, which is readable when the master is dead
 * (both level-triggered).
 *
 *	child:	a listener: accept; if there was one: look again at that
 *		listener (the baton), then say BUSY, then serve
 *		the farewell: a last accept on every listener; if there was
 *		none and a farewell can be taken: leave
 *		the lifeline: leave
 *	master:	a child died that was not BUSY: take what is on the ready
 *		list, then look again at every listener
 *
 * "Look again" is EPOLL_CTL_MOD.  The kernel, as of fs/eventpoll.c:
 *  - an arrival puts the item on the ready list, if it is not there, and in
 *    any case wakes one sleeper, who is then off the queue of sleepers;
 *  - whoever is awake takes an item; one that is not ready is dropped, one
 *    that is level-triggered is put back; if the list is not empty then, one
 *    more sleeper is woken; who finds nothing sleeps (again);
 *  - MOD puts a ready item on the list and wakes one, but does nothing if it
 *    is there already;
 *  - who is killed between being woken and looking takes nothing, and wakes
 *    nobody: the wake-up is lost, the item stays on the list.
 * That is why MOD alone is not enough when a child was killed.
 *
 * Children are alike, so states are compared with them sorted.  The order of
 * the ready list is left open.  "Somebody else" who accepts is a child of
 * another generation, on an epoll instance of its own.
 *
 * Not promised: when the master and a child that was just woken are both
 * killed, the others may sleep on until the next arrival.  Nobody is left
 * then who could wake them.
 *
 * usage: retire [-v]	(-v prints how the broken ones break) */
#include "explore.h"

enum { CHILDREN = 3, MOST_LISTENERS = 2, FAREWELL = MOST_LISTENERS, LIFELINE };

enum child_at {
	GONE,			/* served and ended, or buried */
	LEFT,			/* heeded a farewell, or the lifeline */
	LOOKS,			/* awake; will look at the ready list */
	SLEEPS,
	ACCEPTS,		/* on the listener it was woken for */
	HAS_ONE,		/* a client, and neither said nor passed on */
	SAID_BUSY,		/* but not passed on; only in BUSY_FIRST */
	PASSED,			/* the baton, but not said BUSY */
	SERVES,
	LAST_ROUND,		/* was woken by the farewell */
	HEEDS,			/* had no luck, will take a farewell */
	DEAD_WAITING,		/* killed: its byte does not say BUSY */
	DEAD_BUSY
};

enum master_at { RESTS, TAKES, MODS, MASTER_DEAD };

struct state {
	uint8_t child[CHILDREN];	/* at * 2 + listener; sorted */
	uint8_t queue[MOST_LISTENERS];
	uint8_t owed[MOST_LISTENERS];	/* of them, there when all had to go */
	uint8_t list;		/* the ready list: a bit for each item */
	uint8_t farewells;	/* not yet taken */
	uint8_t all;		/* all shall go: farewells without end */
	uint8_t clients;	/* that may still come */
	uint8_t said;		/* farewells, in all */
	uint8_t killed;		/* somebody was, before he served */
	uint8_t master, i;
};

enum wrong {
	RIGHT,
	NO_BATON,
	NO_LOOK,		/* nothing is done when a child was killed */
	MOD_ONLY,		/* then the ready list is not taken first */
	BUSY_FIRST,		/* says BUSY, then passes the baton */
	NO_LAST_ROUND,
	BLIND			/* leaves without taking a farewell */
};

static struct run {
	const char *name;
	unsigned listeners, clients, farewells;
	bool ends;		/* the master may dismiss all, or die */
	enum wrong wrong;
} the;

/* In the order of enum child_at. */
static const char *const words[] = {
	"gone", "left", "looks", "sleeps", "accepts", "has-one", "said-busy",
	"passed", "serves", "last-round", "heeds", "dead", "dead-busy"
};

static uint8_t
child(enum child_at at, unsigned listener)
{
	return (uint8_t)(at * 2 + listener);
}

static enum child_at
at(uint8_t c)
{
	return c / 2;
}

static void
sort(struct state *s)
{
	for (unsigned i = 1; i < CHILDREN; i++)
		for (unsigned j = i; j > 0 && s->child[j] < s->child[j - 1]; j--) {
			uint8_t c = s->child[j];

			s->child[j] = s->child[j - 1];
			s->child[j - 1] = c;
		}
}

static unsigned
count(const struct state *s, enum child_at where)
{
	unsigned n = 0;

	for (unsigned i = 0; i < CHILDREN; i++)
		n += at(s->child[i]) == where;
	return n;
}

/* ---- the kernel ---- */

static bool
is_ready(const struct state *s, unsigned item)
{
	if (item == FAREWELL)
		return s->farewells > 0 || s->all;
	if (item == LIFELINE)
		return s->master == MASTER_DEAD;
	return s->queue[item] > 0;
}

/* Sleepers are alike: it does not matter which one. */
static void
wake_one(struct state *s)
{
	for (unsigned i = 0; i < CHILDREN; i++)
		if (at(s->child[i]) == SLEEPS) {
			s->child[i] = child(LOOKS, 0);
			return;
		}
}

static void
arrive(struct state *s, unsigned item)
{
	s->list |= (uint8_t)(1u << item);
	wake_one(s);
}

static void
mod(struct state *s, unsigned item)
{
	if (is_ready(s, item) && !(s->list >> item & 1))
		arrive(s, item);
}

/* Take an item off the list.  True if it is ready: then the taker, who must
 * not count as a sleeper any more, has it. */
static bool
harvest(struct state *s, unsigned item)
{
	s->list &= (uint8_t)~(1u << item);
	if (!is_ready(s, item))
		return false;
	if (item == FAREWELL || item == LIFELINE)
		s->list |= (uint8_t)(1u << item);
	if (s->list != 0)
		wake_one(s);
	return true;
}

static bool
accept_one(struct state *s, unsigned l)
{
	if (s->queue[l] == 0)
		return false;
	s->queue[l]--;
	if (s->owed[l] > 0)	/* first come, first served */
		s->owed[l]--;
	return true;
}

/* ---- the child ---- */

static void
child_looks(struct explore *x, const struct state *now, unsigned me)
{
	struct state s = *now;

	if (s.list == 0) {
		s.child[me] = child(SLEEPS, 0);
		sort(&s);
		explore_step(x, MUST, &s, "child: finds nothing, sleeps");
		return;
	}
	for (unsigned item = 0; item <= LIFELINE; item++) {
		if (!(now->list >> item & 1))
			continue;
		s = *now;
		if (!harvest(&s, item))
			;	/* and looks on */
		else if (item == FAREWELL)
			s.child[me] = the.wrong == NO_LAST_ROUND ?
			    child(HEEDS, 0) : child(LAST_ROUND, 0);
		else if (item == LIFELINE)
			s.child[me] = child(LEFT, 0);
		else
			s.child[me] = child(ACCEPTS, item);
		sort(&s);
		explore_step(x, MUST, &s, "child: takes item %u%s", item,
		    is_ready(now, item) ? "" : ", which is not ready");
	}
}

static void
child_accepts(struct state *s, unsigned me, unsigned l)
{
	if (accept_one(s, l))
		s->child[me] = child(HAS_ONE, l);
	else if (at(s->child[me]) == ACCEPTS)
		s->child[me] = child(LOOKS, 0);
	else if (l + 1 < the.listeners)
		s->child[me] = child(LAST_ROUND, l + 1);
	else
		s->child[me] = child(HEEDS, 0);
}

static void
child_heeds(struct state *s, unsigned me)
{
	bool mine = the.wrong == BLIND || is_ready(s, FAREWELL);

	if (!s->all && s->farewells > 0)
		s->farewells--;
	s->child[me] = child(mine ? LEFT : LOOKS, 0);
}

static void
child_goes_on(struct explore *x, const struct state *now, unsigned me)
{
	struct state s = *now;
	unsigned l = s.child[me] % 2;
	const char *what = "";

	switch (at(s.child[me])) {
	case LOOKS:
		child_looks(x, now, me);
		return;
	case ACCEPTS:
	case LAST_ROUND:
		what = "accepts, or would";
		child_accepts(&s, me, l);
		break;
	case HAS_ONE:
		what = the.wrong == BUSY_FIRST ? "says BUSY" :
		    the.wrong == NO_BATON ? "keeps the baton" : "passes the baton";
		if (the.wrong != NO_BATON && the.wrong != BUSY_FIRST)
			mod(&s, l);
		s.child[me] = child(the.wrong == BUSY_FIRST ? SAID_BUSY : PASSED, l);
		break;
	case SAID_BUSY:
		what = "passes the baton";
		mod(&s, l);
		s.child[me] = child(SERVES, 0);
		break;
	case PASSED:
		what = "says BUSY";
		s.child[me] = child(SERVES, 0);
		break;
	case HEEDS:
		what = "takes a farewell, or would";
		child_heeds(&s, me);
		break;
	case GONE:
	case LEFT:
	case SLEEPS:
	case SERVES:
	case DEAD_WAITING:
	case DEAD_BUSY:
		return;
	}
	sort(&s);
	explore_step(x, MUST, &s, "child: %s (listener %u)", what, l);
}

/* What the world may do to it. */
static void
child_meets(struct explore *x, const struct state *now, unsigned me)
{
	struct state s = *now;

	switch (at(now->child[me])) {
	case GONE:
	case LEFT:
	case DEAD_WAITING:
	case DEAD_BUSY:
		return;
	case SERVES:
		s.child[me] = child(GONE, 0);
		sort(&s);
		explore_step(x, MAY, &s, "child: has served, ends");
		s = *now;
		s.child[me] = child(LOOKS, 0);
		sort(&s);
		explore_step(x, MAY, &s, "child: has served, waits again");
		return;
	case SAID_BUSY:
		s.child[me] = child(DEAD_BUSY, 0);
		break;
	default:
		s.child[me] = child(DEAD_WAITING, 0);
	}
	s.killed = 1;
	sort(&s);
	explore_step(x, MAY, &s, "child: is killed (it %s)",
	    words[at(now->child[me])]);
}

/* ---- the master ---- */

static void
master_buries(struct explore *x, const struct state *now)
{
	for (unsigned i = 0; i < CHILDREN; i++) {
		struct state s = *now;

		if (at(s.child[i]) != DEAD_WAITING && at(s.child[i]) != DEAD_BUSY)
			continue;
		if (at(s.child[i]) == DEAD_WAITING && the.wrong != NO_LOOK)
			s.master = the.wrong == MOD_ONLY ? MODS : TAKES;
		s.child[i] = child(GONE, 0);
		sort(&s);
		explore_step(x, MUST, &s, "master: buries one");
	}
}

static void
master_goes_on(struct explore *x, const struct state *now)
{
	struct state s = *now;

	switch ((enum master_at)s.master) {
	case RESTS:
		master_buries(x, now);
		return;
	case TAKES:
		/* epoll_wait for one event, which does not wait. */
		for (unsigned item = 0; item <= LIFELINE; item++) {
			s = *now;
			if (!(s.list >> item & 1))
				continue;
			if (harvest(&s, item))
				s.master = MODS;
			sort(&s);
			explore_step(x, MUST, &s, "master: takes item %u", item);
		}
		s = *now;
		s.master = MODS;
		if (s.list == 0)
			explore_step(x, MUST, &s, "master: takes nothing");
		return;
	case MODS:
		mod(&s, s.i++);
		if (s.i == the.listeners) {
			s.i = 0;
			s.master = RESTS;
		}
		sort(&s);
		explore_step(x, MUST, &s, "master: looks again at %u", now->i);
		return;
	case MASTER_DEAD:
		return;
	}
}

static void
master_asks(struct explore *x, const struct state *now)
{
	struct state s = *now;

	if (s.master == MASTER_DEAD)
		return;
	if (the.ends) {
		s.master = MASTER_DEAD;
		s.i = 0;
		arrive(&s, LIFELINE);
		sort(&s);
		explore_step(x, MAY, &s, "master: dies");
	}
	s = *now;
	if (the.ends && !s.all) {
		s.all = 1;
		memcpy(s.owed, s.queue, sizeof s.owed);
		arrive(&s, FAREWELL);
		sort(&s);
		explore_step(x, MAY, &s, "master: says farewell to all");
	}
	s = *now;
	if (s.all || s.said == the.farewells)
		return;
	s.said++;
	s.farewells++;
	arrive(&s, FAREWELL);
	sort(&s);
	explore_step(x, MAY, &s, "master: says one farewell");
}

/* ---- the whole ---- */

static void
steps(struct explore *x, const void *state)
{
	const struct state *now = state;
	struct state s;

	for (unsigned i = 0; i < CHILDREN; i++) {
		if (i > 0 && now->child[i] == now->child[i - 1])
			continue;
		child_goes_on(x, now, i);
		child_meets(x, now, i);
	}
	master_goes_on(x, now);
	master_asks(x, now);
	for (unsigned l = 0; l < the.listeners; l++) {
		s = *now;
		if (accept_one(&s, l))
			explore_step(x, MAY, &s, "somebody else accepts from %u", l);
		s = *now;
		if (s.clients == 0)
			continue;
		s.clients--;
		s.queue[l]++;
		arrive(&s, l);
		sort(&s);
		explore_step(x, MAY, &s, "a client comes to %u", l);
	}
}

static const char *
judge(const void *state, bool quiet)
{
	const struct state *s = state;
	bool sleeper = count(s, SLEEPS) > 0;
	bool orphans = s->master == MASTER_DEAD;

	if (!s->all && !orphans && count(s, LEFT) > s->said)
		return "more have left than were told to";
	if (!quiet || (orphans && s->killed))
		return NULL;
	if (sleeper && s->queue[0] + s->queue[1] > 0)
		return "all rest, and a client waits while a child does";
	if (sleeper && is_ready(s, FAREWELL))
		return "all rest, and nobody hears the farewell";
	if (sleeper && orphans)
		return "all rest, and a child outlives its master";
	if (sleeper && !s->killed && count(s, LEFT) != s->said)
		return "fewer have left than were told to";
	if (s->all && s->said == 0 && !orphans && !s->killed &&
	    s->owed[0] + s->owed[1] > 0 && count(s, LEFT) > 0)
		return "a child has left though a client was waiting before";
	return NULL;
}

static void
show(const void *state, char *text, size_t size)
{
	const struct state *s = state;

	snprintf(text, size, "%s %s %s; queues %u %u; ready %s%s%s%s; farewells %u%s",
	    words[at(s->child[0])], words[at(s->child[1])],
	    words[at(s->child[2])], s->queue[0], s->queue[1],
	    s->list & 1 ? "0" : "-", s->list & 2 ? "1" : "-",
	    s->list & 4 ? "F" : "-", s->list & 8 ? "L" : "-", s->farewells,
	    s->all ? ", all" : "");
}

static const struct run runs[] = {
	/*                       listeners, clients, farewells, ends */
	{ "1 listener: nobody is forgotten",    1, 3, 2, 1, RIGHT },
	{ "2 listeners: nobody is forgotten",   2, 3, 2, 1, RIGHT },
	{ "3 farewells: the right number leave", 2, 2, 3, 1, RIGHT },
	{ "broken: no baton after accept",      1, 2, 0, 0, NO_BATON },
	{ "broken: nothing done after a kill",  1, 1, 0, 0, NO_LOOK },
	{ "broken: MOD alone after a kill, a client waits",
	  1, 1, 0, 0, MOD_ONLY },
	{ "broken: MOD alone after a kill, nobody leaves",
	  1, 0, 1, 0, MOD_ONLY },
	{ "broken: BUSY before the baton",      1, 2, 0, 0, BUSY_FIRST },
	{ "broken: no last round",              1, 1, 0, 1, NO_LAST_ROUND },
	{ "broken: leaving without a farewell", 1, 0, 1, 0, BLIND },
};

static bool
explore_one(unsigned i, bool talk)
{
	struct state first = { .clients = (uint8_t)runs[i].clients };
	struct explore x = {
		.bytes = sizeof first, .most = 1000000,
		.steps = steps, .judge = judge, .show = show,
	};

	the = runs[i];
	memset(first.child, child(LOOKS, 0), sizeof first.child);
	return explore_tap(&x, &first, i + 1, the.name, the.wrong != RIGHT,
	    talk);
}

int
main(int argc, char *argv[])
{
	return explore_main(argc, argv, sizeof runs / sizeof runs[0],
	    explore_one);
}
