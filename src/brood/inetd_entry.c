/* inetd_entry.c - an entry becomes a service, field by field. */
#include "brood/inetd_entry.h"

#include <stdio.h>
#include <string.h>

#include "brood/old_service.h"

/* What an entry says, as far as it was read. */
struct entry {
	struct old_service s;
	const struct old_words *w;
	const char *kind;		/* tcp, udp, ...: ends its name */
	enum old_socket socket;
	enum old_family family;
	bool dgram, wait;
	bool limited;			/* to so many at once; 0: to none */
	unsigned most;
	char name[256];			/* of the service, or its path */
};

/* ---- socket type and protocol ---- */

struct proto {
	const char *word, *kind;
	enum old_socket socket;
	enum old_family family;
};

static const struct proto protos[] = {
	/* word       kind    socket    family */
	{ "tcp",      "tcp",  OLD_TCP,  OLD_ANY  },
	{ "tcp4",     "tcp",  OLD_TCP,  OLD_IPV4 },
	{ "tcp6",     "tcp",  OLD_TCP,  OLD_IPV6 },
	{ "tcp46",    "tcp",  OLD_TCP,  OLD_ANY  },
	{ "tcp6only", "tcp",  OLD_TCP,  OLD_IPV6 },
	{ "tcp/ttcp", "tcp",  OLD_TCP,  OLD_ANY  },
	{ "udp",      "udp",  OLD_UDP,  OLD_ANY  },
	{ "udp4",     "udp",  OLD_UDP,  OLD_IPV4 },
	{ "udp6",     "udp",  OLD_UDP,  OLD_IPV6 },
	{ "udp46",    "udp",  OLD_UDP,  OLD_ANY  },
	{ "udp6only", "udp",  OLD_UDP,  OLD_IPV6 },
	{ "unix",     "unix", OLD_UNIX, OLD_ANY  },
};
#define NPROTOS (sizeof protos / sizeof protos[0])

static const struct proto *
find_proto(const char *word, size_t n)
{
	for (size_t i = 0; i < NPROTOS; i++)
		if (strlen(protos[i].word) == n &&
		    memcmp(protos[i].word, word, n) == 0)
			return &protos[i];
	return NULL;
}

/* ",sndbuf=64k,rcvbuf=1m" */
static bool
is_buffers(const char *text)
{
	while (*text == ',') {
		if (strncmp(text, ",sndbuf=", 8) != 0 &&
		    strncmp(text, ",rcvbuf=", 8) != 0)
			return false;
		text += 8;
		if (*text < '0' || *text > '9')
			return false;
		text += strspn(text, "0123456789");
		text += *text != '\0' && strchr("kKmM", *text) != NULL;
	}
	return *text == '\0';
}

/* Only unix sockets have all three types. */
static void
match_type(struct entry *e, const char *type)
{
	const struct old_word *proto = &e->w->word[INETD_PROTO];

	e->dgram = strcmp(type, "dgram") == 0;
	if (e->socket == OLD_UNIX && e->dgram)
		e->socket = OLD_UNIX_DGRAM;
	else if (e->socket == OLD_UNIX && strcmp(type, "seqpacket") == 0)
		e->socket = OLD_UNIX_SEQPACKET;
	else if (strcmp(type, "seqpacket") == 0)
		old_refuse(&e->s, &proto->at, "seqpacket: brood has it of unix "
		    "sockets only; expected stream or dgram");
	else if (e->socket != OLD_UNIX && e->dgram != (e->socket == OLD_UDP))
		old_wrong(&e->s, &proto->at, "%.60s: expected a protocol of type "
		    "%s", proto->text, type);
}

