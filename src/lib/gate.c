/* gate.c - a socket that is lost, and found again. */
#include "lib/gate.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "tools/log.h"

enum { RETRY_MS = 1000 };

/* Places in fd, and tags. */
enum { LISTENER, LOOKOUT };

static const char *
path_of(const struct gate *g)
{
	return ((const struct sockaddr_un *)&g->spec.at.ss)->sun_path;
}

/* ---- open and close ---- */

static int
set_path(struct listen_spec *s, const char *path, struct err *e)
{
	struct sockaddr_un *un = (struct sockaddr_un *)&s->at.ss;

	un->sun_family = AF_UNIX;
	s->at.len = sizeof *un;
	if (strlcpy(un->sun_path, path, sizeof un->sun_path) <
	    sizeof un->sun_path)
		return 0;
	errno = ENAMETOOLONG;
	err_set(e, EXIT_USAGE, "control %s: too long, expected at most %zu bytes",
	    path, sizeof un->sun_path - 1);
	return -1;
}

int
gate_open(struct gate *g, const char *path, const struct listen_spec *s,
    int *fd, struct err *e)
{
	*g = (struct gate){ .spec = *s, .fd = fd, .lookout.fd = -1 };
	if (set_path(&g->spec, path, e) == -1 ||
	    listen_open(&g->listener, &g->spec, e) == -1)
		return -1;
	g->spec.at_once = true;		/* the loop cannot wait */
	fd[LISTENER] = g->listener.fd;
	return 0;
}

int
gate_resume(struct gate *g, const struct listen_kept *k,
    const struct listen_spec *s, int *fd, struct err *e)
{
	*g = (struct gate){ .spec = *s, .fd = fd, .lookout.fd = -1 };
	if (listen_resume(&g->listener, k, "the control socket", e) == -1)
		return -1;
	g->spec.at = g->listener.bound;
	g->spec.at_once = true;
	fd[LISTENER] = g->listener.fd;
	return 0;
}

int
gate_begin(struct gate *g, struct loop *l, uint32_t tag)
{
	g->loop = l;
	g->tag = tag;
	return loop_add(l, g->listener.fd, EPOLLIN, tag + LISTENER);
}

int
gate_guard(struct gate *g)
{
	/* In another root, or another folder, we would see something else. */
	if (!listen_has_path(&g->listener)) {
		errno = ENOENT;
		return -1;
	}
	if (lookout_open(&g->lookout, path_of(g)) == -1)
		return -1;
	if (loop_add(g->loop, g->lookout.fd, EPOLLIN, g->tag + LOOKOUT) == -1) {
		lookout_close(&g->lookout);
		return -1;
	}
	g->fd[LOOKOUT] = g->lookout.fd;
	return 0;
}

void
gate_close(struct gate *g)
{
	for (int i = 0; i < GATE_FDS; i++) {
		if (g->loop != NULL && g->fd[i] != -1)
			loop_del(g->loop, g->fd[i]);
		g->fd[i] = -1;
	}
	lookout_close(&g->lookout);
	/* Nobody's, or not ours to remove any more: the next one replaces it. */
	listen_shut(&g->listener);
	listen_close(&g->listener);
}

/* ---- clients ---- */

void
gate_turn_away(int fd, int status, const char *why)
{
	char text[128];
	int n = snprintf(text, sizeof text, "error %d \"%s\"\n", status, why);

	send(fd, text, (size_t)n, MSG_DONTWAIT | MSG_NOSIGNAL);
	shutdown(fd, SHUT_RDWR);
	close(fd);
}

/* 0, 1 and 2 are not for us, even where they are free. */
static int
move_high(int fd)
{
	int high = fcntl(fd, F_DUPFD_CLOEXEC, 3);
	int keep = errno == EINVAL ? EMFILE : errno;	/* of a limit below */

	if (high == -1)
		gate_turn_away(fd, EXIT_RUNNING, "too many descriptors are "
		    "open");
	else
		close(fd);
	errno = keep;
	return high;
}

int
gate_accept(const struct gate *g)
{
	int fd = accept4(g->listener.fd, NULL, NULL, SOCK_CLOEXEC |
	    SOCK_NONBLOCK);

	return fd == -1 || fd > 2 ? fd : move_high(fd);
}

