/* peer.c - finds a datagram's session, or becomes it. */
#include "pool/peer.h"

#include <errno.h>
#include <netinet/in.h>
#include <poll.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/queue.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "os/packet.h"
#include "os/sys.h"
#include "pool/claim.h"
#include "pool/client.h"
#include "pool/inline.h"
#include "pool/linger.h"
#include "pool/pool.h"
#include "pool/program.h"
#include "tools/clock.h"
#include "tools/fd.h"
#include "tools/log.h"

enum {
	WINDOW   = 512,		/* more than a socket's queue holds */
	END_MS   = 2000,	/* for a program whose peer is quiet */
	LOCK_TRIES = 1000	/* of a millisecond each */
};

/* A datagram that is passed from child to child: as it came. */
struct passed {
	uint32_t listener;
	uint32_t tries;		/* programs that left it unread */
	uint32_t n;
	struct packet from;
	char data[PACKET_BYTES];
};

#define HEAD offsetof(struct passed, data)

/* Those that wait for the program's room, in order. */
struct kept {
	STAILQ_ENTRY(kept) next;
	struct passed d;
};

struct session {
	struct child *child;
	struct packet peer;	/* who, and whom it asked */
	struct brood_client client;
	uint32_t tries;		/* of the datagram that began it */
	int fd;			/* connected; -1: by the listener */
	int inbox;
	int relay, program;	/* ends of the program's socket; both are kept */
	pid_t pid;
	int pidfd;
	STAILQ_HEAD(, kept) kept;
	int64_t next_ms;	/* the end, if nothing comes; then what follows */
	unsigned step;		/* of the end: 0 = not yet */
};

/* ---- where strays wait ---- */

int
peer_open(struct pool *p, struct err *e)
{
	/* Not a datagram socket: that has room for ten only. */
	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC | SOCK_NONBLOCK,
	    0, p->strays) == -1) {
		err_sys(e, EXIT_SYSTEM, "cannot make a queue for datagrams");
		return -1;
	}
	p->strays[0] = fd_high(p->strays[0]);
	p->strays[1] = fd_high(p->strays[1]);
	return 0;
}

void
peer_close(struct pool *p)
{
	fd_close(&p->strays[0]);
	fd_close(&p->strays[1]);
}

static void
pass_to_strays(struct child *c, const struct passed *d)
{
	if (d->tries >= c->task->handler->wait_tries)
		log_warn("datagram-eaten pid=%d tries=%u", (int)getpid(),
		    d->tries);
	else if (send(c->task->stray_fd, d, HEAD + d->n, MSG_NOSIGNAL) == -1)
		log_warn("datagram-lost pid=%d errno=%s", (int)getpid(),
		    strerrorname_np(errno));
	log_flush();
}

/* ---- whose is it? ---- */

static bool
is_of(const struct seat *s, const struct passed *d)
{
	return s->listener == d->listener &&
	    addr_same(&s->peer, &d->from.peer, false) &&
	    (d->from.local.len == 0 ||
	    addr_same(&s->local, &d->from.local, true));
}

/* False: there is no such session any more. */
static bool
send_to(const struct seat *s, const struct passed *d)
{
	struct sockaddr_un un = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	const struct timeval most = { .tv_usec = 20000 };
	bool there;

	memcpy(un.sun_path + 1, s->inbox_name, sizeof s->inbox_name);
	/* Its relay reads; a full inbox is soon not full any more, or its program
	 * does not read. */
	setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &most, sizeof most);
	there = sendto(fd, d, HEAD + d->n, MSG_NOSIGNAL, (struct sockaddr *)&un,
	    (socklen_t)(offsetof(struct sockaddr_un, sun_path) + 1 +
	    sizeof s->inbox_name)) != -1;
	if (!there && errno == EAGAIN) {
		log_warn("datagram-lost pid=%d errno=EAGAIN", (int)getpid());
		log_flush();
		there = true;
	}
	fd_close(&fd);
	return there;
}

