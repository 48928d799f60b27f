/* sockets.c - opened by number, kept by what they are. */
#include "brood/sockets.h"

#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "rules/address.h"
#include "rules/spec.h"
#include "tools/fd.h"
#include "tools/log.h"

/* ---- what to open ---- */

/* Numbers only: nobody is asked. */
static int
fill_inet(struct addr *at, const struct address *a)
{
	struct addrinfo hints = {
		.ai_flags = AI_NUMERICHOST | AI_NUMERICSERV,
		.ai_socktype = address_type(a->kind),
	}, *found;

	if (getaddrinfo(a->host, a->port, &hints, &found) != 0) {
		errno = EINVAL;
		return -1;
	}
	memset(at, 0, sizeof *at);
	memcpy(&at->ss, found->ai_addr, found->ai_addrlen);
	at->len = found->ai_addrlen;
	freeaddrinfo(found);
	return 0;
}

static unsigned
number(const struct plain_service *s, const char *word, unsigned most,
    unsigned otherwise)
{
	const char *value = plain_value(s, word), *why = NULL;
	long long n = value != NULL ? strtonum(value, 1, most, &why) : 0;

	return value != NULL && why == NULL ? (unsigned)n : otherwise;
}

static struct listen_spec
spec_of(const struct plain_service *s, const struct address *a)
{
	const char *mode = plain_value(s, "socket-mode");
	struct listen_spec spec = {
		.type = address_type(a->kind),
		.backlog = number(s, "backlog", INT32_MAX, SPEC_BACKLOG),
		.blocking = strcmp(s->kind, "exec-wait") == 0 ||
		    strcmp(s->kind, "worker") == 0,
		.shares = plain_value(s, "peer-session") != NULL,
		.interface = a->kind == ADDRESS_TCP || a->kind == ADDRESS_UDP ?
		    plain_value(s, "interface") : NULL,
		.mode = mode != NULL ? (mode_t)strtoul(mode, NULL, 8) : 0666,
	};

	plain_owner(plain_value(s, "socket-owner"), &spec.uid, &spec.gid);
	return spec;
}

/* ---- opening ---- */

/* "" = of any. */
static int
set_interface(int fd, const char *interface)
{
	return setsockopt(fd, SOL_SOCKET, SO_BINDTODEVICE, interface,
	    (socklen_t)strlen(interface));
}

static int
adopt(const struct sockets *v, struct listener *l, const struct address *a,
    bool blocking, struct err *e)
{
	for (unsigned i = 0; i < v->in.n; i++)
		if (v->in.at[i].fd != -1 &&
		    strcmp(v->in.at[i].name, a->path) == 0)
			return listen_adopt(l, v->in.at[i].fd, a->text, blocking,
			    e);
	err_set(e, EXIT_UNAVAILABLE, "cannot find %s: %u descriptors were "
	    "inherited, none of that name", a->text, v->in.n);
	return -1;
}

static int
open_one(const struct sockets *v, struct listener *l,
    const struct plain_service *s, const char *text, struct err *e)
{
	struct listen_spec spec;
	struct address a;

	if (address_parse(text, strlen(text), &a) != NULL) {
		err_set(e, EXIT_INTERNAL, "address `%.200s': not plain", text);
		return -1;
	}
	spec = spec_of(s, &a);
	if (a.kind == ADDRESS_FD)
		return adopt(v, l, &a, spec.blocking, e);
	if (a.kind != ADDRESS_TCP && a.kind != ADDRESS_UDP) {
		(void)addr_unix(&spec.at, a.path);	/* it fits */
	} else if (fill_inet(&spec.at, &a) == -1) {
		err_set(e, EXIT_INTERNAL, "address `%.200s': not plain", text);
		return -1;
	}
	return listen_open(l, &spec, e);
}

static bool
is_inet(const char *address)
{
	return strncmp(address, "unix", 4) != 0 &&
	    strncmp(address, "fd:", 3) != 0;
}

static const char *
interface_of(const struct plain_service *s, unsigned i)
{
	const char *interface = plain_value(s, "interface");

	return interface != NULL && is_inet(s->address[i]) ? interface : "";
}

/* Who asks for any port has one of his own. */
static const char *
owner_of(const struct plain_service *s, unsigned i)
{
	size_t n = strlen(s->address[i]);

	return is_inet(s->address[i]) && n > 2 &&
	    strcmp(s->address[i] + n - 2, ":0") == 0 ? s->name : "";
}

static bool
is_for(const struct sock *k, const struct plain_service *s, unsigned i)
{
	return strcmp(k->text, s->address[i]) == 0 &&
	    strcmp(k->service, owner_of(s, i)) == 0;
}

