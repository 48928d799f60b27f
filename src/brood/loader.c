/* loader.c - a child, two pipes, an end. */
#include "brood/loader.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "brood/conf.h"
#include "brood/file.h"
#include "brood/inetd.h"
#include "brood/print.h"
#include "brood/tree.h"
#include "brood/xinetd.h"
#include "os/oom.h"
#include "tools/clock.h"
#include "tools/fd.h"
#include "tools/log.h"

/* ---- in the child ---- */

static void
read_source(const struct source *s, bool convert, struct directives *tree,
    struct mistakes *m)
{
	switch (s->format) {
	case LOADER_BROOD:  file_read(s->path, tree, m); break;
	case LOADER_INETD:  inetd_read(s->path, tree, m, convert); break;
	case LOADER_XINETD: xinetd_read(s->path, tree, m, convert); break;
	}
}

int
loader_check(const struct source *s, FILE *out, FILE *wrong)
{
	struct directives tree = STAILQ_HEAD_INITIALIZER(tree);
	struct mistakes m = { .out = wrong };
	struct conf c;

	read_source(s, false, &tree, &m);
	conf_read(&c, &tree, &m);
	if (m.n == 0 && c.nservices == 0)
		mistake(&m, s->path, 0, 0, "no service: expected one at least");
	if (m.n == 0)
		print_plain(&c, out);
	mistakes_end(&m);
	if (m.n > 0)
		return EXIT_CONFIG;
	return out == NULL || (fflush(out) == 0 && !ferror(out)) ? 0 :
	    EXIT_SYSTEM;
}

int
loader_convert(const struct source *s, FILE *out, FILE *wrong)
{
	struct directives tree = STAILQ_HEAD_INITIALIZER(tree);
	struct mistakes m = { .out = wrong };

	read_source(s, true, &tree, &m);
	mistakes_end(&m);
	if (m.n > 0)
		return EXIT_CONFIG;
	tree_print(&tree, out);
	return fflush(out) == 0 && !ferror(out) ? 0 : EXIT_SYSTEM;
}

static void __attribute__((noreturn))
child(const struct source *s, int out_fd, int err_fd)
{
	FILE *out, *wrong;
	int status;

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	oom_set(0);
	log_child();
	/* A name that is not answered shall not hold listeners. */
	out_fd = fcntl(out_fd, F_DUPFD, 5);
	err_fd = fcntl(err_fd, F_DUPFD, 5);
	if (dup2(out_fd, 3) == -1 || dup2(err_fd, 4) == -1)
		_exit(EXIT_SYSTEM);
	closefrom(5);
	out = fdopen(3, "w");
	wrong = fdopen(4, "w");
	if (out == NULL || wrong == NULL)
		_exit(EXIT_SYSTEM);
	setlinebuf(wrong);
	status = loader_check(s, out, wrong);
	fflush(wrong);
	_exit(status);
}

/* ---- in the supervisor ---- */

static int
open_pipe(int ends[2])
{
	if (pipe2(ends, O_CLOEXEC) == -1)
		return -1;
	ends[0] = fd_high(ends[0]);
	ends[1] = fd_high(ends[1]);
	if (ends[0] != -1 && ends[1] != -1 &&
	    fcntl(ends[0], F_SETFL, O_NONBLOCK) == 0)
		return 0;
	fd_close(&ends[0]);
	fd_close(&ends[1]);
	return -1;
}

int
loader_start(struct loader *l, const struct source *s, int64_t now,
    struct err *e)
{
	int out[2] = { -1, -1 }, wrong[2] = { -1, -1 };

	*l = (struct loader){ .out_fd = -1, .err_fd = -1,
	    .until_ms = now + LOADER_MS };
	if (open_pipe(out) == 0 && open_pipe(wrong) == 0)
		l->pid = fork();
	else
		l->pid = -1;
	if (l->pid == 0)
		child(s, out[1], wrong[1]);
	fd_close(&out[1]);
	fd_close(&wrong[1]);
	if (l->pid > 0) {
		l->out_fd = out[0];
		l->err_fd = wrong[0];
		return 0;
	}
	l->pid = 0;
	err_sys(e, EXIT_SYSTEM, "cannot start a child to read %s", s->path);
	fd_close(&out[0]);
	fd_close(&wrong[0]);
	return -1;
}