/* To the inbox of the session it belongs to, if there is one. */
static bool
pass_to_session(struct child *c, const struct passed *d)
{
	struct board *b = c->task->board;
	unsigned high = atomic_load(&b->high);

	for (unsigned i = 0; i < high; i++)
		if (i != c->number && atomic_load(&b->seats[i].inbox) != 0 &&
		    is_of(&b->seats[i], d) && send_to(&b->seats[i], d))
			return true;
	return false;
}

static void
pass_on(struct child *c, const struct passed *d)
{
	if (!pass_to_session(c, d))
		pass_to_strays(c, d);
}

/* ---- a session's sockets ---- */

static void
set_port(struct addr *a, const struct addr *from)
{
	/* Of both families in the same place. */
	((struct sockaddr_in *)&a->ss)->sin_port =
	    ((const struct sockaddr_in *)&from->ss)->sin_port;
}

/* Bound to what was asked and connected to who asked; -1 if that cannot be. */
static int
connect_to(const struct child *c, const struct packet *p)
{
	int fd = socket(p->peer.ss.ss_family, SOCK_DGRAM | SOCK_CLOEXEC |
	    SOCK_NONBLOCK, 0);
	const struct addr *local = &c->seat->local;
	int one = 1;

	if (fd != -1 && p->local.len > 0 &&
	    setsockopt(fd, SOL_SOCKET, SO_REUSEPORT, &one, sizeof one) == 0 &&
	    bind(fd, (const struct sockaddr *)&local->ss, local->len) == 0 &&
	    connect(fd, (const struct sockaddr *)&p->peer.ss, p->peer.len) == 0)
		return fd;
	fd_close(&fd);
	return -1;
}

/* The kernel finds a name, which all may see on the board. */
static int
open_inbox(struct seat *s)
{
	struct sockaddr_un un = { .sun_family = AF_UNIX };
	socklen_t len = sizeof un.sun_family;
	int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

	if (fd == -1 || packet_prepare(fd) == -1 ||
	    bind(fd, (struct sockaddr *)&un, len) == -1)
		goto fail;
	len = sizeof un;
	if (getsockname(fd, (struct sockaddr *)&un, &len) == -1)
		goto fail;
	memcpy(s->inbox_name, un.sun_path + 1, sizeof s->inbox_name);
	return fd;
fail:
	fd_close(&fd);
	return -1;
}

/* It came from another process, and is measured before it is used. */
static bool
is_sound(const struct child_task *t, const struct passed *d, ssize_t n)
{
	return n >= (ssize_t)HEAD && (size_t)n == HEAD + d->n &&
	    d->listener < t->wait.n && !t->listener[d->listener].is_strays &&
	    d->from.peer.len <= sizeof d->from.peer.ss &&
	    d->from.local.len <= sizeof d->from.local.ss;
}

/* Anybody may write to a name: only who has our own user is heard. */
static bool
take_passed(const struct child_task *t, int fd, struct passed *d)
{
	struct packet from;
	ssize_t n;

	do {
		n = packet_receive(fd, d, sizeof *d, &from);
	} while (n != -1 && (from.uid != geteuid() || !is_sound(t, d, n)));
	return n != -1;
}

/* From the session's own socket, or a listener. */
static bool
take_own(int fd, uint32_t listener, struct passed *d)
{
	ssize_t n;

	/* Errors are those of answers before (ICMP); each is told once. */
	for (int i = 0; i < WINDOW; i++) {
		n = packet_receive(fd, d->data, sizeof d->data, &d->from);
		if (n == -1 && errno == EAGAIN)
			return false;
		if (n == -1)
			continue;
		d->listener = listener;
		d->tries = 0;
		d->n = (uint32_t)n;
		return true;
	}
	return false;
}

static void
keep(struct session *s, const struct passed *d)
{
	struct kept *k = malloc(offsetof(struct kept, d) + HEAD + d->n);

	s->client.asked += d->n;
	if (k == NULL)
		return;
	memcpy(&k->d, d, HEAD + d->n);
	STAILQ_INSERT_TAIL(&s->kept, k, next);
}

