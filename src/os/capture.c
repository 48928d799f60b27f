/* capture.c - one socket as everybody's standard error. */
#include "os/capture.h"

#include <fcntl.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "os/sender.h"
#include "tools/fd.h"

int
capture_open(struct capture *c, struct err *e)
{
	int ends[2];

	memset(c, 0, sizeof *c);
	c->read_fd = c->write_fd = -1;
	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) == -1)
		goto fail;
	c->read_fd = fd_high(ends[0]);
	c->write_fd = fd_high(ends[1]);
	if (c->read_fd == -1 || c->write_fd == -1 ||
	    sender_ask(c->read_fd) == -1 ||
	    shutdown(c->read_fd, SHUT_WR) == -1 ||
	    fcntl(c->read_fd, F_SETFL, O_NONBLOCK) == -1)
		goto fail;
	return 0;
fail:
	err_sys(e, EXIT_SYSTEM, "cannot make a socket for standard error");
	capture_close(c);
	return -1;
}

void
capture_close(struct capture *c)
{
	fd_close(&c->read_fd);
	fd_close(&c->write_fd);
}

static void
finish(struct capture_writer *w, capture_fn *fn)
{
	if (w->pid != 0 && w->n > 0)
		fn(w->pid, w->text, w->n);
	w->pid = 0;
	w->n = 0;
}

/* The writer's unfinished line; of too many the oldest must end now. */
static struct capture_writer *
writer_of(struct capture *c, pid_t pid, capture_fn *fn)
{
	struct capture_writer *oldest = &c->writer[0];

	for (int i = 0; i < CAPTURE_WRITERS; i++) {
		struct capture_writer *w = &c->writer[i];

		if (w->pid == pid)
			return w;
		if (w->pid == 0 || (oldest->pid != 0 &&
		    c->tick - w->used_at > c->tick - oldest->used_at))
			oldest = w;
	}
	finish(oldest, fn);
	oldest->pid = pid;
	return oldest;
}

static void
add(struct capture *c, pid_t pid, const char *s, size_t n, capture_fn *fn)
{
	struct capture_writer *w = writer_of(c, pid, fn);

	w->used_at = ++c->tick;
	for (size_t i = 0; i < n; i++) {
		if (s[i] != '\n') {
			w->text[w->n++] = s[i];
			if (w->n < sizeof w->text)
				continue;
		}
		fn(pid, w->text, w->n);
		w->n = 0;
	}
	if (w->n == 0)
		w->pid = 0;
}

/* A program's own children write, too; each child leads a session. */
static pid_t
leader_of(struct capture *c, pid_t pid)
{
	size_t i = (size_t)pid % (sizeof c->known / sizeof c->known[0]);
	pid_t sid = getsid(pid);

	if (sid > 0) {
		c->known[i].who = pid;
		c->known[i].leader = sid;
		return sid;
	}
	/* It has ended; it may have written before. */
	return c->known[i].who == pid ? c->known[i].leader : pid;
}

int
capture_take(struct capture *c, capture_fn *fn)
{
	struct ucred cred;
	char buf[4096];

	for (int share = 0; share < 16; share++) {
		ssize_t n = sender_take(c->read_fd, buf, sizeof buf, &cred);

		if (n <= 0)
			return n == 0 ? -1 : 0;
		add(c, leader_of(c, cred.pid), buf, (size_t)n, fn);
	}
	return 0;
}

void
capture_ended(struct capture *c, pid_t pid, capture_fn *fn)
{
	for (int i = 0; i < CAPTURE_WRITERS; i++)
		if (c->writer[i].pid == pid)
			finish(&c->writer[i], fn);
}
