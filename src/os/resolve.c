/* resolve.c - name look-ups in a throw-away child. */
#include "os/resolve.h"

#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <netinet/in.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tools/clock.h"
#include "tools/fd.h"

/* One answer; smaller than PIPE_BUF, so it comes whole or not at all. */
struct answer {
	enum { ANSWER_ASKING, ANSWER_ADDR, ANSWER_ERROR, ANSWER_END } what;
	struct resolved found;
	char text[256];
};
_Static_assert(sizeof(struct answer) <= sizeof ((struct resolve *)0)->part,
    "an answer must fit in its buffer");

static void
fill_unix(struct resolved *to, const struct address *a)
{
	memset(to, 0, sizeof *to);
	(void)addr_unix(&to->at, a->path);	/* it fits */
	to->type = address_type(a->kind);
}

static void
fill_inet(struct resolved *to, const struct addrinfo *i)
{
	memset(to, 0, sizeof *to);
	memcpy(&to->at.ss, i->ai_addr, i->ai_addrlen);
	to->at.len = i->ai_addrlen;
	to->type = i->ai_socktype;
}

static int
ask(const struct address *a, int flags, struct addrinfo **list_r)
{
	/* Not AI_ADDRCONFIG: it hides ::1 on a host with loopback only. */
	struct addrinfo hints = {
		.ai_flags = AI_PASSIVE | flags,
		.ai_socktype = address_type(a->kind),
		.ai_protocol = a->kind == ADDRESS_UDP ? IPPROTO_UDP : IPPROTO_TCP,
	};

	return getaddrinfo(a->host[0] != '\0' ? a->host : NULL, a->port, &hints,
	    list_r);
}

static const char *
reason(int error)
{
	if (error == EAI_SYSTEM)
		return strerror(errno);
	if (error == EAI_SERVICE)
		return "unknown service name";
	return gai_strerror(error);
}

/* ---- in the child ---- */

static void
answer(int fd, const struct answer *a)
{
	if (write(fd, a, sizeof *a) != sizeof *a)
		_exit(EXIT_SYSTEM);
}

static void
answer_inet(int fd, const struct address *a)
{
	struct addrinfo *list = NULL;
	struct answer r = { .what = ANSWER_ASKING };
	int error;

	snprintf(r.text, sizeof r.text, "%.200s", a->text);
	answer(fd, &r);
	r.what = ANSWER_ADDR;
	error = ask(a, 0, &list);
	if (error != 0) {
		r.what = ANSWER_ERROR;
		snprintf(r.text, sizeof r.text, "cannot resolve %.150s: %.80s",
		    a->text, reason(error));
		answer(fd, &r);
		return;
	}
	for (struct addrinfo *i = list; i != NULL; i = i->ai_next) {
		fill_inet(&r.found, i);
		answer(fd, &r);
	}
	freeaddrinfo(list);
}

static void
answer_all(int fd, const struct address *v, size_t n)
{
	struct answer r = { .what = ANSWER_ADDR };

	for (size_t i = 0; i < n; i++) {
		if (v[i].kind == ADDRESS_TCP || v[i].kind == ADDRESS_UDP) {
			answer_inet(fd, &v[i]);
		} else if (v[i].kind != ADDRESS_FD) {
			fill_unix(&r.found, &v[i]);
			answer(fd, &r);
		}
	}
	r.what = ANSWER_END;
	answer(fd, &r);
}

/* Nothing of the parent's is kept open, least of all listeners, and the child
 * does not outlive it. */
static _Noreturn void
look_up(int fd, const struct address *v, size_t n)
{
	struct address next;
	sigset_t none;

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (dup2(fd, 3) == -1)
		_exit(EXIT_SYSTEM);
	closefrom(4);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	answer_all(3, v, n);
	/* Of resolve_next(). */
	while (read(3, &next, sizeof next) == sizeof next)
		answer_all(3, &next, 1);
	_exit(0);
}

/* ---- in the parent ---- */

static int
start(struct resolve *r, const struct address *v, size_t n, struct err *e)
{
	int ends[2];

	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) == -1)
		goto fail;
	ends[0] = fd_high(ends[0]);
	ends[1] = fd_high(ends[1]);
	r->pid = fork();
	if (r->pid == 0)
		look_up(ends[1], v, n);
	fd_close(&ends[1]);
	r->fd = ends[0];
	if (r->pid != -1 && fcntl(r->fd, F_SETFL, O_NONBLOCK) == 0)
		return 0;
