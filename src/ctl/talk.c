/* talk.c - one socket, one poll, one deadline. */
#include "ctl/talk.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>

#include "rules/scfg.h"
#include "tools/clock.h"
#include "tools/fd.h"

enum { AGAIN = -1, CONNECT_PAUSE_MS = 5 };

void
talk_close(struct talk *t)
{
	bool gone = t->gone;

	fd_close(&t->fd);
	free(t->in);
	*t = TALK_NONE;
	t->gone = gone;
}

/* ---- waiting ---- */

static int
left_ms(int64_t deadline)
{
	int64_t left = deadline - clock_ms();

	return left <= 0 ? 0 : left < 60000 ? (int)left : 60000;
}

bool
talk_pause(int ms, int64_t deadline)
{
	int left = left_ms(deadline);

	if (left == 0)
		return false;
	poll(NULL, 0, ms < left ? ms : left);
	return true;
}

static int
late(struct err *e)
{
	err_set(e, CTL_LATE, "timed out");
	return CTL_LATE;
}

/* Wait for events; 0, or CTL_LATE. */
static int
await(const struct talk *t, short events, int64_t deadline, struct err *e)
{
	struct pollfd p = { .fd = t->fd, .events = events };
	int left;

	do {
		left = left_ms(deadline);
		if (poll(&p, 1, left) > 0)
			return 0;
	} while (left > 0);
	return late(e);
}

/* ---- connecting ---- */

static int
set_path(struct sockaddr_un *sun, const char *path, struct err *e)
{
	*sun = (struct sockaddr_un){ .sun_family = AF_UNIX };
	if (path[0] != '\0' && strlcpy(sun->sun_path, path,
	    sizeof sun->sun_path) < sizeof sun->sun_path)
		return 0;
	err_set(e, EXIT_USAGE, "%.200s: expected a socket's path of at most "
	    "%zu bytes", path, sizeof sun->sun_path - 1);
	return EXIT_USAGE;
}

/* AGAIN: its queue is full, and there is nothing to poll for. */
static int
connect_once(const struct talk *t, const struct sockaddr_un *sun,
    struct err *e)
{
	if (connect(t->fd, (const struct sockaddr *)sun, sizeof *sun) == 0)
		return 0;
	if (errno == EAGAIN || errno == EINTR)
		return AGAIN;
	err_sys(e, EXIT_UNAVAILABLE, "nobody answers at %s", sun->sun_path);
	return e->status;
}