/* What came between bind and connect. */
static void
look_through_window(struct session *s, struct passed *d)
{
	for (int i = 0; i < WINDOW && take_own(s->fd,
	    s->child->seat->listener, d); i++) {
		if (addr_same(&d->from.peer, &s->peer.peer, false))
			keep(s, d);
		else
			pass_on(s->child, d);
	}
}

/* ---- between the sockets and the program ---- */

static void
program_begin(struct session *s)
{
	struct child *c = s->child;
	char text[UCSPI_BYTES];
	char *envp[PROGRAM_ENV];
	int ends[2];
	unsigned n;

	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) == -1)
		child_fail(c, SEAT_HAND, -errno);
	s->relay = fd_high(ends[0]);
	s->program = fd_high(ends[1]);
	s->pid = fork();
	if (s->pid == -1)
		child_fail(c, SEAT_HAND, -errno);
	if (s->pid == 0) {
		signal(SIGPIPE, SIG_DFL);
		n = program_vars(c, s->fd, text, envp);
		program_add(c->task->handler, envp, n);
		if (dup2(s->program, 0) == 0 && dup2(s->program, 1) == 1)
			errno = (int)-program_execute(c->task->handler, envp);
		child_fail(c, SEAT_EXEC, -errno);
	}
	s->pidfd = (int)syscall(SYS_pidfd_open, s->pid, 0);
}

static void
be_busy(struct session *s)
{
	s->next_ms = clock_ms() + s->child->task->handler->peer_ms;
}

/* Those kept go first.  False: it has no room. */
static bool
feed_kept(struct session *s)
{
	struct kept *k;

	while ((k = STAILQ_FIRST(&s->kept)) != NULL) {
		if (send(s->relay, k->d.data, k->d.n,
		    MSG_DONTWAIT | MSG_NOSIGNAL) == -1 && errno == EAGAIN)
			return false;
		STAILQ_REMOVE_HEAD(&s->kept, next);
		free(k);
	}
	return true;
}

static void
feed(struct session *s, struct passed *d)
{
	while (feed_kept(s) && take_passed(s->child->task, s->inbox, d)) {
		keep(s, d);
		be_busy(s);
	}
	while (s->fd != -1 && feed_kept(s) &&
	    take_own(s->fd, s->child->seat->listener, d)) {
		keep(s, d);
		be_busy(s);
	}
}

static void
answer(struct session *s, struct passed *d)
{
	int fd = s->child->task->wait.listener[s->child->seat->listener];
	ssize_t n;

	/* No bytes are an end, for no datagram can be told from it. */
	for (int i = 0; i < WINDOW; i++) {
		int r;

		n = recv(s->relay, d->data, sizeof d->data, MSG_DONTWAIT);
		if (n <= 0)
			break;
		if (inline_exceeds(&s->client, (size_t)n))
			continue;
		r = s->fd == -1 ?
		    packet_reply(fd, &s->peer, d->data, (size_t)n) :
		    (int)send(s->fd, d->data, (size_t)n, MSG_NOSIGNAL);
		if (r == -1 && errno == EMSGSIZE)
			log_warn("reply-dropped pid=%d bytes=%zd reason=%s",
			    (int)getpid(), n, strerrorname_np(errno));
		if (s->step == 0)
			be_busy(s);
	}
	log_flush();
}

/* The peer is quiet: the program reads an end, is asked, and is ended. */
static void
end_step(struct session *s)
{
	switch (s->step++) {
	case 0:
		shutdown(s->relay, SHUT_WR);
		break;
	case 1:
		kill(s->pid, SIGTERM);
		break;
	default:
		kill(s->pid, SIGKILL);
	}
	s->next_ms = clock_ms() + END_MS;
}

static void
relay(struct session *s, struct passed *d)
{
	for (;;) {
		bool room = s->step == 0 && feed_kept(s);
		int64_t left = s->next_ms - clock_ms();
		struct pollfd p[] = {
			{ .fd = s->pidfd, .events = POLLIN },
			{ .fd = s->relay, .events = (short)(POLLIN |
			    (room || s->step > 0 ? 0 : POLLOUT)) },
			{ .fd = room ? s->inbox : -1, .events = POLLIN },
			{ .fd = room ? s->fd : -1, .events = POLLIN },
		};

		if (left <= 0) {
			end_step(s);
			continue;
		}
		poll(p, 4, left < 60000 ? (int)left : 60000);
		answer(s, d);
		if (p[0].revents != 0)
			return;
		if (s->step == 0)
			feed(s, d);
	}
}

