/* xinetd.c - entries become services. */
#include "brood/xinetd.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "brood/old_service.h"
#include "brood/xinetd_file.h"
#include "brood/xinetd_lack.h"

/* Its own, or else that of the defaults. */
static const struct xinetd_given *
find(const struct xinetd_file *x, const struct xinetd_entry *e,
    const char *name)
{
	const struct xinetd_given *own = xinetd_given(e, name);

	return own != NULL ? own : xinetd_given(x->defaults, name);
}

static const char *
value_of(const struct xinetd_entry *e, const char *name)
{
	const struct xinetd_given *g = xinetd_given(e, name);

	return g != NULL ? g->value[0].text : NULL;
}

/* ---- what counts ---- */

struct making {
	struct old_service s;
	struct xinetd_file *x;
	const struct xinetd_entry *e;
	const char *kind;	/* ends its name; NULL: not known */
	bool dgram, wait, internal;
	enum old_family family;
};

static bool
is_yes(struct making *k, const char *name)
{
	const struct xinetd_given *g = find(k->x, k->e, name);

	if (g == NULL || strcasecmp(g->value[0].text, "no") == 0)
		return false;
	if (strcasecmp(g->value[0].text, "yes") != 0)
		old_wrong(&k->s, &g->value[0].at, "%s %.60s: expected yes or no",
		    name, g->value[0].text);
	return true;
}

/* Something a service must have, unless nobody needs it. */
static void
miss(struct making *k, const char *what)
{
	if (k->s.off)
		old_leave_out(&k->s, &k->e->at, "it has no %s", what);
	else
		old_wrong(&k->s, &k->e->at, "service %.60s has no %s: expected "
		    "one", k->e->name, what);
}

static void
read_type(struct making *k)
{
	const struct xinetd_given *g = xinetd_given(k->e, "type");

	for (unsigned i = 0; g != NULL && i < g->n; i++) {
		const struct old_word *w = &g->value[i];

		if (strcmp(w->text, "INTERNAL") == 0)
			k->internal = true;
		else if (strcmp(w->text, "RPC") == 0)
			old_leave_out(&k->s, &w->at, "type RPC: brood has no RPC; "
			    "expected INTERNAL, UNLISTED or none");
		else if (strncmp(w->text, "TCPMUX", 6) == 0)
			old_leave_out(&k->s, &w->at, "type %.20s: brood's tcpmux has "
			    "no programs; expected INTERNAL, UNLISTED or none",
			    w->text);
		else if (strcmp(w->text, "UNLISTED") != 0)
			old_wrong(&k->s, &w->at, "type %.60s: expected INTERNAL, "
			    "UNLISTED, RPC, TCPMUX or TCPMUXPLUS", w->text);
	}
	if (xinetd_has(k->e, "type", "UNLISTED") && !k->s.unmade &&
	    (xinetd_given(k->e, "protocol") == NULL ||
	    xinetd_given(k->e, "port") == NULL))
		miss(k, "protocol and port, and is UNLISTED");
}

static const char *
id_of(const struct xinetd_entry *e)
{
	const char *id = value_of(e, "id");

	return id != NULL ? id : e->name;
}

static bool
is_listed(const struct xinetd_entry *defaults, const char *name, const char *id)
{
	return defaults != NULL && xinetd_has(defaults, name, id);
}

static bool
is_off(struct making *k)
{
	const struct xinetd_entry *d = k->x->defaults;
	const char *id = id_of(k->e);

	return is_yes(k, "disable") || xinetd_has(k->e, "flags", "DISABLE") ||
	    is_listed(d, "disabled", id) ||
	    (xinetd_given(d, "enabled") != NULL && !is_listed(d, "enabled", id));
}

/* ---- where ---- */

static void
read_family(struct making *k)
{
	bool four = xinetd_has(k->e, "flags", "IPv4");
	bool six = xinetd_has(k->e, "flags", "IPv6");

	k->family = is_yes(k, "v6only") && !four ? OLD_IPV6 :
	    four && !six ? OLD_IPV4 : OLD_ANY;
}