int
talk_open(struct talk *t, const char *path, int64_t deadline, struct err *e)
{
	struct sockaddr_un sun;
	int status = set_path(&sun, path, e);

	*t = TALK_NONE;
	if (status != 0)
		return status;
	t->fd = fd_high(socket(AF_UNIX,
	    SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
	if (t->fd == -1) {
		err_sys(e, EXIT_SYSTEM, "cannot make a socket");
		return e->status;
	}
	while ((status = connect_once(t, &sun, e)) == AGAIN)
		if (!talk_pause(CONNECT_PAUSE_MS, deadline)) {
			status = late(e);
			break;
		}
	if (status != 0)
		talk_close(t);
	return status;
}

/* ---- asking ---- */

static int
went_away(struct talk *t, struct err *e)
{
	t->gone = true;
	err_set(e, EXIT_UNAVAILABLE, "it went away");
	return EXIT_UNAVAILABLE;
}

static int
garbage(struct talk *t, const char *what, struct err *e)
{
	talk_close(t);
	err_set(e, EXIT_UNAVAILABLE, "it does not answer as brood does: %s",
	    what);
	return EXIT_UNAVAILABLE;
}

static bool
is_text(const char *word)
{
	for (; *word != '\0'; word++)
		if ((unsigned char)*word < ' ' || *word == 0x7f)
			return false;
	return true;
}

/* The request's length; 0: it cannot be one. */
static size_t
write_request(const char *const *words, char buf[TALK_REQUEST])
{
	size_t n = 0;

	for (size_t i = 0; words[i] != NULL; i++) {
		if (!is_text(words[i]))
			return 0;
		n += scfg_quote(words[i], buf + n, TALK_REQUEST - n);
		/* One for a blank or a newline, and the NUL it replaces. */
		if (n + 1 > TALK_REQUEST)
			return 0;
		buf[n++] = words[i + 1] != NULL ? ' ' : '\n';
		if (n == TALK_REQUEST && words[i + 1] != NULL)
			return 0;
	}
	return n;
}

static int
send_all(struct talk *t, const char *p, size_t n, int64_t deadline,
    struct err *e)
{
	while (n > 0) {
		ssize_t sent = send(t->fd, p, n, MSG_NOSIGNAL | MSG_DONTWAIT);
		int status = 0;

		if (sent > 0) {
			p += sent;
			n -= (size_t)sent;
		} else if (sent == -1 && errno == EAGAIN) {
			status = await(t, POLLOUT, deadline, e);
		} else if (sent == -1 &&
		    (errno == EPIPE || errno == ECONNRESET)) {
			return 0;	/* its last words may wait for us */
		} else if (sent == 0 || errno != EINTR) {
			status = went_away(t, e);
		}
		if (status != 0)
			return status;
	}
	return 0;
}

int
talk_send(struct talk *t, const char *const *words, int64_t deadline,
    struct err *e)
{
	char buf[TALK_REQUEST];
	size_t n = write_request(words, buf);
	int status;

	if (n == 0) {
		err_set(e, EXIT_USAGE, "%s: expected at most %d bytes, and no "
		    "control bytes", words[0], TALK_REQUEST);
		return EXIT_USAGE;
	}
	t->begin = t->used = 0;
	status = send_all(t, buf, n, deadline, e);
	if (status != 0)
		talk_close(t);
	return status;
}

/* ---- the answer ---- */

static void
make_room(struct talk *t)
{
	if (t->begin > 0)
		memmove(t->in, t->in + t->begin, t->used - t->begin);
	t->used -= t->begin;
	t->begin = 0;
	if (t->room - t->used >= 4096)
		return;
	t->room = t->room > 0 ? 2 * t->room : 8192;
	t->in = record_memory(t->in, t->room, 1);
}

/* Read some more. */
static int
fill(struct talk *t, int64_t deadline, struct err *e)
{
	ssize_t n;
	int status;

	if (t->used - t->begin > TALK_ANSWER)
		return garbage(t, "a line without an end", e);
	make_room(t);
	for (;;) {
		n = recv(t->fd, t->in + t->used, t->room - t->used,
		    MSG_DONTWAIT);
		if (n > 0)
			break;
		if (n == 0 || (errno != EAGAIN && errno != EINTR))
			return went_away(t, e);
		status = await(t, POLLIN, deadline, e);
		if (status != 0)
			return status;
	}
	t->used += (size_t)n;
	return 0;
}

/* The next line, terminated; valid until more is read. */
static int
take_line(struct talk *t, int64_t deadline, char **line_r, struct err *e)
{
	size_t seen = 0;

	for (;;) {
		size_t n = t->used - t->begin;
		char *begin = n > 0 ? t->in + t->begin : NULL;
		char *end = n > seen ? memchr(begin + seen, '\n', n - seen) :
		    NULL;
		int status;

		if (end != NULL) {
			*end = '\0';
			t->begin += (size_t)(end - begin) + 1;
			*line_r = begin;
			return strlen(begin) == (size_t)(end - begin) ? 0 :
			    garbage(t, "a NUL byte", e);
		}
		seen = n;
		status = fill(t, deadline, e);
		if (status != 0)
			return status;
	}
}

/* `error STATUS "text"`, of which p is what follows the first word. */
static int
take_error(struct talk *t, const char *p, struct err *e)
{
	static const int known[] = { CTL_REFUSED, EXIT_USAGE, EXIT_UNAVAILABLE,
	    EXIT_INTERNAL, EXIT_SYSTEM, CTL_LATE, EXIT_PRIVILEGE, EXIT_CONFIG };
	size_t n = strcspn(p, " ");
	struct record r;
	char *line;
	int status = 0;

	for (size_t i = 0; i < sizeof known / sizeof known[0]; i++)
		if (atoi(p) == known[i])
			status = known[i];
	if (status == 0 || p[n] == '\0')
		return garbage(t, "an error without a status", e);
	line = record_memory(NULL, strlen(p + n) + sizeof "why=", 1);
	sprintf(line, "why=%s", p + n + 1);
	if (record_read(&r, line) == -1) {
		free(line);
		return garbage(t, "an error without a reason", e);
	}
	err_set(e, status, "%s", record_get(&r, "why"));
	record_free(&r);
	free(line);
	return status;
}

int
talk_line(struct talk *t, int64_t deadline, struct record *line_r,
    struct err *e)
{
	char *line;
	int status = take_line(t, deadline, &line, e);

	if (status != 0) {
		talk_close(t);
		return status;
	}
	if (strcmp(line, "ok") == 0)
		return 0;
	if (strncmp(line, "error ", 6) == 0)
		return take_error(t, line + 6, e);
	return record_read(line_r, line) == 0 ? -1 :
	    garbage(t, "a line without key=value", e);
}

int
talk_ask(struct talk *t, const char *const *words, int64_t deadline,
    struct records *answer, struct err *e)
{
	size_t bytes = 0;
	struct record r;
	int status = talk_send(t, words, deadline, e);

	if (status != 0)
		return status;
	while ((status = talk_line(t, deadline, &r, e)) == -1) {
		records_add(answer, r);
		for (size_t i = 0; i < r.n; i++)
			bytes += strlen(r.pair[i].key) +
			    strlen(r.pair[i].value) + 2;
		if (bytes > TALK_ANSWER)
			return garbage(t, "more than 16 megabytes", e);
	}
	return status;
}

int
talk_wait_end(struct talk *t, int64_t deadline, struct err *e)
{
	int status;

	do {
		t->begin = t->used = 0;
		status = fill(t, deadline, e);
	} while (status == 0);
	if (status == CTL_LATE)
		return status;
	talk_close(t);
	return 0;
}
