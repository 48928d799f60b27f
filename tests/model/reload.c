/* reload.c - explores how a supervisor replaces the master of a service.
 *
 * One service, one listener, which the supervisor keeps open for as long as
 * the service is wanted; every master has it, too.
 *
 *	reload:	the file is read; a bad one changes nothing
 *		another program: start a new master; when it says READY the
 *		old one is told to finish (commit); if it ends before, or is
 *		late, it is told to finish itself (undo)
 *		the service is gone: close the listener, then tell the master
 *	death:	the present master died: start another one, whatever is
 *		going on; the new one died before READY: undo
 *	stop:	undo; close the listener; tell all
 *	master:	told to finish: accept until the queue is empty, close the
 *		listener, serve those who are connected, end
 *
 * READY and a death are heard in the order in which they happened.  A master
 * that is told before it has started just ends.  When the supervisor is
 * killed the kernel tells all masters.  Who was accepted is with a child,
 * which no death of a master touches: so only the queue is looked at.
 *
 * Promised: while the service is wanted somebody has the listener, and
 * nobody waits in its queue for ever; who was in the queue when the listener
 * was given up is served, unless a master crashes; when all rest there is
 * one master, of the file that was taken last.
 *
 * Not promised: when the only master has crashed, and the service goes or all
 * stops before the next one is ready, who waits in the queue is lost.
 *
 * usage: reload [-v]	(-v prints how the broken ones break) */
#include "explore.h"

enum { MASTERS = 6, NOBODY = MASTERS };

enum master_at {
	FREE,
	STARTS,
	SERVES,
	FINISHES,		/* who is in the queue */
	CLOSED,			/* has sessions only */
	DEAD			/* and not waited for */
};

struct master {
	uint8_t at;
	uint8_t version;	/* of the file */
	uint8_t said;		/* READY, which was not heard yet */
	uint8_t told;		/* to finish, and has not heard it */
};

enum stage { RESTS, READS, CHANGES };

struct state {
	struct master master[MASTERS];
	uint8_t now, coming;
	uint8_t stage;
	uint8_t fresh;		/* nobody served when the change began */
	uint8_t again;		/* one shall be started */
	uint8_t version;	/* of the file that was taken */
	uint8_t listens;	/* the supervisor has the listener */
	uint8_t wanted, stopping, dead;	/* the service; the supervisor */
	uint8_t queue;
	uint8_t owed;		/* of them: there when it was given up */
	uint8_t lost, crashed;	/* an owed one; a master */
	uint8_t clients, crashes, reloads, ends;	/* that may still come */
};

enum wrong {
	RIGHT,
	NOT_HELD,		/* the supervisor gives its listener away */
	TOO_SOON,		/* the old one is told before READY */
	WAITS,			/* who dies during a change is missed after it */
	FORGETS,		/* who was started again is not told at commit */
	NO_UNDO,		/* a late one is not told */
	TOLD_FIRST,		/* the master is told, then the listener closed */
	OLD_FILE,		/* the next master has the old file's words */
	LEAVES			/* a master does not look at the queue */
};

static struct run {
	const char *name;
	unsigned clients, crashes, reloads, ends;
	bool slow;		/* a new master may hang while it starts */
	bool removed;		/* a file may lack the service */
	enum wrong wrong;
} the;

static const char *const words[] = {
	"-", "starts", "serves", "finishes", "closed", "dead"
};

/* ---- the listener ---- */

static bool
has_listener(const struct master *m)
{
	return m->at == STARTS || m->at == SERVES || m->at == FINISHES;
}

static bool
is_open(const struct state *s)
{
	for (unsigned i = 0; i < MASTERS; i++)
		if (has_listener(&s->master[i]))
			return true;
	return s->listens;
}

/* Somebody has closed it, or died: the last one takes the queue along. */
static void
closed(struct state *s)
{
	if (is_open(s))
		return;
	s->lost |= s->owed > 0;
	s->queue = s->owed = 0;
}

