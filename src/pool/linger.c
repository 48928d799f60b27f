/* linger.c - a reply is never cut by our close. */
#include "pool/linger.h"

#include <poll.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>

#include "os/sys.h"
#include "tools/clock.h"

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

	/* Our 1 is the same connection; 0 is enough. */
	sys_close(1);
	while (sys_wait4(pid, &status, 0) == -EINTR)
		;
	sys_shutdown(fd, SHUT_WR);
	drain(fd);
	if (WIFSIGNALED(status))
		sys_kill_self(WTERMSIG(status));
	sys_exit(WEXITSTATUS(status));
}
