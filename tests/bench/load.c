/* load.c - clients: a closed loop, or many at once that hold.
 *
 *	load [-c CLIENTS] [-n CONNECTIONS] [-x TEXT] ADDRESS
 *	load -k CLIENTS [-h SECONDS] [-x TEXT] ADDRESS
 *
 * ADDRESS is a port of 127.0.0.1, or the path of a unix socket.  The first
 * form keeps CLIENTS going until CONNECTIONS are done: connect, read to the
 * end of file, compare with TEXT ("hello\n"), close.  The second connects all
 * at once, waits until each has its TEXT, and holds them SECONDS longer.
 * Prints one line; exits 1 if any failed.  One thread, epoll: it is to cost
 * as little as it can. */
#include <errno.h>
#include <netinet/in.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "bench.h"

enum { PATIENCE_MS = 20000, EVENTS = 256 };

struct client {
	int fd;
	int64_t begun_ns;
	size_t got;
	bool wrong;
};

static struct {
	struct sockaddr_storage to;
	socklen_t len;
	const char *text;
	size_t ntext;
	int epoll_fd;
	bool hold;
	unsigned todo, done, served, failed;
	float *us;
} run = { .text = "hello\n" };

static void
find(const char *address)
{
	struct sockaddr_in *in = (struct sockaddr_in *)&run.to;
	struct sockaddr_un *un = (struct sockaddr_un *)&run.to;

	if (strchr(address, '/') != NULL) {
		un->sun_family = AF_UNIX;
		if (strlen(address) >= sizeof un->sun_path) {
			errno = ENAMETOOLONG;
			die(address);
		}
		strcpy(un->sun_path, address);
		run.len = sizeof *un;
	} else {
		*in = loopback(address);
		run.len = sizeof *in;
	}
}

static void
begin(struct client *c)
{
	struct epoll_event ev = { .events = EPOLLIN, .data.ptr = c };
	struct linger reset = { 1, 0 };
	bool tcp = run.to.ss_family != AF_UNIX;

	c->got = 0;
	c->wrong = false;
	c->begun_ns = now_ns();
	c->fd = socket(run.to.ss_family,
	    SOCK_STREAM | SOCK_CLOEXEC | (tcp ? SOCK_NONBLOCK : 0), 0);
	if (c->fd == -1)
		die("socket");
	/* No TIME_WAIT is left behind for the next round. */
	if (tcp)
		setsockopt(c->fd, SOL_SOCKET, SO_LINGER, &reset, sizeof reset);
	if (connect(c->fd, (struct sockaddr *)&run.to, run.len) == -1 &&
	    errno != EINPROGRESS)
		die("connect");
	if (epoll_ctl(run.epoll_fd, EPOLL_CTL_ADD, c->fd, &ev) == -1)
		die("epoll_ctl");
	run.todo--;
}

static void
end(struct client *c, bool well)
{
	run.us[run.done++] = (float)(now_ns() - c->begun_ns) / 1000;
	if (well)
		run.served++;
	else
		run.failed++;
	if (run.hold && well) {
		epoll_ctl(run.epoll_fd, EPOLL_CTL_DEL, c->fd, NULL);
		return;
	}
	close(c->fd);
	c->fd = -1;
	if (run.todo > 0)
		begin(c);
}

static void
take(struct client *c)
{
	char buf[4096];
	ssize_t n = recv(c->fd, buf, sizeof buf, MSG_DONTWAIT);

	if (n == -1 && (errno == EAGAIN || errno == EINTR))
		return;
	if (n <= 0) {
		end(c, n == 0 && c->got == run.ntext && !c->wrong);
		return;
	}
	if (c->got + (size_t)n > run.ntext ||
	    memcmp(buf, run.text + c->got, (size_t)n) != 0)
		c->wrong = true;
	c->got += (size_t)n;
	if (run.hold && c->got >= run.ntext)
		end(c, !c->wrong);
}

static int
by_size(const void *a, const void *b)
{
	float x = *(const float *)a, y = *(const float *)b;

	return (x > y) - (x < y);
}

static void
turn(void)
{
	struct epoll_event ev[EVENTS];
	int n = epoll_wait(run.epoll_fd, ev, EVENTS, PATIENCE_MS);

	if (n == 0) {
		fprintf(stderr, "load: no answer for %d s, %u of %u served\n",
		    PATIENCE_MS / 1000, run.served, run.todo + run.done);
		exit(1);
	}
	for (int i = 0; i < n; i++)
		take(ev[i].data.ptr);
}

int
main(int argc, char **argv)
{
	unsigned clients = 8, n = 1000;
	double hold_s = 0;
	struct client *c;
	struct rlimit r;
	int64_t begun, ended;
	int o;

	while ((o = getopt(argc, argv, "c:n:k:h:x:")) != -1)
		switch (o) {
		case 'c': clients = (unsigned)atoi(optarg); break;
		case 'n': n = (unsigned)atoi(optarg); break;
		case 'k':
			n = clients = (unsigned)atoi(optarg);
			run.hold = true;
			break;
		case 'h': hold_s = atof(optarg); break;
		case 'x': run.text = optarg; break;
		default: return 64;
		}
	if (optind + 1 != argc || clients == 0 || n == 0) {
		fprintf(stderr, "usage: load [-c N] [-n N] [-k N [-h S]] "
		    "[-x TEXT] PORT|PATH\n");
		return 64;
	}
	run.ntext = strlen(run.text);
	find(argv[optind]);
	getrlimit(RLIMIT_NOFILE, &r);
	r.rlim_cur = r.rlim_max;
	setrlimit(RLIMIT_NOFILE, &r);
	c = calloc(clients, sizeof *c);
	run.us = calloc(n, sizeof *run.us);
	run.epoll_fd = epoll_create1(EPOLL_CLOEXEC);
	if (c == NULL || run.us == NULL || run.epoll_fd == -1)
		die("start");
	run.todo = n;
	begun = now_ns();
	for (unsigned i = 0; i < clients && run.todo > 0; i++)
		begin(&c[i]);
	while (run.done < n)
		turn();
	ended = now_ns();
	qsort(run.us, n, sizeof *run.us, by_size);
	printf("connections=%u clients=%u failed=%u seconds=%.4f "
	    "median_us=%.0f p99_us=%.0f\n", run.done, clients, run.failed,
	    (double)(ended - begun) / 1e9, run.us[n / 2], run.us[n / 100 * 99]);
	fflush(stdout);
	if (hold_s > 0)
		usleep((useconds_t)(hold_s * 1e6));
	return run.failed > 0;
}
