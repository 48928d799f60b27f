/* reply.c - a buffer that grows, up to a limit. */
#include "lib/reply.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>

enum {
	FIRST      = 4096,	/* bytes, doubling ... */
	MOST       = 64 << 20,	/* ... to this: all that a full board can say */
	LINE_GUESS = 256
};

/* Room for n bytes more. */
static bool
has_room(struct reply *r, size_t n)
{
	size_t size = r->size > 0 ? r->size : FIRST;
	char *text;

	while (size - r->used < n && size < MOST)
		size *= 2;
	if (size - r->used < n)
		return false;
	if (size == r->size)
		return true;
	text = realloc(r->text, size);
	if (text == NULL)
		return false;
	r->text = text;
	r->size = size;
	return true;
}

/* The newline takes the place of the NUL. */
void
reply_add(struct reply *r, const char *fmt, va_list ap)
{
	size_t n = LINE_GUESS;

	for (int tries = 0; !r->lost && tries < 2 && has_room(r, n); tries++) {
		size_t room = r->size - r->used;
		va_list copy;

		va_copy(copy, ap);
		n = (size_t)vsnprintf(r->text + r->used, room, fmt, copy) + 1;
		va_end(copy);
		if (n <= room) {
			r->used += n;
			r->text[r->used - 1] = '\n';
			return;
		}
	}
	r->lost = true;
}

enum reply_is
reply_send(struct reply *r, int fd)
{
	while (r->sent < r->used) {
		ssize_t n = send(fd, r->text + r->sent, r->used - r->sent,
		    MSG_DONTWAIT | MSG_NOSIGNAL);

		if (n > 0)
			r->sent += (size_t)n;
		else if (n == -1 && errno == EAGAIN)
			return REPLY_WAITS;
		else if (n != -1 || errno != EINTR)
			return REPLY_FAILED;
	}
	if (r->text != NULL)
		reply_drop(r);
	return REPLY_SENT;
}

void
reply_drop(struct reply *r)
{
	free(r->text);
	*r = (struct reply){ .text = NULL };
}
