/* datagram.c - a pipe to the program, a pipe from it. */
#include "pool/datagram.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "os/packet.h"
#include "os/sys.h"
#include "pool/client.h"
#include "pool/end.h"
#include "pool/inline.h"
#include "pool/linger.h"
#include "pool/peer.h"
#include "pool/program.h"
#include "tools/fd.h"
#include "tools/log.h"

struct pipes {
	int to[2];		/* the datagram */
	int from[2];		/* the answer */
};

/* Whom it asked, with the listener's port; nobody in particular if that is
 * not known. */
static void
note_ends(struct child *c, unsigned i, const struct packet *p)
{
	struct sockaddr_in *in = (struct sockaddr_in *)&c->seat->local.ss;
	const struct sockaddr_in *bound =
	    (const struct sockaddr_in *)&c->task->listener[i].bound.ss;

	c->seat->listener = i;
	c->seat->peer = p->peer;
	c->seat->uid = p->uid;
	c->seat->gid = p->gid;
	c->seat->pid = p->pid;
	c->seat->local = p->local.len > 0 ? p->local :
	    c->task->listener[i].bound;
	/* The port of both families is in the same place. */
	if (!c->task->listener[i].is_unix)
		in->sin_port = bound->sin_port;
}

static int
open_pipes(struct pipes *p)
{
	*p = (struct pipes){ { -1, -1 }, { -1, -1 } };
	if (pipe2(p->to, O_CLOEXEC) == -1 || pipe2(p->from, O_CLOEXEC) == -1)
		return -1;
	/* It must hold a datagram whole. */
	return fcntl(p->to[1], F_SETPIPE_SZ, PACKET_BYTES) == -1 ? -1 : 0;
}

/* In the program's process. */
static _Noreturn void
become(struct child *c, const struct pipes *p)
{
	char text[UCSPI_BYTES];
	char *envp[PROGRAM_ENV];
	unsigned n = program_vars(c, c->task->wait.listener[c->seat->listener],
	    text, envp);
	signal(SIGPIPE, SIG_DFL);
	/* Neither may be where the other shall be. */
	int in = fcntl(p->to[0], F_DUPFD_CLOEXEC, 3);
	int out = fcntl(p->from[1], F_DUPFD_CLOEXEC, 3);
	long r = -errno;

	if (in != -1 && out != -1 && dup2(in, 0) == 0 && dup2(out, 1) == 1) {
		program_add(c->task->handler, envp, n);
		r = program_execute(c->task->handler, envp);
	}
	child_fail(c, SEAT_EXEC, r);
}

/* What is there; only what fits is kept, but all is counted.  False: it is
 * the end, or nothing is there now. */
static bool
read_some(int fd, char *buf, size_t size, size_t *n)
{
	static char rest[4096];
	bool room = *n < size;
	ssize_t got = read(fd, room ? buf + *n : rest,
	    room ? size - *n : sizeof rest);

	if (got > 0)
		*n += (size_t)got;
	return got > 0;
}

/* All it writes until its end, whoever it leaves behind that could still
 * write.  The number of bytes it wrote. */
static size_t
collect(int fd, pid_t pid, char *buf, size_t size)
{
	struct pollfd p[] = {
		{ .fd = fd, .events = POLLIN },
		{ .fd = (int)syscall(SYS_pidfd_open, pid, 0), .events = POLLIN },
	};
	size_t n = 0;

	fcntl(fd, F_SETFL, O_NONBLOCK);
	while (poll(p, 2, -1) > 0 || errno == EINTR) {
		bool ended = p[1].revents != 0;

		if (p[0].revents != 0 && !read_some(fd, buf, size, &n))
			break;
		if (!ended)
			continue;
		while (read_some(fd, buf, size, &n))
			;
		break;
	}
	fd_close(&p[1].fd);
	return n;
}

static void
answer(struct brood_client *b, const char *data, size_t n)
{
	if (n > PACKET_MOST)
		log_warn("reply-dropped pid=%d bytes=%zu reason=\"expected at "
		    "most %d\"", (int)getpid(), n, PACKET_MOST);
	else if (n > 0 && inline_reply(b, data, n) == -1 && errno != EPERM)
		log_warn("reply-dropped pid=%d bytes=%zu reason=%s",
		    (int)getpid(), n, strerrorname_np(errno));
	log_flush();
}

static _Noreturn void
serve(struct child *c, const struct packet *p, const char *data, size_t n)
{
	static char reply[PACKET_BYTES];
	struct brood_client b = { .child = c, .packet = p, .asked = n,
	    .fd = c->task->wait.listener[c->seat->listener] };
	struct pipes pipes;
	pid_t pid = -1;

	if (open_pipes(&pipes) == 0)
		pid = fork();
	if (pid == -1)
		child_fail(c, SEAT_HAND, -errno);
	if (pid == 0)
		become(c, &pipes);
	fd_close(&pipes.to[0]);
	fd_close(&pipes.from[1]);
	if (write(pipes.to[1], data, n) == -1)
		log_debug("datagram-unread pid=%d", (int)getpid());
	fd_close(&pipes.to[1]);
	answer(&b, reply, collect(pipes.from[0], pid, reply,
	    sizeof reply));
	linger_end(pid);
}

void
datagram_exec(struct child *c, unsigned i)
{
	static char data[PACKET_BYTES];
	struct packet p;
	ssize_t n;

	if (c->task->handler->peer_ms > 0) {
		peer_look(c, i);
		return;
	}
	n = packet_receive(c->task->wait.listener[i], data, sizeof data, &p);
	if (n == -1) {
		if (errno != EAGAIN && errno != EINTR && errno != ECONNREFUSED)
			child_trouble(c, i, -errno, 3);
		return;
	}
	note_ends(c, i, &p);
	child_take(c);
	log_child();
	signal(SIGPIPE, SIG_IGN);
	serve(c, &p, data, (size_t)n);
}