/* Is it one of ours, of a protocol that fits? */
static bool
read_socket(struct making *k)
{
	const struct xinetd_given *type = xinetd_given(k->e, "socket_type");
	const struct xinetd_given *proto = xinetd_given(k->e, "protocol");
	const char *name = type != NULL ? type->value[0].text : NULL;
	const char *wanted;

	if (name == NULL) {
		miss(k, "socket_type");
		return false;
	}
	k->dgram = strcmp(name, "dgram") == 0;
	wanted = k->kind = k->dgram ? "udp" : "tcp";
	if (strcmp(name, "raw") == 0 || strcmp(name, "seqpacket") == 0)
		old_leave_out(&k->s, &type->value[0].at, "socket_type %s: brood has "
		    "none of that; expected stream or dgram", name);
	else if (!k->dgram && strcmp(name, "stream") != 0)
		old_wrong(&k->s, &type->value[0].at, "socket_type %.60s: expected "
		    "stream or dgram", name);
	else if (proto != NULL && strcmp(proto->value[0].text, wanted) != 0)
		old_wrong(&k->s, &proto->value[0].at, "protocol %.60s: expected %s",
		    proto->value[0].text, wanted);
	else
		return true;
	return false;
}

/* Two words for the same. */
static const struct xinetd_given *
find_host(struct making *k)
{
	const struct xinetd_given *bind = xinetd_given(k->e, "bind");
	const struct xinetd_given *other = xinetd_given(k->e, "interface");

	if (bind != NULL && other != NULL)
		old_wrong(&k->s, &other->at, "interface: expected no bind beside "
		    "it, which is the same");
	if (bind == NULL && other == NULL)
		bind = xinetd_given(k->x->defaults, "bind");
	if (bind == NULL && other == NULL)
		other = xinetd_given(k->x->defaults, "interface");
	return bind != NULL ? bind : other;
}

static void
read_where(struct making *k)
{
	const struct xinetd_given *port = xinetd_given(k->e, "port");
	const struct xinetd_given *host = find_host(k);
	unsigned n;

	if (!read_socket(k))
		return;
	read_family(k);
	if (port != NULL && !old_number(port->value[0].text, 1, 65535, &n))
		old_wrong(&k->s, &port->value[0].at, "port %.60s: expected a number "
		    "from 1 to 65535", port->value[0].text);
	else
		old_listen(&k->s, host != NULL ? &host->value[0].at :
		    port != NULL ? &port->value[0].at : &k->e->at,
		    k->dgram ? OLD_UDP : OLD_TCP, k->family,
		    host != NULL ? host->value[0].text : NULL,
		    port != NULL ? port->value[0].text : k->e->name);
}

/* ---- what ---- */

static void
read_internal(struct making *k)
{
	if (old_builtin(k->e->name))
		old_say(&k->s, &k->e->at, "inline", k->e->name);
	else
		old_leave_out(&k->s, &k->e->at, "internal %.60s: brood has no such "
		    "built-in of xinetd; expected echo, discard, daytime, chargen "
		    "or time", k->e->name);
}

static void
read_server(struct making *k)
{
	const struct xinetd_given *server = xinetd_given(k->e, "server");
	const struct xinetd_given *args = xinetd_given(k->e, "server_args");
	bool named = xinetd_has(k->e, "flags", "NAMEINARGS");
	const struct old_word *arg = args != NULL ? args->value : NULL;
	unsigned n = args != NULL ? args->n : 0;

	if (server == NULL) {
		miss(k, "server");
		return;
	}
	if (named && n == 0) {
		miss(k, "server_args, and the flag NAMEINARGS");
		return;
	}
	if (k->dgram && !k->wait)
		old_note(&k->s, "A program for each datagram, with that alone as "
		    "0; one that\nwants the socket needs wait = yes, which is "
		    "exec-wait.");
	old_program(&k->s, k->wait ? "exec-wait" : "exec", &server->value[0],
	    named ? arg : NULL, named ? arg + 1 : arg, named ? n - 1 : n);
}

static void
read_what(struct making *k)
{
	if (xinetd_given(k->e, "wait") == NULL)
		miss(k, "wait");
	k->wait = is_yes(k, "wait");
	if (k->internal)
		read_internal(k);
	else
		read_server(k);
}

