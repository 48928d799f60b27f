/* oom.c - a score to write, and a count to read. */
#include "os/oom.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tools/fd.h"

enum { SHIELD = -900, MEANT_MS = 1000 };

static const char score_path[] = "/proc/self/oom_score_adj";

/* What a small file of the kernel's holds; "" if it cannot be read. */
static void
read_text(int fd, char *text, size_t size)
{
	ssize_t n = fd != -1 ? pread(fd, text, size - 1, 0) : -1;

	text[n > 0 ? n : 0] = '\0';
}

int
oom_shield(void)
{
	int fd = open(score_path, O_RDONLY | O_CLOEXEC), given;
	char text[16];

	read_text(fd, text, sizeof text);
	fd_close(&fd);
	given = atoi(text);
	if (geteuid() == 0 && text[0] != '\0' && given > SHIELD)
		oom_set(SHIELD);
	return given;
}

void
oom_set(int score)
{
	int fd = open(score_path, O_WRONLY | O_CLOEXEC);
	char text[16];
	int n = snprintf(text, sizeof text, "%d", score);

	if (fd != -1 && write(fd, text, (size_t)n) == -1)
		errno = 0;	/* then it stays as it is */
	fd_close(&fd);
}

/* The path behind this controller in /proc/self/cgroup; version 2 has an
 * empty name.  NULL: there is no such line. */
static const char *
group_of(char *groups, const char *controller)
{
	char *rest = groups, *line;

	while ((line = strsep(&rest, "\n")) != NULL) {
		char *name = strchr(line, ':');
		char *path = name != NULL ? strchr(++name, ':') : NULL;

		if (path == NULL)
			continue;
		*path++ = '\0';
		if (strcmp(name, controller) == 0)
			return path;
	}
	return NULL;
}

static int
open_events(const char *controller, const char *folder, const char *file)
{
	int fd = open("/proc/self/cgroup", O_RDONLY | O_CLOEXEC);
	char groups[PATH_MAX], path[2 * PATH_MAX];
	const char *group;

	read_text(fd, groups, sizeof groups);
	fd_close(&fd);
	group = group_of(groups, controller);
	if (group == NULL)
		return -1;
	snprintf(path, sizeof path, "%s%s/%s", folder, group, file);
	return fd_high(open(path, O_RDONLY | O_CLOEXEC));
}

/* Both have a line "oom_kill N". */
static unsigned long
count(const struct oom *o)
{
	char text[1024];
	const char *at;

	read_text(o->fd, text, sizeof text);
	at = strstr(text, "oom_kill ");
	return at != NULL ? strtoul(at + strlen("oom_kill "), NULL, 10) : 0;
}

void
oom_open(struct oom *o)
{
	o->fd = open_events("", "/sys/fs/cgroup", "memory.events");
	if (o->fd == -1)
		o->fd = open_events("memory", "/sys/fs/cgroup/memory",
		    "memory.oom_control");
	o->seen = count(o);
}

void
oom_close(struct oom *o)
{
	fd_close(&o->fd);
}

bool
oom_struck(struct oom *o, int64_t now_ms)
{
	unsigned long n = o->fd != -1 ? count(o) : 0;

	if (n > o->seen) {
		o->left += n - o->seen;
		o->seen = n;
		o->until_ms = now_ms + MEANT_MS;
	}
	if (now_ms >= o->until_ms)
		o->left = 0;
	if (o->left == 0)
		return false;
	o->left--;
	return true;
}
