/* replace.c - how soon does a new child wait when an idle one is killed?
 *
 *	replace MASTER TIMES
 *
 * Kills one child of MASTER at a time with KILL and looks, without sleeping,
 * until the master has a child it had not before that sleeps in a wait
 * (/proc/PID/syscall).  No client may be there.  Prints the median and the
 * worst, and how often any other child was woken meanwhile. */
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "bench.h"

enum { MOST = 4096, PATIENCE_MS = 2000 };

static unsigned
children(int pid, int *list)
{
	char path[64];
	unsigned n = 0;
	FILE *f;

	snprintf(path, sizeof path, "/proc/%d/task/%d/children", pid, pid);
	f = fopen(path, "r");
	while (f != NULL && n < MOST && fscanf(f, "%d", &list[n]) == 1)
		n++;
	if (f != NULL)
		fclose(f);
	return n;
}

static bool
waits(int pid)
{
	char path[64];
	long nr = -2;
	FILE *f;

	snprintf(path, sizeof path, "/proc/%d/syscall", pid);
	f = fopen(path, "r");
	if (f == NULL)
		return false;
	if (fscanf(f, "%ld", &nr) != 1)
		nr = -1;
	fclose(f);
	return nr == SYS_epoll_pwait || nr == SYS_epoll_wait ||
	    nr == SYS_accept4 || nr == SYS_accept;
}

static long
switches(int pid)
{
	char path[64], line[128];
	long n = 0, v;
	FILE *f;

	snprintf(path, sizeof path, "/proc/%d/status", pid);
	f = fopen(path, "r");
	while (f != NULL && fgets(line, sizeof line, f) != NULL)
		if (sscanf(line, "voluntary_ctxt_switches: %ld", &v) == 1)
			n = v;
	if (f != NULL)
		fclose(f);
	return n;
}

static bool
in(const int *list, unsigned n, int pid)
{
	for (unsigned i = 0; i < n; i++)
		if (list[i] == pid)
			return true;
	return false;
}

/* Nanoseconds until a new child waits, or -1. */
static int64_t
replace(int master, const int *old, unsigned nold, int victim)
{
	static int list[MOST];
	int64_t begun = now_ns();

	kill(victim, SIGKILL);
	while (now_ns() - begun < PATIENCE_MS * 1000000LL) {
		unsigned n = children(master, list);

		for (unsigned i = 0; i < n; i++)
			if (!in(old, nold, list[i]) && waits(list[i]))
				return now_ns() - begun;
	}
	return -1;
}

static int
by_size(const void *a, const void *b)
{
	int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

	return (x > y) - (x < y);
}

int
main(int argc, char **argv)
{
	static int old[MOST];
	static long was[MOST];
	int master = argc == 3 ? atoi(argv[1]) : 0;
	unsigned times = argc == 3 ? (unsigned)atoi(argv[2]) : 0;
	int64_t *ns = calloc(times + 1, sizeof *ns);
	long woken = 0, turns = switches(master);

	if (master <= 0 || times == 0 || ns == NULL)
		return 64;
	for (unsigned t = 0; t < times; t++) {
		unsigned n = children(master, old);
		/* The oldest: one that is killed young looks ill. */
		unsigned victim = 0;

		if (n == 0)
			return 1;
		for (unsigned i = 0; i < n; i++)
			was[i] = switches(old[i]);
		ns[t] = replace(master, old, n, old[victim]);
		if (ns[t] == -1) {
			printf("not replaced within %d ms\n", PATIENCE_MS);
			return 1;
		}
		usleep(50000);
		for (unsigned i = 0; i < n; i++)
			if (i != victim)
				woken += switches(old[i]) - was[i];
	}
	qsort(ns, times, sizeof *ns, by_size);
	printf("times=%u median_us=%.0f p90_us=%.0f worst_us=%.0f "
	    "others_woken=%ld master_turns=%.2f\n", times,
	    (double)ns[times / 2] / 1000, (double)ns[times * 9 / 10] / 1000,
	    (double)ns[times - 1] / 1000, woken,
	    (double)(switches(master) - turns) / times);
	return 0;
}
