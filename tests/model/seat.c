/* seat.c - explores the life of seats: who may write the byte, and when a
 * seat is free.
 *
 *	master:	a seat without a pid: write STARTING, then fork; if the fork
 *		fails write EMPTY; news of a death: wait for that process,
 *		only then write EMPTY and forget the pid
 *	child:	write READY, TOOK, DONE, TOLD as it goes; be killed anywhere,
 *		also in the middle of a write; perhaps write nonsense
 *
 * A write takes two steps here, so that two writers can be caught at it.
 * What must hold: a byte has one writer at a time, and follows the table of
 * rules/slot.c; never do two processes live in one seat; the pid of a seat
 * is forgotten only after its process was waited for; and however it went,
 * every seat is free in the end.
 *
 * usage: seat [-v]	(-v prints how the broken ones break) */
#include "rules/slot.h"

#include "explore.h"

enum { MOST_SEATS = 2, MOST_PROCESSES = 3, NOWHERE = 7 };

enum process_at { UNBORN, LIVES, WRITES, ZOMBIE, WAITED_FOR };

struct process {
	uint8_t at;
	uint8_t seat;
	uint8_t state;		/* what it knows of itself */
	uint8_t to_write;
};

enum master_at { LOOKS, WRITES_STARTING, FORKS, REAPS, WRITES_EMPTY };

struct state {
	struct process process[MOST_PROCESSES];
	uint8_t byte[MOST_SEATS];
	uint8_t pid[MOST_SEATS];	/* process + 1; 0 = free: the master's */
	uint8_t writers[MOST_SEATS];
	uint8_t master, seat;		/* what it does, and with which one */
	uint8_t forked;			/* late: the process is there already */
	uint8_t nonsense;		/* somebody wrote what he liked */
};

enum wrong {
	RIGHT,
	BY_BYTE,		/* LEAVING on the board frees the seat */
	UNWAITED,		/* EMPTY is written before waiting */
	FORK_FIRST,		/* STARTING is written after the fork */
	MASTER_TELLS		/* the master writes LEAVING for a child */
};

static struct run {
	const char *name;
	unsigned seats, processes;
	bool nonsense;
	enum wrong wrong;
} the;

static bool
lives(const struct process *p)
{
	return p->at == LIVES || p->at == WRITES;
}

/* ---- the child ---- */

static void
child_events(struct explore *x, const struct state *now, unsigned me)
{
	static const enum slot_event all[] = {
		SLOT_READY, SLOT_TOOK, SLOT_DONE, SLOT_TOLD
	};

	for (size_t i = 0; i < sizeof all / sizeof all[0]; i++) {
		struct state s = *now;
		struct process *p = &s.process[me];
		enum slot_state to = slot_next(p->state, all[i]);

		if (to == SLOT_NSTATES || to == p->state)
			continue;
		p->at = WRITES;
		p->to_write = (uint8_t)to;
		s.writers[p->seat]++;
		explore_step(x, p->state == SLOT_STARTING ? MUST : MAY, &s,
		    "process %u: begins to write %s", me, slot_word(to));
	}
}

static void
child_writes(struct explore *x, const struct state *now, unsigned me)
{
	struct state s = *now;
	struct process *p = &s.process[me];

	/* Nobody else may have changed it meanwhile. */
	if (!s.nonsense && s.byte[p->seat] != p->state)
		x->wrong = "a child's byte was changed behind its back";
	s.byte[p->seat] = p->state = p->to_write;
	s.writers[p->seat]--;
	p->at = LIVES;
	p->to_write = 0;
	explore_step(x, MUST, &s, "process %u: has written %s", me,
	    slot_word(p->state));
}

static void
child_ends(struct explore *x, const struct state *now, unsigned me)
{
	struct state s = *now;
	struct process *p = &s.process[me];
	bool leaves = p->state == SLOT_LEAVING;

	if (p->at == WRITES)	/* the byte was written, or was not */
		s.writers[p->seat]--;
	p->at = ZOMBIE;
	p->state = p->to_write = 0;
	explore_step(x, leaves ? MUST : MAY, &s, "process %u: dies", me);
	if (now->process[me].at != WRITES)
		return;
	s.byte[p->seat] = now->process[me].to_write;
	explore_step(x, MAY, &s, "process %u: writes and dies", me);
}

