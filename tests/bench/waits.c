/* waits.c - ways for many processes to wait for clients, and what each costs.
 *
 *	waits [ROUNDS] [CONNECTIONS]
 *
 *	baton      one epoll for all, edge-triggered; whoever took a client
 *	           asks the kernel to look again (what src/os/wait.c does)
 *	level      one epoll for all, level-triggered
 *	exclusive  an epoll each, EPOLLEXCLUSIVE, made once
 *	remade     the same, made anew for each client: what a child pays that
 *	           becomes a program and is replaced
 *	blocking   accept itself waits; cannot watch anything beside one listener
 *
 * Forked waiters take a client, answer it and wait again; 8 clients in a
 * closed loop go round the listeners.  Printed per connection, medians of the
 * rounds: processor time of waiters and of the client side (which wakes
 * them), context switches, and wake-ups that found no client. */
#include <errno.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "bench.h"

enum { CLIENTS = 8, LISTENERS = 4, WAITERS = 4096, ROUNDS = 15,
       LONGEST_MS = 5000 };

enum strategy { BATON, LEVEL, EXCLUSIVE, REMADE, BLOCKING, NSTRATEGIES };

static const char *const names[] = {
	"baton", "level", "exclusive", "remade", "blocking"
};

struct result {
	double waiters_us, clients_us, switches, vain, seconds;
};

static struct {
	enum strategy how;
	unsigned nlisteners, nwaiters;
	int listener[LISTENERS];
	struct sockaddr_in at[LISTENERS];
	int epoll_fd;		/* the shared one */
	pid_t pid[WAITERS];
} now;

static struct {
	_Atomic unsigned ready, vain;
} *page;

static void
watch(int epoll_fd, int op, unsigned i, uint32_t events)
{
	struct epoll_event ev = { .events = EPOLLIN | events, .data.u32 = i };

	if (epoll_ctl(epoll_fd, op, now.listener[i], &ev) == -1)
		die("epoll_ctl");
}

static int
epoll_over(uint32_t events)
{
	int fd = epoll_create1(EPOLL_CLOEXEC);

	if (fd == -1)
		die("epoll_create1");
	for (unsigned i = 0; i < now.nlisteners; i++)
		watch(fd, EPOLL_CTL_ADD, i, events);
	return fd;
}

/* ---- waiters ---- */

static void
answer(int fd)
{
	/* Its client may be gone: the last ones of a round are. */
	send(fd, "hello\n", 6, MSG_NOSIGNAL);
	close(fd);
}

static int
wait_at(int epoll_fd)
{
	struct epoll_event ev;
	int fd;

	if (epoll_wait(epoll_fd, &ev, 1, -1) != 1)
		return -1;
	fd = accept4(now.listener[ev.data.u32], NULL, NULL, SOCK_CLOEXEC);
	if (fd == -1)
		atomic_fetch_add(&page->vain, 1);
	else if (now.how == BATON)
		watch(epoll_fd, EPOLL_CTL_MOD, ev.data.u32, EPOLLET);
	return fd;
}

static _Noreturn void
waiter(void)
{
	int epoll_fd = now.epoll_fd;
	int fd;

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (now.how == EXCLUSIVE || now.how == REMADE)
		epoll_fd = epoll_over(EPOLLEXCLUSIVE);
	atomic_fetch_add(&page->ready, 1);
	for (;;) {
		if (now.how == BLOCKING)
			fd = accept4(now.listener[0], NULL, NULL, SOCK_CLOEXEC);
		else
			fd = wait_at(epoll_fd);
		if (fd == -1)
			continue;
		answer(fd);
		if (now.how == REMADE) {
			close(epoll_fd);
			epoll_fd = epoll_over(EPOLLEXCLUSIVE);
		}
	}
}