fail:
	err_sys(e, EXIT_SYSTEM, "cannot resolve names");
	resolve_stop(r, "");
	return -1;
}

int
resolve_start(struct resolve *r, const struct address *v, size_t n,
    struct err *e)
{
	memset(r, 0, sizeof *r);
	r->fd = -1;
	return start(r, v, n, e);
}

static void
note_failure(struct resolve *r, const char *text)
{
	size_t n = strlen(r->err.text);

	r->failed = true;
	r->err.status = EXIT_UNAVAILABLE;
	snprintf(r->err.text + n, sizeof r->err.text - n, "%s%s",
	    n > 0 ? "\n" : "", text);
}

static void
note_found(struct resolve *r, const struct resolved *f)
{
	for (unsigned i = 0; i < r->n; i++)
		if (r->found[i].type == f->type &&
		    addr_same(&r->found[i].at, &f->at, false))
			return;
	if (r->n < RESOLVE_MOST)
		r->found[r->n++] = *f;
	else
		note_failure(r, "too many addresses: at most 256");
}

static void
note(struct resolve *r, const struct answer *a)
{
	switch (a->what) {
	case ANSWER_ASKING:
		memcpy(r->asking, a->text, sizeof r->asking);
		break;
	case ANSWER_ADDR:
		note_found(r, &a->found);
		break;
	case ANSWER_ERROR:
		note_failure(r, a->text);
		break;
	case ANSWER_END:
		r->done = true;
		break;
	}
}

/* What has nothing to look up, as numbers have not; false: somebody must be
 * asked. */
static bool
note_plain(struct resolve *r, const struct address *a)
{
	struct addrinfo *list = NULL;
	struct resolved found;

	if (a->kind == ADDRESS_FD)
		return true;
	if (a->kind != ADDRESS_TCP && a->kind != ADDRESS_UDP) {
		fill_unix(&found, a);
		note_found(r, &found);
		return true;
	}
	if (ask(a, AI_NUMERICHOST | AI_NUMERICSERV, &list) != 0)
		return false;
	for (struct addrinfo *i = list; i != NULL; i = i->ai_next) {
		fill_inet(&found, i);
		note_found(r, &found);
	}
	freeaddrinfo(list);
	return true;
}

int
resolve_next(struct resolve *r, const struct address *a, struct err *e)
{
	r->n = 0;
	r->got = 0;
	r->failed = false;
	r->err.text[0] = r->asking[0] = '\0';
	r->done = note_plain(r, a);
	if (r->done)
		return 0;
	if (r->pid > 0 && send(r->fd, a, sizeof *a, MSG_NOSIGNAL) == sizeof *a)
		return 0;
	/* There is none yet, or it died of the last. */
	resolve_stop(r, "");
	r->done = false;
	return start(r, a, 1, e);
}

bool
resolve_take(struct resolve *r)
{
	struct answer a;
	ssize_t n;

	while (!r->done) {
		n = read(r->fd, r->part + r->got, sizeof a - r->got);
		if (n == -1 && (errno == EAGAIN || errno == EINTR))
			return false;
		if (n <= 0) {
			note_failure(r, "cannot resolve names: the look-up died");
			r->done = true;
			break;
		}
		r->got += (size_t)n;
		if (r->got < sizeof a)
			continue;
		memcpy(&a, r->part, sizeof a);
		r->got = 0;
		note(r, &a);
	}
	return true;
}

void
resolve_wait(struct resolve *r, int64_t until_ms)
{
	struct pollfd p = { .fd = r->fd, .events = POLLIN };

	while (!resolve_take(r)) {
		int64_t left = until_ms - clock_ms();

		if (left <= 0 || (poll(&p, 1, (int)left) == 0)) {
			resolve_stop(r, "no answer in time");
			return;
		}
	}
}

void
resolve_stop(struct resolve *r, const char *why)
{
	char text[384];

	if (!r->done && why != NULL && why[0] != '\0') {
		snprintf(text, sizeof text, "cannot resolve %s: %s",
		    r->asking[0] != '\0' ? r->asking : "names", why);
		note_failure(r, text);
	}
	r->done = true;
	if (r->pid > 0) {
		kill(r->pid, SIGKILL);
		while (waitpid(r->pid, NULL, 0) == -1 && errno == EINTR)
			;
	}
	r->pid = 0;
	fd_close(&r->fd);
}
