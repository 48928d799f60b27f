/* ready.h - tells whoever started us how we are: sd_notify(3), and the
 * newline on a descriptor that s6 and others use.
 *
 * A failure is never fatal, and nothing blocks.  Floor 2 (os). */
#ifndef OS_READY_H
#define OS_READY_H

#include <stdbool.h>
#include <stdint.h>

struct ready {
	int notify_fd;		/* a datagram socket, connected; -1 = none */
	int line_fd;		/* gets a newline when ready; -1 = none */
	int64_t watchdog_ms;	/* tell WATCHDOG=1 this often; 0 = not asked */
	bool supervised;	/* brood itself started us */
	bool wants_status;	/* is STATUS= read by anybody? */
	bool owed;		/* READY=1 found no room: say it again */
};

/* Read NOTIFY_SOCKET, WATCHDOG_USEC, WATCHDOG_PID and BROOD_SUPERVISED, which
 * brood itself sets for those of whom it wants to hear no more than that they
 * are ready, and their limits, and unset them.
 * line_fd becomes close-on-exec and ours. */
void ready_open(struct ready *r, int line_fd);

/* Send one message, e.g. "STOPPING=1".  False: there was no room for it. */
bool ready_tell(const struct ready *r, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));

/* READY=1, and the newline (once; then that descriptor is closed).  A queue
 * of notifications is short: while r->owed it must be said again, a moment
 * later. */
void ready_now(struct ready *r);

void ready_close(struct ready *r);

#endif
