/* bench.h - what the programs of the benchmarks share: a clock, an end, and
 * the address of a server on this machine. */
#ifndef BENCH_BENCH_H
#define BENCH_BENCH_H

#include <netinet/in.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

static inline int64_t
now_ns(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec * 1000000000LL + ts.tv_nsec;
}

/* Says what failed, by errno. */
static inline _Noreturn void
die(const char *what)
{
	perror(what);
	exit(2);
}

/* port: as an argument has it; "0" has the kernel choose one. */
static inline struct sockaddr_in
loopback(const char *port)
{
	return (struct sockaddr_in){ .sin_family = AF_INET,
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK),
		.sin_port = htons((uint16_t)atoi(port)) };
}

#endif
