/* inline.c - calls the function, for one client after the other. */
#include "pool/inline.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "os/packet.h"
#include "os/sys.h"
#include "pool/claim.h"
#include "pool/client.h"
#include "pool/end.h"
#include "pool/tell.h"
#include "rules/reflect.h"
#include "tools/clock.h"
#include "tools/log.h"

enum {
	DATAGRAMS = 64,		/* in one turn, while others may wait */
	LOOK_EVERY = 256,	/* clients, and at powers of 2 before, for: */
	LEAKED    = 50		/* descriptors that a function left open */
};

/* ---- a child's life ---- */

static void
on_child(int number)
{
	(void)number;
}

/* What a function starts may end at any time: that interrupts our wait.  All
 * else that signals do they do there, too: they are blocked elsewhere. */
static void
take_signals(void)
{
	struct sigaction sa = { .sa_handler = SIG_DFL };

	for (int i = 1; i < NSIG; i++)
		sigaction(i, &sa, NULL);
	sa.sa_handler = SIG_IGN;
	sigaction(SIGPIPE, &sa, NULL);
	sa.sa_handler = on_child;
	sigaction(SIGCHLD, &sa, NULL);
	sys_sigmask(SIG_SETMASK, sys_all_signals);
}

/* An eighth more or less, so that not all leave at once. */
static unsigned
spread(unsigned n)
{
	return n < 8 ? n : n - n / 8 + arc4random_uniform(n / 4 + 1);
}

void
inline_begin(struct child *c)
{
	const struct handler_calls *calls = &c->task->handler->calls;

	log_child();
	take_signals();
	c->leave_after = spread(c->task->recycle_after);
	if (calls->child != NULL)
		calls->child(calls->event_arg);
}

void
inline_interrupted(void)
{
	while (waitpid(-1, NULL, WNOHANG) > 0)
		;
}

/* ---- connections ---- */

static void
say_begin(struct brood_client *b, const struct handler_calls *calls)
{
	if (log_shows(LOG_LEVEL_INFO)) {
		child_ask_local(b->child, b->fd);
		b->knows_local = true;
		tell_begin(getpid(), b->child->seat);
	}
	if (calls->begin != NULL)
		calls->begin(b, calls->event_arg);
}

static void
say_end(struct brood_client *b, const struct handler_calls *calls)
{
	if (calls->end != NULL)
		calls->end(b, calls->event_arg);
	if (log_shows(LOG_LEVEL_INFO)) {
		tell_served(getpid(), b->child->seat);
		log_flush();
	}
}

/* The lowest free number, now and then, soon at first, for some leave many: if
 * it grows, the function leaves descriptors open.  A new child has none of
 * them. */
static void
look_for_leaks(struct child *c, int fd)
{
	unsigned n = ++c->looks;
	int high;

	if (n % LOOK_EVERY != 0 && (n > LOOK_EVERY || (n & (n - 1)) != 0))
		return;
	high = fcntl(fd, F_DUPFD_CLOEXEC, fd);
	if (high == -1)
		return;
	close(high);
	if (c->first_fd == -1)
		c->first_fd = high;
	if (high - c->first_fd < LEAKED)
		return;
	log_warn("descriptors-leaked pid=%d number=%d", (int)getpid(), high);
	c->leave_after = 1;
}

static bool
serve_one(struct child *c, unsigned i)
{
	const struct handler_calls *calls = &c->task->handler->calls;
	struct brood_client b = { .child = c };

	b.fd = child_accept(c, i, SOCK_CLOEXEC);
	if (b.fd == -1)
		return false;
	if (c->task->listener[i].is_unix) {
		child_ask_user(c, b.fd);
		b.knows_user = true;
	}
	c->seat->local.len = 0;		/* of a former client */
	child_take(c);
	look_for_leaks(c, b.fd);
	say_begin(&b, calls);
	if (calls->stream != NULL)
		calls->stream(&b, b.fd, calls->stream_arg);
	if (!b.finished)
		close(b.fd);
	say_end(&b, calls);
	child_done(c, 1);
	return true;
}

void
inline_connection(struct child *c, unsigned i)
{
	serve_one(c, i);
}

void
inline_connections(struct child *c, unsigned i)
{
	while (serve_one(c, i))
		;
	claim_release(c, i);
}

/* ---- datagrams ---- */

static void
tell_dropped(struct child *c, const struct packet *p, int64_t now)
{
	unsigned repeated;

	if (p->dropped == c->dropped)
		return;
	c->dropped = p->dropped;
	if (episode_tell(&c->lost, now, &repeated))
		log_warn("datagrams-dropped pid=%d number=%u reason=\"no room\"",
		    (int)getpid(), p->dropped);
	log_flush();
}

