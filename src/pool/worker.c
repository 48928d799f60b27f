/* worker.c - how each worker is, and what follows from it. */
#include "pool/worker.h"

#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <unistd.h>

#include "pool/pool.h"
#include "pool/tell.h"
#include "pool/trouble.h"
#include "tools/clock.h"
#include "tools/fd.h"
#include "tools/log.h"

enum {
	GRACE_MS = 2000,	/* until KILL, of one that hangs or is kicked */
	YOUNG_MS = 10000	/* ready, and dead so soon: it failed */
};

int
worker_open(struct pool *p, struct err *e)
{
	if (notify_open(&p->notify, e) == -1)
		return -1;
	if (loop_add(p->loop, p->notify.fd, EPOLLIN, POOL_TAG_NOTIFY) == 0)
		return 0;
	err_sys(e, EXIT_SYSTEM, "cannot watch for notifications");
	notify_close(&p->notify);
	return -1;
}

void
worker_close(struct pool *p)
{
	notify_close(&p->notify);
}

/* ---- birth ---- */

/* Its ready-fd is a pipe: the end that it writes to is above the numbers that
 * its descriptors may get. */
int
worker_prepare(struct pool *p, unsigned i)
{
	int ends[2], high;

	p->board->seats[i].ready_fd = -1;
	p->seats[i].ready_fd = -1;
	if (p->handler->ready != HANDLER_READY_FD)
		return 0;
	if (pipe2(ends, O_CLOEXEC | O_NONBLOCK) == -1)
		return -1;
	ends[0] = fd_high(ends[0]);
	high = fcntl(ends[1], F_DUPFD_CLOEXEC, 2 * WAIT_LISTENERS);
	fd_close(&ends[1]);
	p->board->seats[i].ready_fd = high;
	p->seats[i].ready_fd = ends[0];
	if (high != -1 && fcntl(high, F_SETFL, 0) == 0 &&
	    loop_add(p->loop, ends[0], EPOLLIN, POOL_TAG_READY + i) == 0)
		return 0;
	return -1;
}

static void
forget_line(struct pool *p, struct pool_seat *s)
{
	if (s->ready_fd == -1)
		return;
	loop_del(p->loop, s->ready_fd);
	fd_close(&s->ready_fd);
}

/* An eighth more or less, so that not all are due at once. */
static int64_t
spread(int64_t ms)
{
	uint32_t most = ms / 4 < UINT32_MAX ? (uint32_t)(ms / 4) : UINT32_MAX;

	return ms - ms / 8 + arc4random_uniform(most + 1);
}

void
worker_launched(struct pool *p, unsigned i, bool well, int64_t now)
{
	struct pool_seat *s = &p->seats[i];
	int ours = p->board->seats[i].ready_fd;

	/* The number stays where it is: the child may not have read it yet. */
	fd_close(&ours);
	if (!well)
		forget_line(p, s);
	s->start_ms = now + p->spec->start_ms;
	if (p->spec->recycle_ms > 0)
		s->recycle_ms = now + spread(p->spec->recycle_ms);
}

/* ---- what they say ---- */

static void
become_ready(struct pool *p, struct pool_seat *s)
{
	if (s->ready || s->told)
		return;
	s->ready = true;
	forget_line(p, s);
	log_info("worker-ready pid=%d", s->pid);
	decide_note(&p->decide, DECIDE_WORKER_READY, clock_ms(), 1, s->pid,
	    (long)(clock_ms() - s->born_ms));
}

/* Whose is it: a worker's, or that of a process it started? */
static struct pool_seat *
seat_of(struct pool *p, pid_t pid)
{
	pid_t leader = getsid(pid);

	for (unsigned i = 0; i < p->board->high; i++)
		if (p->seats[i].pid != 0 &&
		    (p->seats[i].pid == pid || p->seats[i].pid == leader))
			return &p->seats[i];
	return NULL;
}

void
worker_hear(struct pool *p, int64_t now)
{
	char text[NOTIFY_TEXT_SIZE];
	struct pool_seat *s;
	pid_t pid;

	for (int i = 0; i < 64 && notify_take(&p->notify, text, &pid); i++) {
		s = seat_of(p, pid);
		if (s == NULL)
			continue;
		if (notify_says(text, "READY=1"))
			become_ready(p, s);
		if (notify_says(text, "WATCHDOG=1") && p->spec->watchdog_ms > 0)
			s->watch_ms = now + p->spec->watchdog_ms;
		if (notify_says(text, "WATCHDOG=trigger") && s->watch_ms > 0)
			s->watch_ms = now;
	}
}

void
worker_hear_line(struct pool *p, unsigned i, int64_t now)
{
	struct pool_seat *s = &p->seats[i];
	char text[256];
	ssize_t n = s->ready_fd == -1 ? 0 : read(s->ready_fd, text, sizeof text);

	(void)now;
	if (n > 0 && memchr(text, '\n', (size_t)n) != NULL)
		become_ready(p, s);
	else if (n == 0)
		forget_line(p, s);
}

/* ---- what is due ---- */

