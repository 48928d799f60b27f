/* limits.c - one line there, one line back. */
#include "brood/limits.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/un.h>

#include "lib/brood.h"
#include "tools/fd.h"

enum { LINE_SIZE = 512 };

static const char *const words[KEEP_LIMITS] = {
	"minimum-available", "maximum-connected", "maximum-available"
};

const char *
limits_word(unsigned i)
{
	return words[i];
}

int
limits_number(const char *word)
{
	for (int i = 0; i < KEEP_LIMITS; i++)
		if (strcmp(word, words[i]) == 0)
			return i;
	return -1;
}

const char *
limits_value(const struct plain_service *s, const char *word)
{
	const char *value = plain_value(s, word);
	const struct brood_word *w;

	for (unsigned i = 0; value == NULL && (w = brood_word(i)) != NULL; i++)
		if (strcmp(w->name, word) == 0)
			value = w->initial;
	return value;
}

static bool
differs(const struct plain_service *from, const struct plain_service *to,
    const char *word)
{
	const char *old = plain_value(from, word);
	const char *new = plain_value(to, word);

	return strcmp(old != NULL ? old : "", new != NULL ? new : "") != 0;
}

/* What the file says otherwise than before; what it does not may have been
 * set by hand. */
static int
make_line(const struct plain_service *from, const struct plain_service *to,
    char line[LINE_SIZE])
{
	int n = snprintf(line, LINE_SIZE, "set");

	for (size_t i = 0; i < KEEP_LIMITS; i++)
		if (differs(from, to, words[i]))
			n += snprintf(line + n, LINE_SIZE - (size_t)n, " %s %s",
			    words[i], limits_value(to, words[i]));
	return n + snprintf(line + n, LINE_SIZE - (size_t)n, "\n");
}

void
limits_note(struct keep *k, const char *text)
{
	struct keep_limits l = { .known = true };

	if (sscanf(text, "X_LIMITS=%u %u %u", &l.value[0], &l.value[1],
	    &l.value[2]) == KEEP_LIMITS)
		k->limits = l;
}

const struct keep_limits *
limits_set(const struct unit *u)
{
	return u->now != NULL ? &u->now->limits : &u->held;
}

/* Another kind may not have them, nor a pool of a fixed size. */
const struct keep_limits *
limits_stay(const struct unit *u, const struct plain_service *to)
{
	const struct keep_limits *l = limits_set(u);

	if (!l->known || u->spec == NULL ||
	    strcmp(u->spec->kind, to->kind) != 0 ||
	    plain_value(to, "children") != NULL)
		return NULL;
	for (size_t i = 0; i < KEEP_LIMITS; i++)
		if (differs(u->spec, to, words[i]))
			return NULL;
	return l;
}

bool
limits_hold(const struct unit *u, const struct plain_service *to)
{
	if (u->now == NULL || !u->now->limits.known)
		return false;
	for (size_t i = 0; i < KEEP_LIMITS; i++)
		if (differs(u->spec, to, words[i]) && u->now->limits.value[i] !=
		    strtoul(limits_value(to, words[i]), NULL, 10))
			return false;
	return true;
}

void
limits_taken(struct unit *u, const struct plain_service *to)
{
	for (size_t i = 0; u->now != NULL && i < KEEP_LIMITS; i++)
		if (differs(u->spec, to, words[i]))
			u->now->limits.value[i] = (unsigned)strtoul(
			    limits_value(to, words[i]), NULL, 10);
}

int
limits_tell(struct super *s, struct unit *u, const struct plain_service *to)
{
	struct sockaddr_un un = { .sun_family = AF_UNIX };
	char line[LINE_SIZE];
	int n = make_line(u->spec, to, line);

	if (u->now == NULL)
		return -1;
	/* It may have been asked before, and be slow. */
	fd_close(&u->ask_fd);
	strlcpy(un.sun_path, u->now->control, sizeof un.sun_path);
	u->ask_fd = fd_high(socket(AF_UNIX,
	    SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
	u->ask_ms = s->now + LIMITS_MS;
	if (u->ask_fd != -1 &&
	    connect(u->ask_fd, (struct sockaddr *)&un, sizeof un) == 0 &&
	    send(u->ask_fd, line, (size_t)n, MSG_NOSIGNAL) == n &&
	    loop_add(&s->loop, u->ask_fd, EPOLLIN,
	    SUPER_TAG_ASK + u->number % SUPER_TAG_ASK) == 0)
		return 0;
	fd_close(&u->ask_fd);
	return -1;
}

enum limits_answer
limits_hear(struct unit *u)
{
	char line[LINE_SIZE];
	ssize_t n = recv(u->ask_fd, line, sizeof line, 0);

	if (n == -1 && errno == EAGAIN)
		return LIMITS_NOT_YET;
	fd_close(&u->ask_fd);
	return n >= 3 && memcmp(line, "ok\n", 3) == 0 ? LIMITS_TAKEN :
	    LIMITS_REFUSED;
}
