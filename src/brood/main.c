/* main.c - brood: one service from the command line.
 *
 * Order matters here: signals and descriptors first, whatever we inherited;
 * what needs the starter's rights or folder before lib/master drops them. */
#include "config.h"

#include <bsd/libutil.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <sys/auxv.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "brood/options.h"
#include "os/inherit.h"
#include "os/loop.h"
#include "os/program.h"
#include "rules/ucspi.h"
#include "tools/err.h"
#include "tools/fd.h"
#include "tools/log.h"

enum { LOCK_TRIES = 200 };

#define DEFAULT_PATH "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"

/* Two things that outlive a successful start. */
struct life {
	struct pidfh *pidfile;
	int parent_fd;		/* --daemon: gets the exit status; -1 = none */
	int stderr_fd;		/* ours, while 2 is what programs have */
	bool logging;		/* log_open() was called */
};

static void
complain(int fd, const struct err *e)
{
	const char *line = e->text;

	while (*line != '\0') {
		size_t n = strcspn(line, "\n");

		dprintf(fd, "brood: %.*s\n", (int)n, line);
		line += n + (line[n] == '\n');
	}
}

/* ---- the program and its environment ---- */

static int
add_env(struct handler *h, const char *name, size_t n, const char *value,
    struct err *e)
{
	size_t len = strlen(value);
	char *text;
	unsigned i;

	for (i = 0; i < h->nenv; i++)
		if (strncmp(h->env[i], name, n) == 0 && h->env[i][n] == '=')
			break;
	text = i < HANDLER_ENV ? malloc(n + len + 2) : NULL;
	if (text == NULL) {
		err_set(e, EXIT_USAGE, "too many variables for the program: "
		    "expected at most %d", HANDLER_ENV);
		return -1;
	}
	memcpy(text, name, n);
	text[n] = '=';
	memcpy(text + n + 1, value, len + 1);
	if (i < h->nenv)
		free(h->env[i]);
	else
		h->nenv++;
	h->env[i] = text;
	return 0;
}

static int
add_all(struct handler *h, struct err *e)
{
	for (char **v = environ; *v != NULL; v++) {
		size_t n = strcspn(*v, "=");

		if ((*v)[n] == '=' && n > 0 && !ucspi_owns(*v, n) &&
		    add_env(h, *v, n, *v + n + 1, e) == -1)
			return -1;
	}
	return 0;
}

static int
add_asked(struct handler *h, const char *asked, struct err *e)
{
	size_t n = strcspn(asked, "=");
	const char *value;

	if (strcmp(asked, "*") == 0)
		return add_all(h, e);
	if (asked[n] == '=')
		return add_env(h, asked, n, asked + n + 1, e);
	value = getenv(asked);
	return value != NULL ? add_env(h, asked, n, value, e) : 0;
}

/* Little by default: what a program cannot do without, and whose it is. */
static int
build_env(struct options *o, struct err *e)
{
	struct handler *h = &o->service.handler;
	const struct costume *c = &o->service.costume;
	const struct { const char *name, *value; } basic[] = {
		{ "PATH",    DEFAULT_PATH },
		{ "HOME",    c->home      },
		{ "USER",    c->name      },
		{ "LOGNAME", c->name      },
		{ "SHELL",   c->shell     },
	};

	for (size_t i = 0; i < sizeof basic / sizeof basic[0]; i++)
		if (basic[i].value[0] != '\0' && add_env(h, basic[i].name,
		    strlen(basic[i].name), basic[i].value, e) == -1)
			return -1;
	for (int i = 0; i < o->nenv; i++)
		if (add_asked(h, o->env[i], e) == -1)
			return -1;
	return 0;
}

static int
find_program(struct options *o, struct err *e)
{
	char path[PATH_MAX];
	const char *search = getenv("PATH");

	if (program_find(o->program, search != NULL ? search : DEFAULT_PATH,
	    path, e) == -1)
		return -1;
	o->service.handler.path = strdup(path);
	if (o->service.handler.path != NULL)
		return 0;
	err_sys(e, EXIT_SYSTEM, "cannot keep the program's path");
	return -1;
}

static void
forget_program(struct options *o)
{
	struct handler *h = &o->service.handler;

	/* --argv0 stood there; libbsd made the words of the command line. */
	if (o->argv0 != NULL)
		*(char **)(uintptr_t)h->argv = (char *)(uintptr_t)o->program;
	while (h->nenv > 0)
		free(h->env[--h->nenv]);
	free((void *)(uintptr_t)h->path);
}

/* ---- rights ---- */

