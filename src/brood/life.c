/* life.c - background, pid file, last words. */
#include "brood/life.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "tools/fd.h"
#include "tools/inherit.h"
#include "tools/log.h"

enum { LOCK_TRIES = 200 };

void
life_complain(int fd, const struct err *e)
{
	const char *line = e->text;

	while (*line != '\0') {
		size_t n = strcspn(line, "\n");

		dprintf(fd, "brood: %.*s\n", (int)n, line);
		line += n + (line[n] == '\n');
	}
}

void
life_tell(struct life *life, const struct err *e)
{
	if (life->parent_fd != -1 &&
	    write(life->parent_fd, e, sizeof *e) == -1)
		log_debug("parent-gone");
	fd_close(&life->parent_fd);
}

/* The parent waits until the child is ready, and ends as its start did. */
int
life_background(struct life *life, struct err *e)
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
		life_complain(2, &end);
		_exit(end.status);
	}
	close(ends[0]);
	life->parent_fd = ends[1];
	/* The parent says it; nobody of ours shall keep its terminal. */
	fd_close(&life->stderr_fd);
	setsid();
	return 0;
}

int
life_lock(struct life *life, const char *path, struct err *e)
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
	if (life->pidfile != NULL &&
	    fcntl(pidfile_fileno(life->pidfile), F_SETFD, FD_CLOEXEC) == 0) {
		strlcpy(life->path, path, sizeof life->path);
		return 0;
	}
	err_sys(e, EXIT_SYSTEM, "cannot write the pid file %s", path);
	/* If there is none, libbsd has closed it already. */
	if (life->pidfile != NULL)
		pidfile_remove(life->pidfile);
	life->pidfile = NULL;
	return -1;
}

int
life_resume(struct life *life, int fd, ino_t id, const char *path,
    struct err *e)
{
	struct stat st;

	/* The lock is not tried, it is asked for: this image has it. */
	if (fstat(fd, &st) == 0 && S_ISREG(st.st_mode) && st.st_ino == id &&
	    flock(fd, LOCK_EX | LOCK_NB) == 0 && fd_pass(fd, false) == 0) {
		life->lock_fd = fd;
		strlcpy(life->path, path, sizeof life->path);
		return 0;
	}
	err_set(e, EXIT_CONFIG, "handover: descriptor %d is not the pid file",
	    fd);
	return -1;
}

int
life_lock_fd(const struct life *life)
{
	return life->pidfile != NULL ? pidfile_fileno(life->pidfile) :
	    life->lock_fd;
}

/* Ours was removed by hand, and the next one has its name. */
static bool
is_taken(const struct life *life, int fd)
{
	struct stat at, ours;

	return stat(life->path, &at) == 0 && fstat(fd, &ours) == 0 &&
	    (at.st_dev != ours.st_dev || at.st_ino != ours.st_ino);
}

/* Without the right to remove it, it is empty at least.  libbsd has no way to
 * go on with the lock of another image. */
static void
unlock(struct life *life)
{
	int fd = life_lock_fd(life);

	if (fd == -1 || is_taken(life, fd))
		return;
	(void)!ftruncate(fd, 0);
	if ((life->pidfile != NULL ? pidfile_remove(life->pidfile) :
	    unlink(life->path)) == -1)
		log_warn("pidfile-left errno=%s", strerrorname_np(errno));
}

int
life_write(struct life *life, const char *path, struct err *e)
{
	if (life->pidfile == NULL || pidfile_write(life->pidfile) == 0)
		return 0;
	/* libbsd has closed it already. */
	life->pidfile = NULL;
	err_sys(e, EXIT_SYSTEM, "cannot write the pid file %s", path);
	return -1;
}

/* We may work in another folder by the time it is removed. */
int
life_absolute(const char *what, const char *path, char whole[PATH_MAX],
    struct err *e)
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
	err_set(e, EXIT_USAGE, "the path of the %s is too long: expected at "
	    "most %d bytes", what, PATH_MAX - 1);
	return -1;
}

void
life_leave_terminal(void)
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

int
life_close_foreign(int keep, struct err *e)
{
	unsigned inherited;
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

static void
say_why(const struct life *life, const struct err *e)
{
	char text[2048];

	if (life->parent_fd == -1)
		life_complain(life->stderr_fd != -1 ? life->stderr_fd : 2, e);
	if (life->logging && e->text[0] != '\0')
		log_error("start-failed status=%d reason=%s", e->status,
		    log_value(e->text, text, sizeof text));
}

void
life_end(struct life *life, const struct err *e)
{
	if (e->status != EXIT_STOPPED)
		say_why(life, e);
	unlock(life);
	log_close(1000);
	life_tell(life, e);
}
