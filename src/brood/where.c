/* where.c - addresses as written become addresses as bound. */
#include "brood/where.h"

#include <libgen.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "os/listen.h"
#include "os/resolve.h"
#include "rules/address.h"
#include "tools/clock.h"

enum { WHERE_MS = 5000 };	/* for the names of one word */

struct silent {
	SLIST_ENTRY(silent) next;
	const char *host;
};

struct where {
	struct resolve look_up;
	SLIST_HEAD(, silent) silent;	/* who did not answer */
};

void
where_begin(struct conf *c)
{
	c->where = tree_make(sizeof *c->where);
	c->where->look_up = (struct resolve)RESOLVE_IDLE;
	SLIST_INIT(&c->where->silent);
}

void
where_end(struct conf *c)
{
	resolve_stop(&c->where->look_up, NULL);
	free(c->where);
}

static bool
is_unix(const struct address *a)
{
	return a->kind == ADDRESS_UNIX || a->kind == ADDRESS_UNIX_DGRAM ||
	    a->kind == ADDRESS_UNIX_SEQPACKET;
}

static bool
names_folder(const char *path)
{
	const char *last = strrchr(path, '/');

	return path[0] == '/' && (last[1] == '\0' ||
	    strcmp(last, "/.") == 0 || strcmp(last, "/..") == 0);
}

static void
read_one(struct conf *c, const struct directive *d, unsigned i)
{
	const char *text = d->word[i].text;
	struct address a;
	const char *why = address_parse(text, strlen(text), &a);

	if (why == NULL && is_unix(&a) && a.path[0] != '/' && a.path[0] != '@')
		why = "expected an absolute path, or @NAME";
	if (why == NULL && is_unix(&a) && names_folder(a.path))
		why = "expected the path of a socket, not of a folder";
	/* The supervisor's: numbers are those of somebody else. */
	if (why == NULL && a.kind == ADDRESS_FD && (strcmp(a.path, "*") == 0 ||
	    a.path[strspn(a.path, "0123456789")] == '\0'))
		why = "expected the name of an inherited listener";
	if (why != NULL)
		mistake_at(c->m, d, i, "address `%.200s': %s", text, why);
}

void
where_read(struct conf *c, struct conf_service *s)
{
	for (unsigned i = 0; i < s->nwords; i++)
		if (strcmp(s->word[i]->word[0].text, "listen") == 0)
			for (unsigned j = 1; j < s->word[i]->n; j++)
				read_one(c, s->word[i], j);
}

/* ---- resolving ---- */

static void
add(struct conf *c, struct conf_service *s, const char *text,
    const struct directive *d, unsigned i)
{
	for (unsigned j = 0; j < s->naddresses; j++)
		if (strcmp(s->address[j].text, text) == 0)
			return;
	if (s->naddresses == CONF_LISTENERS) {
		mistake_at(c->m, d, i, "too many addresses: expected at most "
		    "%d of one service", CONF_LISTENERS);
		return;
	}
	s->address[s->naddresses++] = (struct conf_address){
		tree_copy(text), d, d->word[i].column
	};
}

static bool
is_silent(const struct where *w, const struct address *a)
{
	const struct silent *s;

	SLIST_FOREACH(s, &w->silent, next)
		if (strcmp(s->host, a->host) == 0)
			return true;
	return false;
}

/* All that an address stands for is in look_up then; or -1 with *e. */
static int
look_up(struct where *w, const struct address *a, struct err *e)
{
	struct silent *s;

	if (is_silent(w, a)) {
		err_set(e, EXIT_UNAVAILABLE, "cannot resolve %s: no answer in "
		    "time", a->text);
		return -1;
	}
	if (resolve_next(&w->look_up, a, e) == -1)
		return -1;
	resolve_wait(&w->look_up, clock_ms() + WHERE_MS);
	if (!w->look_up.failed)
		return 0;
	*e = w->look_up.err;
	/* The child was ended only for that. */
	if (w->look_up.pid == 0) {
		s = tree_make(sizeof *s);
		s->host = tree_copy(a->host);
		SLIST_INSERT_HEAD(&w->silent, s, next);
	}
	return -1;
}