static bool
is_needed(const struct state *s)
{
	return s->wanted && !s->stopping && !s->dead;
}

/* ---- the supervisor ---- */

static unsigned
launch(struct explore *x, struct state *s, unsigned version)
{
	for (unsigned i = 0; i < MASTERS; i++)
		if (s->master[i].at == FREE) {
			s->master[i] = (struct master){ STARTS,
			    (uint8_t)version, 0, 0 };
			return i;
		}
	x->wrong = "the model has too few masters";
	return NOBODY;
}

static void
tell(struct state *s, unsigned i)
{
	if (i != NOBODY && has_listener(&s->master[i]))
		s->master[i].told = 1;
}

static void
give_up(struct state *s)
{
	if (!s->listens)
		return;
	s->listens = 0;
	s->owed = s->queue;
	closed(s);
}

static void
undo(struct state *s)
{
	if (s->stage == CHANGES && the.wrong != NO_UNDO)
		tell(s, s->coming);
	s->coming = NOBODY;
	s->stage = RESTS;
}

static void
commit(struct state *s)
{
	if (the.wrong != FORGETS || !s->fresh)
		tell(s, s->now);
	s->now = s->coming;
	s->coming = NOBODY;
	s->again = 0;
	s->version++;
	s->stage = RESTS;
}

static void
remove_service(struct explore *x, struct state *s)
{
	s->wanted = s->again = 0;
	s->stage = RESTS;
	if (the.wrong != TOLD_FIRST)
		give_up(s);
	tell(s, s->now);
	s->now = NOBODY;
	explore_step(x, MUST, s, "reload: the service is gone");
}

static void
reads(struct explore *x, const struct state *now)
{
	struct state s = *now;

	s.stage = RESTS;
	explore_step(x, MUST, &s, "reload: a bad file");
	s = *now;
	s.stage = CHANGES;
	s.fresh = s.now == NOBODY;
	s.coming = (uint8_t)launch(x, &s, s.version + 1u);
	if (the.wrong == TOO_SOON)
		tell(&s, s.now);
	explore_step(x, MUST, &s, "reload: a new master");
	s = *now;
	if (the.removed)
		remove_service(x, &s);
}

static void
hears(struct explore *x, const struct state *now, unsigned i)
{
	struct state s = *now;
	const struct master *m = &now->master[i];

	if (m->said) {
		s.master[i].said = 0;
		if (i == s.coming)
			commit(&s);
		explore_step(x, MUST, &s, "supervisor: hears READY of %u", i);
		return;
	}
	if (m->at != DEAD)
		return;
	s.master[i] = (struct master){ 0 };
	if (i == s.coming)
		undo(&s);
	else if (i == s.now) {
		s.now = NOBODY;
		s.again = !s.stopping;
	}
	explore_step(x, MUST, &s, "supervisor: buries %u", i);
}

static void
supervisor_goes_on(struct explore *x, const struct state *now)
{
	struct state s = *now;

	for (unsigned i = 0; i < MASTERS; i++)
		hears(x, now, i);
	if (s.stage == READS)
		reads(x, now);
	if (s.again && (the.wrong != WAITS || s.stage != CHANGES)) {
		s.again = 0;
		s.now = (uint8_t)launch(x, &s, the.wrong == OLD_FILE ? 0u :
		    s.version);
		explore_step(x, MUST, &s, "supervisor: starts another");
	}
	s = *now;
	if (!s.wanted && s.listens) {	/* TOLD_FIRST */
		give_up(&s);
		explore_step(x, MUST, &s, "supervisor: closes the listener");
	}
	s = *now;
	if (the.wrong == NOT_HELD && s.listens && s.now != NOBODY &&
	    s.master[s.now].at == SERVES) {
		s.listens = 0;
		explore_step(x, MUST, &s, "supervisor: gives its listener away");
	}
}

