/* doorbell.c - explores the doorbell: a child that leaves too few available
 * behind it rings, and the master never sleeps through it.
 *
 *	child:	state = BUSY; full fence; count the bytes one by one;
 *		fewer than wanted, and exchange(rung, 1) was 0: write(bell)
 *	master:	woken by the bell or a death; reap; rung = 0; wanted =
 *		min_idle; fence; count the bytes one by one; plan; start;
 *		wanted = 0 if a ring could change nothing
 *
 * Everybody may be killed between any two of these steps, and a store
 * without a fence behind it may become visible later than the reads that
 * follow it.  What must hold: whenever all rest, min_idle children are
 * available or no more may live.  Each thing that makes it so is left out
 * once, and must then be missed.  The plan is rules/plan.c itself.
 *
 * usage: doorbell [-v]	(-v prints how the broken ones break) */
#include "rules/plan.h"
#include "rules/slot.h"

#include "explore.h"

enum { MOST_SEATS = 4 };

enum child_at {
	NOBODY,
	STARTS,			/* will say IDLE */
	WAITS,
	ACCEPTED,		/* will say BUSY */
	READS_WANTED,		/* where this comes before the counting */
	COUNTS,
	COMPARES,
	EXCHANGES,
	RINGS,
	SERVES,
	DEAD			/* not yet waited for */
};

enum master_at { SLEEPS, REAPS, COUNTS_ALL, STARTS_SOME, SETS_WANTED };

/* Small, for there are millions of them; no bits are left over, so that
 * states can be compared as bytes. */
struct child {
	uint16_t at : 4;
	uint16_t i : 3;		/* the next byte to read */
	uint16_t seen : 3;	/* available ones read so far */
	uint16_t goal : 3;	/* what it knows of wanted */
	uint16_t buffered : 3;	/* its BUSY is not visible yet */
};

struct state {
	struct child child[MOST_SEATS];
	uint8_t byte[MOST_SEATS];
	uint8_t wanted : 4, rung : 4;
	uint8_t bell : 4, death : 4;	/* news for the master */
	uint8_t master : 4, i : 4;	/* where it is; which seat is next */
	uint8_t starting : 4, idle : 4;	/* its counts ... */
	uint8_t busy : 4;
	uint8_t todo : 4;	/* children it has still to start */
	uint8_t calm : 4;	/* the plan said wanted = 0 */
	uint8_t again : 4;	/* the burst was spent: plan again */
	uint8_t late_clear : 4;	/* rung = 0 is not visible yet */
	uint8_t late_empty : 4;	/* likewise EMPTY; a bit for each seat */
	uint8_t unused;
};

enum wrong {
	RIGHT,
	NO_FENCE,		/* the child reads before its BUSY is seen */
	CLEAR_LATE,		/* the bell is cleared after counting */
	WANTED_LATE,		/* wanted is raised after counting */
	CLEAR_BUFFERED,		/* the master counts before rung = 0 is seen */
	EMPTY_BUFFERED,		/* ... before the EMPTY of a dead one is */
	NO_DEATH_NEWS		/* deaths do not wake the master */
};

static struct {
	unsigned seats;
	struct plan_limits limits;
	enum wrong wrong;
	bool wanted_first;	/* the child reads wanted, then counts */
	bool born_idle;		/* STARTING and IDLE are taken for the same */
	bool once;		/* who has served ends, as programs do */
} the;

static bool
is_available(uint8_t byte)
{
	return byte == SLOT_STARTING || byte == SLOT_IDLE;
}

static bool
lives(const struct child *c)
{
	return c->at != NOBODY && c->at != DEAD;
}

static void
become(struct child *c, enum child_at at)
{
	*c = (struct child){ .at = at, .buffered = c->buffered };
}

/* ---- the child's steps ---- */

static void
child_begins_to_count(struct child *c, unsigned me)
{
	c->at = COUNTS;
	c->i = me == 0;		/* its own byte it knows */
}