int
loader_watch(const struct loader *l, const struct loop *loop, uint32_t tag)
{
	return loop_add(loop, l->out_fd, EPOLLIN, tag) == -1 ||
	    loop_add(loop, l->err_fd, EPOLLIN, tag) == -1 ? -1 : 0;
}

static bool
make_room(struct loader *l)
{
	size_t room = l->room == 0 ? 65536 : 2 * l->room;
	char *more = room <= LOADER_MOST ? realloc(l->text, room) : NULL;

	if (more == NULL)
		return false;
	l->text = more;
	l->room = room;
	return true;
}

static void
take_text(struct loader *l)
{
	ssize_t n = 1;

	while (l->out_fd != -1) {
		if (l->size == l->room && !make_room(l)) {
			n = -1;
			errno = ENOMEM;
			break;
		}
		n = read(l->out_fd, l->text + l->size, l->room - l->size);
		if (n > 0)
			l->size += (size_t)n;
		else if (n == 0 || errno != EINTR)
			break;
	}
	if (n == -1 && errno == EAGAIN)
		return;
	l->cut = l->cut || n == -1;
	fd_close(&l->out_fd);
}

static void
take_mistakes(struct loader *l)
{
	char buf[4096];
	ssize_t n = -1;

	while (l->err_fd != -1 && (n = read(l->err_fd, buf, sizeof buf)) > 0) {
		size_t fits = sizeof l->why - 1 - l->nwhy;

		fits = (size_t)n < fits ? (size_t)n : fits;
		memcpy(l->why + l->nwhy, buf, fits);
		l->nwhy += fits;
	}
	if (n == 0 || (n == -1 && errno != EAGAIN && errno != EINTR))
		fd_close(&l->err_fd);
}

bool
loader_take(struct loader *l)
{
	take_text(l);
	take_mistakes(l);
	return l->out_fd == -1 && l->err_fd == -1;
}

static int
end(struct loader *l, struct err *e)
{
	bool whole = l->out_fd == -1 && l->err_fd == -1;
	int status = 0;

	if (!whole)
		kill(l->pid, SIGKILL);
	while (waitpid(l->pid, &status, 0) == -1 && errno == EINTR)
		;
	l->pid = 0;
	fd_close(&l->out_fd);
	fd_close(&l->err_fd);
	if (whole && !l->cut && WIFEXITED(status) && WEXITSTATUS(status) == 0)
		return 0;
	if (l->cut)
		err_set(e, EXIT_SYSTEM, "what the file says could not be taken "
		    "over: no memory, or more than %d bytes", LOADER_MOST);
	else if (!whole)
		err_set(e, EXIT_RUNNING, "the file was not read in time: a name "
		    "that is not answered?");
	else if (l->nwhy > 0)
		err_set(e, WIFEXITED(status) ? WEXITSTATUS(status) :
		    EXIT_INTERNAL, "%.*s", (int)strcspn(l->why, "\n"), l->why);
	else
		err_set(e, EXIT_INTERNAL, "the child that reads the file died");
	return e->status;
}

int
loader_read(struct loader *l, struct plain *p, struct err *e)
{
	int status = end(l, e);

	*p = (struct plain){ .nservices = 0 };
	if (status == 0 && plain_read(p, l->text, l->size, e) == -1)
		status = e->status;
	return status;
}

bool
loader_mistake(const struct loader *l, size_t *at, char one_r[LOADER_MISTAKE])
{
	const char *line = l->why + *at;
	size_t n = strcspn(line, "\n");

	if (*at >= l->nwhy || *line == '\0')
		return false;
	snprintf(one_r, LOADER_MISTAKE, "%.*s", (int)n, line);
	*at += n + (line[n] == '\n');
	return true;
}

void
loader_free(struct loader *l)
{
	struct err e;

	if (l->pid > 0)
		end(l, &e);
	free(l->text);
	l->text = NULL;
	l->size = l->room = 0;
}

int
loader_run(struct loader *l, const struct source *s, struct plain *p,
    struct err *e)
{
	if (loader_start(l, s, clock_ms(), e) == -1)
		return e->status;
	while (!loader_take(l)) {
		struct pollfd ends[] = {
			{ .fd = l->out_fd, .events = POLLIN },
			{ .fd = l->err_fd, .events = POLLIN },
		};
		int64_t left = l->until_ms - clock_ms();

		if (left <= 0)
			break;
		poll(ends, 2, (int)left);
	}
	return loader_read(l, p, e);
}