static bool
is_on(const struct sock *k, const char *interface)
{
	return strcmp(k->interface, interface) == 0 ||
	    (k->coming != NULL && strcmp(k->coming, interface) == 0);
}

struct sock *
sockets_find(const struct sockets *v, const struct plain_service *s, unsigned i)
{
	struct sock *k;

	LIST_FOREACH(k, &v->list, next)
		if (is_for(k, s, i) && is_on(k, interface_of(s, i)))
			return k;
	return NULL;
}

static bool
is_wanted(const struct sock *k, const struct plain *to)
{
	for (unsigned i = 0; i < to->nservices; i++) {
		const struct plain_service *s = &to->service[i];

		for (unsigned j = 0; j < s->naddresses; j++)
			if (is_for(k, s, j) && is_on(k, interface_of(s, j)))
				return true;
	}
	return false;
}

struct sock *
sockets_to_be(const struct sockets *v, const struct plain *to,
    const struct plain_service *s, unsigned i)
{
	struct sock *k = sockets_find(v, s, i);

	if (k != NULL || to == NULL)
		return k;
	LIST_FOREACH(k, &v->list, next)
		if (is_for(k, s, i) && !k->fresh && !k->listener.inherited &&
		    !is_wanted(k, to))
			break;
	return k;
}

static void
free_one(struct sock *k)
{
	free(k->text);
	free(k->service);
	free(k->interface);
	free(k->coming);
	free(k);
}

static struct sock *
name_one(const char *text, const char *service, const char *interface,
    struct err *e)
{
	struct sock *k = calloc(1, sizeof *k);

	if (k != NULL && (k->text = strdup(text)) != NULL &&
	    (k->service = strdup(service)) != NULL &&
	    (k->interface = strdup(interface)) != NULL)
		return k;
	err_sys(e, EXIT_SYSTEM, "cannot keep a listener");
	if (k != NULL)
		free_one(k);
	return NULL;
}

int
sockets_resume(struct sockets *v, const struct listen_kept *from,
    const char *text, const char *service, const char *interface,
    struct err *e)
{
	struct sock *k = name_one(text, service, interface, e);

	if (k == NULL)
		return -1;
	if (listen_resume(&k->listener, from, text, e) == -1) {
		free_one(k);
		return -1;
	}
	LIST_INSERT_HEAD(&v->list, k, next);
	return 0;
}

static struct sock *
make(struct sockets *v, const struct plain_service *s, unsigned i,
    struct err *e)
{
	struct sock *k = name_one(s->address[i], owner_of(s, i),
	    interface_of(s, i), e);
	char name[LISTEN_TEXT_SIZE];

	if (k == NULL)
		return NULL;
	if (open_one(v, &k->listener, s, k->text, e) == -1) {
		free_one(k);
		return NULL;
	}
	log_info("listen addr=%s service=%s", listen_text(&k->listener, name),
	    s->name);
	k->fresh = true;
	LIST_INSERT_HEAD(&v->list, k, next);
	return k;
}

static void
note_look(struct sock *k, const struct plain_service *s)
{
	struct address a = { .kind = ADDRESS_UNIX };
	struct listen_spec spec = spec_of(s, &a);

	k->backlog = spec.backlog;
	k->mode = spec.mode;
	k->uid = spec.uid;
	k->gid = spec.gid;
}

/* A later failure would be too late: so another socket goes the same way. */
static int
try_interface(const struct sock *k, const char *to, struct err *e)
{
	int fd = socket(k->listener.bound.ss.ss_family, k->listener.type |
	    SOCK_CLOEXEC, 0);
	int r = fd;

	/* It may have gone by now. */
	if (fd != -1 && k->interface[0] != '\0')
		(void)set_interface(fd, k->interface);
	if (fd != -1)
		r = set_interface(fd, to);
	if (r == -1)
		err_sys(e, EXIT_UNAVAILABLE, "cannot bind %s to the interface "
		    "%s", k->text, to);
	fd_close(&fd);
	return r;
}

static int
turn(struct sock *k, const char *interface, struct err *e)
{
	if (is_on(k, interface))
		return 0;
	if (try_interface(k, interface, e) == -1)
		return -1;
	k->coming = strdup(interface);
	if (k->coming != NULL)
		return 0;
	err_sys(e, EXIT_SYSTEM, "cannot keep a listener");
	return -1;
}

void
sockets_want(struct sockets *v, const struct plain_service *s)
{
	for (unsigned i = 0; i < s->naddresses; i++) {
		struct sock *k = sockets_find(v, s, i);

		if (k == NULL)
			continue;
		note_look(k, s);
		k->wanted = true;
	}
}