static void
supervisor_meets(struct explore *x, const struct state *now)
{
	struct state s = *now;

	if (s.reloads > 0 && s.stage == RESTS && is_needed(&s)) {
		s.reloads--;
		s.stage = READS;
		explore_step(x, MAY, &s, "reload is asked for");
	}
	s = *now;
	if (the.slow && s.stage == CHANGES) {
		undo(&s);
		explore_step(x, MAY, &s, "the new master is late");
	}
	s = *now;
	if (s.ends == 0 || s.stopping)
		return;
	s.ends--;
	s.stopping = 1;
	s.again = 0;
	undo(&s);
	give_up(&s);
	for (unsigned i = 0; i < MASTERS; i++)
		tell(&s, i);
	explore_step(x, MAY, &s, "supervisor: is told to stop");
	s.dead = 1;
	explore_step(x, MAY, &s, "supervisor: is killed");
}

/* ---- a master ---- */

static void
master_hears(struct explore *x, const struct state *now, unsigned i)
{
	struct state s = *now;
	struct master *m = &s.master[i];

	m->told = 0;
	m->at = m->at == STARTS ? DEAD : m->at == SERVES ? FINISHES : m->at;
	closed(&s);
	explore_step(x, MUST, &s, "master %u: hears that it shall finish", i);
}

static void
master_goes_on(struct explore *x, const struct state *now, unsigned i)
{
	struct state s = *now;
	struct master *m = &s.master[i];

	if (m->told)
		master_hears(x, now, i);
	if (m->at == STARTS) {
		m->at = SERVES;
		m->said = 1;
		explore_step(x, the.slow && i == s.coming ? MAY : MUST, &s,
		    "master %u: is ready", i);
	} else if (m->at == FINISHES && (s.queue == 0 || the.wrong == LEAVES)) {
		m->at = CLOSED;
		closed(&s);
		explore_step(x, MUST, &s, "master %u: closes the listener", i);
	} else if ((m->at == SERVES || m->at == FINISHES) && s.queue > 0) {
		s.queue--;
		if (s.owed > 0)		/* first come, first served */
			s.owed--;
		explore_step(x, MUST, &s, "master %u: its child accepts", i);
	} else if (m->at == CLOSED) {
		m->at = DEAD;
		explore_step(x, MAY, &s, "master %u: has served all, ends", i);
	} else if (m->at == DEAD && s.dead) {
		*m = (struct master){ 0 };
		explore_step(x, MUST, &s, "master %u: is buried by init", i);
	}
}

static void
master_meets(struct explore *x, const struct state *now, unsigned i)
{
	struct state s = *now;

	if (s.crashes == 0 || s.master[i].at == FREE || s.master[i].at == DEAD)
		return;
	s.crashes--;
	s.crashed = 1;
	s.master[i].at = DEAD;
	s.master[i].told = 0;
	closed(&s);
	explore_step(x, MAY, &s, "master %u: crashes", i);
}

/* ---- the whole ---- */

static void
steps(struct explore *x, const void *state)
{
	const struct state *now = state;
	struct state s = *now;

	for (unsigned i = 0; i < MASTERS; i++) {
		master_goes_on(x, now, i);
		master_meets(x, now, i);
	}
	if (!now->dead) {
		supervisor_goes_on(x, now);
		supervisor_meets(x, now);
	}
	if (s.clients > 0 && is_open(&s)) {
		s.clients--;
		s.queue++;
		explore_step(x, MAY, &s, "a client comes");
	}
}

static const char *
judge_rest(const struct state *s)
{
	unsigned serve = 0, leave = 0;

	for (unsigned i = 0; i < MASTERS; i++) {
		serve += s->master[i].at == SERVES && i != s->coming;
		leave += s->master[i].at == FINISHES;
	}
	if (s->queue > 0)
		return "all rest, and a client waits for ever";
	if (leave > 0)
		return "all rest, and somebody has not left";
	if (!is_needed(s))
		return serve > 0 ? "all rest, and a master outlives the end" :
		    NULL;
	if (s->now == NOBODY || s->master[s->now].at != SERVES)
		return "all rest, and nobody serves";
	if (serve > 1)
		return "all rest, and two serve";
	return s->coming != NOBODY && !the.slow ?
	    "all rest, and a change does not end" : NULL;
}

