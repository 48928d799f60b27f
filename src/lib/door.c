/* door.c - all listeners of one service. */
#include "lib/door.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "lib/fits.h"
#include "os/packet.h"
#include "tools/fd.h"
#include "tools/log.h"

static void
tell_one(const struct listener *l, const char *verb)
{
	char name[LISTEN_TEXT_SIZE];

	log_info("%s addr=%s backlog=%u%s", verb, listen_text(l, name),
	    l->backlog, l->inherited ? " inherited=1" : "");
}

void
door_tell(const struct door *d)
{
	for (unsigned i = 0; i < d->n; i++)
		tell_one(&d->listener[i], "listen");
}

static void
close_one(struct door *d, unsigned i)
{
	char name[LISTEN_TEXT_SIZE];

	if (listen_close(&d->listener[i]) == -1)
		log_warn("unlink-failed addr=%s errno=%s",
		    listen_text(&d->listener[i], name),
		    strerrorname_np(errno));
	memmove(&d->listener[i], &d->listener[i + 1],
	    (d->n - i - 1) * sizeof d->listener[0]);
	d->n--;
}

void
door_close(struct door *d, bool shut)
{
	resolve_stop(&d->resolve, "");
	for (unsigned i = 0; shut && i < d->n; i++)
		listen_shut(&d->listener[i]);
	while (d->n > 0)
		close_one(d, d->n - 1);
}

static int
check_served(const struct service *s, int type, const struct addr *at,
    const char *name, struct err *all)
{
	struct err one;

	if (fits_listener(s, type, at->ss.ss_family == AF_UNIX, name, &one) == 0)
		return 0;
	err_add(all, NULL, &one);
	return -1;
}

/* ---- inherited ones ---- */

static bool
is_named(const char *want, int fd, const char *name)
{
	char number[12];

	snprintf(number, sizeof number, "%d", fd);
	return strcmp(want, "*") == 0 || strcmp(want, name) == 0 ||
	    strcmp(want, number) == 0;
}

static bool
has_fd(const struct door *d, int fd)
{
	for (unsigned i = 0; i < d->n; i++)
		if (d->listener[i].fd == fd)
			return true;
	return false;
}

/* A program that gets the listener itself expects it to block. */
static bool
is_given(const struct service *s)
{
	const struct handler_kind *k = s->handler.kind;

	return k->when == HANDLER_AT_BIRTH ||
	    (k->when == HANDLER_AT_WORK && k->way == WAIT_CLAIM);
}

/* One more: it gets a number that no other has. */
static void
add(struct door *d, const struct service *s, const char *name)
{
	struct listener *l = &d->listener[d->n++];
	unsigned id = 0;

	for (unsigned i = 0; i < d->n - 1; i++)
		if (d->listener[i].id == id) {
			id++;
			i = (unsigned)-1;
		}
	l->id = id;
	/* A name with a colon would be two. */
	l->name = name != NULL && strchr(name, ':') == NULL ? name : NULL;
	if (listen_is_datagram(l) && is_given(s))
		packet_remember_times(l->fd);
}

static void
adopt(struct door *d, const struct service *s, int fd, const char *name,
    struct err *all)
{
	struct err one;

	if (d->n == WAIT_LISTENERS)
		err_set(&one, EXIT_CONFIG, "too many listeners: at most %d",
		    WAIT_LISTENERS);
	else if (has_fd(d, fd))
		return;
	else if (listen_adopt(&d->listener[d->n], fd, name, is_given(s),
	    &one) == 0) {
		if (check_served(s, d->listener[d->n].type,
		    &d->listener[d->n].bound, name, all) == 0)
			add(d, s, name);
		return;
	}
	err_add(all, NULL, &one);
}

