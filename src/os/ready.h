/* ready.h - tells whoever started us how we are: sd_notify(3), and the
 * newline on a descriptor that s6 and others use.
 *
 * A failure is never fatal, and nothing blocks.  Floor 2 (os). */
#ifndef OS_READY_H
#define OS_READY_H

#include <stdint.h>

struct ready {
	int notify_fd;		/* a datagram socket, connected; -1 = none */
	int line_fd;		/* gets a newline when ready; -1 = none */
	int64_t watchdog_ms;	/* tell WATCHDOG=1 this often; 0 = not asked */
};

/* Read NOTIFY_SOCKET, WATCHDOG_USEC and WATCHDOG_PID, and unset them.
 * line_fd becomes close-on-exec and ours. */
void ready_open(struct ready *r, int line_fd);

/* Send one message, e.g. "STOPPING=1". */
void ready_tell(const struct ready *r, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));

/* READY=1, and the newline (once; then that descriptor is closed). */
void ready_now(struct ready *r);

void ready_close(struct ready *r);

#endif
