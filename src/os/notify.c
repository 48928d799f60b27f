/* notify.c - sd_notify's other end. */
#include "os/notify.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>

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
	int one = 1;

	n->fd = fd_high(socket(AF_UNIX,
	    SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
	if (n->fd == -1 ||
	    setsockopt(n->fd, SOL_SOCKET, SO_PASSCRED, &one, sizeof one) == -1 ||
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

static void
close_given(const struct cmsghdr *c)
{
	size_t n = (c->cmsg_len - CMSG_LEN(0)) / sizeof(int);
	int fd;

	for (size_t i = 0; i < n; i++) {
		memcpy(&fd, CMSG_DATA(c) + i * sizeof fd, sizeof fd);
		fd_close(&fd);
	}
}

bool
notify_take(const struct notify *n, char text[NOTIFY_TEXT_SIZE], pid_t *pid_r)
{
	union {
		struct cmsghdr align;
		char bytes[CMSG_SPACE(sizeof(struct ucred)) +
		    CMSG_SPACE(253 * sizeof(int))];
	} control;
	struct iovec iov = { text, NOTIFY_TEXT_SIZE - 1 };
	struct msghdr m = {
		.msg_iov = &iov, .msg_iovlen = 1,
		.msg_control = &control, .msg_controllen = sizeof control,
	};
	ssize_t got = recvmsg(n->fd, &m, MSG_DONTWAIT | MSG_CMSG_CLOEXEC);
	struct ucred cred = { .pid = 0 };

	if (got == -1)
		return false;
	for (struct cmsghdr *c = CMSG_FIRSTHDR(&m); c != NULL;
	    c = CMSG_NXTHDR(&m, c)) {
		if (c->cmsg_level != SOL_SOCKET)
			continue;
		if (c->cmsg_type == SCM_RIGHTS)
			close_given(c);
		else if (c->cmsg_type == SCM_CREDENTIALS)
			memcpy(&cred, CMSG_DATA(c), sizeof cred);
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
