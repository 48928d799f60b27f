/* main.c - brood: one service from the command line.
 *
 * Order matters here: signals and descriptors first, whatever we inherited;
 * what needs the starter's rights or folder before the library drops them. */
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
#include "lib/brood.h"
#include "tools/err.h"
#include "tools/fd.h"
#include "tools/inherit.h"
#include "tools/log.h"
#include "tools/signals.h"

enum { LOCK_TRIES = 200 };

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
	    fcntl(pidfile_fileno(life->pidfile), F_SETFD, FD_CLOEXEC) == -1) {
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

static int
write_pidfile(struct life *life, const char *path, struct err *e)
{
	if (life->pidfile == NULL || pidfile_write(life->pidfile) == 0)
		return 0;
	/* libbsd has closed it already. */
	life->pidfile = NULL;
	err_sys(e, EXIT_SYSTEM, "cannot write the pid file %s", path);
	return -1;
}

/* We may work in another folder by the time it is removed. */
static int
make_absolute(const char *path, char whole[PATH_MAX], struct err *e)
{
	char here[PATH_MAX];
	int n;

	if (path[0] != '/' && getcwd(here, sizeof here) == NULL) {
		err_sys(e, EXIT_SYSTEM, "cannot find the present folder");
		return -1;
	}
	n = path[0] == '/' ? snprintf(whole, PATH_MAX, "%s", path) :
	    snprintf(whole, PATH_MAX, "%s/%s", here, path);
	if (n < PATH_MAX)
		return 0;
	err_set(e, EXIT_USAGE, "the pid file's path is too long: expected at "
	    "most %d bytes", PATH_MAX - 1);
	return -1;
}

/* ---- life ---- */

/* A daemon and its programs would hold on to the terminal, or to the pipe of
 * whoever started it; a file is there on purpose. */
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
on_event(struct brood *b, enum brood_event what, struct brood_client *c,
    const char *text, void *arg)
{
	struct life *life = arg;

	(void)b, (void)c, (void)text;
	if (what != BROOD_EVENT_READY)
		return;
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
close_foreign(const struct options *o, struct err *e)
{
	unsigned inherited;
	int keep = o->ready_fd;
	int first;

	if (inherit_check(&inherited, e) == -1)
		return -1;
	first = 3 + (int)inherited;
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

static bool
mentions_inherited(const char *addresses)
{
	return strncmp(addresses, "fd:", 3) == 0 ||
	    strstr(addresses, ",fd:") != NULL;
}

/* A listener that nobody named would let clients wait for ever. */
static int
close_unwanted(const struct options *o, struct err *e)
{
	char name[INHERIT_NAME_SIZE * 4];
	struct inherit in;

	if (mentions_inherited(o->addresses))
		return 0;
	if (inherit_take(&in, e) == -1)
		return -1;
	for (unsigned i = 0; i < in.n; i++) {
		log_warn("inherited-unused fd=%d name=%s", in.at[i].fd,
		    log_value(in.at[i].name, name, sizeof name));
		close(in.at[i].fd);
	}
	return 0;
}

static int
open_log(const struct options *o, struct life *life, struct err *e)
{
	const char *where = o->log != NULL ? o->log :
	    o->daemon ? "syslog" : "stderr";

	if (brood_log(where, o->level) == -1) {
		err_sys(e, EXIT_SYSTEM, "cannot open the log %s", where);
		return -1;
	}
	life->logging = true;
	return 0;
}

static int
listen_on(const struct options *o, struct err *e)
{
	if (brood_listen(o->service, o->addresses) == 0)
		return 0;
	err_set(e, brood_exit_status(o->service), "%s",
	    brood_error(o->service));
	return -1;
}

static int
prepare(struct options *o, struct life *life, struct err *e)
{
	char pidfile[PATH_MAX];

	life->stderr_fd = fcntl(2, F_DUPFD_CLOEXEC, 3);
	if (o->pidfile != NULL && (make_absolute(o->pidfile, pidfile, e) == -1 ||
	    lock_pidfile(life, pidfile, e) == -1))
		return -1;
	if (o->daemon && o->folder == NULL)
		brood_set(o->service, "chdir", "/");
	brood_on_event(o->service, on_event, life);
	if (open_log(o, life, e) == -1 || close_unwanted(o, e) == -1)
		return -1;
	if (geteuid() == 0 && o->user == NULL)
		log_warn("root reason=\"no --user was given: the program runs "
		    "as root\"");
	if (listen_on(o, e) == -1)
		return -1;
	if (o->daemon && go_background(life, e) == -1)
		return -1;
	if (write_pidfile(life, pidfile, e) == -1)
		return -1;
	/* Waiting children would hold on to it; 2 is enough until then. */
	if (o->daemon || (o->log != NULL && strcmp(o->log, "stderr") != 0))
		fd_close(&life->stderr_fd);
	if (o->daemon)
		leave_terminal();
	return 0;
}

static int
run(struct options *o)
{
	struct life life = { .parent_fd = -1, .stderr_fd = -1 };
	struct err e = { .status = 0 };
	int status;

	if (close_foreign(o, &e) == -1 || prepare(o, &life, &e) == -1) {
		status = e.status;
	} else {
		status = brood_run(o->service);
		err_set(&e, status, "%s", brood_error(o->service));
	}
	if (status != EXIT_STOPPED)
		say_why(&life, o, &e);
	if (life.pidfile != NULL)
		unlock_pidfile(&life);
	log_close(1000);
	tell_parent(&life, &e);
	return status;
}

int
main(int argc, char **argv)
{
	struct options o;
	struct err e;
	int status = EXIT_INTERNAL;

	signals_own();
	if (fd_floor() == -1)
		return EXIT_SYSTEM;
	if (getauxval(AT_SECURE) != 0) {
		fputs("brood: refuses to run set-uid\n", stderr);
		return EXIT_PRIVILEGE;
	}
	setproctitle_init(argc, argv, environ);
	switch (options_read(&o, argc, argv, &e)) {
	case OPTIONS_DONE:
		status = fflush(stdout) == 0 ? 0 : EXIT_SYSTEM;
		break;
	case OPTIONS_WRONG:
		complain(2, &e);
		status = e.status;
		break;
	case OPTIONS_RUN:
		status = run(&o);
		break;
	}
	brood_free(o.service);
	return status;
}
