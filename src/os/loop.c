/* loop.c - epoll, two signalfds, and the bell. */
#include "os/loop.h"

#include <errno.h>
#include <limits.h>
#include <signal.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "os/sys.h"
#include "tools/clock.h"
#include "tools/fd.h"

enum { TAG_SIGNAL = 0xfffffff0, TAG_ENDED, TAG_BELL };

static const int commands[] = {
	SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGTTIN, SIGTTOU, SIGUSR1, SIGUSR2
};

void
loop_signals_own(void)
{
	/* What says that we are broken must keep its effect; stopping with
	 * the keyboard is the user's right. */
	static const int never[] = {
		SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT, SIGTRAP, SIGSYS,
		SIGTSTP
	};
	/* The kernel's struct sigaction, all zero: the default action. */
	static const unsigned long dfl[8];
	uint64_t mask;
	sigset_t all;

	/* Not by libc: it leaves out signals that it keeps for itself. */
	for (int i = 1; i <= SIGRTMAX; i++)
		sys_call6(SYS_rt_sigaction, i, SYS_LONG(dfl), 0, 8, 0, 0);
	sigfillset(&all);
	for (size_t i = 0; i < sizeof never / sizeof never[0]; i++)
		sigdelset(&all, never[i]);
	memcpy(&mask, &all, sizeof mask);
	mask |= (uint64_t)3 << 31;
	sys_sigmask(SIG_SETMASK, &mask);
}

int
loop_add(const struct loop *l, int fd, uint32_t events, uint32_t tag)
{
	struct epoll_event ev = { .events = events, .data.u32 = tag };

	return epoll_ctl(l->epoll_fd, EPOLL_CTL_ADD, fd, &ev);
}

void
loop_del(const struct loop *l, int fd)
{
	epoll_ctl(l->epoll_fd, EPOLL_CTL_DEL, fd, NULL);
}

static int
signal_fd_over(const sigset_t *set)
{
	return fd_high(signalfd(-1, set, SFD_CLOEXEC | SFD_NONBLOCK));
}

int
loop_open(struct loop *l, int wait_signal, struct err *e)
{
	sigset_t set, ended;

	*l = (struct loop){ -1, -1, -1, -1 };
	sigemptyset(&set);
	sigemptyset(&ended);
	sigaddset(&ended, SIGCHLD);
	sigaddset(&set, wait_signal);
	for (size_t i = 0; i < sizeof commands / sizeof commands[0]; i++)
		sigaddset(&set, commands[i]);
	l->epoll_fd = fd_high(epoll_create1(EPOLL_CLOEXEC));
	l->signal_fd = signal_fd_over(&set);
	l->ended_fd = signal_fd_over(&ended);
	l->bell_fd = fd_high(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK));
	if (l->epoll_fd == -1 || l->signal_fd == -1 || l->ended_fd == -1 ||
	    l->bell_fd == -1)
		goto fail;
	/* The bell and SIGCHLD are edges: they need no read to be cleared. */
	if (loop_add(l, l->signal_fd, EPOLLIN, TAG_SIGNAL) == -1 ||
	    loop_add(l, l->ended_fd, EPOLLIN | EPOLLET, TAG_ENDED) == -1 ||
	    loop_add(l, l->bell_fd, EPOLLIN | EPOLLET, TAG_BELL) == -1)
		goto fail;
	return 0;
fail:
	err_sys(e, EXIT_SYSTEM, "cannot make the event loop");
	loop_close(l);
	return -1;
}

void
loop_close(struct loop *l)
{
	fd_close(&l->bell_fd);
	fd_close(&l->ended_fd);
	fd_close(&l->signal_fd);
	fd_close(&l->epoll_fd);
}

static void
read_signals(const struct loop *l, struct loop_news *news)
{
	struct signalfd_siginfo info[LOOP_SIGNALS];
	ssize_t n = read(l->signal_fd, info, sizeof info);

	for (ssize_t i = 0; i < n / (ssize_t)sizeof info[0]; i++) {
		news->signals[news->nsignals++] = (int)info[i].ssi_signo;
	}
}

void
loop_heard_ended(const struct loop *l)
{
	struct signalfd_siginfo info;

	while (read(l->ended_fd, &info, sizeof info) > 0)
		;
}

static int
timeout_until(int64_t until_ms)
{
	int64_t left;

	if (until_ms == LOOP_NEVER)
		return -1;
	left = until_ms - clock_ms();
	if (left < 0)
		return 0;
	/* A millisecond begun counts whole: waking early would spin. */
	return left < INT_MAX ? (int)left + 1 : INT_MAX;
}

void
loop_turn(struct loop *l, int64_t until_ms, struct loop_news *news)
{
	struct epoll_event ev[LOOP_EVENTS];
	int n;

	memset(news, 0, sizeof *news);
	n = epoll_wait(l->epoll_fd, ev, LOOP_EVENTS, timeout_until(until_ms));
	for (int i = 0; i < n; i++) {
		if (ev[i].data.u32 == TAG_SIGNAL)
			read_signals(l, news);
		else if (ev[i].data.u32 == TAG_ENDED)
			news->ended = true;
		else if (ev[i].data.u32 == TAG_BELL)
			news->bell = true;
		else
			news->ready[news->nready++] = ev[i].data.u32;
	}
}