/* ---- the end ---- */

/* What the program did not read, with how many have not. */
static void
stray_unread(struct session *s, struct passed *d)
{
	ssize_t n;

	while ((n = recv(s->program, d->data, sizeof d->data,
	    MSG_DONTWAIT)) > 0) {
		d->listener = s->child->seat->listener;
		d->from = s->peer;
		d->tries = s->tries + 1;
		d->n = (uint32_t)n;
		pass_to_strays(s->child, d);
	}
}

static void
stray_rest(struct session *s, struct passed *d)
{
	struct kept *k;

	STAILQ_FOREACH(k, &s->kept, next)
		pass_to_strays(s->child, &k->d);
	while (take_passed(s->child->task, s->inbox, d))
		pass_to_strays(s->child, d);
	while (s->fd != -1 && take_own(s->fd, s->child->seat->listener, d)) {
		d->from.local = s->peer.local;
		pass_on(s->child, d);
	}
}

/* With the claim nobody is about to pass something to the inbox.  Connected
 * to itself, the socket gets nothing any more of anybody. */
static void
session_over(struct session *s, struct passed *d)
{
	struct child *c = s->child;
	const struct timespec moment = { 0, 1000000 };
	const struct addr *self = &c->seat->local;
	bool claimed = false;

	for (int i = 0; i < LOCK_TRIES && !claimed; i++) {
		claimed = claim_take(c, c->seat->listener);
		if (!claimed)
			nanosleep(&moment, NULL);
	}
	atomic_store(&c->seat->inbox, 0);
	if (s->fd != -1 && connect(s->fd, (const struct sockaddr *)&self->ss,
	    self->len) == -1)
		log_debug("peer-disconnect errno=%s", strerrorname_np(errno));
	stray_unread(s, d);
	stray_rest(s, d);
	if (claimed)
		claim_release(c, c->seat->listener);
	log_flush();
}

/* ---- the beginning ---- */

static _Noreturn void
serve(struct child *c, unsigned i, struct passed *d)
{
	struct session s = { .child = c, .peer = d->from, .tries = d->tries };

	s.client = (struct brood_client){ .child = c, .packet = &s.peer };
	STAILQ_INIT(&s.kept);
	c->seat->listener = d->listener;
	c->seat->peer = d->from.peer;
	c->seat->local = d->from.local.len > 0 ? d->from.local :
	    c->task->listener[d->listener].bound;
	set_port(&c->seat->local, &c->task->listener[d->listener].bound);
	s.inbox = open_inbox(c->seat);
	if (s.inbox == -1)
		child_fail(c, SEAT_HAND, -errno);
	keep(&s, d);
	atomic_store(&c->seat->inbox, 1);
	s.fd = connect_to(c, &s.peer);
	if (s.fd != -1)
		look_through_window(&s, d);
	child_take(c);
	claim_release(c, i);
	program_begin(&s);
	be_busy(&s);
	relay(&s, d);
	session_over(&s, d);
	linger_end(s.pid);
}

static bool
take_any(struct child *c, unsigned i, struct passed *d)
{
	int fd = c->task->wait.listener[i];
	ssize_t n;

	if (!c->task->listener[i].is_strays)
		return take_own(fd, i, d);
	n = recv(fd, d, sizeof *d, MSG_DONTWAIT);
	return n != -1 && is_sound(c->task, d, n);
}

void
peer_look(struct child *c, unsigned i)
{
	static struct passed d;
	struct brood_client b = { .child = c, .packet = &d.from };

	log_child();
	signal(SIGPIPE, SIG_IGN);
	if (take_any(c, i, &d)) {
		c->seat->listener = d.listener;
		if (!inline_refuses(&b) && !pass_to_session(c, &d))
			serve(c, i, &d);
	}
	claim_release(c, i);
}
