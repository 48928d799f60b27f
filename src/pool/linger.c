/* linger.c - a reply is never cut by our close. */
#include "pool/linger.h"

#include <poll.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>

#include "os/sys.h"
#include "tools/clock.h"

/* Until the client's end, or the bounds. */
void
linger_drain(int fd)
{
	int64_t until = clock_ms() + LINGER_MOST_MS;
	struct pollfd p = { .fd = fd, .events = POLLIN };
	char buf[4096];

	for (;;) {
		int64_t left = until - clock_ms();
		struct timespec ts;

		if (left > LINGER_QUIET_MS)
			left = LINGER_QUIET_MS;
		if (left <= 0)
			return;
		ts.tv_sec = left / 1000;
		ts.tv_nsec = left % 1000 * 1000000;
		if (sys_ppoll(&p, 1, &ts, NULL) <= 0 ||
		    sys_recv(fd, buf, sizeof buf, MSG_DONTWAIT) <= 0)
			return;
	}
}

/* The core would be one of the master's memory. */
static _Noreturn void
end_as(int status)
{
	static const struct rlimit no_core = { 0, 0 };

	sys_setrlimit(RLIMIT_CORE, &no_core);
	sys_sigmask(SIG_SETMASK, sys_no_signals);
	if (WIFSIGNALED(status))
		sys_kill_self(WTERMSIG(status));
	sys_exit(WEXITSTATUS(status));
}

/* Its status.  Orphans that are given to us meanwhile are waited for, too. */
static int
wait_for(long pid)
{
	int status = 0;
	long r;

	do {
		r = sys_wait4(-1, &status, 0);
	} while (r != pid && (r > 0 || r == -EINTR));
	return status;
}

_Noreturn void
linger_end(long pid)
{
	end_as(wait_for(pid));
}

_Noreturn void
linger_after(long pid, int fd)
{
	int status;

	/* Nothing of the master's is ours any more, nor a second copy of the
	 * connection.  Signals stay blocked: those for the session are the
	 * program's, and we outlast it. */
	sys_close(1);
	sys_close_range(3, ~0U);
	status = wait_for(pid);
	sys_shutdown(fd, SHUT_WR);
	linger_drain(fd);
	end_as(status);
}