static void
child_counts(struct child *c, const struct state *s, unsigned me)
{
	c->seen += is_available(s->byte[c->i]);
	c->i++;
	c->i += c->i == me;
	if (c->seen >= the.limits.min_idle)
		become(c, SERVES);	/* enough, whatever wanted is */
	else if (c->i >= the.seats)
		c->at = COMPARES;
}

static void
child_goes_on(struct explore *x, const struct state *now, unsigned me)
{
	struct state s = *now;
	struct child *c = &s.child[me];

	switch ((enum child_at)c->at) {
	case STARTS:
		s.byte[me] = SLOT_IDLE;
		become(c, WAITS);
		explore_step(x, MUST, &s, "child %u: IDLE", me);
		return;
	case ACCEPTED:
		if (the.wrong == NO_FENCE)
			c->buffered = 1;
		else
			s.byte[me] = SLOT_BUSY;
		become(c, READS_WANTED);
		if (!the.wanted_first)
			child_begins_to_count(c, me);
		explore_step(x, MUST, &s, "child %u: BUSY%s", me,
		    c->buffered ? ", in its store buffer" : "");
		return;
	case READS_WANTED:
		c->goal = s.wanted;
		child_begins_to_count(c, me);
		explore_step(x, MUST, &s, "child %u: reads wanted %u", me,
		    s.wanted);
		return;
	case COUNTS:
		child_counts(c, now, me);
		explore_step(x, MUST, &s, "child %u: reads seat %u", me,
		    now->child[me].i);
		return;
	case COMPARES:
		if (!the.wanted_first)
			c->goal = s.wanted;
		become(c, c->seen < c->goal ? EXCHANGES : SERVES);
		explore_step(x, MUST, &s, "child %u: wanted %u", me, s.wanted);
		return;
	case EXCHANGES:
		if (c->buffered)	/* first that one must be out */
			return;
		become(c, s.rung ? SERVES : RINGS);
		s.rung = 1;
		explore_step(x, MUST, &s, "child %u: rung was %u", me, now->rung);
		return;
	case RINGS:
		s.bell = 1;
		become(c, SERVES);
		explore_step(x, MUST, &s, "child %u: rings", me);
		return;
	case NOBODY:
	case WAITS:
	case SERVES:
	case DEAD:
		return;
	}
}

/* What the world may do to it. */
static void
child_meets(struct explore *x, const struct state *now, unsigned me)
{
	struct state s = *now;
	struct child *c = &s.child[me];

	if (c->buffered) {
		s.byte[me] = SLOT_BUSY;
		c->buffered = 0;
		explore_step(x, MUST, &s, "child %u: its BUSY is seen", me);
	}
	if (now->child[me].at == WAITS) {
		become(c, ACCEPTED);
		explore_step(x, MAY, &s, "child %u: takes a client", me);
	}
	if (now->child[me].at == SERVES && !now->child[me].buffered &&
	    !the.once) {
		s = *now;
		s.byte[me] = SLOT_IDLE;
		become(c, WAITS);
		explore_step(x, MAY, &s, "child %u: done, waits again", me);
	}
	if (!lives(&now->child[me]))
		return;
	s = *now;
	if (c->buffered)	/* what was stored is stored */
		s.byte[me] = SLOT_BUSY;
	*c = (struct child){ .at = DEAD };
	s.death = the.wrong != NO_DEATH_NEWS;
	explore_step(x, MAY, &s, "child %u: dies", me);
}

/* ---- the master's steps ---- */

static void
clear(struct state *s)
{
	if (the.wrong == CLEAR_BUFFERED && s->rung)
		s->late_clear = 1;
	else
		s->rung = 0;
}

static void
go_to(struct state *s, enum master_at at)
{
	s->master = at;
	s->i = 0;
}

/* The next seat from i on whose child is, or is not, at this place.  Seats
 * passed over are not looked at in steps of their own: what is seen there
 * can change only to what the next turn, already asked for, will see. */