/* Why can it not be bound, whatever happens until then?  NULL: it may be. */
static const char *
check_found(const struct addr *at)
{
	const struct sockaddr_in6 *six = (const void *)&at->ss;

	if (at->ss.ss_family != AF_INET6)
		return NULL;
	if (IN6_IS_ADDR_V4MAPPED(&six->sin6_addr))
		return "is an IPv4 address: expected it as such";
	if (IN6_IS_ADDR_LINKLOCAL(&six->sin6_addr) && six->sin6_scope_id == 0)
		return "is of one link: expected [ADDRESS%INTERFACE]:PORT";
	return NULL;
}

static void
add_found(struct conf *c, struct conf_service *s, const struct resolved *found,
    const struct directive *d, unsigned i)
{
	const char *why = check_found(&found->at);
	struct listener l = { .type = found->type, .bound = found->at };
	char text[LISTEN_TEXT_SIZE];

	if (why != NULL)
		mistake_at(c->m, d, i, "address `%s' %s", d->word[i].text, why);
	else
		add(c, s, listen_text(&l, text), d, i);
}

/* What is there and is no socket stays.  path "": it has none. */
static void
add_path(struct conf *c, struct conf_service *s, const char *path,
    const struct directive *d, unsigned i)
{
	struct stat st;

	if (path[0] == '/' && lstat(path, &st) == 0 && !S_ISSOCK(st.st_mode))
		mistake_at(c->m, d, i, "address `%s': there is something else, "
		    "expected nothing or a socket", d->word[i].text);
	else
		add(c, s, d->word[i].text, d, i);
}

static void
resolve_one(struct conf *c, struct conf_service *s, const struct directive *d,
    unsigned i)
{
	const struct resolve *r = &c->where->look_up;
	struct address a;
	struct err e;

	if (address_parse(d->word[i].text, strlen(d->word[i].text), &a) != NULL)
		return;
	if (is_unix(&a) || a.kind == ADDRESS_FD) {
		add_path(c, s, is_unix(&a) ? a.path : "", d, i);
		return;
	}
	if (look_up(c->where, &a, &e) == -1) {
		mistake_at(c->m, d, i, "%s", e.text);
		return;
	}
	for (unsigned j = 0; j < r->n; j++)
		add_found(c, s, &r->found[j], d, i);
}

void
where_resolve(struct conf *c, struct conf_service *s)
{
	for (unsigned i = 0; i < s->nwords; i++)
		if (strcmp(s->word[i]->word[0].text, "listen") == 0)
			for (unsigned j = 1; j < s->word[i]->n; j++)
				resolve_one(c, s, s->word[i], j);
}

/* ---- conflicts ---- */

struct claim {
	const struct conf_service *s;
	const struct conf_address *a;
	const char *interface;
	const char *port;	/* what the text ends with; of a unix path where
				 * that leads, of others all */
	size_t order;		/* as they stand in the file */
};

static bool
is_wildcard(const char *text)
{
	return strncmp(text, "0.0.0.0:", 8) == 0 ||
	    strncmp(text, "[::]:", 5) == 0;
}

/* "udp:" and "tcp:" differ; what is behind is an address of a family. */
static const char *
split(const char *text, bool *udp_r)
{
	*udp_r = strncmp(text, "udp:", 4) == 0;
	return *udp_r ? text + 4 : text;
}