static void
read_proto(struct entry *e)
{
	const struct old_word *w = &e->w->word[INETD_PROTO];
	size_t n = strcspn(w->text, ",");
	const struct proto *p = find_proto(w->text, n);

	if (strncmp(w->text, "rpc/", 4) == 0) {
		old_leave_out(&e->s, &w->at, "%.60s: brood has no RPC; expected "
		    "none", w->text);
		e->kind = "rpc";
		return;
	}
	if (p == NULL || !is_buffers(w->text + n)) {
		old_wrong(&e->s, &w->at, "protocol %.60s: expected tcp, udp, "
		    "tcp4, udp4, tcp6, udp6, tcp46, udp46 or unix, perhaps with "
		    ",sndbuf=N or ,rcvbuf=N", w->text);
		return;
	}
	e->kind = p->kind;
	e->socket = p->socket;
	e->family = p->family;
	if (w->text[n] != '\0')
		old_note(&e->s, "%.200s: no equal; the system sizes the buffers.",
		    w->text + n + 1);
	if (p->family == OLD_IPV6)
		old_note(&e->s, "%.*s is IPv6 alone; GNU inetd means both: %s46.",
		    (int)n, w->text, p->kind);
	if (strchr(p->word, '/') != NULL)
		old_note(&e->s, "%s: no equal; no system has T/TCP any more.",
		    p->word);
	match_type(e, e->w->word[INETD_TYPE].text);
}

static void
read_type(struct entry *e)
{
	const struct old_word *w = &e->w->word[INETD_TYPE];

	if (strcmp(w->text, "raw") == 0 || strcmp(w->text, "rdm") == 0)
		old_leave_out(&e->s, &w->at, "socket type %s: brood has none of "
		    "that; expected stream, dgram or seqpacket", w->text);
	else if (strcmp(w->text, "stream") != 0 &&
	    strcmp(w->text, "dgram") != 0 && strcmp(w->text, "seqpacket") != 0)
		old_wrong(&e->s, &w->at, "socket type %.60s: expected stream, "
		    "dgram or seqpacket", w->text);
	else
		read_proto(e);
}

/* ---- where ---- */

/* A comma list of hosts before the last colon. */
static void
listen_hosts(struct entry *e, const struct old_word *w, const char *hosts,
    size_t n, const char *port)
{
	char host[256];

	for (const char *end = hosts + n;; hosts += n + 1) {
		n = strcspn(hosts, ",");
		if (n > (size_t)(end - hosts))
			n = (size_t)(end - hosts);
		if (n == 0 || n >= sizeof host) {
			old_wrong(&e->s, &w->at, "%.200s: expected an address, or "
			    "a list with commas, before the colon", w->text);
			return;
		}
		if (hosts[0] == '[' && hosts[n - 1] == ']' && n > 2)
			snprintf(host, sizeof host, "%.*s", (int)n - 2,
			    hosts + 1);
		else
			snprintf(host, sizeof host, "%.*s", (int)n, hosts);
		old_listen(&e->s, &w->at, e->socket, e->family, host, port);
		if (hosts + n == end || e->s.o->m->n > e->s.before)
			return;
	}
}

static void
read_inet(struct entry *e, const struct old_word *hosts)
{
	const struct old_word *w = &e->w->word[INETD_SERVICE];
	const char *colon = strrchr(w->text, ':');
	const char *port = colon != NULL ? colon + 1 : w->text;

	if (*port == '\0') {
		old_wrong(&e->s, &w->at, "%.60s: expected a service behind the "
		    "colon, or nothing behind the address in its line", w->text);
		return;
	}
	snprintf(e->name, sizeof e->name, "%s", port);
	if (strncmp(port, "tcpmux/", 7) == 0)
		old_leave_out(&e->s, &w->at, "%.60s: brood's tcpmux has no "
		    "programs; expected none", port);
	else if (colon != NULL)
		listen_hosts(e, w, w->text, (size_t)(colon - w->text), port);
	else if (hosts->text != NULL)
		listen_hosts(e, hosts, hosts->text, strlen(hosts->text), port);
	else
		old_listen(&e->s, &w->at, e->socket, e->family, NULL, port);
}

