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

/* How a listener is watched by all together. */
static const uint32_t watched[] = {
	[WAIT_BATON] = EPOLLIN | EPOLLET,
	[WAIT_OWN]   = 0,
	[WAIT_CLAIM] = EPOLLIN | EPOLLONESHOT,
};

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
wait_open(struct wait *w, enum wait_way way, const int *listeners, unsigned n,
    struct err *e)
{
	memset(w, 0, sizeof *w);
	w->way = way;
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
		if (way != WAIT_OWN &&
		    add(w, listeners[w->n], watched[way], w->n) == -1)
			goto fail;
	}
	return 0;
fail:
	err_sys(e, EXIT_SYSTEM, "cannot make a place to wait");
	wait_close(w);
	return -1;
}

/* The lifeline wakes all, everything else one. */
static long
enter_own(const struct wait *w)
{
	struct epoll_event ev = { .events = EPOLLIN, .data.u64 = WAIT_LIFELINE };
	long fd = sys_call3(SYS_epoll_create1, EPOLL_CLOEXEC, 0, 0);
	long r = fd;

	if (r >= 0)
		r = sys_epoll_ctl((int)fd, EPOLL_CTL_ADD, w->lifeline_fd, &ev);
	ev.events |= EPOLLEXCLUSIVE;
	ev.data.u64 = WAIT_FAREWELL;
	if (r >= 0)
		r = sys_epoll_ctl((int)fd, EPOLL_CTL_ADD, w->farewell_fd, &ev);
	for (unsigned i = 0; i < w->n && r >= 0; i++) {
		ev.data.u64 = i;
		r = sys_epoll_ctl((int)fd, EPOLL_CTL_ADD, w->listener[i], &ev);
	}
	return r < 0 ? r : fd;
}

long
wait_enter(const struct wait *w)
{
	if (w->hold_fd != -1)
		sys_close(w->hold_fd);
	return w->way == WAIT_OWN ? enter_own(w) : w->epoll_fd;
}

void
wait_pass(const struct wait *w, unsigned i)
{
	struct epoll_event ev = { .events = watched[w->way], .data.u64 = i };

	if (w->way != WAIT_OWN)
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

void
wait_nudge(const struct wait *w)
{
	static const uint64_t none = 0;

	if (w->way == WAIT_OWN)
		sys_write(w->farewell_fd, &none, sizeof none);
}

bool
wait_heed(const struct wait *w)
{
	uint64_t one;

	if (sys_read(w->farewell_fd, &one, sizeof one) != sizeof one)
		return false;
	/* Only one was woken: wake the next, who may find nothing. */
	wait_nudge(w);
	return true;
}

void
wait_take_back(const struct wait *w)
{
	/* More than there can be children: it is shared with them. */
	for (unsigned i = 0; i < UINT16_MAX && wait_heed(w); i++)
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
