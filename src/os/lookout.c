/* lookout.c - inotify on the way to a name. */
#include "os/lookout.h"

#include <errno.h>
#include <string.h>
#include <sys/inotify.h>
#include <unistd.h>

#include "tools/fd.h"

enum {
	OF_NAMES  = IN_CREATE | IN_DELETE | IN_MOVED_FROM | IN_MOVED_TO,
	OF_FOLDER = IN_ATTRIB | IN_DELETE_SELF | IN_MOVE_SELF
};

/* The folder of the part of path that ends there; the rest of the path is
 * what is waited for in it. */
static int
watch_folder_of(struct lookout *l, size_t end, size_t *begin_r)
{
	char folder[LOOKOUT_PATH];
	size_t begin = end;

	while (begin > 0 && l->path[begin - 1] != '/')
		begin--;
	*begin_r = begin;
	l->name = l->path + begin;
	l->name_len = end - begin;
	memcpy(folder, l->path, begin);
	strcpy(folder + begin, begin == 0 ? "." : "");
	return inotify_add_watch(l->fd, folder, OF_NAMES | OF_FOLDER |
	    IN_ONLYDIR);
}

static int
watch_nearest(struct lookout *l)
{
	size_t end = strlen(l->path), begin;
	int folder;

	for (;;) {
		folder = watch_folder_of(l, end, &begin);
		if (folder != -1 || (errno != ENOENT && errno != ENOTDIR))
			return folder;
		while (begin > 0 && l->path[begin - 1] == '/')
			begin--;
		if (begin == 0)
			return -1;
		end = begin;
	}
}

/* A folder that comes before the one above it is watched is found the next
 * time. */
void
lookout_follow(struct lookout *l)
{
	int before;

	do {
		before = l->folder;
		l->folder = watch_nearest(l);
		if (before != -1 && before != l->folder)
			inotify_rm_watch(l->fd, before);
	} while (l->folder != -1 && l->folder != before);
}

int
lookout_open(struct lookout *l, const char *path)
{
	l->folder = -1;
	l->fd = -1;
	if (strlcpy(l->path, path, sizeof l->path) >= sizeof l->path) {
		errno = ENAMETOOLONG;
		return -1;
	}
	l->fd = fd_high(inotify_init1(IN_CLOEXEC | IN_NONBLOCK));
	if (l->fd == -1)
		return -1;
	lookout_follow(l);
	if (l->folder != -1)
		return 0;
	fd_close(&l->fd);
	return -1;
}

void
lookout_close(struct lookout *l)
{
	fd_close(&l->fd);
}

static bool
concerns(const struct lookout *l, const struct inotify_event *ev)
{
	if ((ev->mask & IN_Q_OVERFLOW) != 0)
		return true;
	if (ev->wd != l->folder)
		return false;
	return ev->len == 0 || (strncmp(ev->name, l->name, l->name_len) == 0 &&
	    ev->name[l->name_len] == '\0');
}

bool
lookout_heard(struct lookout *l)
{
	union {
		struct inotify_event align;
		char bytes[4096];
	} buf;
	const struct inotify_event *ev;
	bool news = false;
	ssize_t n;

	while ((n = read(l->fd, &buf, sizeof buf)) > 0)
		for (const char *at = buf.bytes; at < buf.bytes + n;
		    at += sizeof *ev + ev->len) {
			ev = (const void *)at;
			news |= concerns(l, ev);
		}
	return news;
}
