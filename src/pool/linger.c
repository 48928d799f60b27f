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

static const unsigned long no_signals[1] = { 0 };

/* Until the client's end, or the bounds. */
static void
drain(int fd)
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

_Noreturn void
linger_after(long pid, int fd)
{
	int status = 0;

	static const struct rlimit no_core = { 0, 0 };

	/* Nothing of the master's is ours any more, nor a second copy of the
	 * connection.  Signals stay blocked: those for the session are the
	 * program's, and we outlast it. */
	sys_close(1);
	sys_close_range(3, ~0U);
	while (sys_wait4(pid, &status, 0) == -EINTR)
		;
	sys_shutdown(fd, SHUT_WR);
	drain(fd);
	/* The core would be one of the master's memory. */
	sys_setrlimit(RLIMIT_CORE, &no_core);
	sys_sigmask(SIG_SETMASK, no_signals);
	if (WIFSIGNALED(status))
		sys_kill_self(WTERMSIG(status));
	sys_exit(WEXITSTATUS(status));
}
