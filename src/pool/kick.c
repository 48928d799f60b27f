/* kick.c - by process, by user, by address. */
#include "pool/kick.h"

#include <arpa/inet.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "pool/end.h"
#include "pool/pool.h"
#include "pool/session.h"
#include "pool/view.h"
#include "pool/worker.h"

static bool
read_number(const char *text, long long most, uint32_t *n_r)
{
	const char *why;

	if (*text < '0' || *text > '9')
		return false;
	*n_r = (uint32_t)strtonum(text, 0, most, &why);
	return why == NULL;
}

/* n bytes of text; a scope is left out. */
static bool
read_ip(struct kick *k, const char *text, size_t n)
{
	char copy[INET6_ADDRSTRLEN + 1];
	size_t len = strcspn(text, "%");

	if (len > n)
		len = n;
	if (len >= sizeof copy)
		return false;
	memcpy(copy, text, len);
	copy[len] = '\0';
	memset(&k->end, 0, sizeof k->end);
	if (len == n && inet_pton(AF_INET, copy, k->end.ip) == 1)
		return true;
	if (inet_pton(AF_INET6, copy, k->end.ip) != 1)
		return false;
	k->end.v6 = true;
	ucspi_unmap(&k->end);
	return true;
}

static bool
read_end(struct kick *k, const char *text)
{
	const char *colon = strrchr(text, ':');
	size_t n = strlen(text);
	uint32_t port;

	k->by = KICK_ADDRESS;
	if (read_ip(k, text, n))
		return true;
	if (n > 2 && text[0] == '[' && text[n - 1] == ']')
		return read_ip(k, text + 1, n - 2);
	if (colon == NULL || !read_number(colon + 1, UINT16_MAX, &port))
		return false;
	n = (size_t)(colon - text);
	if (n > 2 && text[0] == '[' && text[n - 1] == ']') {
		text++;
		n -= 2;
	}
	k->by = KICK_END;
	if (!read_ip(k, text, n))
		return false;
	k->end.port = (uint16_t)port;
	return true;
}

int
kick_read(struct kick *k, const char *text)
{
	uint32_t n;

	if (read_number(text, INT_MAX, &n) && n > 0) {
		k->by = KICK_PID;
		k->pid = (pid_t)n;
		return 0;
	}
	if (strncmp(text, "uid=", 4) == 0 &&
	    read_number(text + 4, UINT32_MAX, &n)) {
		k->by = KICK_USER;
		k->uid = n;
		return 0;
	}
	return read_end(k, text) ? 0 : -1;
}

static bool
is_at(const struct kick *k, const struct addr *peer)
{
	struct ucspi_end end;

	if (peer->ss.ss_family != AF_INET && peer->ss.ss_family != AF_INET6)
		return false;
	end_of(peer, &end);
	return end.v6 == k->end.v6 &&
	    memcmp(end.ip, k->end.ip, sizeof end.ip) == 0 &&
	    (k->by == KICK_ADDRESS || end.port == k->end.port);
}

static bool
matches(const struct pool *p, unsigned i, const struct kick *k)
{
	const struct seat *b = &p->board->seats[i];

	switch (k->by) {
	case KICK_PID:
		return p->seats[i].pid == k->pid;
	case KICK_USER:
		return b->peer.ss.ss_family == AF_UNIX && b->uid == k->uid;
	case KICK_ADDRESS:
	case KICK_END:
		return is_at(k, &b->peer);
	}
	return false;
}

unsigned
kick_all(struct pool *p, const struct kick *k, int64_t now)
{
	bool workers = handler_is_worker(p->handler);
	unsigned n = 0;

	for (unsigned i = 0; i < p->board->high; i++) {
		if (p->seats[i].pid == 0 || !matches(p, i, k) ||
		    (!workers && view_state(p, i) != SLOT_BUSY))
			continue;
		if (workers)
			worker_kick(p, i, now);
		else
			session_kick(p, i, now);
		decide_note(&p->decide, DECIDE_KICK, now, 1, p->seats[i].pid,
		    k->by != KICK_PID);
		n++;
	}
	return n;
}
