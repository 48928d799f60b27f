/* wait.c - one epoll for all children of a generation. */
#include "os/wait.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "os/sys.h"
#include "tools/fd.h"

static int
add(const struct wait *w, int fd, uint32_t events, unsigned tag)
{
	struct epoll_event ev = { .events = events, .data.u64 = tag };

	return epoll_ctl(w->epoll_fd, EPOLL_CTL_ADD, fd, &ev);
}

static int
open_lifeline(struct wait *w)
{
	int ends[2];

	w->hold_fd = -1;
	w->lifeline_fd = fd_high((int)syscall(SYS_pidfd_open, getpid(), 0));
	if (w->lifeline_fd != -1 || errno != ENOSYS)
		return w->lifeline_fd;
	if (pipe2(ends, O_CLOEXEC) == -1)
		return -1;
	w->lifeline_fd = fd_high(ends[0]);
	w->hold_fd = fd_high(ends[1]);
	return w->hold_fd == -1 ? -1 : w->lifeline_fd;
}

int
wait_open(struct wait *w, const int *listeners, unsigned n, struct err *e)
{
	memset(w, 0, sizeof *w);
	w->epoll_fd = fd_high(epoll_create1(EPOLL_CLOEXEC));
	w->farewell_fd = fd_high(eventfd(0, EFD_SEMAPHORE | EFD_CLOEXEC |
	    EFD_NONBLOCK));
	if (open_lifeline(w) == -1 || w->epoll_fd == -1 || w->farewell_fd == -1)
		goto fail;
	if (add(w, w->lifeline_fd, EPOLLIN, WAIT_LIFELINE) == -1 ||
	    add(w, w->farewell_fd, EPOLLIN, WAIT_FAREWELL) == -1)
		goto fail;
	for (w->n = 0; w->n < n; w->n++) {
		w->listener[w->n] = listeners[w->n];
		if (add(w, listeners[w->n], EPOLLIN | EPOLLET, w->n) == -1)
			goto fail;
	}
	return 0;
fail:
	err_sys(e, EXIT_SYSTEM, "cannot make a place to wait");
	wait_close(w);
	return -1;
}

void
wait_enter(const struct wait *w)
{
	if (w->hold_fd != -1)
		sys_close(w->hold_fd);
}

void
wait_pass(const struct wait *w, unsigned i)
{
	struct epoll_event ev = { .events = EPOLLIN | EPOLLET, .data.u64 = i };

	sys_epoll_ctl(w->epoll_fd, EPOLL_CTL_MOD, w->listener[i], &ev);
}

void
wait_pass_all(const struct wait *w)
{
	struct epoll_event ev[8];

	/* A child that was woken and died before it looked has left its event
	 * on the ready list, and while it is there nobody is woken for it
	 * again; so it is taken off first. */
	while (sys_epoll_pwait(w->epoll_fd, ev, 8, 0, NULL) == 8)
		;
	for (unsigned i = 0; i < w->n; i++)
		wait_pass(w, i);
}

void
wait_farewell(const struct wait *w, unsigned n)
{
	uint64_t count = n;

	if (n > 0)
		sys_write(w->farewell_fd, &count, sizeof count);
}

bool
wait_heed(const struct wait *w)
{
	uint64_t one;

	return sys_read(w->farewell_fd, &one, sizeof one) == sizeof one;
}

void
wait_take_back(const struct wait *w)
{
	while (wait_heed(w))
		;
}

void
wait_close(struct wait *w)
{
	if (w->farewell_fd != -1)
		wait_farewell(w, UINT32_MAX);
	fd_close(&w->hold_fd);
	fd_close(&w->lifeline_fd);
	fd_close(&w->farewell_fd);
	fd_close(&w->epoll_fd);
	w->n = 0;
}