/* ---- as whom, with what ---- */

static void
read_user(struct making *k)
{
	const struct xinetd_given *user = xinetd_given(k->e, "user");
	const char *group = value_of(k->e, "group");
	const char *name = user != NULL ? user->value[0].text : "nobody";
	char text[256];

	if (user == NULL && !k->internal) {
		miss(k, "user");
		return;
	}
	if (strchr(name, ':') != NULL || strlen(name) +
	    (group != NULL ? strlen(group) : 0) + 2 > sizeof text) {
		old_wrong(&k->s, &user->value[0].at, "user %.60s: expected a name "
		    "or a number", name);
		return;
	}
	snprintf(text, sizeof text, "%s%s%s", name, group != NULL ? ":" : "",
	    group != NULL ? group : "");
	old_say(&k->s, user != NULL ? &user->value[0].at : &k->e->at, "user",
	    text);
	if (!k->internal && !is_yes(k, "groups"))
		old_say(&k->s, &k->e->at, "groups", "none");
}

static void
read_instances(struct making *k)
{
	const struct xinetd_given *g = find(k->x, k->e, "instances");
	const char *text = g != NULL ? g->value[0].text : NULL;
	unsigned n = 0;

	/* With wait there is one at a time. */
	if (g == NULL || (k->wait && !k->internal))
		return;
	if (strcasecmp(text, "UNLIMITED") != 0 &&
	    !old_number(text, 1, 999999999, &n))
		old_wrong(&k->s, &g->value[0].at, "instances %.60s: expected a "
		    "number from 1, or UNLIMITED", text);
	else if (!k->wait || k->internal)
		old_most(&k->s, &g->value[0].at, n);
}

/* "8M": in bytes. */
static bool
read_size(const char *text, unsigned long long *n_r)
{
	size_t digits = strspn(text, "0123456789");
	const char *unit = text + digits;

	if (digits == 0 || digits > 12 || strlen(unit) > 1)
		return false;
	*n_r = strtoull(text, NULL, 10);
	if (*unit == 'k' || *unit == 'K')
		*n_r <<= 10;
	else if (*unit == 'm' || *unit == 'M')
		*n_r <<= 20;
	else
		return *unit == '\0';
	return true;
}

static void
read_limits(struct making *k)
{
	static const struct { const char *name, *limit; } rows[] = {
		{ "rlimit_as",    "as"     }, { "rlimit_cpu",   "cpu"   },
		{ "rlimit_data",  "data"   }, { "rlimit_files", "nofile" },
		{ "rlimit_stack", "stack"  },
	};
	unsigned long long n;
	char text[40];

	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		const struct xinetd_given *g = xinetd_given(k->e, rows[i].name);

		if (g == NULL)
			continue;
		if (strcasecmp(g->value[0].text, "UNLIMITED") == 0) {
			old_note(&k->s, "%s UNLIMITED: programs have the limit that "
			    "brood has.", rows[i].name);
		} else if (read_size(g->value[0].text, &n)) {
			snprintf(text, sizeof text, "%s=%llu", rows[i].limit, n);
			old_say(&k->s, &g->value[0].at, "limit", text);
		} else {
			old_wrong(&k->s, &g->value[0].at, "%s %.60s: expected a "
			    "number, perhaps with K or M behind it, or UNLIMITED",
			    rows[i].name, g->value[0].text);
		}
	}
}

static void
read_umask(struct making *k)
{
	const struct xinetd_given *g = find(k->x, k->e, "umask");
	const char *text = g != NULL ? g->value[0].text : "0";
	size_t n = strspn(text, "01234567");

	if (g == NULL)
		return;
	if (n == 0 || n > 4 || text[n] != '\0' || (n == 4 && text[0] != '0'))
		old_wrong(&k->s, &g->value[0].at, "umask %.60s: expected an octal "
		    "mode from 0 to 0777", text);
	else
		old_say(&k->s, &g->value[0].at, "umask", text);
}

/* ---- the environment ---- */

static void
take_out(struct old_words *w, const char *name)
{
	unsigned n = 0;

	for (unsigned i = 0; i < w->n; i++)
		if (strcmp(w->word[i].text, name) != 0)
			w->word[n++] = w->word[i];
	w->n = n;
}

