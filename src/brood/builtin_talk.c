/* builtin_talk.c - waits for the client, within bounds. */
#include "brood/builtin_talk.h"

#include <errno.h>
#include <poll.h>
#include <stdbool.h>
#include <sys/socket.h>

#include "tools/clock.h"

struct talk
talk_begin(int fd, int64_t quiet_ms, int64_t most_ms)
{
	return (struct talk){ fd, quiet_ms, clock_ms() + most_ms };
}

/* Wait for one of events; or for an error, which the next call will tell. */
static int
talk_wait(const struct talk *t, short events)
{
	int64_t quiet_until = clock_ms() + t->quiet_ms;
	bool is_last = t->until_ms <= quiet_until;
	int64_t until = is_last ? t->until_ms : quiet_until;
	struct pollfd p = { .fd = t->fd, .events = events };
	int64_t left;

	/* It may be ready and its time over: then it is over. */
	while ((left = until - clock_ms()) > 0) {
		int n = poll(&p, 1, (int)left);

		if (n != 0 && !(n == -1 && errno == EINTR))
			return n == 1 ? 0 : -1;
	}
	errno = is_last ? ETIME : ETIMEDOUT;
	return -1;
}

ssize_t
talk_read(const struct talk *t, void *buf, size_t size)
{
	ssize_t n;

	do {
		if (talk_wait(t, POLLIN) == -1)
			return -1;
		n = recv(t->fd, buf, size, MSG_DONTWAIT);
	} while (n == -1 && (errno == EAGAIN || errno == EINTR));
	return n;
}

static void
reset_at_close(int fd)
{
	struct linger at_once = { .l_onoff = 1, .l_linger = 0 };
	int e = errno;

	setsockopt(fd, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
	errno = e;
}

int
talk_write(const struct talk *t, const void *data, size_t n)
{
	const char *at = data;

	while (n > 0) {
		ssize_t sent;

		if (talk_wait(t, POLLOUT) == -1) {
			if (errno == ETIMEDOUT)
				reset_at_close(t->fd);
			return -1;
		}
		sent = send(t->fd, at, n, MSG_DONTWAIT | MSG_NOSIGNAL);
		if (sent == -1 && errno != EAGAIN && errno != EINTR)
			return -1;
		if (sent > 0) {
			at += sent;
			n -= (size_t)sent;
		}
	}
	return 0;
}

void
talk_drop(const struct talk *t)
{
	char buf[4096];

	/* A few times: what is sent in return is no less than that. */
	for (int i = 0; i < 4; i++)
		if (recv(t->fd, buf, sizeof buf, MSG_DONTWAIT) <= 0)
			return;
}
