/* work.c - what a handler may ask about its client, and do for it. */
#include <errno.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "lib/brood.h"
#include "pool/client.h"
#include "pool/inline.h"
#include "pool/linger.h"

static const struct sockaddr *
given(const struct addr *a, socklen_t *len_r)
{
	if (a->len < (socklen_t)sizeof(sa_family_t))
		return NULL;
	if (len_r != NULL)
		*len_r = a->len;
	return (const struct sockaddr *)&a->ss;
}

const struct sockaddr *
brood_peer(struct brood_client *c, socklen_t *len_r)
{
	return c == NULL ? NULL : given(&c->child->seat->peer, len_r);
}

/* Of a datagram: with the port of its listener. */
static void
note_asked(struct brood_client *c)
{
	struct seat *s = c->child->seat;
	const struct addr *bound = &c->child->task->listener[s->listener].bound;
	struct sockaddr_in *in = (struct sockaddr_in *)&s->local.ss;

	s->local = c->packet->local.len > 0 ? c->packet->local : *bound;
	/* The port of both families is in the same place. */
	if (bound->ss.ss_family != AF_UNIX)
		in->sin_port =
		    ((const struct sockaddr_in *)&bound->ss)->sin_port;
}

const struct sockaddr *
brood_local(struct brood_client *c, socklen_t *len_r)
{
	if (c == NULL)
		return NULL;
	if (!c->knows_local && c->packet != NULL)
		note_asked(c);
	else if (!c->knows_local)
		child_ask_local(c->child, c->fd);
	c->knows_local = true;
	return given(&c->child->seat->local, len_r);
}

int
brood_peer_user(struct brood_client *c, unsigned *uid_r, unsigned *gid_r,
    int *pid_r)
{
	const struct seat *s;
	bool is_unix;

	if (c == NULL) {
		errno = EINVAL;
		return -1;
	}
	s = c->child->seat;
	is_unix = c->child->task->listener[s->listener].is_unix;
	if (!is_unix) {
		errno = ENOTSUP;
		return -1;
	}
	if (uid_r != NULL)
		*uid_r = c->packet != NULL ? c->packet->uid : s->uid;
	if (gid_r != NULL)
		*gid_r = c->packet != NULL ? c->packet->gid : s->gid;
	if (pid_r != NULL)
		*pid_r = (int)(c->packet != NULL ? c->packet->pid : s->pid);
	return 0;
}

int
brood_reply(struct brood_client *c, const void *data, size_t n)
{
	if (c == NULL || c->packet == NULL || (data == NULL && n > 0)) {
		errno = EINVAL;
		return -1;
	}
	return inline_reply(c, data, n);
}

bool
brood_truncated(const struct brood_client *c)
{
	return c != NULL && c->packet != NULL && c->packet->truncated;
}

int
brood_finish(struct brood_client *c)
{
	if (c == NULL || c->packet != NULL || c->finished) {
		errno = EINVAL;
		return -1;
	}
	/* That fails if the client is gone: then there is nothing to wait for. */
	if (shutdown(c->fd, SHUT_WR) == 0)
		linger_drain(c->fd);
	close(c->fd);
	c->finished = true;
	return 0;
}