static int
choose_costume(struct options *o, struct err *e)
{
	struct costume *c = &o->service.costume;
	char own[16];

	if (o->user != NULL) {
		if (costume_find(c, o->user, e) == -1)
			return -1;
		c->no_new_privs = o->no_new_privs != -1 ? o->no_new_privs :
		    geteuid() == 0 && c->uid != 0;
		return 0;
	}
	/* Ourselves, for HOME and USER only. */
	snprintf(own, sizeof own, "%u", (unsigned)geteuid());
	if (costume_find(c, own, NULL) == -1)
		c->name[0] = c->home[0] = c->shell[0] = '\0';
	c->change = false;
	c->no_new_privs = o->no_new_privs == 1;
	return 0;
}

/* ---- background, pid file ---- */

/* What the parent of a daemon is told, in one write. */
static void
tell_parent(struct life *life, const struct err *e)
{
	if (life->parent_fd != -1 &&
	    write(life->parent_fd, e, sizeof *e) == -1)
		log_debug("parent-gone");
	fd_close(&life->parent_fd);
}

/* The parent waits until the child is ready, and ends as its start did. */
static int
go_background(struct life *life, struct err *e)
{
	struct err end = { EXIT_INTERNAL, "the daemon died at its start" };
	int ends[2];
	pid_t pid;

	if (pipe2(ends, O_CLOEXEC) == -1 || (pid = fork()) == -1) {
		err_sys(e, EXIT_SYSTEM, "cannot go to the background");
		return -1;
	}
	if (pid > 0) {
		close(ends[1]);
		while (read(ends[0], &end, sizeof end) == -1 && errno == EINTR)
			;
		complain(2, &end);
		_exit(end.status);
	}
	close(ends[0]);
	life->parent_fd = ends[1];
	/* The parent says it; nobody of ours shall keep its terminal. */
	fd_close(&life->stderr_fd);
	setsid();
	return 0;
}

static int
lock_pidfile(struct life *life, const char *path, struct err *e)
{
	const struct timespec moment = { 0, 10000000 };
	pid_t other = 0;
	bool running = false;

	/* Waiting children of a master that was killed have the lock a moment
	 * longer than it. */
	for (int i = 0; i < LOCK_TRIES; i++) {
		life->pidfile = pidfile_open(path, 0644, &other);
		running = life->pidfile == NULL && errno == EEXIST;
		if (!running || kill(other, 0) == 0 || errno != ESRCH)
			break;
		nanosleep(&moment, NULL);
	}
	if (running) {
		err_set(e, EXIT_RUNNING, "another instance runs: %s is locked by "
		    "pid %d", path, (int)other);
		return -1;
	}
	/* libbsd leaves it open over exec; a handler must not keep the lock. */
	if (life->pidfile == NULL ||
	    fcntl(pidfile_fileno(life->pidfile), F_SETFD, FD_CLOEXEC) == -1 ||
	    pidfile_write(life->pidfile) == -1) {
		/* libbsd has closed it already. */
		life->pidfile = NULL;
		err_sys(e, EXIT_SYSTEM, "cannot write the pid file %s", path);
		return -1;
	}
	return 0;
}

/* Without the right to remove it, it is empty at least. */
static void
unlock_pidfile(struct life *life)
{
	if (ftruncate(pidfile_fileno(life->pidfile), 0) == -1 ||
	    pidfile_remove(life->pidfile) == -1)
		log_warn("pidfile-left errno=%s", strerrorname_np(errno));
}

/* We may work in another folder by the time a path is removed. */
static int
make_absolute(char *path, size_t size, const char *what, struct err *e)
{
	char here[PATH_MAX], whole[PATH_MAX + 256];

	if (path[0] == '/' || path[0] == '@')
		return 0;
	if (getcwd(here, sizeof here) == NULL) {
		err_sys(e, EXIT_SYSTEM, "cannot find the present folder");
		return -1;
	}
	snprintf(whole, sizeof whole, "%s/%.255s", here, path);
	if (strlcpy(path, whole, size) < size)
		return 0;
	err_set(e, EXIT_USAGE, "%s is too long: %s, expected at most %zu bytes",
	    what, whole, size - 1);
	return -1;
}

static int
make_paths_absolute(struct options *o, char pidfile[PATH_MAX], struct err *e)
{
	struct service *s = &o->service;

	for (size_t i = 0; i < s->naddresses; i++)
		if (s->address[i].kind == ADDRESS_UNIX &&
		    make_absolute(s->address[i].path, sizeof s->address[i].path,
		    "a unix socket's path", e) == -1)
			return -1;
	if (o->pidfile == NULL)
		return 0;
	strlcpy(pidfile, o->pidfile, PATH_MAX);
	return make_absolute(pidfile, PATH_MAX, "the pid file's path", e);
}

/* ---- life ---- */

