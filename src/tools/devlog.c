/* devlog.c - datagrams to /dev/log. */
#include "tools/devlog.h"

#include <errno.h>
#include <paths.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <syslog.h>
#include <time.h>
#include <unistd.h>

#include "tools/fd.h"

static int
connect_to_logger(int fd)
{
	static const struct sockaddr_un un = { AF_UNIX, _PATH_LOG };

	return connect(fd, (const struct sockaddr *)&un, sizeof un);
}

int
devlog_open(void)
{
	int fd = fd_high(socket(AF_UNIX,
	    SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));

	tzset();		/* before a change of root hides the zone */
	if (fd != -1)
		connect_to_logger(fd);
	return fd;
}

size_t
devlog_head(int priority, char *buf, size_t size)
{
	time_t now = time(NULL);
	struct tm tm;
	char when[32];

	localtime_r(&now, &tm);
	strftime(when, sizeof when, "%b %e %T", &tm);
	return (size_t)snprintf(buf, size, "<%d>%s brood[%d]: ",
	    LOG_DAEMON | priority, when, (int)getpid());
}

ssize_t
devlog_put(int fd, const char *lines, size_t n)
{
	const char *end = memchr(lines, '\n', n);
	size_t one = end != NULL ? (size_t)(end - lines) : n;
	ssize_t r = send(fd, lines, one, MSG_NOSIGNAL);

	/* Who is gone has perhaps been replaced. */
	if (r == -1 && errno != EAGAIN && connect_to_logger(fd) == 0)
		r = send(fd, lines, one, MSG_NOSIGNAL);
	return r == -1 ? -1 : (ssize_t)(one + (end != NULL));
}