static unsigned
next_seat(const struct state *s, unsigned i, enum child_at at, bool is)
{
	while (i < the.seats && (s->child[i].at == at) != is)
		i++;
	return i;
}

static void
reap(struct state *s, unsigned i)
{
	become(&s->child[i], NOBODY);
	if (the.wrong == EMPTY_BUFFERED)
		s->late_empty |= 1u << i;
	else
		s->byte[i] = SLOT_EMPTY;
}

static void
plan(struct state *s)
{
	struct plan_counts c = {
		.starting = s->starting, .idle = s->idle, .busy = s->busy
	};
	struct plan p = plan_next(&the.limits, &c);

	if (the.wrong == CLEAR_LATE)
		clear(s);
	s->todo = p.start;
	s->calm = p.wanted == 0;
	s->again = p.start == the.limits.burst;
	s->starting = s->idle = s->busy = 0;
	go_to(s, s->todo > 0 ? STARTS_SOME : SETS_WANTED);
}

static void
count_one(struct state *s, unsigned i)
{
	s->starting += s->byte[i] == SLOT_STARTING;
	s->idle += s->byte[i] == SLOT_IDLE;
	s->busy += s->byte[i] == SLOT_BUSY;
}

static void
start_one(struct state *s)
{
	unsigned i = next_seat(s, 0, NOBODY, true);

	s->byte[i] = the.born_idle ? SLOT_IDLE : SLOT_STARTING;
	become(&s->child[i], the.born_idle ? WAITS : STARTS);
	if (--s->todo == 0)
		go_to(s, SETS_WANTED);
}

static void
master_goes_on(struct explore *x, const struct state *now)
{
	struct state s = *now;
	bool late = s.late_clear || s.late_empty;

	switch ((enum master_at)s.master) {
	case SLEEPS:
		if (!s.bell && !s.death)
			return;
		s.bell = s.death = 0;
		go_to(&s, REAPS);
		explore_step(x, MUST, &s, "master: wakes");
		return;
	case REAPS:
		s.i = next_seat(&s, s.i, DEAD, true);
		if (s.i == the.seats)
			break;
		reap(&s, s.i++);
		explore_step(x, MUST, &s, "master: reaps seat %u", s.i - 1);
		return;
	case COUNTS_ALL:
		s.i = next_seat(&s, s.i, NOBODY, false);
		if (s.i < the.seats)
			count_one(&s, s.i++);
		if (next_seat(&s, s.i, NOBODY, false) == the.seats)
			plan(&s);
		explore_step(x, MUST, &s, "master: counts seat %u", now->i);
		return;
	case STARTS_SOME:
		if (late)	/* fork and sleep are fences */
			return;
		start_one(&s);
		explore_step(x, MUST, &s, "master: starts one");
		return;
	case SETS_WANTED:
		if (late)
			return;
		s.wanted = s.calm ? 0 : the.limits.min_idle;
		go_to(&s, s.again ? REAPS : SLEEPS);
		s.calm = s.again = 0;
		explore_step(x, MUST, &s, "master: wanted %u", s.wanted);
		return;
	}
	/* All the dead are reaped. */
	if (the.wrong != CLEAR_LATE)
		clear(&s);
	if (the.wrong != WANTED_LATE)
		s.wanted = the.limits.min_idle;
	go_to(&s, COUNTS_ALL);
	explore_step(x, MUST, &s, "master: clears the bell");
}

/* Stores of the master that nothing forced out become visible. */
static void
master_stores(struct explore *x, const struct state *now)
{
	struct state s = *now;

	if (s.late_clear) {
		s.late_clear = s.rung = 0;
		explore_step(x, MUST, &s, "master: its rung = 0 is seen");
	}
	for (unsigned i = 0; i < the.seats; i++) {
		s = *now;
		if (!(s.late_empty >> i & 1))
			continue;
		s.late_empty &= ~(1u << i);
		s.byte[i] = SLOT_EMPTY;
		explore_step(x, MUST, &s, "master: its EMPTY %u is seen", i);
	}
}

