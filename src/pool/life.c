/* life.c - a child waits for work, looks at it, and waits again. */
#include "pool/life.h"

#include <stdatomic.h>
#include <sys/epoll.h>
#include <sys/socket.h>

#include "os/sys.h"
#include "pool/child.h"
#include "pool/claim.h"
#include "pool/exec.h"
#include "pool/inline.h"
#include "rules/slot.h"

static void
look_at(struct child *c, unsigned i)
{
	const struct handler_kind *k = c->task->handler->kind;

	if (c->task->wait.way == WAIT_CLAIM && !claim_take(c, i))
		return;
	if (c->task->listener[i].type == SOCK_DGRAM)
		k->datagrams(c, i);
	else
		k->connections(c, i);
}

/* Told to leave: nobody who is already waiting may wait longer for it. */
static void
last_round(struct child *c)
{
	/* Serving may take long: the next is told first. */
	wait_nudge(&c->task->wait);
	for (unsigned i = 0; i < c->task->wait.n; i++)
		if (c->task->wait.way != WAIT_CLAIM)
			look_at(c, i);
	if (wait_heed(&c->task->wait))
		child_leave(c);
}

static void
turn(struct child *c)
{
	struct epoll_event ev;
	long r = sys_epoll_pwait(c->epoll_fd, &ev, 1, -1, sys_no_signals);

	if (r == -EINTR) {
		if (handler_is_inline(c->task->handler))
			inline_interrupted();
		return;
	}
	if (r < 0)
		child_fail(c, SEAT_WAIT, r);
	if (r == 0)
		return;
	if (ev.data.u64 == WAIT_LIFELINE)
		child_leave(c);
	if (ev.data.u64 == WAIT_FAREWELL)
		last_round(c);
	else
		look_at(c, (unsigned)ev.data.u64);
}

static void
drop_foreign(const struct child_birth *b)
{
	for (unsigned i = 0; i < b->nforeign; i++)
		sys_close(b->foreign[i]);
}

static void
enter(struct child *c)
{
	long r;

	drop_foreign(&c->task->birth[c->number]);
	if (c->task->shut_fd != -1)
		sys_close(c->task->shut_fd);
	r = handler_dress(c);
	if (r < 0)
		child_fail(c, SEAT_DRESS, r);
	if (handler_is_worker(c->task->handler))
		exec_worker(c);
	r = wait_enter(&c->task->wait);
	if (r < 0)
		child_fail(c, SEAT_WAIT, r);
	c->epoll_fd = (int)r;
	if (handler_is_inline(c->task->handler))
		inline_begin(c);
}

_Noreturn void
life_main(const void *task, unsigned seat)
{
	const struct child_task *t = task;
	struct child c = {
		.task = t, .number = seat, .seat = &t->board->seats[seat],
		.first_fd = -1,
	};

	enter(&c);
	atomic_store(&t->board->state[seat], SLOT_IDLE);
	if (atomic_load(&t->board->call) != 0)
		child_tell(&c);
	for (;;)
		turn(&c);
}
