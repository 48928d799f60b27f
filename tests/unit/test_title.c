/* test_title.c - a title that changes is never missing. */
#include <criterion/criterion.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "os/title.h"

enum { LOOKS = 20000 };

static const char *first;	/* argument, where the title is written */

/* What ps(1) would show of a process: 0 or more bytes, ended by a NUL. */
static void
look(pid_t pid, char *line, size_t size)
{
	char path[32];
	ssize_t n;
	int fd;

	snprintf(path, sizeof path, "/proc/%d/cmdline", (int)pid);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	n = fd == -1 ? -1 : read(fd, line, size - 1);
	line[n > 0 ? n : 0] = '\0';
	if (fd != -1)
		close(fd);
}

static void
begin(void)
{
	static char *args[] = { NULL, NULL };

	first = args[0] = program_invocation_name;
	title_begin(1, args);
}

TestSuite(title, .init = begin);

static void
shows(const char *title)
{
	char wanted[512];

	snprintf(wanted, sizeof wanted, "%s: %s",
	    program_invocation_short_name, title);
	wanted[255] = '\0';
	cr_assert_str_eq(first, wanted);
}

Test(title, is_what_was_said)
{
	char name[300];

	title_set("master", "one", "[%d available]", 7);
	shows("master one [7 available]");
	title_set("master", "one", "[%d]", 7);
	shows("master one [7]");
	title_set("supervisor", "two", "[%s]", "some words");
	shows("supervisor two [some words]");
	memset(name, 'x', sizeof name - 1);
	name[sizeof name - 1] = '\0';
	title_set("", name, "[%d]", 7);
	memmove(name + 1, name, sizeof name - 2);
	name[0] = ' ';
	shows(name);
}

/* Sends the first title that is not whole, if one is. */
static int
watcher(pid_t pid, const char *wanted, int to)
{
	char line[512];

	for (int i = 0; i < LOOKS; i++) {
		look(pid, line, sizeof line);
		if (strncmp(line, wanted, strlen(wanted)) != 0)
			return write(to, line, strlen(line) + 1) < 0 ? 2 : 1;
	}
	return 0;
}

Test(title, has_its_beginning_at_any_time)
{
	char wanted[64], seen[512] = "";
	const char *mode = getenv("UNIT_MODE");
	pid_t self = getpid(), pid;
	int status, out[2];
	unsigned n = 0;

	if (mode != NULL && strcmp(mode, "valgrind") == 0)
		cr_skip_test("the kernel shows valgrind's arguments");
	snprintf(wanted, sizeof wanted, "%s: master one [",
	    program_invocation_short_name);
	cr_assert_eq(pipe(out), 0);
	title_set("master", "one", "[%u available]", n);
	pid = fork();
	if (pid == 0)
		_exit(watcher(self, wanted, out[1]));
	while (waitpid(pid, &status, WNOHANG) == 0)
		title_set("master", "one", "[%u available]", n++ % 2000);
	close(out[1]);
	cr_assert(read(out[0], seen, sizeof seen - 1) == 0, "'%s'", seen);
	cr_assert_eq(status, 0);
	cr_assert_gt(n, 0);
}
