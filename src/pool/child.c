/* child.c - waits, accepts, hands over; then it is a program, or gone. */
#include "pool/child.h"

#include <signal.h>
#include <stdatomic.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>

#include "os/sys.h"
#include "rules/slot.h"
#include "tools/clock.h"

enum {
	RETRIES       = 2,	/* at once, before the first pause */
	PAUSE_MS      = 10,	/* doubling ... */
	PAUSE_MOST_MS = 200	/* ... to this: 5 failing calls a second */
};

/* The kernel's set of signals: none of them blocked. */
static const unsigned long no_signals[1] = { 0 };

/* Ring, unless somebody has and the master has not yet heard it.  One that
 * dies between the two lines is heard of by its death. */
static void
tell(const struct child_task *t)
{
	static const uint64_t one = 1;

	if (atomic_exchange(&t->board->rung, 1) == 0)
		sys_write(t->bell_fd, &one, sizeof one);
}

static _Noreturn void
fail(const struct child_task *t, unsigned seat, enum seat_step step, long r)
{
	t->board->seats[seat].fail_step = (int32_t)step;
	t->board->seats[seat].fail_errno = (int32_t)-r;
	sys_exit(CHILD_EXIT_FAILED);
}

static _Noreturn void
leave(const struct child_task *t, unsigned seat)
{
	atomic_store(&t->board->state[seat], SLOT_LEAVING);
	sys_exit(CHILD_EXIT_LEFT);
}

static void
get_local(const struct child_task *t, struct seat *s, int fd)
{
	const struct child_listener *l = &t->listener[s->listener];
	int len = sizeof s->local.ss;

	if (l->local_varies && sys_getsockname(fd, &s->local.ss, &len) == 0)
		s->local.len = (socklen_t)len;
	else
		s->local = l->bound;
}

static void
get_peer_ids(struct seat *s, int fd)
{
	struct ucred cred = { .uid = (uid_t)-1, .gid = (gid_t)-1 };
	int len = sizeof cred;

	sys_getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &cred, &len);
	s->uid = cred.uid;
	s->gid = cred.gid;
	s->pid = (uint32_t)cred.pid;
}

/* The connection is ours: pass the baton, say so, ring if that leaves too
 * few.  The exchange is a full fence before the count: without it a wake-up
 * can be lost (tests/model/doorbell.c).  The baton is first, so that the
 * death of a child that did not pass it is that of a waiting one, and the
 * master looks again (tests/model/retire.c). */
static void
take(const struct child_task *t, unsigned seat, int fd)
{
	struct board *b = t->board;
	struct seat *s = &b->seats[seat];

	s->begun_ns = clock_ns();
	get_local(t, s, fd);
	if (t->listener[s->listener].is_unix)
		get_peer_ids(s, fd);
	atomic_store(&b->source[seat], board_source(&s->peer, s->uid));
	wait_pass(&t->wait, s->listener);
	atomic_exchange(&b->state[seat], SLOT_BUSY);
	if (atomic_load(&b->call) != 0 ||
	    board_available(b) < atomic_load(&b->wanted))
		tell(t);
}

/* Sleep, on no descriptor: the trouble may be the limit of these, which
 * would end the sleep at once.  Then see whether there still is a master. */
static void
pause_ms(const struct child_task *t, unsigned seat, int ms)
{
	struct timespec ts = { ms / 1000, ms % 1000 * 1000000L };

	sys_ppoll(NULL, 0, &ts, no_signals);
	if (sys_getppid() != t->master_pid || wait_heed(&t->wait))
		leave(t, seat);
}

/* An error of accept: tell the master, and never spin.  Whatever the errno,
 * the answer is the same: a few tries at once, then growing pauses. */
static void
accept_failed(const struct child_task *t, unsigned seat, unsigned i, long r,
    unsigned n)
{
	struct seat *s = &t->board->seats[seat];
	int ms = PAUSE_MS;

	/* Others may do better with what we were woken for. */
	if (n == RETRIES + 1)
		wait_pass(&t->wait, i);
	s->accept_errno = (int32_t)-r;
	atomic_fetch_add(&s->accept_errors, 1);
	atomic_fetch_add(&t->board->troubles, 1);
	if (n == 1 || n > RETRIES)
		tell(t);
	if (n <= RETRIES)
		return;
	for (unsigned k = RETRIES + 1; k < n && ms < PAUSE_MOST_MS; k++)
		ms *= 2;
	pause_ms(t, seat, ms < PAUSE_MOST_MS ? ms : PAUSE_MOST_MS);
}

/* A connection from this listener, or -1 if there is none (any more). */
static int
accept_one(const struct child_task *t, unsigned seat, unsigned i)
{
	struct seat *s = &t->board->seats[seat];

	for (unsigned failures = 1;; failures++) {
		int len = sizeof s->peer.ss;
		/* Blocking, as a program expects it, and not close-on-exec. */
		long r = sys_accept4(t->wait.listener[i], &s->peer.ss, &len, 0);

		if (r >= 0) {
			s->peer.len = (socklen_t)len;
			s->listener = i;
			return (int)r;
		}
		if (r == -EAGAIN)
			return -1;
		if (r != -EINTR)
			accept_failed(t, seat, i, r, failures);
	}
}

static _Noreturn void
serve(const struct child_task *t, unsigned seat, int fd)
{
	long r;

	take(t, seat, fd);
	r = handler_become(t->handler, &t->board->seats[seat],
	    &t->listener[t->board->seats[seat].listener],
	    board_live(t->board, atomic_load(&t->board->source[seat])), fd);
	fail(t, seat, SEAT_EXEC, r);
}

/* Told to leave: nobody who is already waiting may wait longer for it. */
static void
last_round(const struct child_task *t, unsigned seat)
{
	for (unsigned i = 0; i < t->wait.n; i++) {
		int fd = accept_one(t, seat, i);

		if (fd != -1)
			serve(t, seat, fd);
	}
	if (wait_heed(&t->wait))
		leave(t, seat);
}

static void
turn(const struct child_task *t, unsigned seat)
{
	struct epoll_event ev;
	long r = sys_epoll_pwait(t->wait.epoll_fd, &ev, 1, -1, no_signals);
	int fd;

	if (r == -EINTR)
		return;
	if (r < 0)
		fail(t, seat, SEAT_WAIT, r);
	if (r == 0)
		return;
	if (ev.data.u64 == WAIT_LIFELINE)
		leave(t, seat);
	if (ev.data.u64 == WAIT_FAREWELL) {
		last_round(t, seat);
		return;
	}
	fd = accept_one(t, seat, (unsigned)ev.data.u64);
	if (fd != -1)
		serve(t, seat, fd);
}

_Noreturn void
child_main(const void *task, unsigned seat)
{
	const struct child_task *t = task;
	long r = handler_dress(t->handler);

	wait_enter(&t->wait);
	if (t->shut_fd != -1)
		sys_close(t->shut_fd);
	if (r < 0)
		fail(t, seat, SEAT_DRESS, r);
	atomic_store(&t->board->state[seat], SLOT_IDLE);
	if (atomic_load(&t->board->call) != 0)
		tell(t);
	for (;;)
		turn(t, seat);
}
