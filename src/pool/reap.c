/* reap.c - frees a seat after its process was waited for, and never before. */
#include "pool/reap.h"

#include <errno.h>
#include <signal.h>
#include <stdatomic.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>

#include "pool/claim.h"
#include "pool/pool.h"
#include "pool/session.h"
#include "pool/tell.h"
#include "pool/trouble.h"
#include "pool/worker.h"
#include "rules/slot.h"
#include "tools/clock.h"
#include "tools/fd.h"
#include "tools/log.h"

enum {
	REAP_LATER_MS = 5,	/* ended programs are looked after in batches */
	UNKNOWN_STATUS = 255 << 8,
	YOUNG_WAIT_MS = 1000,	/* exec-wait: so soon it took nobody */
	YOUNG_MS      = 100	/* killed by hand, but so soon: a failure too */
};

/* It had a client. */
static void
bury_busy(struct pool *p, unsigned i, int status, const struct rusage *ru,
    int64_t now)
{
	struct pool_seat *s = &p->seats[i];
	const struct seat *b = &p->board->seats[i];
	unsigned repeated;
	char path[512];

	if (s->begun_ns != b->begun_ns)
		session_begin(p, i);
	tell_end(s->pid, b, status, ru, s->forced);
	if (!handler_is_inline(p->handler) && p->handler->calls.end != NULL)
		p->handler->calls.end(NULL, p->handler->calls.event_arg);
	if (handler_is_inline(p->handler) && !s->forced) {
		p->deaths++;
		decide_note(&p->decide, DECIDE_DIED, now, 1, s->pid, status);
	}
	if (b->fail_errno == 0) {
		p->served++;
		/* What ends at once, again and again, and takes nobody. */
		if (handler_way(p->handler) == WAIT_CLAIM &&
		    now - b->begun_ns / 1000000 < YOUNG_WAIT_MS &&
		    !p->paused && !claim_was_used(p, i))
			trouble_failed(p, s, true, now);
		else
			trouble_over(p);
		return;
	}
	p->deaths++;
	decide_note(&p->decide, DECIDE_EXEC_FAILED, now, 1, s->pid,
	    b->fail_errno);
	if (episode_tell(&p->execs, now, &repeated)) {
		log_error("exec-failed program=%s errno=%s pid=%d repeated=%u",
		    log_value(p->handler->path, path, sizeof path),
		    tell_errno(b->fail_errno), s->pid, repeated);
		trouble_note(p, s, b, status);
	}
	trouble_failed(p, s, true, now);
}

static bool
by_hand(int status)
{
	static const int hands[] = { SIGKILL, SIGTERM, SIGINT, SIGHUP, SIGQUIT };

	for (size_t i = 0; WIFSIGNALED(status) && i < sizeof hands /
	    sizeof hands[0]; i++)
		if (WTERMSIG(status) == hands[i])
			return true;
	return false;
}

/* It may have been woken for a client.  Who is told to leave looks at all
 * listeners first, and is replaced. */
static void
look_again(struct pool *p, const struct pool_seat *s)
{
	if (handler_way(p->handler) == WAIT_BATON)
		wait_pass_all(&s->generation->task.wait);
	else if (handler_way(p->handler) == WAIT_OWN && !p->closing)
		wait_farewell(&p->now->task.wait, 1);
}

/* It had none. */
static void
bury_waiting(struct pool *p, unsigned i, int status, int64_t now)
{
	struct pool_seat *s = &p->seats[i];
	const struct seat *b = &p->board->seats[i];
	unsigned repeated = 0;

	if (s->forced ||
	    (WIFEXITED(status) && WEXITSTATUS(status) == CHILD_EXIT_LEFT)) {
		log_debug("left pid=%d", s->pid);
		if (s->kicked && WIFSIGNALED(status))
			look_again(p, s);
		return;
	}
	p->deaths++;
	decide_note(&p->decide, DECIDE_DIED, now, 1, s->pid, status);
	if (by_hand(status) || episode_tell(&p->crashes, now, &repeated)) {
		tell_death(s->pid, b, status, repeated);
		trouble_note(p, s, b, status);
	}
	look_again(p, s);
	if (!by_hand(status) || now - s->born_ms < YOUNG_MS)
		trouble_failed(p, s, false, now);
}

