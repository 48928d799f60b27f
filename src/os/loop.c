/* loop.c - epoll, two signalfds, and the bell. */
#include "os/loop.h"

#include <errno.h>
#include <limits.h>
#include <signal.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/signalfd.h>
#include <sys/timerfd.h>
#include <time.h>
#include <unistd.h>

#include "tools/clock.h"
#include "tools/fd.h"

enum { TAG_SIGNAL = 0xfffffff0, TAG_ENDED, TAG_BELL, TAG_TIMER };

static const int commands[] = {
	SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGTTIN, SIGTTOU, SIGUSR1, SIGUSR2
};

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

static int
open_signals(struct loop *l, int wait_signal)
{
	sigset_t set, ended;

	sigemptyset(&set);
	sigemptyset(&ended);
	sigaddset(&ended, SIGCHLD);
	sigaddset(&set, wait_signal);
	for (size_t i = 0; i < sizeof commands / sizeof commands[0]; i++)
		sigaddset(&set, commands[i]);
	l->signal_fd = signal_fd_over(&set);
	l->ended_fd = signal_fd_over(&ended);
	if (l->signal_fd == -1 || l->ended_fd == -1)
		return -1;
	/* SIGCHLD is an edge: it needs no read to be cleared. */
	if (loop_add(l, l->signal_fd, EPOLLIN, TAG_SIGNAL) == -1)
		return -1;
	return loop_add(l, l->ended_fd, EPOLLIN | EPOLLET, TAG_ENDED);
}

static int
open_timer(struct loop *l)
{
	l->timer_fd = fd_high(timerfd_create(CLOCK_MONOTONIC,
	    TFD_CLOEXEC | TFD_NONBLOCK));
	if (l->timer_fd == -1)
		return -1;
	return loop_add(l, l->timer_fd, EPOLLIN, TAG_TIMER);
}

int
loop_open(struct loop *l, int wait_signal, bool embedded, struct err *e)
{
	*l = (struct loop){ -1, -1, -1, -1, -1 };
	l->epoll_fd = fd_high(epoll_create1(EPOLL_CLOEXEC));
	l->bell_fd = fd_high(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK));
	/* The bell is an edge, too. */
	if (l->epoll_fd == -1 || l->bell_fd == -1 ||
	    loop_add(l, l->bell_fd, EPOLLIN | EPOLLET, TAG_BELL) == -1)
		goto fail;
	if ((embedded ? open_timer(l) : open_signals(l, wait_signal)) == 0)
		return 0;
fail:
	err_sys(e, EXIT_SYSTEM, "cannot make the event loop");
	loop_close(l);
	return -1;
}

void
loop_close(struct loop *l)
{
	fd_close(&l->timer_fd);
	fd_close(&l->bell_fd);
	fd_close(&l->ended_fd);
	fd_close(&l->signal_fd);
	fd_close(&l->epoll_fd);
}

void
loop_rest(void)
{
	const struct timespec moment = { 0, 10000000 };

	nanosleep(&moment, NULL);
}

static void
read_signals(const struct loop *l, struct loop_news *news)
{
	struct signalfd_siginfo info[LOOP_SIGNALS];
	ssize_t n = read(l->signal_fd, info, sizeof info);

	if (n == -1 && errno != EAGAIN)
		loop_rest();
	for (ssize_t i = 0; i < n / (ssize_t)sizeof info[0]; i++) {
		news->signals[news->nsignals++] = (int)info[i].ssi_signo;
	}
}

void
loop_heard_ended(const struct loop *l)
{
	struct signalfd_siginfo info;
	struct epoll_event ev = {
		.events = EPOLLIN | EPOLLET, .data.u32 = TAG_ENDED
	};

	while (read(l->ended_fd, &info, sizeof info) > 0)
		;
	if (errno == EAGAIN)
		return;
	/* One that is left there would swallow those to come. */
	loop_rest();
	epoll_ctl(l->epoll_fd, EPOLL_CTL_MOD, l->ended_fd, &ev);
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
loop_set_timer(const struct loop *l, int64_t until_ms)
{
	struct itimerspec at = { .it_value.tv_sec = 0 };

	/* A time of 0 would be none. */
	if (until_ms != LOOP_NEVER) {
		at.it_value.tv_sec = until_ms / 1000;
		at.it_value.tv_nsec = until_ms % 1000 * 1000000 + 1;
	}
	timerfd_settime(l->timer_fd, TFD_TIMER_ABSTIME, &at, NULL);
}

void
loop_turn(struct loop *l, int64_t until_ms, struct loop_news *news)
{
	struct epoll_event ev[LOOP_EVENTS];
	int n;

	memset(news, 0, sizeof *news);
	n = epoll_wait(l->epoll_fd, ev, LOOP_EVENTS, timeout_until(until_ms));
	if (n == -1 && errno != EINTR)
		loop_rest();
	for (int i = 0; i < n; i++) {
		if (ev[i].data.u32 == TAG_SIGNAL)
			read_signals(l, news);
		else if (ev[i].data.u32 == TAG_ENDED)
			news->ended = true;
		else if (ev[i].data.u32 == TAG_BELL)
			news->bell = true;
		else if (ev[i].data.u32 == TAG_TIMER)
			continue;	/* it is set again */
		else
			news->ready[news->nready++] = ev[i].data.u32;
	}
}
