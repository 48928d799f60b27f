/* lives.c - one program, every life: by what it finds at its start. */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "lib/service.h"
#include "pool/client.h"

#define QUIET "60s"		/* inetd's wait: so long nobody comes */

enum { FIRST_FD = 3 };

enum life { LIFE_ALONE, LIFE_GIVEN, LIFE_ONE, LIFE_WAIT };

static int
option(int fd, int name)
{
	int value = -1;
	socklen_t len = sizeof value;

	return getsockopt(fd, SOL_SOCKET, name, &value, &len) == 0 ? value : -1;
}

static bool
is_connected(int fd)
{
	struct sockaddr_storage ss;
	socklen_t len = sizeof ss;

	return option(fd, SO_TYPE) != SOCK_DGRAM &&
	    getpeername(fd, (struct sockaddr *)&ss, &len) == 0;
}

/* Many a program starts others with a unix socket as their standard input and
 * means nothing by it; a server that does says so (UCSPI). */
static bool
is_meant(int fd)
{
	int family = option(fd, SO_DOMAIN);

	return family == AF_INET || family == AF_INET6 ||
	    (family == AF_UNIX && getenv("PROTO") != NULL);
}

static enum life
find_life(int *fd_r)
{
	*fd_r = FIRST_FD;
	if (inherit_count() == 1 && is_connected(FIRST_FD))
		return LIFE_ONE;	/* systemd's Accept=yes */
	if (inherit_count() > 0)
		return LIFE_GIVEN;
	*fd_r = 0;
	if (!is_meant(0))
		return LIFE_ALONE;
	return is_connected(0) ? LIFE_ONE : LIFE_WAIT;
}

/* Serve one connection that is there already, in this process. */
static int
serve_one(struct brood *b, int fd)
{
	struct handler *h = &b->settings.service.handler;
	struct seat seat = { .listener = 0 };
	struct child_task *t = calloc(1, sizeof *t);
	struct child child = { .task = t, .seat = &seat, .first_fd = -1 };
	struct brood_client c = { .child = &child, .fd = fd };

	if (t == NULL || h->calls.stream == NULL) {
		err_set(&b->err, EXIT_CONFIG, "a connection was given: expected "
		    "a function for streams");
		free(t);
		return EXIT_CONFIG;
	}
	signal(SIGPIPE, SIG_IGN);
	seat.peer.len = sizeof seat.peer.ss;
	getpeername(fd, (struct sockaddr *)&seat.peer.ss, &seat.peer.len);
	t->handler = h;
	t->listener[0].local_varies = true;
	t->listener[0].is_unix = seat.peer.ss.ss_family == AF_UNIX;
	if (t->listener[0].is_unix)
		child_ask_user(&child, fd);
	h->calls.stream(&c, fd, h->calls.stream_arg);
	if (!c.finished)
		close(fd);
	free(t);
	return EXIT_STOPPED;
}

static int
listen_and_run(struct brood *b, const char *addresses)
{
	if (brood_listen(b, addresses) == -1)
		return b->err.status != 0 ? b->err.status : EXIT_USAGE;
	return brood_run(b);
}

static void
complain(const struct brood *b)
{
	for (const char *line = b->err.text; *line != '\0';) {
		size_t n = strcspn(line, "\n");

		fprintf(stderr, "%s: %.*s\n", program_invocation_short_name,
		    (int)n, line);
		line += n + (line[n] == '\n');
	}
}

static int
live(struct brood *b, const char *addresses)
{
	int fd;

	switch (find_life(&fd)) {
	case LIFE_ALONE:
		return listen_and_run(b, addresses);
	case LIFE_GIVEN:
		return listen_and_run(b, "fd:*");
	case LIFE_ONE:
		return serve_one(b, fd);
	case LIFE_WAIT:
		if (b->settings.service.spec.quit_ms == 0)
			brood_set(b, "quit-after", QUIET);
		return listen_and_run(b, "fd:0");
	}
	return EXIT_INTERNAL;
}

int
brood_serve(struct brood *b, const char *addresses)
{
	int status;

	if (b == NULL) {
		fprintf(stderr, "%s: no memory for a service\n",
		    program_invocation_short_name);
		return EXIT_SYSTEM;
	}
	status = live(b, addresses);
	if (status != EXIT_STOPPED)
		complain(b);
	return status;
}