/* ---- the whole ---- */

static void
steps(struct explore *x, const void *state)
{
	for (unsigned i = 0; i < the.seats; i++) {
		child_goes_on(x, state, i);
		child_meets(x, state, i);
	}
	master_goes_on(x, state);
	master_stores(x, state);
}

static const char *
judge(const void *state, bool quiet)
{
	const struct state *s = state;
	unsigned alive = 0;
	unsigned available = 0;

	for (unsigned i = 0; i < the.seats; i++) {
		alive += lives(&s->child[i]);
		available += s->child[i].at == WAITS;
	}
	if (alive > the.limits.max)
		return "more children live than may";
	if (quiet && available < the.limits.min_idle && alive < the.limits.max)
		return "all rest, too few are available, and there is room";
	return NULL;
}

static void
show(const void *state, char *text, size_t size)
{
	const struct state *s = state;
	int n = snprintf(text, size, "[");

	for (unsigned i = 0; i < the.seats; i++)
		n += snprintf(text + n, size - (size_t)n, "%s%s%s",
		    i > 0 ? " " : "", slot_word(s->byte[i]),
		    s->child[i].at == DEAD ? "+" : "");
	snprintf(text + n, size - (size_t)n, "] wanted %u rung %u bell %u",
	    s->wanted, s->rung, s->bell);
}

static const struct {
	const char *name;
	unsigned seats, min, max_idle, burst;
	bool wanted_first;
	enum wrong wrong;
} runs[] = {
	/*                                       seats min max_idle burst */
	{ "3 seats, 1 wanted: no ring is lost",      3, 1, 1, 9, 0, RIGHT },
	{ "3 seats, 1 wanted, 3 at most",            3, 1, 3, 9, 0, RIGHT },
	{ "3 seats, 2 wanted: no ring is lost",      3, 2, 2, 9, 0, RIGHT },
	{ "3 seats, 2 wanted, started one by one",   3, 2, 3, 1, 0, RIGHT },
	{ "3 seats, wanted is read before counting", 3, 2, 2, 9, 1, RIGHT },
	{ "4 seats, 1 wanted: no ring is lost",      4, 1, 2, 9, 0, RIGHT },
	{ "4 seats, 2 wanted: no ring is lost",      4, 2, 2, 9, 0, RIGHT },
	{ "broken: no fence after BUSY",             3, 1, 1, 9, 0, NO_FENCE },
	{ "broken: cleared after counting",          3, 1, 1, 9, 0, CLEAR_LATE },
	{ "broken: wanted raised after counting",    3, 1, 1, 9, 0, WANTED_LATE },
	{ "broken: no fence after clearing",         3, 1, 1, 9, 0, CLEAR_BUFFERED },
	{ "broken: no fence after reaping",          3, 1, 1, 9, 0, EMPTY_BUFFERED },
	{ "broken: a death is no news",              3, 1, 1, 9, 0, NO_DEATH_NEWS },
};

static bool
explore_one(unsigned i, bool talk)
{
	struct state first = { .death = 1 };
	struct explore x = {
		.bytes = sizeof first, .most = 3000000,
		.steps = steps, .judge = judge, .show = show,
	};

	the.seats = runs[i].seats;
	the.limits = (struct plan_limits){ .min_idle = runs[i].min,
		.max_idle = runs[i].max_idle, .max = runs[i].seats,
		.burst = runs[i].burst };
	the.wrong = runs[i].wrong;
	the.wanted_first = runs[i].wanted_first;
	/* To keep what there is to visit small. */
	the.born_idle = runs[i].seats > 3;
	the.once = runs[i].seats > 3 && runs[i].min > 1;
	return explore_tap(&x, &first, i + 1, runs[i].name,
	    runs[i].wrong != RIGHT, talk);
}

int
main(int argc, char *argv[])
{
	return explore_main(argc, argv, sizeof runs / sizeof runs[0],
	    explore_one);
}
