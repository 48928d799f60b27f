/* greet.c - what one connection costs in process: the bare limit, and brood.
 *
 *	greet bare|brood CHILDREN		a greeting for each connection
 *	greet bare-echo|brood-echo CHILDREN	each datagram back
 *
 * Bare: forked children, each with its own epoll and EPOLLEXCLUSIVE on one
 * listener: epoll_wait, accept4, write, close; for datagrams recvmsg and
 * sendmsg in a loop, with the address that was asked (IP_PKTINFO).
 * Prints its port, and ends with its standard input. */
#include <fcntl.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "bench.h"
#include "lib/brood.h"

static const char text[] = "hello\n";

/* ---- bare ---- */

static int
bind_one(int type)
{
	struct sockaddr_in in = { .sin_family = AF_INET };
	socklen_t len = sizeof in;
	int one = 1;
	int fd = socket(AF_INET, type, 0);

	in.sin_addr.s_addr = htonl(type == SOCK_DGRAM ? INADDR_ANY :
	    INADDR_LOOPBACK);
	if (fd == -1 || bind(fd, (struct sockaddr *)&in, len) == -1 ||
	    getsockname(fd, (struct sockaddr *)&in, &len) == -1)
		die("bind");
	if (type == SOCK_DGRAM)
		setsockopt(fd, IPPROTO_IP, IP_PKTINFO, &one, sizeof one);
	else if (listen(fd, 4096) == -1)
		die("listen");
	printf("%u\n", ntohs(in.sin_port));
	fflush(stdout);
	return fd;
}

static _Noreturn void
greet(int listener)
{
	struct epoll_event ev = { .events = EPOLLIN | EPOLLEXCLUSIVE };
	int ep = epoll_create1(EPOLL_CLOEXEC);

	if (ep == -1 || epoll_ctl(ep, EPOLL_CTL_ADD, listener, &ev) == -1)
		die("epoll");
	for (;;) {
		int fd;

		if (epoll_wait(ep, &ev, 1, -1) != 1)
			continue;
		fd = accept4(listener, NULL, NULL, SOCK_CLOEXEC);
		if (fd == -1)
			continue;
		if (write(fd, text, sizeof text - 1) == -1)
			die("write");
		close(fd);
	}
}

static _Noreturn void
echo(int fd)
{
	static char data[65536];
	struct sockaddr_storage peer;
	char control[CMSG_SPACE(sizeof(struct in_pktinfo))];

	for (;;) {
		struct iovec iov = { data, sizeof data };
		struct msghdr m = { &peer, sizeof peer, &iov, 1, control,
		    sizeof control, 0 };
		ssize_t n = recvmsg(fd, &m, 0);
		struct cmsghdr *c = n == -1 ? NULL : CMSG_FIRSTHDR(&m);

		if (c == NULL)
			continue;
		((struct in_pktinfo *)(void *)CMSG_DATA(c))->ipi_ifindex = 0;
		iov.iov_len = (size_t)n;
		sendmsg(fd, &m, 0);
	}
}

static void
run_bare(int type, int children)
{
	int fd = bind_one(type);

	fcntl(fd, F_SETFL, type == SOCK_STREAM ? O_NONBLOCK : 0);
	for (int i = 0; i < children; i++) {
		pid_t pid = fork();

		if (pid == -1)
			die("fork");
		if (pid == 0) {
			prctl(PR_SET_PDEATHSIG, SIGKILL);
			type == SOCK_DGRAM ? echo(fd) : greet(fd);
		}
	}
}

/* ---- brood ---- */

static void
on_stream(struct brood_client *c, int fd, void *arg)
{
	(void)c, (void)arg;
	if (write(fd, text, sizeof text - 1) == -1)
		perror("write");
}

static void
on_datagram(struct brood_client *c, const void *data, size_t n, void *arg)
{
	(void)arg;
	brood_reply(c, data, n);
}

static void
run_brood(bool datagrams, const char *children)
{
	struct brood *b = brood_new();
	unsigned port;

	if (datagrams)
		brood_on_datagram(b, on_datagram, NULL);
	else
		brood_on_stream(b, on_stream, NULL);
	if (brood_set(b, "children", children) == -1 ||
	    brood_listen(b, datagrams ? "udp:0.0.0.0:0" : "127.0.0.1:0") == -1) {
		fprintf(stderr, "%s\n", brood_error(b));
		exit(2);
	}
	brood_listener(b, 0, NULL, 0, &port);
	printf("%u\n", port);
	fflush(stdout);
	exit(brood_run(b));
}

int
main(int argc, char **argv)
{
	const char *what = argc > 2 ? argv[1] : "";
	char byte;

	if (strcmp(what, "bare") == 0)
		run_bare(SOCK_STREAM, atoi(argv[2]));
	else if (strcmp(what, "bare-echo") == 0)
		run_bare(SOCK_DGRAM, atoi(argv[2]));
	else if (strcmp(what, "brood") == 0)
		run_brood(false, argv[2]);
	else if (strcmp(what, "brood-echo") == 0)
		run_brood(true, argv[2]);
	else
		return 2;
	while (read(0, &byte, 1) > 0)
		;
	return 0;
}
