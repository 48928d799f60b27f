/* tell.c - the log lines about children and their clients. */
#include "pool/tell.h"

#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>

#include "tools/clock.h"
#include "tools/log.h"

enum { ENDS_SIZE = 2 * ADDR_TEXT_SIZE + 32 };

/* "peer=... local=...": both ends of the connection; of a listener, one. */
static const char *
ends(const struct seat *b, char buf[ENDS_SIZE])
{
	char peer[ADDR_TEXT_SIZE], local[ADDR_TEXT_SIZE];

	if (b->peer.ss.ss_family == AF_UNSPEC)
		snprintf(buf, ENDS_SIZE, "local=%s",
		    addr_text(&b->local, local));
	else if (b->local.ss.ss_family == AF_UNIX)
		snprintf(buf, ENDS_SIZE, "peer=unix:uid=%u,pid=%u local=%s",
		    b->uid, b->pid, addr_text(&b->local, local));
	else
		snprintf(buf, ENDS_SIZE, "peer=%s local=%s",
		    addr_text(&b->peer, peer), addr_text(&b->local, local));
	return buf;
}

static const char *
how(int status, char buf[64])
{
	if (WIFEXITED(status))
		snprintf(buf, 64, "status=%d", WEXITSTATUS(status));
	else if (WIFSIGNALED(status))
		snprintf(buf, 64, "signal=%s%s",
		    sigabbrev_np(WTERMSIG(status)) != NULL ?
		    sigabbrev_np(WTERMSIG(status)) : "?",
		    WCOREDUMP(status) ? " core=1" : "");
	else
		snprintf(buf, 64, "wait-status=%d", status);
	return buf;
}

void
tell_begin(pid_t pid, const struct seat *b)
{
	char buf[ENDS_SIZE];

	if (log_shows(LOG_LEVEL_INFO))
		log_info("begin pid=%d %s", pid, ends(b, buf));
}

static double
seconds(const struct timeval *tv)
{
	return (double)tv->tv_sec + (double)tv->tv_usec / 1e6;
}

void
tell_end(pid_t pid, const struct seat *b, int status, const struct rusage *ru,
    bool forced)
{
	char buf[ENDS_SIZE], end[64];

	if (log_shows(LOG_LEVEL_INFO))
		log_info("end pid=%d %s seconds=%.3f %s user=%.3f system=%.3f "
		    "memory=%ldk%s", pid, ends(b, buf),
		    (double)(clock_ns() - b->begun_ns) / 1e9, how(status, end),
		    seconds(&ru->ru_utime), seconds(&ru->ru_stime),
		    ru->ru_maxrss, forced ? " forced=1" : "");
}

void
tell_served(pid_t pid, const struct seat *b)
{
	char buf[ENDS_SIZE];

	log_info("end pid=%d %s seconds=%.3f", pid, ends(b, buf),
	    (double)(clock_ns() - b->begun_ns) / 1e9);
}

void
tell_worker(pid_t pid, int status, bool failed)
{
	char end[64];

	if (failed)
		log_warn("worker-died pid=%d %s", pid, how(status, end));
	else
		log_info("worker-end pid=%d %s", pid, how(status, end));
}

static const char *
step_word(int step)
{
	switch (step) {
	case SEAT_DRESS: return "dress";
	case SEAT_WAIT:  return "wait";
	case SEAT_HAND:  return "hand";
	case SEAT_EXEC:  return "exec";
	}
	return "none";
}

void
tell_death(pid_t pid, const struct seat *b, int status, unsigned repeated)
{
	char end[64];

	if (b->fail_errno != 0)
		log_warn("child-failed pid=%d step=%s errno=%s repeated=%u", pid,
		    step_word(b->fail_step), tell_errno(b->fail_errno), repeated);
	else
		log_warn("child-died pid=%d %s repeated=%u", pid,
		    how(status, end), repeated);
}

void
tell_why(pid_t pid, const struct seat *b, int status, char *buf, size_t size)
{
	char end[64];

	if (b->fail_errno != 0)
		snprintf(buf, size, "child-failed pid=%d step=%s errno=%s", pid,
		    step_word(b->fail_step), tell_errno(b->fail_errno));
	else
		snprintf(buf, size, "child-died pid=%d %s", pid,
		    how(status, end));
}

const char *
tell_errno(int error)
{
	const char *name = strerrorname_np(error);

	return name != NULL ? name : "unknown";
}

void
tell_program(pid_t pid, const char *line, size_t n)
{
	log_program(pid, line, n);
}
