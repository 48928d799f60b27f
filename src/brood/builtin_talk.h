/* builtin_talk.h - a connection that cannot be held for ever.
 *
 * Every wait ends after a time without a byte, and the whole after an hour.
 * Floor 5 (brood). */
#ifndef BROOD_BUILTIN_TALK_H
#define BROOD_BUILTIN_TALK_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

enum {
	TALK_PATIENT_MS = 60 * 1000,	/* somebody types, or thinks */
	TALK_HASTY_MS   = 10 * 1000,	/* somebody who is to read, or to say
					 * one word */
	TALK_MOST_MS    = 3600 * 1000	/* nobody stays longer */
};

struct talk {
	int fd;			/* borrowed */
	int64_t quiet_ms;	/* a wait for the client, at most */
	int64_t until_ms;	/* when all is over; monotonic */
};

/* From now on for most_ms; a single wait at most quiet_ms. */
struct talk talk_begin(int fd, int64_t quiet_ms, int64_t most_ms);

/* What has come, waiting for it: 1 to size bytes; 0 at the client's end; -1
 * with errno: ETIMEDOUT if nothing came for too long, ETIME when all is
 * over. */
ssize_t talk_read(const struct talk *t, void *buf, size_t size);

/* Send all n bytes.  0, or -1 with errno: ETIME when all is over, ETIMEDOUT if
 * the client does not read.  Then the next close will reset the connection, or
 * the kernel would go on to keep what is unread, for minutes. */
int talk_write(const struct talk *t, const void *data, size_t n);

/* Drop what has come, up to a bound and without waiting. */
void talk_drop(const struct talk *t);

#endif
