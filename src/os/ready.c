/* ready.c - sd_notify(3) and s6's newline. */
#include "os/ready.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "tools/addr.h"
#include "tools/fd.h"

static int
connect_to(const char *path)
{
	struct addr a;
	int fd;

	if ((path[0] != '/' && path[0] != '@') || addr_unix(&a, path) == -1)
		return -1;
	fd = fd_high(socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
	if (fd != -1 && connect(fd, (struct sockaddr *)&a.ss, a.len) == -1)
		fd_close(&fd);
	return fd;
}

static int64_t
watchdog_period(void)
{
	const char *usec = getenv("WATCHDOG_USEC");
	const char *pid = getenv("WATCHDOG_PID");
	const char *why;
	int64_t n;

	if (usec == NULL)
		return 0;
	if (pid != NULL && strtoll(pid, NULL, 10) != (long long)getpid())
		return 0;
	n = strtonum(usec, 2000, INT64_MAX, &why);
	return why == NULL ? n / 2000 : 0;
}

void
ready_open(struct ready *r, int line_fd)
{
	const char *path = getenv("NOTIFY_SOCKET");

	r->notify_fd = path != NULL ? connect_to(path) : -1;
	r->watchdog_ms = r->notify_fd != -1 ? watchdog_period() : 0;
	r->supervised = getenv("BROOD_SUPERVISED") != NULL;
	r->wants_status = r->notify_fd != -1 && !r->supervised;
	r->line_fd = line_fd;
	/* 0 to 2 will be other things by the time we are ready. */
	if (line_fd != -1 && line_fd <= 2)
		r->line_fd = fcntl(line_fd, F_DUPFD_CLOEXEC, 3);
	else if (line_fd != -1)
		fcntl(line_fd, F_SETFD, FD_CLOEXEC);
	unsetenv("NOTIFY_SOCKET");
	unsetenv("WATCHDOG_USEC");
	unsetenv("WATCHDOG_PID");
	unsetenv("BROOD_SUPERVISED");
}

bool
ready_tell(const struct ready *r, const char *fmt, ...)
{
	char text[512];
	va_list ap;
	int n;

	if (r->notify_fd == -1)
		return true;
	va_start(ap, fmt);
	n = vsnprintf(text, sizeof text, fmt, ap);
	va_end(ap);
	return n <= 0 || (size_t)n >= sizeof text ||
	    send(r->notify_fd, text, (size_t)n,
	    MSG_NOSIGNAL | MSG_DONTWAIT) != -1 ||
	    (errno != EAGAIN && errno != ENOBUFS);
}

void
ready_now(struct ready *r)
{
	r->owed = !ready_tell(r, "READY=1");
	if (r->line_fd == -1)
		return;
	/* Nobody may read it any more: not our trouble. */
	(void)!write(r->line_fd, "\n", 1);
	fd_close(&r->line_fd);
}

void
ready_close(struct ready *r)
{
	fd_close(&r->line_fd);
	fd_close(&r->notify_fd);
}
