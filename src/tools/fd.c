/* fd.c - descriptors kept where they belong. */
#include "tools/fd.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

int
fd_floor(void)
{
	int fd;

	for (;;) {
		fd = open("/dev/null", O_RDWR);
		if (fd == -1)	/* a bare root: anything will do */
			fd = open("/", O_RDONLY | O_DIRECTORY);
		if (fd == -1)
			return -1;
		if (fd > 2)
			break;
	}
	close(fd);
	return 0;
}

int
fd_high(int fd)
{
	int high;
	int keep;

	if (fd == -1 || fd > 2)
		return fd;
	high = fcntl(fd, F_DUPFD_CLOEXEC, 3);
	keep = errno;
	close(fd);
	errno = keep;
	return high;
}

void
fd_close(int *fd)
{
	int keep = errno;

	if (*fd != -1)
		close(*fd);
	*fd = -1;
	errno = keep;
}

int
fd_pass(int fd, bool pass)
{
	return fcntl(fd, F_SETFD, pass ? 0 : FD_CLOEXEC);
}

bool
fd_is_socket(int fd, ino_t id)
{
	struct stat st;

	return fstat(fd, &st) == 0 && S_ISSOCK(st.st_mode) && st.st_ino == id;
}

int
fd_reopen_nonblock(int fd, int flags)
{
	char path[32];

	snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
	return fd_high(open(path, flags | O_NONBLOCK | O_CLOEXEC | O_NOCTTY));
}
