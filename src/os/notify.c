/* notify.c - sd_notify's other end. */
#include "os/notify.h"

#include <errno.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>

#include "os/loop.h"
#include "os/sender.h"
#include "tools/fd.h"

static int
find_name(struct notify *n)
{
	struct sockaddr_un un;
	socklen_t len = sizeof un;
	size_t bytes;

	if (getsockname(n->fd, (struct sockaddr *)&un, &len) == -1)
		return -1;
	bytes = len - offsetof(struct sockaddr_un, sun_path);
	if (un.sun_family != AF_UNIX || bytes < 2 || un.sun_path[0] != '\0' ||
	    bytes >= sizeof n->name) {
		errno = EINVAL;
		return -1;
	}
	snprintf(n->name, sizeof n->name, "@%.*s", (int)bytes - 1,
	    un.sun_path + 1);
	return 0;
}

int
notify_open(struct notify *n, struct err *e)
{
	struct sockaddr_un un = { .sun_family = AF_UNIX };
	socklen_t len = sizeof un.sun_family;	/* the kernel finds a name */

	n->fd = fd_high(socket(AF_UNIX,
	    SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
	if (n->fd == -1 || sender_ask(n->fd) == -1 ||
	    bind(n->fd, (struct sockaddr *)&un, len) == -1)
		goto fail;
	if (find_name(n) == 0)
		return 0;
fail:
	err_sys(e, EXIT_SYSTEM, "cannot make a socket for notifications");
	notify_close(n);
	return -1;
}

int
notify_resume(struct notify *n, int fd, struct err *e)
{
	n->fd = fd;
	if (find_name(n) == 0)
		return 0;
	err_sys(e, EXIT_CONFIG, "cannot go on with the socket for "
	    "notifications");
	return -1;
}

void
notify_close(struct notify *n)
{
	fd_close(&n->fd);
}

bool
notify_take(const struct notify *n, char text[NOTIFY_TEXT_SIZE], pid_t *pid_r)
{
	struct ucred cred;
	ssize_t got = sender_take(n->fd, text, NOTIFY_TEXT_SIZE - 1, &cred);

	if (got == -1) {
		if (errno != EAGAIN && errno != EINTR)
			loop_rest();
		return false;
	}
	text[got] = '\0';
	*pid_r = cred.pid;
	return true;
}

bool
notify_says(const char *text, const char *assignment)
{
	size_t n = strlen(assignment);

	for (const char *line = text; *line != '\0';) {
		size_t len = strcspn(line, "\n");

		if (len == n && memcmp(line, assignment, n) == 0)
			return true;
		line += len + (line[len] == '\n');
	}
	return false;
}
