/* linger.h - a reply is never cut by our close.
 *
 * A program that ends while its client's bytes are unread closes the socket,
 * and the kernel then resets the connection: what the client had not yet
 * read of the reply is lost (RFC 1122 4.2.2.13).  So somebody stays: after
 * the program's end no more is sent, what the client still sends is read,
 * within bounds, and only then the socket is closed.  Floor 3 (pool). */
#ifndef POOL_LINGER_H
#define POOL_LINGER_H

enum {
	LINGER_QUIET_MS = 2000,		/* a client that sends nothing */
	LINGER_MOST_MS  = 5000		/* one that never stops */
};

/* Wait for the program (a child of the caller) that serves fd, linger, and
 * end as it ended. */
_Noreturn void linger_after(long pid, int fd);

/* Wait for the program, and end as it did. */
_Noreturn void linger_end(long pid);

/* Take what the client still sends, until its end, or a bound. */
void linger_drain(int fd);

#endif