static void
adopt_named(struct door *d, const struct service *s, const struct address *a,
    const struct inherit *in, struct err *all)
{
	unsigned before = d->n;
	struct err one;

	/* inetd's way: the listener is what we were started with as 0. */
	if (strcmp(a->path, "0") == 0) {
		adopt(d, s, fd_high(dup(0)), "fd:0", all);
		return;
	}
	for (unsigned i = 0; i < in->n; i++)
		if (is_named(a->path, in->at[i].fd, in->at[i].name))
			adopt(d, s, in->at[i].fd, in->at[i].name, all);
	if (d->n != before || all->text[0] != '\0')
		return;
	err_set(&one, EXIT_UNAVAILABLE, "cannot find %s: %u descriptors were "
	    "inherited, none of that name", a->text, in->n);
	err_add(all, NULL, &one);
}

/* A listener that nobody named would let clients wait for ever. */
static void
close_unused(const struct door *d, const struct inherit *in)
{
	char name[INHERIT_NAME_SIZE * 4];
	unsigned j;

	for (unsigned i = 0; i < in->n; i++) {
		for (j = 0; j < d->n; j++)
			if (d->listener[j].fd == in->at[i].fd)
				break;
		if (j < d->n)
			continue;
		log_warn("inherited-unused fd=%d name=%s", in->at[i].fd,
		    log_value(in->at[i].name, name, sizeof name));
		close(in->at[i].fd);
	}
}

/* ---- opening ---- */

static struct listen_spec
spec_of(const struct service *s, const struct resolved *r)
{
	return (struct listen_spec){
		.at = r->at, .type = r->type, .blocking = is_given(s),
		.shares = s->handler.peer_ms > 0,
		.interface = s->interface, .backlog = s->spec.backlog, .mode = s->socket_mode,
		.uid = s->socket_uid, .gid = s->socket_gid,
	};
}

/* Open one more; a family the kernel lacks is only worth a warning. */
static void
open_one(struct door *d, const struct service *s, const struct resolved *r,
    unsigned *lacking, struct err *all)
{
	struct listen_spec spec = spec_of(s, r);
	struct err one;
	char text[512], name[ADDR_TEXT_SIZE];

	if (check_served(s, r->type, &r->at, addr_text(&r->at, name),
	    all) == -1)
		return;
	if (d->n == WAIT_LISTENERS) {
		err_set(&one, EXIT_USAGE, "too many listeners: at most %d",
		    WAIT_LISTENERS);
		err_add(all, NULL, &one);
	} else if (listen_open(&d->listener[d->n], &spec, &one) == 0) {
		add(d, s, NULL);
	} else if (errno == EAFNOSUPPORT) {
		(*lacking)++;
		log_warn("family-lacking reason=%s",
		    log_value(one.text, text, sizeof text));
	} else {
		err_add(all, NULL, &one);
	}
}

int
door_look_up(struct door *d, const struct service *s, struct err *e)
{
	return resolve_start(&d->resolve, s->address, s->naddresses, e);
}

static void
open_found(struct door *d, const struct service *s, struct err *all)
{
	unsigned lacking = 0;

	for (unsigned i = 0; i < d->resolve.n; i++)
		open_one(d, s, &d->resolve.found[i], &lacking, all);
	if (d->n == 0 && all->text[0] == '\0')
		err_set(all, EXIT_UNAVAILABLE, "no address can be listened on");
}

int
door_open(struct door *d, const struct service *s, const struct inherit *in,
    int64_t until_ms, struct err *e)
{
	memset(d, 0, sizeof *d);
	d->resolve.fd = -1;
	d->resolve.done = true;
	*e = (struct err){ .status = 0 };
	if (door_look_up(d, s, e) == -1)
		return -1;
	resolve_wait(&d->resolve, until_ms);
	resolve_stop(&d->resolve, NULL);
	if (d->resolve.failed) {
		*e = d->resolve.err;
		return -1;
	}
	for (size_t i = 0; i < s->naddresses; i++)
		if (s->address[i].kind == ADDRESS_FD)
			adopt_named(d, s, &s->address[i], in, e);
	open_found(d, s, e);
	if (e->text[0] == '\0') {
		close_unused(d, in);
		return 0;
	}
	door_close(d, false);
	return -1;
}

