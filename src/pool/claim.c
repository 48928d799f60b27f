/* claim.c - one program, one listener, until it ends. */
#include "pool/claim.h"

#include <linux/sockios.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdatomic.h>
#include <sys/socket.h>
#include <time.h>

#include "os/sys.h"
#include "pool/child.h"
#include "pool/pool.h"
#include "tools/log.h"

/* Programs in a row after which a listener looks as before: more may have
 * come than one took, but not always. */
enum { IN_VAIN = 6 };

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

/* How many wait at a listening socket; where only that somebody does can be
 * told (unix), 1. */
static uint32_t
count_queued(int fd)
{
	struct tcp_info info = { .tcpi_unacked = 0 };
	struct pollfd p = { .fd = fd, .events = POLLIN };
	struct timespec now = { 0, 0 };
	int len = sizeof info;

	if (sys_getsockopt(fd, IPPROTO_TCP, TCP_INFO, &info, &len) == 0)
		return info.tcpi_unacked;
	return sys_ppoll(&p, 1, &now, NULL) > 0;
}

bool
claim_is_worth(struct child *c, unsigned i)
{
	struct board_claim *m = claim_of(c, i);
	int fd = c->task->wait.listener[i];
	struct timespec at;
	char byte;

	if (c->task->listener[i].type != SOCK_DGRAM) {
		m->queued = count_queued(fd);
		return true;
	}
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

bool
claim_was_used(struct pool *p, unsigned seat)
{
	const struct child_task *t = &p->now->task;

	for (unsigned i = 0; i < t->wait.n; i++) {
		struct board_claim *m = &p->board->claim[t->listener[i].id];

		if (atomic_load(&m->by) != seat + 1 ||
		    t->listener[i].type == SOCK_DGRAM)
			continue;
		if (m->queued > 0 &&
		    count_queued(t->wait.listener[i]) >= m->queued)
			return ++m->tries < IN_VAIN;
		m->tries = 0;
	}
	return true;
}

/* Programs fail: nobody is woken for another try. */
static bool
is_pause(const struct pool *p, int64_t now)
{
	return p->fault.until_ms != 0 && now < p->fault.until_ms;
}

void
claim_over(struct pool *p, unsigned seat, int64_t now)
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

		if (atomic_load(&m->by) == 0 && !is_pause(p, now))
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
		if (atomic_load(&m->by) == 0 && !is_pause(p, now) &&
		    atomic_exchange(&m->missed, 0))
			look_again(p, t->listener[i].id);
	}
}
