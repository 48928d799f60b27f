/* inherit.c - reads what a service manager left us, strictly. */
#include "tools/inherit.h"

#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

static const char *const variables[] = {
	"LISTEN_FDS", "LISTEN_PID", "LISTEN_PIDFDID", "LISTEN_FDNAMES"
};

static bool
is_number(const char *s)
{
	return *s != '\0' && strspn(s, "0123456789") == strlen(s) &&
	    strlen(s) < 20;
}

/* -1: not a number; 0: of somebody else; 1: ours, or not said. */
static int
names_us(const char *pid, const char *pidfd_id)
{
	struct stat st;
	int fd;

	if (pid == NULL)
		return 0;
	if (!is_number(pid) || (pidfd_id != NULL && !is_number(pidfd_id)))
		return -1;
	if (strtoll(pid, NULL, 10) != (long long)getpid())
		return 0;
	if (pidfd_id == NULL)
		return 1;
	/* Only where pidfs exists (Linux 6.9) is the number unique. */
	fd = (int)syscall(SYS_pidfd_open, getpid(), 0);
	if (fd == -1)
		return 1;
	if (fstat(fd, &st) == -1 || st.st_ino <= 1000)
		st.st_ino = strtoull(pidfd_id, NULL, 10);
	close(fd);
	return st.st_ino == strtoull(pidfd_id, NULL, 10);
}

static int
take_names(struct inherit *in, const char *names, struct err *e)
{
	for (unsigned i = 0; i < in->n; i++) {
		size_t len = names != NULL ? strcspn(names, ":") : 0;

		if (len >= INHERIT_NAME_SIZE) {
			err_set(e, EXIT_CONFIG, "bad LISTEN_FDNAMES: a name has "
			    "at most 255 bytes");
			return -1;
		}
		snprintf(in->at[i].name, sizeof in->at[i].name, "%.*s",
		    (int)(len > 0 ? len : 7), len > 0 ? names : "unknown");
		if (names != NULL)
			names = names[len] == ':' ? names + len + 1 : NULL;
	}
	return 0;
}

static int
take(struct inherit *in, struct err *e)
{
	const char *fds = getenv("LISTEN_FDS");
	const char *why;
	int ours = names_us(getenv("LISTEN_PID"), getenv("LISTEN_PIDFDID"));

	if (fds == NULL || ours == 0)
		return 0;
	if (ours == -1) {
		err_set(e, EXIT_CONFIG, "bad LISTEN_PID: expected a number");
		return -1;
	}
	if (!is_number(fds)) {
		err_set(e, EXIT_CONFIG, "bad LISTEN_FDS: expected a number");
		return -1;
	}
	in->n = (unsigned)strtonum(fds, 0, INHERIT_MOST, &why);
	if (why != NULL) {
		err_set(e, EXIT_CONFIG, "bad LISTEN_FDS: the number is %s, "
		    "expected 0 to %d", why, INHERIT_MOST);
		return -1;
	}
	for (unsigned i = 0; i < in->n; i++) {
		in->at[i].fd = 3 + (int)i;
		if (fcntl(in->at[i].fd, F_SETFD, FD_CLOEXEC) == -1) {
			err_sys(e, EXIT_CONFIG, "bad LISTEN_FDS: descriptor %d",
			    in->at[i].fd);
			return -1;
		}
	}
	return take_names(in, getenv("LISTEN_FDNAMES"), e);
}

int
inherit_check(unsigned *n_r, struct err *e)
{
	struct inherit in = { .n = 0 };
	int r = take(&in, e);

	*n_r = in.n;
	return r;
}

unsigned
inherit_count(void)
{
	unsigned n;

	return inherit_check(&n, NULL) == 0 ? n : 0;
}

int
inherit_take(struct inherit *in, struct err *e)
{
	int r;

	memset(in, 0, sizeof *in);
	r = take(in, e);
	for (size_t i = 0; i < sizeof variables / sizeof variables[0]; i++)
		unsetenv(variables[i]);
	return r;
}