static void
start_waiters(void)
{
	atomic_store(&page->ready, 0);
	for (unsigned i = 0; i < now.nwaiters; i++) {
		now.pid[i] = fork();
		if (now.pid[i] == -1)
			die("fork");
		if (now.pid[i] == 0)
			waiter();
	}
	while (atomic_load(&page->ready) < now.nwaiters)
		usleep(1000);
	usleep(100000);
}

static void
stop_waiters(void)
{
	for (unsigned i = 0; i < now.nwaiters; i++)
		kill(now.pid[i], SIGKILL);
	for (unsigned i = 0; i < now.nwaiters; i++)
		waitpid(now.pid[i], NULL, 0);
}

/* Processor time and context switches of all waiters so far. */
static void
read_waiters(double *us_r, double *switches_r)
{
	char path[64], line[128];
	unsigned long long ns, n;
	FILE *f;

	*us_r = *switches_r = 0;
	for (unsigned i = 0; i < now.nwaiters; i++) {
		snprintf(path, sizeof path, "/proc/%d/schedstat", now.pid[i]);
		f = fopen(path, "r");
		if (f != NULL && fscanf(f, "%llu", &ns) == 1)
			*us_r += (double)ns / 1000;
		if (f != NULL)
			fclose(f);
		snprintf(path, sizeof path, "/proc/%d/status", now.pid[i]);
		f = fopen(path, "r");
		while (f != NULL && fgets(line, sizeof line, f) != NULL)
			if (sscanf(line, "voluntary_ctxt_switches: %llu", &n) ||
			    sscanf(line, "nonvoluntary_ctxt_switches: %llu", &n))
				*switches_r += (double)n;
		if (f != NULL)
			fclose(f);
	}
}

/* ---- clients ---- */

static int
connect_to(int epoll_fd, unsigned i, unsigned slot)
{
	struct epoll_event ev = { .events = EPOLLIN, .data.u32 = slot };
	struct linger reset = { 1, 0 };
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);

	setsockopt(fd, SOL_SOCKET, SO_LINGER, &reset, sizeof reset);
	if (connect(fd, (struct sockaddr *)&now.at[i], sizeof now.at[i]) == -1 &&
	    errno != EINPROGRESS)
		die("connect");
	if (epoll_ctl(epoll_fd, EPOLL_CTL_ADD, fd, &ev) == -1)
		die("epoll_ctl");
	return fd;
}

/* Returns how many were served, all of them unless it takes too long. */
static unsigned
run_clients(unsigned n)
{
	int epoll_fd = epoll_create1(EPOLL_CLOEXEC);
	int64_t until = now_ns() + LONGEST_MS * 1000000LL;
	unsigned begun, done = 0;
	int fd[CLIENTS];
	char buf[64];

	for (begun = 0; begun < CLIENTS; begun++)
		fd[begun] = connect_to(epoll_fd, begun % now.nlisteners, begun);
	while (done < n && now_ns() < until) {
		struct epoll_event ev[CLIENTS];
		int got = epoll_wait(epoll_fd, ev, CLIENTS, 1000);

		for (int i = 0; i < got; i++) {
			unsigned slot = ev[i].data.u32;

			if (read(fd[slot], buf, sizeof buf) != 0)
				continue;
			close(fd[slot]);
			done++;
			fd[slot] = connect_to(epoll_fd,
			    begun++ % now.nlisteners, slot);
		}
	}
	for (unsigned i = 0; i < CLIENTS; i++)
		close(fd[i]);
	close(epoll_fd);
	return done;
}

static double
self_us(void)
{
	struct rusage ru;

	getrusage(RUSAGE_SELF, &ru);
	return (double)(ru.ru_utime.tv_sec + ru.ru_stime.tv_sec) * 1e6 +
	    (double)(ru.ru_utime.tv_usec + ru.ru_stime.tv_usec);
}

/* ---- one measurement ---- */

