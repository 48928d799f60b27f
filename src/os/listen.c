/* listen.c - one bound socket. */
#include "os/listen.h"

#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#include "os/packet.h"
#include "os/sender.h"
#include "tools/fd.h"

enum { LOCK_TRIES = 300 };	/* 3 seconds */

static int
set_on(int fd, int level, int option)
{
	int one = 1;

	return setsockopt(fd, level, option, &one, sizeof one);
}

static int
make_socket(const struct listener *l, int family)
{
	return fd_high(socket(family, l->type | SOCK_CLOEXEC |
	    (l->blocking ? 0 : SOCK_NONBLOCK), 0));
}

static int
start_listening(const struct listener *l)
{
	return listen_is_datagram(l) ? 0 : listen(l->fd, (int)l->backlog);
}

static int
open_inet(struct listener *l, const struct listen_spec *s, struct err *e)
{
	const struct sockaddr *sa = (const struct sockaddr *)&s->at.ss;
	char name[ADDR_TEXT_SIZE];
	const char *step = "create a socket for";

	l->fd = make_socket(l, sa->sa_family);
	if (l->fd == -1)
		goto fail;
	step = "set options on";
	/* Of datagrams it would let others share the port; this one is for
	 * the same user only. */
	if (l->type == SOCK_STREAM ?
	    set_on(l->fd, SOL_SOCKET, SO_REUSEADDR) == -1 :
	    s->shares && set_on(l->fd, SOL_SOCKET, SO_REUSEPORT) == -1)
		goto fail;
	if (s->interface != NULL && setsockopt(l->fd, SOL_SOCKET,
	    SO_BINDTODEVICE, s->interface, strlen(s->interface)) == -1)
		goto fail;
	if (sa->sa_family == AF_INET6 &&
	    set_on(l->fd, IPPROTO_IPV6, IPV6_V6ONLY) == -1)
		goto fail;
	/* Before the first datagram can come: it must say whom it asked. */
	if (listen_is_datagram(l) && packet_prepare(l->fd) == -1)
		goto fail;
	step = "bind";
	if (bind(l->fd, sa, s->at.len) == -1)
		goto fail;
	step = "listen on";
	if (start_listening(l) == -1)
		goto fail;
	l->bound.len = sizeof l->bound.ss;
	if (getsockname(l->fd, (struct sockaddr *)&l->bound.ss,
	    &l->bound.len) == -1)
		goto fail;
	l->wildcard = addr_is_wildcard(&l->bound);
	return 0;
fail:
	err_sys(e, EXIT_UNAVAILABLE, "cannot %s %s", step,
	    addr_text(&s->at, name));
	fd_close(&l->fd);
	return -1;
}

static const char *
path_of(const struct addr *a)
{
	return ((const struct sockaddr_un *)&a->ss)->sun_path;
}

/* Does somebody answer on this path?  1 yes, 0 no (or there is nothing),
 * -1 it cannot be told, or is no socket (errno). */
