/* fd.c - descriptors kept where they belong. */
#include "tools/fd.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
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
fd_reopen_nonblock(int fd, int flags)
{
	char path[32];

	snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
	return fd_high(open(path, flags | O_NONBLOCK | O_CLOEXEC | O_NOCTTY));
}