/* What is left of a set when all was put in and taken out. */
static void
gather(const struct xinetd_entry *e, const char *name, struct old_words *w)
{
	const struct xinetd_given *g;

	if (e == NULL)
		return;
	STAILQ_FOREACH(g, &e->given, next) {
		if (strcmp(g->a->name, name) != 0)
			continue;
		if (g->op == XINETD_SET)
			w->n = 0;
		for (unsigned i = 0; i < g->n; i++) {
			take_out(w, g->value[i].text);
			if (g->op != XINETD_TAKE && w->n < OLD_WORDS)
				w->word[w->n++] = g->value[i];
		}
	}
}

static bool
is_variable(const char *text)
{
	return text[0] != '\0' && (text[0] < '0' || text[0] > '9') && text[strspn(
	    text, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_0123456789")]
	    == '\0';
}

static void
read_env(struct making *k)
{
	struct old_words *w = &k->x->w;

	if (k->internal)
		return;
	w->n = 0;
	gather(k->x->defaults, "passenv", w);
	gather(k->e, "passenv", w);
	for (unsigned i = 0; i < w->n; i++)
		if (is_variable(w->word[i].text))
			old_say(&k->s, &w->word[i].at, "env", w->word[i].text);
		else
			old_wrong(&k->s, &w->word[i].at, "passenv %.60s: expected "
			    "the name of a variable", w->word[i].text);
	w->n = 0;
	gather(k->e, "env", w);
	for (unsigned i = 0; i < w->n; i++)
		if (strchr(w->word[i].text, '=') > w->word[i].text)
			old_say(&k->s, &w->word[i].at, "env", w->word[i].text);
		else
			old_wrong(&k->s, &w->word[i].at, "env %.60s: expected "
			    "NAME=VALUE", w->word[i].text);
}

/* ---- all together ---- */

static void
make_service(struct xinetd_file *x, const struct xinetd_entry *e, bool *told)
{
	struct making k = { .x = x, .e = e };

	old_service(&k.s, &x->o, &e->at);
	k.s.off = is_off(&k);
	read_type(&k);
	xinetd_lack(&k.s, x, e, told);
	if (!k.s.unmade) {
		read_where(&k);
		read_what(&k);
		read_user(&k);
		read_instances(&k);
		read_umask(&k);
		read_limits(&k);
		read_env(&k);
	}
	old_end(&k.s, id_of(e), value_of(e, "id") == NULL ? k.kind : NULL);
}

static struct directive *
begin(struct xinetd_file *x, const char *name, struct directives *list,
    struct mistakes *m, bool convert)
{
	struct directive *head = tree_add(list, tree_copy(name), 1);

	tree_comment(head, "Made of a xinetd.conf.  Programs have their client as "
	    "0 and 1; what\nthey write to 2 goes to the log, where xinetd gave "
	    "it to the client.\nxinetd asks hosts.allow and hosts.deny about "
	    "each client; brood does not:\nlet it exec tcpd(8) if they count.");
	xinetd_file_begin(x, list, m, convert);
	return head;
}

static void
finish(struct xinetd_file *x, struct directive *head)
{
	const struct xinetd_entry *e;
	bool told = false;

	if (x->defaults != NULL)
		xinetd_lack_defaults(head, x->defaults);
	STAILQ_FOREACH(e, &x->entries, next)
		if (!e->broken)
			make_service(x, e, &told);
	old_families(&x->o);
	old_finish(&x->o);
	free(x);
}

void
xinetd_read_text(const char *name, const char *text, size_t size,
    struct directives *list, struct mistakes *m, bool convert)
{
	struct xinetd_file *x = tree_make(sizeof *x);
	struct directive *head = begin(x, name, list, m, convert);

	xinetd_file_text(x, tree_copy(name), text, size);
	finish(x, head);
}

void
xinetd_read(const char *path, struct directives *list, struct mistakes *m,
    bool convert)
{
	struct xinetd_file *x = tree_make(sizeof *x);
	struct directive *head = begin(x, path, list, m, convert);

	xinetd_file_read(x, path, NULL);
	finish(x, head);
}