/* ":user:group:mode:path": who may connect.  Returns the path. */
static const char *
read_owner(struct entry *e, const struct old_word *w)
{
	const char *user = w->text + 1, *group, *mode, *path;
	char owner[256], bits[8];

	group = user + strcspn(user, ":");
	mode = *group == ':' ? group + 1 + strcspn(group + 1, ":") : group;
	path = *mode == ':' ? mode + 1 + strcspn(mode + 1, ":") : mode;
	if (group == user || mode == group + 1 || *path != ':' ||
	    path - mode > 5 || path == mode + 1 || group[1] == '\0' ||
	    (size_t)(mode - user) >= sizeof owner) {
		old_wrong(&e->s, &w->at, "%.200s: expected :USER:GROUP:MODE:PATH",
		    w->text);
		return NULL;
	}
	snprintf(owner, sizeof owner, "%.*s", (int)(mode - user), user);
	snprintf(bits, sizeof bits, "%.*s", (int)(path - mode - 1), mode + 1);
	old_say(&e->s, &w->at, "socket-owner", owner);
	old_say(&e->s, &w->at, "socket-mode", bits);
	return path + 1;
}

static void
read_unix(struct entry *e)
{
	const struct old_word *w = &e->w->word[INETD_SERVICE];
	const char *path = w->text, *behind = strstr(path, ":/");

	if (path[0] == ':')
		path = read_owner(e, w);
	else if (path[0] != '/' && behind != NULL)
		path = behind + 1;	/* hosts mean nothing here */
	if (path == NULL)
		return;
	if (w->text[0] != ':')
		old_note(&e->s, "Everybody may connect to the socket, as with "
		    "OpenBSD's inetd;\nsocket-mode 0600: root alone.");
	old_listen_unix(&e->s, &w->at, e->socket, path);
	snprintf(e->name, sizeof e->name, "%s", strrchr(path, '/') != NULL ?
	    strrchr(path, '/') + 1 : path);
}

/* ---- wait, user ---- */

/* "/MAX[/PER-MINUTE[/AT-ONCE]]": of all, and of one client's address. */
static bool
read_children(struct entry *e, const char *text)
{
	const struct old_word *w = &e->w->word[INETD_WAIT];
	unsigned n[3] = { 0, 0, 0 };

	for (unsigned i = 0; *text != '\0'; i++) {
		size_t len = strcspn(text + 1, "/");
		char digits[16];

		if (*text != '/' || i == 3 || len >= sizeof digits)
			return false;
		snprintf(digits, sizeof digits, "%.*s", (int)len, text + 1);
		if (len > 0 && !old_number(digits, 0, 999999999, &n[i]))
			return false;
		text += len + 1;
	}
	e->limited = !e->wait;
	e->most = n[0];
	if (e->wait && n[0] > 1)
		old_note(&e->s, "%s: with wait there is one program at a time.",
		    w->text);
	if (n[1] > 0)
		old_note(&e->s, "%u a minute from one address: no equal yet.",
		    n[1]);
	if (n[2] > 0)
		old_note(&e->s, "%u at once from one address: no equal yet.",
		    n[2]);
	return true;
}

static void
read_wait(struct entry *e)
{
	const struct old_word *w = &e->w->word[INETD_WAIT];
	size_t n = strcspn(w->text, ".:/");
	unsigned rate = 0;
	bool good;

	e->wait = n == 4 && strncmp(w->text, "wait", n) == 0;
	good = e->wait || (n == 6 && strncmp(w->text, "nowait", n) == 0);
	if (good && w->text[n] == '/')
		good = read_children(e, w->text + n);
	else if (good && w->text[n] != '\0')
		good = old_number(w->text + n + 1, 0, 999999999, &rate);
	if (!good)
		old_wrong(&e->s, &w->at, "%.60s: expected wait or nowait, perhaps "
		    "with .MAX, :MAX or /MAX[/MAX[/MAX]]", w->text);
	else if (rate > 0)
		old_note(&e->s, "%u starts a minute at most: no equal; brood never "
		    "switches a service off.", rate);
}

