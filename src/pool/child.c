/* child.c - accepts, says what it is doing, and how it fails. */
#include "pool/child.h"

#include <stdatomic.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>

#include "os/sys.h"
#include "rules/slot.h"
#include "tools/clock.h"
#include "tools/log.h"

enum {
	RETRIES       = 2,	/* at once, before the first pause */
	PAUSE_MS      = 10,	/* doubling ... */
	PAUSE_MOST_MS = 200,	/* ... to this: 5 failing calls a second */
	LOG_MS        = 100	/* for the log of one that leaves */
};

/* One that dies between the two lines is heard of by its death. */
void
child_tell(const struct child *c)
{
	static const uint64_t one = 1;

	if (atomic_exchange(&c->task->board->rung, 1) == 0)
		sys_write(c->task->bell_fd, &one, sizeof one);
}

_Noreturn void
child_fail(const struct child *c, enum seat_step step, long r)
{
	c->seat->fail_step = (int32_t)step;
	c->seat->fail_errno = (int32_t)-r;
	sys_exit(CHILD_EXIT_FAILED);
}

_Noreturn void
child_leave(const struct child *c)
{
	atomic_store(&c->task->board->state[c->number], SLOT_LEAVING);
	if (handler_is_inline(c->task->handler))
		log_close(LOG_MS);
	sys_exit(CHILD_EXIT_LEFT);
}

void
child_ask_local(struct child *c, int fd)
{
	const struct child_listener *l = &c->task->listener[c->seat->listener];
	struct addr *local = &c->seat->local;
	int len = sizeof local->ss;

	if (l->local_varies && sys_getsockname(fd, &local->ss, &len) == 0)
		local->len = (socklen_t)len;
	else
		*local = l->bound;
}

void
child_ask_user(struct child *c, int fd)
{
	struct ucred cred = { .uid = (uid_t)-1, .gid = (gid_t)-1 };
	int len = sizeof cred;

	sys_getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &cred, &len);
	c->seat->uid = cred.uid;
	c->seat->gid = cred.gid;
	c->seat->pid = (uint32_t)cred.pid;
}

/* The work is ours: pass the baton, say so, ring if that leaves too few.  The
 * exchange is a full fence before the count: without it a wake-up can be lost
 * (tests/model/doorbell.c).  The baton is first, so that the death of a child
 * that did not pass it is that of a waiting one, and the master looks again
 * (tests/model/retire.c). */
void
child_take(struct child *c)
{
	struct board *b = c->task->board;
	unsigned available;

	c->seat->begun_ns = clock_ns();
	atomic_store_explicit(&b->source[c->number],
	    board_source(&c->seat->peer, c->seat->uid), memory_order_release);
	if (c->task->wait.way == WAIT_BATON)
		wait_pass(&c->task->wait, c->seat->listener);
	atomic_exchange(&b->state[c->number], SLOT_BUSY);
	available = board_available(b);
	/* A guess is enough: it only delays a farewell. */
	if (available < atomic_load_explicit(&b->fewest, memory_order_relaxed))
		atomic_store_explicit(&b->fewest, available,
		    memory_order_relaxed);
	if (atomic_load(&b->call) != 0 || available < atomic_load(&b->wanted))
		child_tell(c);
}

/* maximum-connected was lowered: is it the caller who shall leave for it? */
static bool
is_above(struct board *b)
{
	uint32_t n = atomic_load(&b->above);

	while (n > 0)
		if (atomic_compare_exchange_weak(&b->above, &n, n - 1))
			return true;
	return false;
}

void
child_done(struct child *c, unsigned n)
{
	struct board *b = c->task->board;
	unsigned served = atomic_load_explicit(&c->seat->served,
	    memory_order_relaxed) + n;

	atomic_store_explicit(&c->seat->served, served, memory_order_relaxed);
	if ((c->leave_after > 0 && served >= c->leave_after) || is_above(b))
		child_leave(c);
	atomic_store_explicit(&b->source[c->number], 0, memory_order_relaxed);
	atomic_exchange(&b->state[c->number], SLOT_IDLE);
	if (atomic_load(&b->full) != 0)
		child_tell(c);
}

/* Sleep, on no descriptor: the trouble may be the limit of these, which
 * would end the sleep at once.  Then see whether there still is a master. */
static void
pause_ms(const struct child *c, int ms)
{
	struct timespec ts = { ms / 1000, ms % 1000 * 1000000L };

	sys_ppoll(NULL, 0, &ts, sys_no_signals);
	if (sys_getppid() != c->task->master_pid || wait_heed(&c->task->wait))
		child_leave(c);
}

/* Whatever the errno, the answer is the same: a few tries at once, then
 * growing pauses. */
void
child_trouble(struct child *c, unsigned i, long r, unsigned n)
{
	int ms = PAUSE_MS;

	/* The listener was shut, and all were told to leave. */
	if (r == -EINVAL && wait_heed(&c->task->wait))
		child_leave(c);
	/* Others may do better with what we were woken for. */
	if (n == RETRIES + 1 && c->task->wait.way == WAIT_BATON)
		wait_pass(&c->task->wait, i);
	c->seat->accept_errno = (int32_t)-r;
	atomic_fetch_add(&c->seat->accept_errors, 1);
	atomic_fetch_add(&c->task->board->troubles, 1);
	if (n == 1 || n > RETRIES)
		child_tell(c);
	if (n <= RETRIES)
		return;
	for (unsigned k = RETRIES + 1; k < n && ms < PAUSE_MOST_MS; k++)
		ms *= 2;
	pause_ms(c, ms < PAUSE_MOST_MS ? ms : PAUSE_MOST_MS);
}

int
child_accept(struct child *c, unsigned i, int flags)
{
	struct seat *s = c->seat;

	for (unsigned failures = 1;; failures++) {
		int len = sizeof s->peer.ss;
		long r = sys_accept4(c->task->wait.listener[i], &s->peer.ss,
		    &len, flags);

		if (r >= 0) {
			s->peer.len = (socklen_t)len;
			s->listener = i;
			return (int)r;
		}
		if (r == -EAGAIN)
			return -1;
		if (r != -EINTR)
			child_trouble(c, i, r, failures);
	}
}