static void
bury(struct pool *p, unsigned i, int status, const struct rusage *ru,
    int64_t now)
{
	struct pool_seat *s = &p->seats[i];
	pid_t pid = s->pid;

	if (p->capture != NULL)
		capture_ended(p->capture, pid, tell_program);
	if (status != 0 && !s->forced && oom_struck(&p->oom, now))
		log_warn("out-of-memory pid=%d", pid);
	p->served += atomic_load(&p->board->seats[i].served);
	if (handler_is_worker(p->handler))
		worker_bury(p, i, status, now);
	else if (atomic_load(&p->board->state[i]) == SLOT_BUSY)
		bury_busy(p, i, status, ru, now);
	else
		bury_waiting(p, i, status, now);
	if (handler_way(p->handler) == WAIT_CLAIM)
		claim_over(p, i, now);
	if (p->embedded) {
		if (s->pidfd != -1)
			loop_del(p->loop, s->pidfd);
		fd_close(&s->pidfd);
	}
	atomic_store(&p->board->source[i], 0);
	atomic_store(&p->board->state[i], SLOT_EMPTY);
	memset(s, 0, sizeof *s);
	s->pidfd = s->ready_fd = -1;
	if (i < p->maybe_free)
		p->maybe_free = i;
	pool_lower(p);
}

/* Is it a program, or was it ended as if it were one? */
static bool
has_group(const struct pool *p, unsigned i)
{
	return p->seats[i].forced || handler_is_worker(p->handler) ||
	    atomic_load(&p->board->state[i]) == SLOT_BUSY;
}

/* False: it goes on.  A program that has ended, by itself or by us, may have
 * left others of its group; only while their leader is not yet waited for is
 * the number surely theirs. */
static bool
end_group(const struct pool *p, unsigned i)
{
	siginfo_t si = { .si_pid = 0 };
	pid_t pid = p->seats[i].pid;

	if (waitid(P_PID, (id_t)pid, &si, WEXITED | WNOHANG | WNOWAIT |
	    __WALL) == 0 && si.si_pid == 0)
		return false;
	if (si.si_pid == pid && has_group(p, i))
		kill(-pid, SIGKILL);
	return true;
}

/* Never wait for any child: looking through a big pool is dear, and others'
 * children are not ours to wait for. */
static void
reap(struct pool *p, unsigned i, int64_t now)
{
	struct rusage ru = { .ru_maxrss = 0 };
	int status = 0;
	pid_t pid = p->seats[i].pid;
	pid_t r;

	if ((p->seats[i].forced || handler_ends_groups(p->handler)) &&
	    !end_group(p, i))
		return;
	r = wait4(pid, &status, WNOHANG | __WALL, &ru);

	/* Somebody else has waited for it: then who knows how it ended? */
	if (r == -1 && errno == ECHILD &&
	    atomic_load(&p->board->state[i]) != SLOT_LEAVING)
		status = UNKNOWN_STATUS;
	if (r == pid || (r == -1 && errno == ECHILD))
		bury(p, i, status, &ru, now);
}

static void
reap_all(struct pool *p, bool busy_only, int64_t now)
{
	for (unsigned i = 0; i < p->board->high; i++)
		if (p->seats[i].pid != 0 && (!busy_only ||
		    atomic_load(&p->board->state[i]) == SLOT_BUSY))
			reap(p, i, now);
}

static void
reap_ended(struct pool *p, int64_t now)
{
	p->reap_ms = 0;
	p->ended = true;
	loop_heard_ended(p->loop);
	/* SIGCHLD also says that a child was stopped, and a signal that wakes
	 * a waiting one lets it take an event on its way. */
	if (handler_way(p->handler) == WAIT_BATON)
		wait_pass_all(&p->now->task.wait);
	/* Their last words come before their ends. */
	if (p->capture != NULL)
		capture_take(p->capture, tell_program);
	reap_all(p, p->launch.shared && !handler_is_worker(p->handler), now);
}

void
reap_due(struct pool *p, int64_t now)
{
	if (p->reap_ms != 0 && now >= p->reap_ms)
		reap_ended(p, now);
}

void
reap_child(struct pool *p, unsigned i, int64_t now)
{
	if (p->capture != NULL)
		capture_take(p->capture, tell_program);
	if (p->seats[i].pid != 0)
		reap(p, i, now);
}

void
reap_dead(struct pool *p)
{
	reap_all(p, false, clock_ms());
}

void
reap_heard(struct pool *p, int64_t now)
{
	const struct plan_limits *l = &p->spec->limits;
	unsigned alive = p->counts.starting + p->counts.idle + p->counts.busy;

	/* Near the ceiling every end makes room for a client who waits. */
	bool soon = !p->launch.shared || handler_is_worker(p->handler) ||
	    handler_way(p->handler) == WAIT_CLAIM || p->closing || l->fixed > 0 ||
	    alive + l->burst >= l->max;

	if (soon)
		reap_ended(p, now);
	else if (p->reap_ms == 0)
		p->reap_ms = now + REAP_LATER_MS;
}