static void
stop(struct pool *p, struct pool_seat *s, int number, const char *reason,
    int64_t end_ms)
{
	log_info("worker-stop pid=%d reason=%s signal=%s", s->pid, reason,
	    sigabbrev_np(number));
	kill(s->pid, number);
	kill(s->pid, SIGCONT);
	forget_line(p, s);
	s->told = s->forced = true;
	s->end_ms = end_ms;
}

static bool
is_due(int64_t at, int64_t now)
{
	return at != 0 && now >= at;
}

static void
look(struct pool *p, struct pool_seat *s, int64_t now)
{
	if (!s->ready && is_due(s->start_ms, now)) {
		if (p->handler->ready == HANDLER_READY_ALIVE) {
			become_ready(p, s);
		} else {
			log_warn("worker-late pid=%d start-time=%lldms", s->pid,
			    (long long)p->spec->start_ms);
			decide_note(&p->decide, DECIDE_WORKER_LATE, now, 1,
			    s->pid, (long)p->spec->start_ms);
			stop(p, s, SIGKILL, "start-time", now + GRACE_MS);
			s->failed = true;
		}
	} else if (is_due(s->watch_ms, now)) {
		log_warn("worker-hangs pid=%d watchdog=%lldms", s->pid,
		    (long long)p->spec->watchdog_ms);
		decide_note(&p->decide, DECIDE_WORKER_HANGS, now, 1, s->pid,
		    (long)p->spec->watchdog_ms);
		stop(p, s, SIGABRT, "watchdog", now + GRACE_MS);
		s->failed = true;
	} else if (s->ready && is_due(s->recycle_ms, now)) {
		s->recycled = true;
		s->recycle_ms = 0;
	}
}

void
worker_look(struct pool *p, int64_t now)
{
	/* We may have been stopped, and they not silent. */
	if (p->spec->watchdog_ms > 0)
		worker_hear(p, now);
	for (unsigned i = 0; i < p->board->high; i++)
		if (p->seats[i].pid != 0 && !p->seats[i].told)
			look(p, &p->seats[i], now);
}

int64_t
worker_next(const struct pool *p, unsigned i)
{
	const struct pool_seat *s = &p->seats[i];
	int64_t next = 0;

	if (s->told)
		return s->end_ms;
	if (!s->ready)
		next = s->start_ms;
	else if (s->recycle_ms != 0)
		next = s->recycle_ms;
	if (s->watch_ms != 0 && (next == 0 || s->watch_ms < next))
		next = s->watch_ms;
	return next;
}

/* ---- the end ---- */

/* The oldest go first. */
static struct pool_seat *
oldest(struct pool *p)
{
	struct pool_seat *found = NULL;

	for (unsigned i = 0; i < p->board->high; i++) {
		struct pool_seat *s = &p->seats[i];

		if (s->pid != 0 && !s->told &&
		    (s->recycled || s->generation != p->now) &&
		    (found == NULL || s->born_ms < found->born_ms))
			found = s;
	}
	return found;
}

void
worker_retire(struct pool *p, unsigned n, int64_t now)
{
	for (; n > 0; n--) {
		struct pool_seat *s = oldest(p);

		if (s == NULL)
			return;
		decide_note(&p->decide, DECIDE_RETIRE, now, 1, s->pid,
		    s->generation != p->now);
		stop(p, s, p->handler->stop_signal,
		    s->generation != p->now ? "roll" : "recycle",
		    now + p->spec->stop_ms);
	}
}

void
worker_dismiss(struct pool *p, int64_t now)
{
	for (unsigned i = 0; i < p->board->high; i++)
		if (p->seats[i].pid != 0 && !p->seats[i].told)
			stop(p, &p->seats[i], p->handler->stop_signal, "stop",
			    p->patient ? 0 : now + p->spec->stop_ms);
}

void
worker_kick(struct pool *p, unsigned i, int64_t now)
{
	if (!p->seats[i].told)
		stop(p, &p->seats[i], p->handler->stop_signal, "kick",
		    now + GRACE_MS);
}

/* An end that we asked for is none of its failures, but one that we had to
 * ask for is. */
void
worker_bury(struct pool *p, unsigned i, int status, int64_t now)
{
	struct pool_seat *s = &p->seats[i];
	const struct seat *b = &p->board->seats[i];
	unsigned repeated;

	forget_line(p, s);
	if (s->told) {
		tell_worker(s->pid, status, false);
	} else {
		p->deaths++;
		decide_note(&p->decide, b->fail_errno != 0 ?
		    DECIDE_EXEC_FAILED : DECIDE_DIED, now, 1, s->pid,
		    b->fail_errno != 0 ? b->fail_errno : status);
		if (b->fail_errno != 0 && episode_tell(&p->execs, now, &repeated))
			tell_death(s->pid, b, status, repeated);
		else
			tell_worker(s->pid, status, true);
		trouble_note(p, s, b, status);
	}
	if (s->failed || (!s->told && (!s->ready || now - s->born_ms < YOUNG_MS)))
		trouble_failed(p, s, b->fail_errno != 0, now);
}