static void
open_listeners(void)
{
	for (unsigned i = 0; i < now.nlisteners; i++) {
		socklen_t len = sizeof now.at[i];
		int type = now.how == BLOCKING ? 0 : SOCK_NONBLOCK;

		now.listener[i] = socket(AF_INET,
		    SOCK_STREAM | SOCK_CLOEXEC | type, 0);
		now.at[i] = loopback("0");
		if (bind(now.listener[i], (struct sockaddr *)&now.at[i], len) ||
		    listen(now.listener[i], 4096) == -1 || getsockname(
		    now.listener[i], (struct sockaddr *)&now.at[i], &len) == -1)
			die("listen");
	}
	now.epoll_fd = -1;
	if (now.how == BATON || now.how == LEVEL)
		now.epoll_fd = epoll_over(now.how == BATON ? EPOLLET : 0);
}

static struct result
measure(unsigned n)
{
	double us, us_was, switches, switches_was, self;
	struct result r;
	int64_t begun;
	unsigned done;

	open_listeners();
	start_waiters();
	run_clients(200);
	atomic_store(&page->vain, 0);
	read_waiters(&us_was, &switches_was);
	self = self_us();
	begun = now_ns();
	done = run_clients(n);
	r.seconds = (double)(now_ns() - begun) / 1e9;
	r.clients_us = (self_us() - self) / done;
	usleep(50000);
	read_waiters(&us, &switches);
	r.waiters_us = (us - us_was) / done;
	r.switches = (switches - switches_was) / done;
	r.vain = (double)atomic_load(&page->vain) / done;
	stop_waiters();
	for (unsigned i = 0; i < now.nlisteners; i++)
		close(now.listener[i]);
	if (now.epoll_fd != -1)
		close(now.epoll_fd);
	return r;
}

static int
by_size(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

static double
median(const struct result *r, size_t at, unsigned n)
{
	double v[ROUNDS];

	for (unsigned i = 0; i < n; i++)
		memcpy(&v[i], (const char *)&r[i] + at, sizeof v[i]);
	qsort(v, n, sizeof v[0], by_size);
	return v[n / 2];
}

#define MEDIAN(field) median(r[how], offsetof(struct result, field), rounds)

static void
compare(unsigned rounds, unsigned conns)
{
	struct result r[NSTRATEGIES][ROUNDS];

	for (unsigned i = 0; i < rounds; i++)
		for (now.how = BATON; now.how < NSTRATEGIES; now.how++)
			if (now.how != BLOCKING || now.nlisteners == 1)
				r[now.how][i] = measure(conns);
	for (enum strategy how = BATON; how < NSTRATEGIES; how++) {
		printf("%9u %8u  %-10s", now.nlisteners, now.nwaiters, names[how]);
		if (how == BLOCKING && now.nlisteners > 1)
			printf("%11s\n", "cannot");
		else
			printf("%11.2f %11.2f %9.2f %7.3f %8.3f\n",
			    MEDIAN(waiters_us), MEDIAN(clients_us),
			    MEDIAN(switches), MEDIAN(vain), MEDIAN(seconds));
	}
	fflush(stdout);
}

int
main(int argc, char **argv)
{
	static const unsigned waiters[] = { 8, 512, 4096 };
	unsigned rounds = argc > 1 ? (unsigned)atoi(argv[1]) : 3;
	unsigned conns = argc > 2 ? (unsigned)atoi(argv[2]) : 3000;

	if (rounds < 1 || rounds > ROUNDS || conns < 1)
		return 64;
	page = mmap(NULL, sizeof *page, PROT_READ | PROT_WRITE,
	    MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (page == MAP_FAILED)
		die("mmap");
	printf("%9s %8s  %-10s%11s %11s %9s %7s %8s\n", "listeners", "waiters",
	    "strategy", "waiters_us", "clients_us", "switches", "vain",
	    "seconds");
	for (now.nlisteners = 1; now.nlisteners <= LISTENERS;
	    now.nlisteners += LISTENERS - 1)
		for (unsigned i = 0; i < sizeof waiters / sizeof *waiters; i++) {
			now.nwaiters = waiters[i];
			compare(rounds, conns);
		}
	return 0;
}
