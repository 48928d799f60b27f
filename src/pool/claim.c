/* claim.c - one program, one listener, until it ends. */
#include "pool/claim.h"

#include <errno.h>
#include <linux/sockios.h>
#include <netinet/in.h>
#include <stdatomic.h>
#include <sys/socket.h>
#include <time.h>

#include "os/sys.h"
#include "pool/child.h"
#include "pool/pool.h"
#include "tools/log.h"

static struct board_claim *
claim_of(const struct child *c, unsigned i)
{
	return &c->task->board->claim[c->task->listener[i].id];
}

bool
claim_take(struct child *c, unsigned i)
{
	struct board_claim *m = claim_of(c, i);
	uint32_t nobody = 0;

	if (atomic_compare_exchange_strong(&m->by, &nobody, c->number + 1))
		return true;
	atomic_store(&m->missed, 1);
	nobody = 0;
	/* It may have become free before it could see the note. */
	return atomic_compare_exchange_strong(&m->by, &nobody, c->number + 1);
}

void
claim_release(struct child *c, unsigned i)
{
	struct board_claim *m = claim_of(c, i);

	atomic_store(&m->by, 0);
	wait_pass(&c->task->wait, i);
	if (atomic_load(&m->missed) != 0)
		child_tell(c);
}

/* When the datagram that waits first came in: no two have the same time.
 * Looking at it tells the kernel to remember its (socket(7)). */
static long
look_first(int fd, struct timespec *at)
{
	char byte;
	long r = sys_recv(fd, &byte, 1, MSG_PEEK | MSG_DONTWAIT);

	at->tv_sec = at->tv_nsec = 0;
	if (r >= 0)
		sys_ioctl(fd, SIOCGSTAMPNS, at);
	return r;
}

bool
claim_is_worth(struct child *c, unsigned i)
{
	struct board_claim *m = claim_of(c, i);
	int fd = c->task->wait.listener[i];
	struct timespec at;
	char byte;

	if (c->task->listener[i].type != SOCK_DGRAM)
		return true;
	if (look_first(fd, &at) < 0) {
		claim_release(c, i);
		return false;
	}
	if (at.tv_sec != m->stamp_s || at.tv_nsec != m->stamp_ns)
		m->tries = 0;
	m->stamp_s = at.tv_sec;
	m->stamp_ns = at.tv_nsec;
	if (m->tries++ < c->task->handler->wait_tries)
		return true;
	sys_recv(fd, &byte, 1, MSG_DONTWAIT);
	m->tries = 0;
	atomic_fetch_add(&m->eaten, 1);
	child_tell(c);
	claim_release(c, i);
	return false;
}

/* ---- the master's side */

void
claim_over(struct pool *p, unsigned seat)
{
	const struct child_task *t = &p->now->task;
	uint32_t mine;

	for (unsigned id = 0; id < BOARD_CLAIMS; id++) {
		mine = seat + 1;
		atomic_compare_exchange_strong(&p->board->claim[id].by, &mine, 0);
	}
	/* Also after one that died between its waking and its claim; while
	 * another has it, that is for later (tests/model/claim.c). */
	for (unsigned i = 0; i < t->wait.n; i++) {
		struct board_claim *m = &p->board->claim[t->listener[i].id];

		if (atomic_load(&m->by) == 0)
			wait_pass(&t->wait, i);
		else
			atomic_store(&m->missed, 1);
	}
}

/* Several listeners may share a claim. */
static void
look_again(struct pool *p, unsigned id)
{
	const struct child_task *t = &p->now->task;

	for (unsigned i = 0; i < t->wait.n; i++)
		if (t->listener[i].id == id)
			wait_pass(&t->wait, i);
}

static void
tell_eaten(struct pool *p, unsigned i, int64_t now)
{
	const struct child_listener *l = &p->now->task.listener[i];
	char name[ADDR_TEXT_SIZE];
	unsigned repeated;

	if (episode_tell(&p->eaten, now, &repeated))
		log_warn("datagram-eaten local=%s tries=%u repeated=%u",
		    addr_text(&l->bound, name), p->handler->wait_tries, repeated);
}

void
claim_look(struct pool *p, int64_t now)
{
	const struct child_task *t = &p->now->task;

	for (unsigned i = 0; i < t->wait.n; i++) {
		struct board_claim *m = &p->board->claim[t->listener[i].id];

		if (atomic_exchange(&m->eaten, 0) > 0)
			tell_eaten(p, i, now);
		if (atomic_load(&m->by) == 0 && atomic_exchange(&m->missed, 0))
			look_again(p, t->listener[i].id);
	}
}