static int
is_live(const struct addr *a, int type)
{
	struct stat st;
	int fd, r;

	if (lstat(path_of(a), &st) == -1)
		return errno == ENOENT ? 0 : -1;
	if (!S_ISSOCK(st.st_mode)) {
		errno = EEXIST;
		return -1;
	}
	fd = socket(AF_UNIX, type | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (fd == -1)
		return -1;
	r = connect(fd, (const struct sockaddr *)&a->ss, a->len);
	if (r == 0 || errno == EAGAIN)
		r = 1;
	else
		r = errno == ECONNREFUSED || errno == ENOENT ? 0 : -1;
	fd_close(&fd);
	return r;
}

/* A lock on the folder, so that two servers starting at once cannot both
 * find the path free.  It needs no file of its own. */
static int
lock_folder(const char *path, int tries)
{
	char copy[sizeof ((struct sockaddr_un *)0)->sun_path + 1];
	const struct timespec moment = { 0, 10000000 };
	int fd;

	strlcpy(copy, path, sizeof copy);
	fd = open(dirname(copy), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	/* Whoever has it longer than this is no server that starts. */
	for (int i = 0; fd != -1 && flock(fd, LOCK_EX | LOCK_NB) == -1; i++) {
		if (errno != EWOULDBLOCK || i >= tries)
			fd_close(&fd);
		else
			nanosleep(&moment, NULL);
	}
	return fd;
}

/* Its own name, so that whoever inherits the socket finds that and no other.
 * What is left of a dead server goes first: the folder is locked. */
static int
bind_path(struct listener *l, const struct listen_spec *s)
{
	const char *path = path_of(&s->at);
	struct stat st;
	mode_t keep;
	int r;

	if (unlink(path) == -1 && errno != ENOENT)
		return -1;
	/* The mode is right from the first moment: a chmod by name could be
	 * led elsewhere by whoever owns the folder. */
	keep = umask(0777 & ~s->mode);
	r = bind(l->fd, (const struct sockaddr *)&s->at.ss, s->at.len);
	umask(keep);
	if (r == -1)
		return -1;
	if ((s->uid != (uid_t)-1 || s->gid != (gid_t)-1) &&
	    lchown(path, s->uid, s->gid) == -1)
		goto fail;
	if (start_listening(l) == -1 || lstat(path, &st) == -1)
		goto fail;
	l->dev = st.st_dev;
	l->ino = st.st_ino;
	return 0;
fail:
	r = errno;
	unlink(path);
	errno = r;
	return -1;
}

static int
open_path(struct listener *l, const struct listen_spec *s, struct err *e)
{
	char name[ADDR_TEXT_SIZE];
	int folder_fd;
	int live;

	addr_text(&s->at, name);
	folder_fd = lock_folder(path_of(&s->at), s->at_once ? 0 : LOCK_TRIES);
	if (folder_fd == -1) {
		err_sys(e, EXIT_UNAVAILABLE, "cannot open the folder of %s", name);
		return -1;
	}
	live = is_live(&s->at, s->type);
	if (live == 1) {
		errno = EADDRINUSE;
		err_set(e, EXIT_RUNNING, "cannot bind %s: a server is "
		    "listening there", name);
	} else if (live == -1 && errno == EEXIST) {
		err_set(e, EXIT_UNAVAILABLE, "cannot bind %s: it exists and is "
		    "not a socket", name);
	} else if (live == -1 || bind_path(l, s) == -1) {
		err_sys(e, EXIT_UNAVAILABLE, "cannot bind %s", name);
		live = -1;
	}
	fd_close(&folder_fd);
	return live == 0 ? 0 : -1;
}

static int
open_abstract(struct listener *l, const struct listen_spec *s, struct err *e)
{
	char name[ADDR_TEXT_SIZE];

	if (bind(l->fd, (const struct sockaddr *)&s->at.ss, s->at.len) == 0 &&
	    start_listening(l) == 0)
		return 0;
	/* Nothing of an abstract name is left when its server is dead. */
	err_sys(e, errno == EADDRINUSE ? EXIT_RUNNING : EXIT_UNAVAILABLE,
	    "cannot bind %s", addr_text(&s->at, name));
	return -1;
}

static int
open_unix(struct listener *l, const struct listen_spec *s, struct err *e)
{
	int r;

	l->fd = make_socket(l, AF_UNIX);
	if (l->fd == -1 ||
	    (listen_is_datagram(l) && packet_prepare(l->fd) == -1) ||
	    (s->tells_senders && sender_ask(l->fd) == -1)) {
		fd_close(&l->fd);
		err_sys(e, EXIT_SYSTEM, "cannot create a unix socket");
		return -1;
	}
	r = path_of(&s->at)[0] == '\0' ? open_abstract(l, s, e) :
	    open_path(l, s, e);
	l->bound = s->at;
	if (r == -1)
		fd_close(&l->fd);
	return r;
}

int
listen_open(struct listener *l, const struct listen_spec *s, struct err *e)
{
	memset(l, 0, sizeof *l);
	l->fd = -1;
	l->asked = s->at;
	l->type = s->type;
	l->blocking = s->blocking;
	l->backlog = s->backlog;
	return s->at.ss.ss_family == AF_UNIX ? open_unix(l, s, e) :
	    open_inet(l, s, e);
}

static int
option_is(int fd, int option, int want)
{
	int value = -1;
	socklen_t len = sizeof value;

	return getsockopt(fd, SOL_SOCKET, option, &value, &len) == 0 &&
	    value == want;
}

static bool
is_connected(int fd)
{
	struct sockaddr_storage ss;
	socklen_t len = sizeof ss;

	return getpeername(fd, (struct sockaddr *)&ss, &len) == 0;
}

/* What is it?  -1 with *e: nothing that clients could come to. */
static int
look_at(struct listener *l, int fd, const char *name, struct err *e)
{
	memset(l, 0, sizeof *l);
	l->fd = -1;
	l->bound.len = sizeof l->bound.ss;
	if (getsockname(fd, (struct sockaddr *)&l->bound.ss,
	    &l->bound.len) == -1) {
		err_sys(e, EXIT_CONFIG, "cannot use the descriptor of %s", name);
		return -1;
	}
	l->type = option_is(fd, SO_TYPE, SOCK_DGRAM) ? SOCK_DGRAM :
	    option_is(fd, SO_TYPE, SOCK_SEQPACKET) ? SOCK_SEQPACKET : SOCK_STREAM;
	if (listen_is_datagram(l) ? is_connected(fd) :
	    !option_is(fd, SO_ACCEPTCONN, 1)) {
		errno = EINVAL;
		err_set(e, EXIT_CONFIG, "cannot use the descriptor of %s: "
		    "expected a listening socket, or one for datagrams", name);
		return -1;
	}
	l->asked = l->bound;
	/* A socket of both families has mapped local addresses, too. */
	l->wildcard = l->bound.ss.ss_family != AF_UNIX &&
	    addr_is_wildcard(&l->bound);
	return 0;
}

int
listen_adopt(struct listener *l, int fd, const char *name, bool blocking,
    struct err *e)
{
	int flags;

	if (look_at(l, fd, name, e) == -1)
		return -1;
	flags = fcntl(fd, F_GETFL) & ~O_NONBLOCK;
	if (fcntl(fd, F_SETFD, FD_CLOEXEC) == -1 ||
	    fcntl(fd, F_SETFL, flags | (blocking ? 0 : O_NONBLOCK)) == -1 ||
	    (listen_is_datagram(l) && packet_prepare(fd) == -1)) {
		err_sys(e, EXIT_SYSTEM, "cannot use the descriptor of %s", name);
		return -1;
	}
	l->fd = fd;
	l->blocking = blocking;
	l->inherited = true;
	return 0;
}

int
listen_note(const struct listener *l, struct listen_kept *k)
{
	struct stat st;

	if (fstat(l->fd, &st) == -1)
		return -1;
	*k = (struct listen_kept){
		.fd = l->fd, .id = st.st_ino, .dev = l->dev, .ino = l->ino,
		.backlog = l->backlog, .blocking = l->blocking,
		.inherited = l->inherited,
	};
	listen_text(l, k->text);
	return 0;
}

int
listen_resume(struct listener *l, const struct listen_kept *k,
    const char *name, struct err *e)
{
	char text[LISTEN_TEXT_SIZE];

	if (!fd_is_socket(k->fd, k->id)) {
		errno = EBADF;
		err_set(e, EXIT_CONFIG, "cannot use the descriptor of %s: it is "
		    "another one", name);
		return -1;
	}
	if (look_at(l, k->fd, name, e) == -1)
		return -1;
	if (strcmp(listen_text(l, text), k->text) != 0) {
		errno = EINVAL;
		err_set(e, EXIT_CONFIG, "cannot use the descriptor of %s: it is "
		    "%s, expected %s", name, text, k->text);
		return -1;
	}
	if (fd_pass(k->fd, false) == -1) {
		err_sys(e, EXIT_SYSTEM, "cannot use the descriptor of %s", name);
		return -1;
	}
	l->fd = k->fd;
	l->dev = k->dev;
	l->ino = k->ino;
	l->backlog = k->backlog;
	l->blocking = k->blocking;
	l->inherited = k->inherited;
	return 0;
}

const char *
listen_text(const struct listener *l, char buf[LISTEN_TEXT_SIZE])
{
	char name[ADDR_TEXT_SIZE];
	bool is_unix = l->bound.ss.ss_family == AF_UNIX;

	addr_text(&l->bound, name);
	if (is_unix && l->type != SOCK_STREAM)	/* "unix:" is there */
		snprintf(buf, LISTEN_TEXT_SIZE, "unix-%s%s", l->type ==
		    SOCK_DGRAM ? "dgram" : "seqpacket", name + strlen("unix"));
	else
		snprintf(buf, LISTEN_TEXT_SIZE, "%s%s",
		    l->type == SOCK_DGRAM ? "udp:" : "", name);
	return buf;
}

bool
listen_queued(const struct listener *l)
{
	struct pollfd p = { .fd = l->fd, .events = POLLIN };

	return poll(&p, 1, 0) == 1 && (p.revents & POLLIN) != 0;
}

bool
listen_is_shut(const struct listener *l)
{
	struct pollfd p = { .fd = l->fd };

	return l->bound.ss.ss_family == AF_UNIX && !listen_is_datagram(l) &&
	    poll(&p, 1, 0) == 1 && (p.revents & POLLHUP) != 0;
}

bool
listen_revive(const struct listener *l)
{
	if (listen_is_datagram(l) || option_is(l->fd, SO_ACCEPTCONN, 1))
		return false;
	/* A port that the kernel had chosen is not kept; one that was asked for
	 * is still bound, and this fails. */
	if (bind(l->fd, (const struct sockaddr *)&l->bound.ss,
	    l->bound.len) == -1 && errno != EINVAL)
		return false;
	return listen(l->fd, l->backlog > 0 ? (int)l->backlog :
	    SOMAXCONN) == 0;
}

void
listen_shut(const struct listener *l)
{
	if (!l->inherited && !listen_is_datagram(l))
		shutdown(l->fd, SHUT_RDWR);
}

bool
listen_has_path(const struct listener *l)
{
	struct stat st;

	return l->ino != 0 && lstat(path_of(&l->bound), &st) == 0 &&
	    st.st_dev == l->dev && st.st_ino == l->ino;
}

int
listen_close(struct listener *l)
{
	int r = listen_has_path(l) ? unlink(path_of(&l->bound)) : 0;

	l->ino = 0;
	fd_close(&l->fd);
	return r;
}