/* Does it look like the name or the number of a group? */
static bool
is_group(const char *s)
{
	if (s[strspn(s, "0123456789")] == '\0')
		return *s != '\0';
	return (*s < '0' || *s > '9') && *s != '-' && s[strspn(s,
	    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-")]
	    == '\0';
}

static void
read_user(struct entry *e)
{
	const struct old_word *w = &e->w->word[INETD_USER];
	char *text = tree_copy(w->text);
	char *class = strrchr(text, '/');
	char *split;

	if (class != NULL) {
		*class = '\0';
		old_note(&e->s, "login class %s: no equal; see limit and umask.",
		    class + 1);
	}
	split = strchr(text, ':');
	if (split == NULL && (split = strrchr(text, '.')) != NULL)
		split = is_group(split + 1) ? split : NULL;
	if (text[0] == '\0' || split == text ||
	    (split != NULL && !is_group(split + 1))) {
		old_wrong(&e->s, &w->at, "%.60s: expected USER, USER:GROUP or "
		    "USER.GROUP", w->text);
		return;
	}
	if (split != NULL)
		*split = ':';
	old_say(&e->s, &w->at, "user", text);
}

/* ---- what ---- */

static void
read_internal(struct entry *e)
{
	const struct old_word *w = &e->w->word[INETD_PROGRAM];

	if (old_builtin(e->name))
		old_say(&e->s, &w->at, "inline", e->name);
	else
		old_leave_out(&e->s, &w->at, "internal %.60s: brood has no such "
		    "built-in of inetd; expected echo, discard, daytime, chargen "
		    "or time", e->name);
	if (e->w->n > INETD_FIELDS &&
	    strcmp(e->w->word[INETD_FIELDS].text, "internal") != 0)
		old_note(&e->s, "Nothing behind internal counts.");
}

static void
read_program(struct entry *e)
{
	const struct old_words *w = e->w;
	const struct old_word *argv0 = w->n > INETD_FIELDS ?
	    &w->word[INETD_FIELDS] : NULL;

	if (strcmp(w->word[INETD_PROGRAM].text, "internal") == 0) {
		read_internal(e);
		return;
	}
	if (e->dgram && !e->wait)
		old_note(&e->s, "A program for each datagram, with that alone as "
		    "0; one that\nwants the socket needs wait, which is "
		    "exec-wait.");
	old_program(&e->s, e->wait ? "exec-wait" : "exec", &w->word[INETD_PROGRAM],
	    argv0, argv0 != NULL ? argv0 + 1 : NULL,
	    argv0 != NULL ? w->n - INETD_FIELDS - 1 : 0);
}

/* ---- all of it ---- */

/* Is there any use in reading on? */
static bool
is_good(const struct entry *e)
{
	return e->s.o->m->n == e->s.before && !e->s.unmade;
}

void
inetd_entry(struct old *o, const struct inetd_entry *in)
{
	const struct old_word *first = &in->w.word[0];
	struct entry e = { .w = &in->w };

	old_service(&e.s, o, &first->at);
	snprintf(e.name, sizeof e.name, "%s", first->text);
	if (in->policy.line > 0)
		old_refuse(&e.s, &in->policy, "#@ has a policy of IPsec for %.60s: "
		    "brood has none; expected none", first->text);
	if (in->quoted)
		old_note(&e.s, "Quotes hold words together, as with FreeBSD's "
		    "inetd.");
	read_type(&e);
	if (is_good(&e)) {
		if (e.socket == OLD_TCP || e.socket == OLD_UDP)
			read_inet(&e, &in->hosts);
		else
			read_unix(&e);
	}
	if (is_good(&e)) {
		read_wait(&e);
		read_program(&e);
		read_user(&e);
		if (e.limited)
			old_most(&e.s, &e.w->word[INETD_WAIT].at, e.most);
	}
	old_end(&e.s, e.name, e.kind);
}