static void
call_datagram(struct child *c, int fd, const struct packet *p,
    const void *data, size_t n)
{
	const struct handler_calls *calls = &c->task->handler->calls;
	struct brood_client b = { .child = c, .fd = fd, .packet = p,
	    .asked = n };

	if (p->dropped != 0)
		tell_dropped(c, p, clock_ms());
	if (calls->datagram != NULL)
		calls->datagram(&b, data, n, calls->datagram_arg);
}

void
inline_datagrams(struct child *c, unsigned i)
{
	static char data[PACKET_BYTES];
	bool claims = c->task->wait.way == WAIT_CLAIM;
	int fd = c->task->wait.listener[i];
	struct packet p;
	unsigned n = 0;
	ssize_t got;

	while (claims || n < DATAGRAMS) {
		/* 65535 bytes: what is longer is cut, and says so. */
		got = packet_receive(fd, data, sizeof data - 1, &p);
		if (got == -1)
			break;
		c->seat->listener = i;
		memcpy(&c->seat->peer.ss, &p.peer.ss, p.peer.len);
		c->seat->peer.len = p.peer.len;
		if (n++ == 0)
			child_take(c);
		else if (c->task->timed)
			c->seat->begun_ns = clock_ns();
		call_datagram(c, fd, &p, data, (size_t)got);
	}
	/* Errors of former answers (ICMP) are nobody's. */
	if (got == -1 && errno != EAGAIN && errno != EINTR &&
	    errno != ECONNREFUSED)
		child_trouble(c, i, -errno, 3);
	if (n > 0)
		child_done(c, n);
	if (claims)
		claim_release(c, i);
}

/* Is it an address of this machine?  Asked only for a port of ours. */
static bool
is_local(const struct addr *a)
{
	struct addr any_port = *a;
	int fd = socket(a->ss.ss_family, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	bool local;

	/* The port of both families is in the same place. */
	((struct sockaddr_in *)&any_port.ss)->sin_port = 0;
	local = fd == -1 || bind(fd, (struct sockaddr *)&any_port.ss,
	    any_port.len) == 0;
	if (fd != -1)
		close(fd);
	return local;
}

/* Is it one of our own listeners that is said to ask? */
static bool
is_own(const struct child_task *t, const struct packet *p)
{
	const struct addr asker = p->peer;

	for (unsigned i = 0; i < t->wait.n; i++) {
		const struct child_listener *l = &t->listener[i];

		if (l->type != SOCK_DGRAM ||
		    addr_port(&l->bound) != addr_port(&asker))
			continue;
		if (addr_same(&l->bound, &asker, true) ||
		    (addr_is_wildcard(&l->bound) && is_local(&asker)))
			return true;
	}
	return false;
}

static enum reflect
judge(const struct brood_client *b)
{
	const struct child_task *t = b->child->task;
	const struct packet *p = b->packet;
	const struct child_listener *l = &t->listener[b->child->seat->listener];
	struct ucspi_end peer;
	enum reflect r;

	if (l->is_unix)
		return REFLECT_NOT;
	end_of(&p->peer, &peer);
	r = reflect_judge(&peer, addr_port(&l->bound), t->handler->calls.low_ports);
	return r == REFLECT_NOT && is_own(t, p) ? REFLECT_OWN : r;
}

static bool
refuse(struct brood_client *b, enum reflect r)
{
	struct child *c = b->child;
	char name[ADDR_TEXT_SIZE];
	unsigned repeated;

	if (r == REFLECT_NOT)
		return false;
	if (episode_tell(&c->refused, clock_ms(), &repeated))
		log_warn("reply-refused peer=%s reason=%s repeated=%u",
		    addr_text(&b->packet->peer, name), reflect_word(r), repeated);
	log_flush();
	return true;
}

bool
inline_refuses(struct brood_client *b)
{
	return refuse(b, judge(b));
}

static enum reflect
measure(struct brood_client *b, size_t n)
{
	const struct child_task *t = b->child->task;
	const struct handler_calls *h = &t->handler->calls;

	if (t->listener[b->child->seat->listener].is_unix)
		return REFLECT_NOT;
	if (reflect_amplifies(b->asked, b->replied, n, h->reply_factor))
		return REFLECT_SIZE;
	/* Services that answer each other's answers do so for ever, and fast:
	 * what tells them from a client is only how much they ask. */
	if (h->reply_rate > 0 && !rate_take(&t->board->replies,
	    board_source(&b->packet->peer, 0), h->reply_rate,
	    clock_ns() / 1000))
		return REFLECT_RATE;
	return REFLECT_NOT;
}

bool
inline_exceeds(struct brood_client *b, size_t n)
{
	if (refuse(b, measure(b, n)))
		return true;
	b->replied += n;
	return false;
}

int
inline_reply(struct brood_client *b, const void *data, size_t n)
{
	if (!inline_refuses(b) && !inline_exceeds(b, n))
		return packet_reply(b->fd, b->packet, data, n);
	errno = EPERM;
	return -1;
}