static void
child_goes_on(struct explore *x, const struct state *now, unsigned me)
{
	const struct process *p = &now->process[me];
	struct state s = *now;

	if (p->at == LIVES)
		child_events(x, now, me);
	if (p->at == WRITES)
		child_writes(x, now, me);
	if (lives(p))
		child_ends(x, now, me);
	if (p->at != LIVES || !the.nonsense || s.nonsense)
		return;
	for (unsigned b = SLOT_EMPTY; b <= SLOT_NSTATES; b++) {
		s.byte[p->seat] = (uint8_t)b;
		s.nonsense = 1;
		explore_step(x, MAY, &s, "process %u: scribbles %s", me,
		    slot_word(b));
	}
}

/* ---- the master ---- */

static unsigned
unborn(const struct state *s)
{
	unsigned i = 0;

	while (i < the.processes && s->process[i].at != UNBORN)
		i++;
	return i;
}

static void
fork_into(struct state *s, unsigned seat)
{
	unsigned i = unborn(s);

	s->process[i] = (struct process){ .at = LIVES, .seat = (uint8_t)seat,
		.state = SLOT_STARTING };
	s->pid[seat] = (uint8_t)(i + 1);
}

static void
go_to(struct state *s, enum master_at at, unsigned seat)
{
	s->master = (uint8_t)at;
	s->seat = (uint8_t)(at == LOOKS ? NOWHERE : seat);
	if (at == WRITES_STARTING || at == WRITES_EMPTY)
		s->writers[seat]++;
}

/* It has nothing in hand: start one, or look after a dead one. */
static void
master_looks(struct explore *x, const struct state *now, unsigned i)
{
	struct state s = *now;
	const struct process *p = &s.process[s.pid[i] - (s.pid[i] > 0)];

	if (s.pid[i] == 0) {
		if (unborn(&s) == the.processes)
			return;
		if (the.wrong == FORK_FIRST) {
			fork_into(&s, i);
			s.forked = 1;
		}
		go_to(&s, WRITES_STARTING, i);
		explore_step(x, MAY, &s, "master: begins STARTING in seat %u", i);
		return;
	}
	if (p->at == ZOMBIE) {
		go_to(&s, the.wrong == UNWAITED ? WRITES_EMPTY : REAPS, i);
		explore_step(x, MUST, &s, "master: hears of a death in seat %u", i);
	}
	if (the.wrong == BY_BYTE && s.byte[i] == SLOT_LEAVING && lives(p)) {
		s = *now;
		go_to(&s, WRITES_EMPTY, i);
		explore_step(x, MUST, &s, "master: sees LEAVING in seat %u", i);
	}
	if (the.wrong == MASTER_TELLS && lives(p) && p->state != SLOT_LEAVING) {
		s = *now;
		s.byte[i] = SLOT_LEAVING;
		explore_step(x, MAY, &s, "master: writes LEAVING in seat %u", i);
	}
}

static void
master_started(struct explore *x, const struct state *now)
{
	struct state s = *now;

	if (!s.nonsense && slot_next(s.byte[s.seat], SLOT_FORKED) != SLOT_STARTING)
		x->wrong = "a process is started in a seat that is not free";
	s.writers[s.seat]--;
	s.byte[s.seat] = SLOT_STARTING;
	s.forked = 0;
	go_to(&s, now->forked ? LOOKS : FORKS, s.seat);
	explore_step(x, MUST, &s, "master: has written STARTING");
}

static void
master_forks(struct explore *x, const struct state *now)
{
	struct state s = *now;

	fork_into(&s, s.seat);
	go_to(&s, LOOKS, 0);
	explore_step(x, MUST, &s, "master: forks");
	s = *now;
	go_to(&s, WRITES_EMPTY, s.seat);
	explore_step(x, MUST, &s, "master: cannot fork");
}

