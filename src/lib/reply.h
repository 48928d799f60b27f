/* reply.h - an answer of many lines: made in memory, sent as it is taken.
 * Floor 4 (lib). */
#ifndef LIB_REPLY_H
#define LIB_REPLY_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>

/* All zero is an empty one. */
struct reply {
	char *text;
	size_t size, used, sent;
	bool lost;		/* no memory for all of it */
};

/* A line more, with its newline. */
void reply_add(struct reply *r, const char *fmt, va_list ap)
    __attribute__((format(printf, 2, 0)));

enum reply_is { REPLY_SENT, REPLY_WAITS, REPLY_FAILED };

/* Send what can be sent now; when all is, it is empty again. */
enum reply_is reply_send(struct reply *r, int fd);

/* Forget it, also that some was lost. */
void reply_drop(struct reply *r);

#endif