int
sockets_open(struct sockets *v, const struct plain *to,
    const struct plain_service *s, struct err *e)
{
	struct err one;

	*e = (struct err){ .status = 0 };
	for (unsigned i = 0; i < s->naddresses; i++) {
		struct sock *k = sockets_to_be(v, to, s, i);

		if (k == NULL)
			k = make(v, s, i, &one);
		else if (turn(k, interface_of(s, i), &one) == -1)
			k = NULL;
		if (k == NULL) {
			err_add(e, NULL, &one);
			continue;
		}
		note_look(k, s);
		k->wanted = true;
	}
	return e->text[0] == '\0' ? 0 : -1;
}

void
sockets_revive(const struct sockets *v, const struct plain_service *s)
{
	char name[LISTEN_TEXT_SIZE];

	for (unsigned i = 0; i < s->naddresses; i++) {
		const struct sock *k = sockets_find(v, s, i);

		if (k != NULL && listen_revive(&k->listener))
			log_warn("listener-revived addr=%s",
			    listen_text(&k->listener, name));
	}
}

/* ---- closing ---- */

/* Its number may be another's soon. */
static void
forget_inherited(struct sockets *v, const struct listener *l)
{
	for (unsigned i = 0; l->inherited && i < v->in.n; i++)
		if (v->in.at[i].fd == l->fd)
			v->in.at[i].fd = -1;
}

static void
close_one(struct sockets *v, struct sock *k)
{
	char name[LISTEN_TEXT_SIZE];

	log_info("unlisten addr=%s", listen_text(&k->listener, name));
	forget_inherited(v, &k->listener);
	if (listen_close(&k->listener) == -1)
		log_warn("unlink-failed addr=%s errno=%s", name,
		    strerrorname_np(errno));
	LIST_REMOVE(k, next);
	free_one(k);
}

/* By descriptor: a name could be led elsewhere by whoever owns the folder. */
static int
set_rights(const struct sock *k, const char *path)
{
	char name[32];
	struct stat st;
	int fd = open(path, O_PATH | O_NOFOLLOW | O_CLOEXEC);
	int r = fd == -1 ? -1 : fstat(fd, &st);

	/* Somebody else's by now: then it is not ours to change. */
	if (r == 0 && st.st_dev == k->listener.dev &&
	    st.st_ino == k->listener.ino) {
		snprintf(name, sizeof name, "/proc/self/fd/%d", fd);
		r = chmod(name, k->mode);
		if (r == 0 && k->uid != (uid_t)-1)
			r = fchownat(fd, "", k->uid, k->gid, AT_EMPTY_PATH);
	}
	fd_close(&fd);
	return r;
}

/* Who is connected or waits stays so. */
static void
change_interface(struct sock *k)
{
	if (k->coming == NULL)
		return;
	if (set_interface(k->listener.fd, k->coming) == -1)
		log_warn("interface-failed addr=%s interface=%s errno=%s",
		    k->text, k->coming, strerrorname_np(errno));
	free(k->interface);
	k->interface = k->coming;
	k->coming = NULL;
}

/* What can be changed of a listener that stays: its path's rights, how many
 * may wait, and where it hears. */
static void
dress(struct sock *k)
{
	const struct sockaddr_un *un = (const void *)&k->listener.asked.ss;
	struct listener *l = &k->listener;

	change_interface(k);
	if (l->backlog != 0 && l->backlog != k->backlog &&
	    !listen_is_datagram(l)) {
		l->backlog = k->backlog;
		if (listen(l->fd, (int)l->backlog) == -1)
			log_warn("backlog-failed addr=%s errno=%s", k->text,
			    strerrorname_np(errno));
	}
	if (l->ino != 0 && set_rights(k, un->sun_path) == -1)
		log_warn("socket-mode-failed path=%s errno=%s", k->text,
		    strerrorname_np(errno));
}

void
sockets_undo(struct sockets *v)
{
	struct sock *k, *after;

	LIST_FOREACH_SAFE(k, &v->list, next, after)
		if (k->fresh)
			close_one(v, k);
	sockets_keep(v);
}

void
sockets_done(struct sockets *v)
{
	struct sock *k, *after;

	LIST_FOREACH_SAFE(k, &v->list, next, after)
		if (!k->wanted)
			close_one(v, k);
		else if (!k->fresh)
			dress(k);
	sockets_keep(v);
}

void
sockets_keep(struct sockets *v)
{
	struct sock *k;

	LIST_FOREACH(k, &v->list, next) {
		k->fresh = k->wanted = false;
		free(k->coming);
		k->coming = NULL;
	}
}

void
sockets_close(struct sockets *v)
{
	while (!LIST_EMPTY(&v->list))
		close_one(v, LIST_FIRST(&v->list));
}
