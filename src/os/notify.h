/* notify.h - where workers say how they are (sd_notify(3)).
 *
 * One datagram socket with an abstract name; the kernel tells who wrote, so a
 * stranger can write what he likes.  Floor 2 (os). */
#ifndef OS_NOTIFY_H
#define OS_NOTIFY_H

#include <stdbool.h>
#include <sys/types.h>

#include "tools/err.h"

enum { NOTIFY_NAME_SIZE = 32, NOTIFY_TEXT_SIZE = 4096 };

struct notify {
	int fd;				/* -1 = none; poll for reading */
	char name[NOTIFY_NAME_SIZE];	/* "@..." for NOTIFY_SOCKET */
};

int notify_open(struct notify *n, struct err *e);

/* Go on with one that another image of this program had opened: its
 * descriptor is ours from now on.  0, or -1 with errno and *e. */
int notify_resume(struct notify *n, int fd, struct err *e);

void notify_close(struct notify *n);

/* Take one message, terminated, and the pid of who sent it; descriptors that
 * came with it are closed.  False: there is none. */
bool notify_take(const struct notify *n, char text_r[NOTIFY_TEXT_SIZE],
    pid_t *pid_r);

/* Has the message a line that is exactly this assignment? */
bool notify_says(const char *text, const char *assignment);

#endif
