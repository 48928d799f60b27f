/* lines.c - pieces in, lines out. */
#include "lib/lines.h"

#include <errno.h>
#include <string.h>

#include "os/sender.h"

enum lines_came
lines_take(struct lines *l, int fd, const struct callers *c,
    const struct caller *connected)
{
	struct ucred cred;
	ssize_t n;

	do
		n = sender_take(fd, l->text + l->used, sizeof l->text - l->used,
		    &cred);
	while (n == -1 && errno == EINTR);
	if (n <= 0)
		return n == -1 && errno == EAGAIN ? LINES_NOTHING : LINES_END;
	l->last = caller_sent(c, connected, &cred);
	l->by = l->used == 0 ? l->last : caller_least(l->by, l->last);
	l->used += (size_t)n;
	return LINES_SOME;
}

ssize_t
lines_first(const struct lines *l)
{
	const char *newline = memchr(l->text, '\n', l->used);

	return newline != NULL ? newline - l->text : -1;
}

void
lines_drop(struct lines *l, size_t n)
{
	l->used -= n + 1;
	memmove(l->text, l->text + n + 1, l->used);
	/* What is behind a line's end came with the last piece. */
	l->by = l->last;
}