void
gate_rest(struct gate *g, int64_t now)
{
	unsigned repeated;

	if (episode_tell(&g->failures, now, &repeated))
		log_warn("control-accept errno=%s repeated=%u",
		    strerrorname_np(errno), repeated);
	loop_del(g->loop, g->listener.fd);
	g->rest_ms = now + RETRY_MS;
}

static void
listen_again(struct gate *g, int64_t now)
{
	g->rest_ms = loop_add(g->loop, g->listener.fd, EPOLLIN,
	    g->tag + LISTENER) == 0 ? 0 : now + RETRY_MS;
}

/* ---- the path ---- */

static void
tell_lost(struct gate *g, int64_t now)
{
	char text[4 * LOOKOUT_PATH];
	unsigned repeated;

	if (!g->is_lost && episode_tell(&g->losses, now, &repeated))
		log_warn("control-lost path=%s repeated=%u",
		    log_value(path_of(g), text, sizeof text), repeated);
	g->is_lost = true;
}

static void
tell_back(struct gate *g)
{
	char text[4 * LOOKOUT_PATH];

	if (episode_end(&g->losses) || g->failed)
		log_info("control-back path=%s", log_value(path_of(g), text,
		    sizeof text));
	g->is_lost = g->failed = false;
}

static void
tell_failed(struct gate *g, const struct err *e)
{
	char text[4 * sizeof e->text];

	if (!g->failed)
		log_warn("control-failed reason=%s", log_value(e->text, text,
		    sizeof text));
	g->failed = true;
}

/* May it be different soon, and nothing in the folder would tell? */
static bool
passes(int why)
{
	switch (why) {
	case EAGAIN:
	case EMFILE:
	case ENFILE:
	case ENOMEM:
	case ENOBUFS:
	case ENOSPC:
	case EDQUOT:
		return true;
	default:
		return false;
	}
}

/* Nothing is in the way, but a right is missing, such as to give it to its
 * owner.  What we did then would be news, for ever. */
static bool
is_forbidden(const struct gate *g, int why)
{
	struct stat st;

	return why == EPERM && lstat(path_of(g), &st) == -1;
}

static void
replace(struct gate *g, const struct listener *made, int64_t now)
{
	struct listener old = g->listener;

	g->listener = *made;
	g->fd[LISTENER] = g->listener.fd;
	listen_again(g, now);
	loop_del(g->loop, old.fd);
	listen_shut(&old);	/* a child may have a copy */
	listen_close(&old);
}

static void
make_again(struct gate *g, int64_t now)
{
	struct listener made;
	struct err e;

	g->tried_ms = now;
	if (listen_open(&made, &g->spec, &e) == 0) {
		replace(g, &made, now);
		tell_back(g);
		return;
	}
	g->look_ms = passes(errno) ? now + RETRY_MS : 0;
	g->over = is_forbidden(g, errno);
	tell_failed(g, &e);
}

/* Is the path still ours?  First see to it that whatever changes later is
 * news. */
static void
look(struct gate *g, int64_t now)
{
	g->look_ms = 0;
	lookout_follow(&g->lookout);
	if (listen_has_path(&g->listener)) {
		tell_back(g);	/* it was moved away, and back */
		return;
	}
	tell_lost(g, now);
	if (g->tried_ms != 0 && now < g->tried_ms + RETRY_MS)
		g->look_ms = g->tried_ms + RETRY_MS;
	else
		make_again(g, now);
}

void
gate_heard(struct gate *g, int64_t now)
{
	if (lookout_heard(&g->lookout) && !g->over)
		look(g, now);
}

int64_t
gate_turn(struct gate *g, int64_t now)
{
	if (g->rest_ms != 0 && now >= g->rest_ms)
		listen_again(g, now);
	if (g->look_ms != 0 && now >= g->look_ms)
		look(g, now);
	return loop_sooner(g->rest_ms != 0 ? g->rest_ms : LOOP_NEVER,
	    g->look_ms != 0 ? g->look_ms : LOOP_NEVER);
}