/* With --stderr pass the programs of a daemon would hold on to the terminal,
 * or to the pipe of whoever started it; a file is there on purpose. */
static void
leave_terminal(void)
{
	struct stat st;
	int null;

	if (fstat(2, &st) == 0 && S_ISREG(st.st_mode))
		return;
	null = open("/dev/null", O_RDWR | O_CLOEXEC);
	if (null != -1)
		dup2(null, 2);
	fd_close(&null);
}

static void
on_ready(void *arg)
{
	struct life *life = arg;

	tell_parent(life, &(struct err){ .status = EXIT_STOPPED });
	fd_close(&life->stderr_fd);
}

/* What a start that failed says, wherever somebody may look for it. */
static void
say_why(const struct life *life, const struct options *o, const struct err *e)
{
	char text[2048];

	if (life->parent_fd == -1)
		complain(life->stderr_fd != -1 ? life->stderr_fd : 2, e);
	if (life->logging && (o->daemon || o->log != NULL))
		log_error("start-failed status=%d reason=%s", e->status,
		    log_value(e->text, text, sizeof text));
}

/* Close what we were not meant to have; a pipe of whoever started us would
 * stay open for as long as we run. */
static int
close_foreign(const struct options *o, const struct inherit *in, struct err *e)
{
	int first = 3 + (int)in->n;
	int keep = o->service.ready_fd;

	if (keep != -1 && fcntl(keep, F_GETFD) == -1) {
		err_set(e, EXIT_USAGE, "--ready-fd %d: expected the number of an "
		    "open descriptor", keep);
		return -1;
	}
	for (; keep >= first && first < keep; first++)
		close(first);
	closefrom(keep >= first ? keep + 1 : first);
	return 0;
}

static int
prepare(struct options *o, struct life *life, struct err *e)
{
	const char *where = o->log != NULL ? o->log :
	    o->daemon ? "syslog" : "stderr";
	char pidfile[PATH_MAX];

	life->stderr_fd = fcntl(2, F_DUPFD_CLOEXEC, 3);
	if (make_paths_absolute(o, pidfile, e) == -1 ||
	    choose_costume(o, e) == -1 || find_program(o, e) == -1 ||
	    build_env(o, e) == -1)
		return -1;
	if (o->daemon && o->service.costume.folder == NULL)
		o->service.costume.folder = "/";
	if (costume_try(&o->service.costume, program_check,
	    o->service.handler.path, e) == -1)
		return -1;
	if (o->daemon && go_background(life, e) == -1)
		return -1;
	if (o->pidfile != NULL && lock_pidfile(life, pidfile, e) == -1)
		return -1;
	if (log_open(where, o->level) == -1) {
		err_sys(e, EXIT_SYSTEM, "cannot open the log %s", where);
		return -1;
	}
	life->logging = true;
	/* Waiting children would hold on to it; 2 is enough until then. */
	if (strcmp(where, "stderr") != 0)
		fd_close(&life->stderr_fd);
	if (o->daemon && o->service.stderr_pass)
		leave_terminal();
	if (geteuid() == 0 && o->user == NULL)
		log_warn("root reason=\"no --user was given: the program runs "
		    "as root\"");
	o->service.ready = on_ready;
	o->service.ready_arg = life;
	return 0;
}

static int
run(struct options *o, const struct inherit *in)
{
	struct life life = { .parent_fd = -1, .stderr_fd = -1 };
	struct err e = { .status = 0 };
	int status;

	if (close_foreign(o, in, &e) == -1 ||
	    prepare(o, &life, &e) == -1)
		status = e.status;
	else
		status = master_run(&o->service, in, &e);
	if (status != EXIT_STOPPED)
		say_why(&life, o, &e);
	if (life.pidfile != NULL)
		unlock_pidfile(&life);
	forget_program(o);
	log_close(1000);
	e.status = status;
	tell_parent(&life, &e);
	return status;
}

int
main(int argc, char **argv)
{
	struct options o;
	struct inherit in;
	struct err e;

	loop_signals_own();
	if (fd_floor() == -1)
		return EXIT_SYSTEM;
	if (getauxval(AT_SECURE) != 0) {
		fputs("brood: refuses to run set-uid\n", stderr);
		return EXIT_PRIVILEGE;
	}
	setproctitle_init(argc, argv, environ);
	if (inherit_take(&in, &e) == -1) {
		complain(2, &e);
		return e.status;
	}
	switch (options_read(&o, argc, argv, &e)) {
	case OPTIONS_DONE:
		return fflush(stdout) == 0 ? 0 : EXIT_SYSTEM;
	case OPTIONS_WRONG:
		complain(2, &e);
		return e.status;
	case OPTIONS_RUN:
		break;
	}
	return run(&o, &in);
}