/* ---- renewing ---- */

static struct listener *
find(struct door *d, unsigned n, const struct resolved *r)
{
	for (unsigned i = 0; i < n; i++)
		if (d->listener[i].type == r->type &&
		    addr_same(&d->listener[i].asked, &r->at, false))
			return &d->listener[i];
	return NULL;
}

int
door_renew(struct door *d, const struct service *s, struct err *e)
{
	unsigned before = d->before = d->n;
	unsigned lacking = 0;
	bool wanted[WAIT_LISTENERS] = { false };

	*e = (struct err){ .status = 0 };
	if (d->resolve.failed) {
		*e = d->resolve.err;
		return -1;
	}
	for (unsigned i = 0; i < d->resolve.n; i++) {
		struct listener *l = find(d, before, &d->resolve.found[i]);

		if (l != NULL)
			wanted[l - d->listener] = true;
		else
			open_one(d, s, &d->resolve.found[i], &lacking, e);
	}
	if (e->text[0] != '\0') {
		while (d->n > before)
			close_one(d, d->n - 1);
		return -1;
	}
	for (unsigned i = before; i < d->n; i++)
		tell_one(&d->listener[i], "listen");
	for (unsigned i = 0; i < before; i++)
		d->listener[i].unwanted = !wanted[i] && !d->listener[i].inherited;
	return 0;
}

bool
door_has_unwanted(const struct door *d)
{
	for (unsigned i = 0; i < d->n; i++)
		if (d->listener[i].unwanted)
			return true;
	return false;
}

void
door_undo(struct door *d)
{
	while (d->n > d->before)
		close_one(d, d->n - 1);
	for (unsigned i = 0; i < d->n; i++)
		d->listener[i].unwanted = false;
}

unsigned
door_wanted(struct door *d, struct listener v[WAIT_LISTENERS])
{
	unsigned n = 0;

	for (unsigned i = 0; i < d->n; i++) {
		struct listener *l = &d->listener[i];

		l->closing = l->unwanted && !listen_queued(l);
		if (!l->closing)
			v[n++] = *l;
	}
	return n;
}

void
door_close_unwanted(struct door *d, bool shut)
{
	for (unsigned i = d->n; i-- > 0;)
		if (d->listener[i].closing) {
			tell_one(&d->listener[i], "unlisten");
			if (shut)
				listen_shut(&d->listener[i]);
			close_one(d, i);
		}
}

bool
door_is_queued(const struct door *d, bool ours)
{
	for (unsigned i = 0; i < d->n; i++)
		if (listen_queued(&d->listener[i]) &&
		    (!ours || !d->listener[i].inherited))
			return true;
	return false;
}

void
door_take_over(struct door *d)
{
	for (unsigned i = 0; i < d->n; i++)
		d->listener[i].inherited = false;
}

/* In the place of one that is shut for good. */
static bool
reopen(struct listener *l, const struct service *s)
{
	struct listen_spec spec = spec_of(s, &(struct resolved){ l->asked,
	    l->type });
	char name[LISTEN_TEXT_SIZE], text[512];
	struct listener new;
	struct err e;

	if (l->inherited || !listen_is_shut(l))
		return false;
	if (listen_open(&new, &spec, &e) == -1) {
		log_error("listener-lost addr=%s reason=%s",
		    listen_text(l, name), log_value(e.text, text, sizeof text));
		return false;
	}
	new.id = l->id;
	new.name = l->name;
	listen_close(l);
	*l = new;
	return true;
}

bool
door_revive(struct door *d, const struct service *s, bool *reopened_r)
{
	char name[LISTEN_TEXT_SIZE];
	bool any = false;

	*reopened_r = false;
	for (unsigned i = 0; i < d->n; i++) {
		bool again = reopen(&d->listener[i], s);

		*reopened_r |= again;
		if (!again && !listen_revive(&d->listener[i]))
			continue;
		log_warn("listener-revived addr=%s",
		    listen_text(&d->listener[i], name));
		any = true;
	}
	return any;
}
