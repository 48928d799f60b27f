/* devlog.h - the system logger, without waiting for it.
 *
 * syslog(3) blocks while the logger does not read, and says nothing where
 * there is none; so its socket is spoken to directly (RFC 3164, section 5.4,
 * with the local time).  Floor 0 (tools). */
#ifndef TOOLS_DEVLOG_H
#define TOOLS_DEVLOG_H

#include <stddef.h>
#include <sys/types.h>

/* A socket, connected if the logger is there now.  -1 with errno: there can be
 * no socket. */
int devlog_open(void);

/* How a message begins: "<30>Nov 21 16:50:28 brood[99]: ".  priority is one of
 * <syslog.h>; its facility is LOG_DAEMON.  Returns the length. */
size_t devlog_head(int priority, char *buf, size_t size);

/* Send the first of these lines, which end with newlines, and connect again if
 * the logger was replaced.  The bytes taken; or -1 with errno, EAGAIN if it
 * would have to wait. */
ssize_t devlog_put(int fd, const char *lines, size_t n);

#endif
