/* talk.h - a conversation over a control socket: ask, and read the answer.
 *
 * Never blocks beyond the deadline, a time of clock_ms().  What every
 * function returns is an exit status: 0, CTL_REFUSED, or one of tools/err.h,
 * then with *e set.  Floor 5 (ctl). */
#ifndef CTL_TALK_H
#define CTL_TALK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "ctl/record.h"
#include "tools/err.h"

enum {
	CTL_REFUSED  = 1,		/* with the server's reason */
	CTL_LATE     = EXIT_RUNNING,	/* not true in time; or try again */

	TALK_REQUEST = 4096,		/* most bytes, with the newline */
	TALK_ANSWER  = 16 << 20		/* most of all lines of an answer */
};

struct talk {
	int fd;			/* -1: not connected */
	bool gone;		/* the other end closed it */
	char *in;		/* what was read ... */
	size_t used, room;
	size_t begin;		/* ... the next line of it */
};

#define TALK_NONE ((struct talk){ .fd = -1 })

/* Nobody there: EXIT_UNAVAILABLE. */
int talk_open(struct talk *t, const char *path, int64_t deadline,
    struct err *e);

/* Send the words, ended by NULL, as one request.  Its lines are appended to
 * answer.  If it went away in the middle: EXIT_UNAVAILABLE, and t->gone.
 * Unless the answer was whole t is closed then. */
int talk_ask(struct talk *t, const char *const *words, int64_t deadline,
    struct records *answer, struct err *e);

/* The same in two steps, for answers whose lines are news by themselves.
 * talk_line() returns -1 and a line; else the answer has ended. */
int talk_send(struct talk *t, const char *const *words, int64_t deadline,
    struct err *e);
int talk_line(struct talk *t, int64_t deadline, struct record *line_r,
    struct err *e);

/* Wait until the other end has closed it. */
int talk_wait_end(struct talk *t, int64_t deadline, struct err *e);

void talk_close(struct talk *t);

/* How often somebody is asked while something is waited for. */
enum { TALK_POLL_MS = 5 };

/* Sleep, but not beyond the deadline.  False: it has come. */
bool talk_pause(int ms, int64_t deadline);

#endif
