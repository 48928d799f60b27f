/* ask.c - clients of unlike servers: they may have to ask, or to leave first.
 *
 *	ask [-c CLIENTS] [-n CONNECTIONS] [-s ASK [-e]] [-x TEXT] PORT
 *	ask -p			a port of 127.0.0.1 that nobody has now
 *
 * A closed loop like load.c's: connect, send ASK ("\r" and "\n" are what they
 * are in C), with -e also our end (a server that echoes closes after it), read
 * to the end of file, close.  What came must end with TEXT ("hello\n").
 * Prints a line; exits 1 if any failed.  One thread, epoll; the connection is
 * made blocking, which on the loopback it is at once. */
#include <errno.h>
#include <netinet/in.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "bench.h"

enum { PATIENCE_MS = 20000, EVENTS = 256, KEPT = 64 };

struct client {
	int fd;
	size_t ntail;
	char tail[KEPT];	/* the last bytes that came */
};

static struct {
	struct sockaddr_in to;
	char *ask;
	const char *text;
	bool end_first;
	int epoll_fd;
	unsigned todo, done, failed;
} run = { .text = "hello\n" };

static void
begin(struct client *c)
{
	struct epoll_event ev = { .events = EPOLLIN, .data.ptr = c };
	struct linger reset = { 1, 0 };

	c->ntail = 0;
	run.todo--;
	c->fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (c->fd == -1)
		die("socket");
	/* No TIME_WAIT is left behind for the next round. */
	if (!run.end_first)
		setsockopt(c->fd, SOL_SOCKET, SO_LINGER, &reset, sizeof reset);
	if (connect(c->fd, (struct sockaddr *)&run.to, sizeof run.to) == -1)
		die("connect");
	if (run.ask != NULL && send(c->fd, run.ask, strlen(run.ask),
	    MSG_NOSIGNAL) == -1)
		die("send");
	if (run.end_first)
		shutdown(c->fd, SHUT_WR);
	if (epoll_ctl(run.epoll_fd, EPOLL_CTL_ADD, c->fd, &ev) == -1)
		die("epoll_ctl");
}

static void
keep(struct client *c, const char *data, size_t n)
{
	size_t old = n >= KEPT ? 0 : KEPT - n;

	if (n > KEPT) {
		data += n - KEPT;
		n = KEPT;
	}
	if (c->ntail < old)
		old = c->ntail;
	memmove(c->tail, c->tail + c->ntail - old, old);
	memcpy(c->tail + old, data, n);
	c->ntail = old + n;
}

static void
take(struct client *c)
{
	char buf[4096];
	ssize_t n = recv(c->fd, buf, sizeof buf, MSG_DONTWAIT);
	size_t want = strlen(run.text);

	if (n == -1 && (errno == EAGAIN || errno == EINTR))
		return;
	if (n > 0) {
		keep(c, buf, (size_t)n);
		return;
	}
	run.done++;
	if (n == -1 || c->ntail < want ||
	    memcmp(c->tail + c->ntail - want, run.text, want) != 0)
		run.failed++;
	close(c->fd);
	if (run.todo > 0)
		begin(c);
}

static void
turn(void)
{
	struct epoll_event ev[EVENTS];
	int n = epoll_wait(run.epoll_fd, ev, EVENTS, PATIENCE_MS);

	if (n == 0) {
		fprintf(stderr, "ask: no answer for %d s, %u are done\n",
		    PATIENCE_MS / 1000, run.done);
		exit(1);
	}
	for (int i = 0; i < n; i++)
		take(ev[i].data.ptr);
}

static int
free_port(void)
{
	struct sockaddr_in in = loopback("0");
	socklen_t len = sizeof in;
	int fd = socket(AF_INET, SOCK_STREAM, 0);

	if (fd == -1 || bind(fd, (struct sockaddr *)&in, len) == -1 ||
	    getsockname(fd, (struct sockaddr *)&in, &len) == -1)
		die("bind");
	printf("%u\n", ntohs(in.sin_port));
	return 0;
}

/* In place: what is written \r and \n in the argument. */
static char *
unescape(char *text)
{
	char *to = text;

	for (const char *from = text; *from != '\0'; from++) {
		bool named = from[0] == '\\' && (from[1] == 'r' || from[1] == 'n');

		*to++ = named ? (*++from == 'r' ? '\r' : '\n') : *from;
	}
	*to = '\0';
	return text;
}

int
main(int argc, char **argv)
{
	unsigned clients = 8, n = 1000;
	struct client *c;
	int64_t begun;
	int o;

	while ((o = getopt(argc, argv, "c:n:s:ex:p")) != -1)
		switch (o) {
		case 'c': clients = (unsigned)atoi(optarg); break;
		case 'n': n = (unsigned)atoi(optarg); break;
		case 's': run.ask = unescape(optarg); break;
		case 'e': run.end_first = true; break;
		case 'x': run.text = unescape(optarg); break;
		case 'p': return free_port();
		default: return 64;
		}
	if (optind + 1 != argc || clients == 0 || n == 0 ||
	    strlen(run.text) > KEPT) {
		fprintf(stderr, "usage: ask [-c N] [-n N] [-s ASK [-e]] "
		    "[-x TEXT] PORT | -p\n");
		return 64;
	}
	run.to = loopback(argv[optind]);
	c = calloc(clients, sizeof *c);
	run.epoll_fd = epoll_create1(EPOLL_CLOEXEC);
	if (c == NULL || run.epoll_fd == -1)
		die("start");
	run.todo = n;
	begun = now_ns();
	for (unsigned i = 0; i < clients && run.todo > 0; i++)
		begin(&c[i]);
	while (run.done < n)
		turn();
	printf("connections=%u clients=%u failed=%u seconds=%.4f\n", run.done,
	    clients, run.failed, (double)(now_ns() - begun) / 1e9);
	return run.failed > 0;
}