static void
master_frees(struct explore *x, const struct state *now)
{
	struct state s = *now;
	unsigned pid = s.pid[s.seat];

	if (pid != 0 && s.process[pid - 1].at != WAITED_FOR)
		x->wrong = "a seat is freed whose process was not waited for";
	else if (!s.nonsense && slot_next(s.byte[s.seat], SLOT_REAPED) != SLOT_EMPTY)
		x->wrong = "a seat is freed that was free";
	s.writers[s.seat]--;
	s.byte[s.seat] = SLOT_EMPTY;
	s.pid[s.seat] = 0;
	go_to(&s, LOOKS, 0);
	explore_step(x, MUST, &s, "master: has written EMPTY");
}

static void
master_goes_on(struct explore *x, const struct state *now)
{
	struct state s = *now;

	switch ((enum master_at)s.master) {
	case LOOKS:
		for (unsigned i = 0; i < the.seats; i++)
			master_looks(x, now, i);
		return;
	case WRITES_STARTING:
		master_started(x, now);
		return;
	case FORKS:
		master_forks(x, now);
		return;
	case REAPS:
		s.process[s.pid[s.seat] - 1].at = WAITED_FOR;
		go_to(&s, WRITES_EMPTY, s.seat);
		explore_step(x, MUST, &s, "master: waits for it");
		return;
	case WRITES_EMPTY:
		master_frees(x, now);
		return;
	}
}

/* ---- the whole ---- */

static void
steps(struct explore *x, const void *state)
{
	for (unsigned i = 0; i < the.processes; i++)
		child_goes_on(x, state, i);
	master_goes_on(x, state);
}

static const char *
judge(const void *state, bool quiet)
{
	const struct state *s = state;
	unsigned living[MOST_SEATS] = { 0 };

	for (unsigned i = 0; i < the.processes; i++)
		if (lives(&s->process[i]))
			living[s->process[i].seat]++;
	for (unsigned i = 0; i < the.seats; i++) {
		if (s->writers[i] > 1)
			return "a byte has two writers";
		if (living[i] > 1)
			return "two processes live in one seat";
		if (!quiet)
			continue;
		if (living[i] == 0 && (s->pid[i] != 0 || s->byte[i] != SLOT_EMPTY))
			return "all rest, and an unused seat is not free";
		if (living[i] == 1 && s->pid[i] == 0)
			return "all rest, and the master forgot a process";
		if (living[i] == 1 && s->byte[i] == SLOT_EMPTY && !s->nonsense)
			return "all rest, and a used seat seems free";
	}
	return NULL;
}

static void
show(const void *state, char *text, size_t size)
{
	const struct state *s = state;
	int n = snprintf(text, size, "[");

	for (unsigned i = 0; i < the.seats; i++)
		n += snprintf(text + n, size - (size_t)n, "%s%s pid %u",
		    i > 0 ? ", " : "", slot_word(s->byte[i]), s->pid[i]);
	snprintf(text + n, size - (size_t)n, "]");
}

static const struct run runs[] = {
	{ "1 seat, 3 processes one after another", 1, 3, 0, RIGHT },
	{ "2 seats, 3 processes",                  2, 3, 0, RIGHT },
	{ "2 seats, and a child writes nonsense",  2, 3, 1, RIGHT },
	{ "broken: LEAVING frees the seat",        1, 2, 0, BY_BYTE },
	{ "broken: EMPTY before waiting",          1, 2, 0, UNWAITED },
	{ "broken: STARTING after the fork",       1, 1, 0, FORK_FIRST },
	{ "broken: the master writes LEAVING",     1, 1, 0, MASTER_TELLS },
};

static bool
explore_one(unsigned i, bool talk)
{
	struct state first = { .seat = NOWHERE };
	struct explore x = {
		.bytes = sizeof first, .most = 1000000,
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
