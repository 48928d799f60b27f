/* packet.c - a client that keeps datagrams in flight, for an echo.
 *
 *	packet [-u] [-w WINDOW] [-n DATAGRAMS] [-b BYTES] PORT
 *
 * One socket, connected to 127.0.0.1:PORT: WINDOW datagrams are sent, then one
 * more for each that comes back, until DATAGRAMS have.  Each has a number, and
 * all must come back as they went and in their order (one child, one socket),
 * with -u in any (many children).
 * Sends and receives many in a call: the server is to be the limit, not this.
 * Prints a line; exits 1 if one was changed, or none comes for 2 s. */
#include <errno.h>
#include <netinet/in.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include "bench.h"

enum { WINDOW = 1024, BYTES = 65507, PATIENCE_S = 2 };

static struct {
	int fd;
	unsigned window;
	size_t nbytes;
	bool unordered;
	unsigned total, sent, came;
	char *data;		/* window times nbytes */
	struct iovec iov[WINDOW];
	struct mmsghdr m[WINDOW];
} run = { .window = 1, .nbytes = 64, .total = 10000 };

static void
prepare(unsigned i, size_t n)
{
	run.iov[i] = (struct iovec){ run.data + i * run.nbytes, n };
	run.m[i].msg_hdr = (struct msghdr){ .msg_iov = &run.iov[i],
		.msg_iovlen = 1 };
}

static void
send_some(unsigned n)
{
	unsigned done = 0;

	if (n > run.total - run.sent)
		n = run.total - run.sent;
	for (unsigned i = 0; i < n; i++) {
		uint32_t number = run.sent + i;

		prepare(i, run.nbytes);
		memcpy(run.iov[i].iov_base, &number, sizeof number);
	}
	while (done < n) {
		int r = sendmmsg(run.fd, run.m + done, n - done, 0);

		if (r <= 0)
			die("sendmmsg");
		done += (unsigned)r;
	}
	run.sent += n;
}

static unsigned
receive_some(void)
{
	int n;

	for (unsigned i = 0; i < run.window; i++)
		prepare(i, run.nbytes);
	n = recvmmsg(run.fd, run.m, run.window, MSG_WAITFORONE, NULL);
	if (n <= 0) {
		fprintf(stderr, "packet: %u sent, %u came: %s\n", run.sent,
		    run.came, n == 0 ? "none" : strerror(errno));
		exit(1);
	}
	for (int i = 0; i < n; i++) {
		uint32_t number;

		memcpy(&number, run.iov[i].iov_base, sizeof number);
		if (run.m[i].msg_len != run.nbytes || (run.unordered ?
		    number >= run.sent : number != run.came)) {
			fprintf(stderr, "packet: number %u of %u bytes in place "
			    "of %u\n", number, run.m[i].msg_len, run.came);
			exit(1);
		}
		run.came++;
	}
	return (unsigned)n;
}

static void
open_socket(const char *port)
{
	struct sockaddr_in in = loopback(port);
	struct timeval patience = { PATIENCE_S, 0 };

	run.fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (run.fd == -1 || connect(run.fd, (struct sockaddr *)&in,
	    sizeof in) == -1)
		die("connect");
	setsockopt(run.fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
}

int
main(int argc, char **argv)
{
	int64_t begun;
	double took_s;
	int o;

	while ((o = getopt(argc, argv, "uw:n:b:")) != -1)
		switch (o) {
		case 'u': run.unordered = true; break;
		case 'w': run.window = (unsigned)atoi(optarg); break;
		case 'n': run.total = (unsigned)atoi(optarg); break;
		case 'b': run.nbytes = (size_t)atoi(optarg); break;
		default: return 64;
		}
	if (optind + 1 != argc || run.window == 0 || run.window > WINDOW ||
	    run.total == 0 || run.nbytes < sizeof(uint32_t) ||
	    run.nbytes > BYTES) {
		fprintf(stderr, "usage: packet [-u] [-w 1-%d] [-n N] [-b 4-%d] "
		    "PORT\n",
		    WINDOW, BYTES);
		return 64;
	}
	run.data = calloc(run.window, run.nbytes);
	if (run.data == NULL)
		die("calloc");
	open_socket(argv[optind]);
	begun = now_ns();
	send_some(run.window);
	while (run.came < run.total)
		send_some(receive_some());
	took_s = (double)(now_ns() - begun) / 1e9;
	printf("datagrams=%u window=%u seconds=%.4f rate=%.0f\n", run.came,
	    run.window, took_s, run.came / took_s);
	return 0;
}