static const char *
judge(const void *state, bool quiet)
{
	const struct state *s = state;

	if (is_needed(s) && !is_open(s))
		return "nobody has the listener open";
	if (s->lost && !s->crashed)
		return "somebody who waited is lost";
	if (!s->dead && s->now != NOBODY && s->master[s->now].at == SERVES &&
	    s->master[s->now].version != s->version)
		return "who serves has the words of another file";
	return quiet ? judge_rest(s) : NULL;
}

static void
show(const void *state, char *text, size_t size)
{
	static const char *const stages[] = { "rests", "reads", "changes" };
	const struct state *s = state;
	size_t n = 0;

	for (unsigned i = 0; i < MASTERS && n < size; i++)
		if (s->master[i].at != FREE)
			n += (size_t)snprintf(text + n, size - n, "%s%s(%u) ",
			    i == s->now ? "*" : i == s->coming ? "+" : "",
			    words[s->master[i].at], s->master[i].version);
	if (n < size)
		snprintf(text + n, size - n, "%s%s%s; queue %u, owed %u",
		    s->dead ? "killed" : s->stopping ? "stops" :
		    stages[s->stage], s->listens ? "" : " deaf",
		    s->wanted ? "" : " unwanted", s->queue, s->owed);
}

static const struct run runs[] = {
	/*                   clients, crashes, reloads, ends, slow, gone */
	{ "reloads and crashes",         2, 2, 2, 0, 0, 0, RIGHT },
	{ "new masters that hang",       2, 2, 2, 0, 1, 0, RIGHT },
	{ "the service goes",            2, 1, 2, 0, 1, 1, RIGHT },
	{ "a stop, or a kill, at any time", 2, 1, 2, 1, 1, 0, RIGHT },
	{ "all of it",                   1, 2, 2, 1, 1, 1, RIGHT },
	{ "broken: the supervisor does not keep the listener",
	  1, 1, 0, 0, 0, 0, NOT_HELD },
	{ "broken: the old master is told before the new one is ready",
	  1, 1, 1, 0, 1, 0, TOO_SOON },
	{ "broken: who dies during a change is missed after it",
	  1, 1, 1, 0, 1, 0, WAITS },
	{ "broken: who came back during a change is forgotten",
	  0, 1, 1, 0, 1, 0, FORGETS },
	{ "broken: a late master is not told",
	  0, 0, 1, 0, 1, 0, NO_UNDO },
	{ "broken: the master is told first, then the listener closed",
	  1, 0, 1, 0, 0, 1, TOLD_FIRST },
	{ "broken: the next master has the old file",
	  0, 1, 1, 0, 0, 0, OLD_FILE },
	{ "broken: a master leaves without a look at the queue",
	  1, 0, 1, 0, 0, 1, LEAVES },
};

static bool
explore_one(unsigned i, bool talk)
{
	struct state first = {
		.coming = NOBODY, .listens = 1, .wanted = 1,
		.clients = (uint8_t)runs[i].clients,
		.crashes = (uint8_t)runs[i].crashes,
		.reloads = (uint8_t)runs[i].reloads,
		.ends = (uint8_t)runs[i].ends,
	};
	struct explore x = {
		.bytes = sizeof first, .most = 4000000,
		.steps = steps, .judge = judge, .show = show,
	};

	the = runs[i];
	first.master[0].at = SERVES;
	return explore_tap(&x, &first, i + 1, the.name, the.wrong != RIGHT,
	    talk);
}

int
main(int argc, char *argv[])
{
	return explore_main(argc, argv, sizeof runs / sizeof runs[0],
	    explore_one);
}