static bool
is_clash(const struct claim *a, const struct claim *b)
{
	const char *x, *y;
	bool xudp, yudp;

	/* All interfaces clash with each, as addresses do. */
	if (a->interface[0] != '\0' && b->interface[0] != '\0' &&
	    strcmp(a->interface, b->interface) != 0)
		return false;
	if (strcmp(a->a->text, b->a->text) == 0)
		return strcmp(a->port, "0") != 0;
	/* Whatever it is called: here they are the same. */
	if (a->port[0] == '/')
		return true;
	x = split(a->a->text, &xudp);
	y = split(b->a->text, &yudp);
	return a->port != a->a->text && b->port != b->a->text && xudp == yudp &&
	    (x[0] == '[') == (y[0] == '[') && strcmp(a->port, "0") != 0 &&
	    (is_wildcard(x) || is_wildcard(y));
}

static int
compare(const void *a, const void *b)
{
	const struct claim *x = a, *y = b;
	int by_port = strcmp(x->port, y->port);

	if (by_port != 0)
		return by_port;
	/* The later one is said to be wrong. */
	return (x->order > y->order) - (x->order < y->order);
}

static void
complain(struct conf *c, const struct claim *first, const struct claim *second)
{
	const struct directive *d = second->a->at;

	mistake(c->m, d->file, d->line, second->a->column, "%s is wanted by "
	    "service %s, too, at %s:%u: expected one service for an address",
	    second->a->text, first->s->name, first->a->at->file,
	    first->a->at->line);
}

/* The path without links, dots and doubled slashes, as far as it is there. */
static const char *
real_path(const char *path)
{
	char *copy = tree_copy(path), *real = realpath(dirname(copy), NULL);
	const char *name = strrchr(path, '/');
	char *whole;

	if (real == NULL)
		return path;
	whole = tree_make(strlen(real) + strlen(name) + 1);
	sprintf(whole, "%s%s", strcmp(real, "/") == 0 ? "" : real, name);
	free(real);
	return whole;
}

static struct claim
claim_of(const struct conf_service *s, const struct conf_address *at)
{
	const struct directive *d = conf_word(s, "interface");
	const char *colon = strchr(at->text, ':');
	struct claim k = { s, at, "", at->text, 0 };

	if (strncmp(at->text, "unix", 4) == 0 && colon[1] == '/')
		k.port = real_path(colon + 1);
	if (strncmp(at->text, "unix", 4) == 0 ||
	    strncmp(at->text, "fd:", 3) == 0)
		return k;
	k.port = strrchr(at->text, ':') + 1;
	if (d != NULL)
		k.interface = d->word[1].text;
	return k;
}

/* Those of services are not alone. */
static void
check_control(struct conf *c, const struct claim *k)
{
	const struct directive *d;

	for (unsigned i = 0; i < c->nglobals && k->port[0] == '/'; i++) {
		d = c->global[i];
		if (strcmp(d->word[0].text, "control") != 0 ||
		    d->word[1].text[0] != '/' ||
		    strcmp(real_path(d->word[1].text), k->port) != 0)
			continue;
		mistake(c->m, k->a->at->file, k->a->at->line, k->a->column,
		    "%s is the control socket's path, too, at %s:%u: expected "
		    "another", k->a->text, d->file, d->line);
	}
}

void
where_conflicts(struct conf *c)
{
	const struct conf_service *s;
	struct claim *list;
	size_t n = 0, most = 1;

	STAILQ_FOREACH(s, &c->services, next)
		most += s->naddresses;
	list = tree_make(most * sizeof *list);
	STAILQ_FOREACH(s, &c->services, next) {
		for (unsigned i = 0; s->enabled && i < s->naddresses; i++, n++) {
			list[n] = claim_of(s, &s->address[i]);
			list[n].order = n;
			check_control(c, &list[n]);
		}
	}
	qsort(list, n, sizeof *list, compare);
	for (size_t i = 0; i < n; i++)
		for (size_t j = i + 1; j < n &&
		    strcmp(list[i].port, list[j].port) == 0; j++)
			if (is_clash(&list[i], &list[j])) {
				complain(c, &list[i], &list[j]);
				break;
			}
	free(list);
}
