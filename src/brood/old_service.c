/* old_service.c - a service is put together in a box, and shelved when it is
 * whole. */
#include "brood/old_service.h"

#include <arpa/inet.h>
#include <stdarg.h>
#include <string.h>

#include "brood/conf.h"
#include "rules/address.h"
#include "rules/spec.h"

void
old_service(struct old_service *s, struct old *o, const struct file_place *at)
{
	*s = (struct old_service){ .o = o, .at = *at, .before = o->m->n };
	STAILQ_INIT(&s->box);
	s->d = tree_add(&s->box, at->file, at->line);
	s->d->block = true;
}

static void
tell(struct old_service *s, const struct file_place *at, const char *text)
{
	mistake(s->o->m, at->file, at->line, at->column, "%s", text);
}

void
old_wrong(struct old_service *s, const struct file_place *at,
    const char *fmt, ...)
{
	char text[512];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof text, fmt, ap);
	va_end(ap);
	tell(s, at, text);
}

/* A character may have been cut in two. */
static void
make_ascii(char *text)
{
	for (char *p = text; *p != '\0'; p++)
		if ((*p & 0x80) != 0)
			*p = '?';
}

static void __attribute__((format(printf, 2, 0)))
comment(struct directive *d, const char *fmt, va_list ap)
{
	char text[512];

	vsnprintf(text, sizeof text, fmt, ap);
	make_ascii(text);
	tree_comment(d, "%s", text);
}

void
old_comment(struct directive *d, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	comment(d, fmt, ap);
	va_end(ap);
}

void
old_note(struct old_service *s, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	comment(s->d, fmt, ap);
	va_end(ap);
}

static void __attribute__((format(printf, 3, 0)))
refuse(struct old_service *s, const struct file_place *at, const char *fmt,
    va_list ap)
{
	char text[512], line[600];
	const char *advice;

	vsnprintf(text, sizeof text, fmt, ap);
	if (!s->off && !s->o->convert) {
		tell(s, at, text);
		return;
	}
	s->off = true;
	advice = strstr(text, "; expected");
	snprintf(line, sizeof line, "Not served: %.*s.", advice != NULL ?
	    (int)(advice - text) : (int)strlen(text), text);
	if (s->d->comment == NULL || strstr(s->d->comment, line) == NULL) {
		make_ascii(line);
		tree_comment(s->d, "%s", line);
	}
}

void
old_refuse(struct old_service *s, const struct file_place *at,
    const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	refuse(s, at, fmt, ap);
	va_end(ap);
}

void
old_leave_out(struct old_service *s, const struct file_place *at,
    const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	refuse(s, at, fmt, ap);
	va_end(ap);
	s->unmade = true;
}

void
old_say(struct old_service *s, const struct file_place *at, const char *name,
    const char *value)
{
	tree_say(&s->d->children, at->file, at->line, at->column, name, value,
	    NULL);
}

/* ---- where ---- */

static void
add_address(struct old_service *s, const struct file_place *at,
    const char *text)
{
	struct address a;
	const char *why = address_parse(text, strlen(text), &a);

	if (why != NULL) {
		old_wrong(s, at, "address `%.200s': %s", text, why);
		return;
	}
	if (s->listen == NULL)
		s->listen = tree_say(&s->d->children, at->file, at->line,
		    at->column, "listen", NULL);
	for (unsigned i = 1; i < s->listen->n; i++)
		if (strcmp(s->listen->word[i].text, text) == 0)
			return;
	if (s->listen->n > CONF_LISTENERS)
		old_wrong(s, at, "too many addresses: expected at most %d",
		    CONF_LISTENERS);
	else
		tree_word(s->listen, text, at->column);
}

/* The host as our grammar has it; NULL: it contradicts the family. */
static const char *
host_of(const char *host, enum old_family family, char buf[80])
{
	static const char *const all[] = { "*", "0.0.0.0", "[::]" };
	static const char *const own[] = { "localhost", "127.0.0.1", "[::1]" };
	struct in6_addr six;
	struct in_addr four;

	if (host == NULL || strcmp(host, "*") == 0)
		return all[family];
	if (strcmp(host, "localhost") == 0)
		return own[family];
	if (inet_pton(AF_INET, host, &four) == 1)
		return family == OLD_IPV6 ? NULL : host;
	if (inet_pton(AF_INET6, host, &six) == 1) {
		snprintf(buf, 80, "[%s]", host);
		return family == OLD_IPV4 ? NULL : buf;
	}
	return family == OLD_ANY || host[0] == '[' ? host : NULL;
}

void
old_listen(struct old_service *s, const struct file_place *at,
    enum old_socket socket, enum old_family family, const char *host,
    const char *port)
{
	char buf[80], text[512];
	const char *part = host_of(host, family, buf);

	if (part == NULL) {
		old_wrong(s, at, "%.200s: expected an address of %s", host,
		    family == OLD_IPV4 ? "IPv4" : "IPv6");
		return;
	}
	if ((size_t)snprintf(text, sizeof text, "%s%s:%s",
	    socket == OLD_UDP ? "udp:" : "", part, port) >= sizeof text)
		old_wrong(s, at, "too long: expected HOST:SERVICE");
	else
		add_address(s, at, text);
}

void
old_listen_unix(struct old_service *s, const struct file_place *at,
    enum old_socket socket, const char *path)
{
	char text[512];

	if (path[0] != '/')
		old_wrong(s, at, "%.200s: expected the absolute path of a socket",
		    path);
	else if ((size_t)snprintf(text, sizeof text, "%s:%s",
	    socket == OLD_UNIX ? "unix" : socket == OLD_UNIX_DGRAM ?
	    "unix-dgram" : "unix-seqpacket", path) >= sizeof text)
		old_wrong(s, at, "path too long: a unix socket's has at most "
		    "107 bytes");
	else
		add_address(s, at, text);
}

/* ---- what ---- */

bool
old_builtin(const char *name)
{
	static const char *const names[] = {
		"echo", "discard", "daytime", "chargen", "time"
	};

	for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
		if (strcmp(names[i], name) == 0)
			return true;
	return false;
}

void
old_most(struct old_service *s, const struct file_place *at, unsigned n)
{
	char text[24];

	if (n > SPEC_MOST_CHILDREN)
		old_note(s, "%u at once is more than brood has children: %d.", n,
		    SPEC_MOST_CHILDREN);
	if (n == 0 || n > SPEC_MOST_CHILDREN)
		n = SPEC_MOST_CHILDREN;
	snprintf(text, sizeof text, "%u", n);
	if (n < SPEC_MIN_AVAILABLE)
		old_say(s, at, "minimum-available", text);
	old_say(s, at, "maximum-connected", text);
}

void
old_program(struct old_service *s, const char *word,
    const struct old_word *program, const struct old_word *argv0,
    const struct old_word *arg, unsigned n)
{
	const struct file_place *at = &program->at;
	const char *slash = strrchr(program->text, '/');
	const char *name = argv0 != NULL ? argv0->text :
	    slash != NULL ? slash + 1 : program->text;
	struct directive *d;

	if (program->text[0] != '/') {
		old_wrong(s, at, "%.200s: expected the absolute path of a program",
		    program->text);
		return;
	}
	d = tree_say(&s->d->children, at->file, at->line, at->column, word,
	    program->text, NULL);
	for (unsigned i = 0; i < n; i++)
		tree_word(d, arg[i].text, arg[i].at.column);
	if (strcmp(name, program->text) != 0)
		old_say(s, argv0 != NULL ? &argv0->at : at, "argv0", name);
}

/* ---- its name ---- */

/* Letters, digits, _ . and - stay; with room for a number behind it. */
static void
clean_name(const char *name, const char *kind, char out[CONF_NAME + 1])
{
	int most = CONF_NAME - 5 - (kind != NULL ? (int)strlen(kind) + 1 : 0);

	snprintf(out, CONF_NAME + 1, "%.*s%s%s", most, name,
	    kind != NULL ? "-" : "", kind != NULL ? kind : "");
	for (char *p = out; *p != '\0'; p++)
		if (!((*p >= 'a' && *p <= 'z') || (*p >= 'A' && *p <= 'Z') ||
		    (*p >= '0' && *p <= '9') ||
		    (p != out && (*p == '.' || *p == '-'))))
			*p = '_';
}

/* The number of the next service of that name; 1: there is none yet. */
static unsigned
next_number(const struct old *o, const char *name)
{
	const struct directive *d;
	size_t n = strlen(name);
	unsigned most = 1, number;
	bool taken = false;

	STAILQ_FOREACH(d, o->to, next) {
		const char *other = d->n == 2 ? d->word[1].text : "";

		taken |= strcmp(other, name) == 0;
		if (strncmp(other, name, n) == 0 && other[n] == '-' &&
		    old_number(other + n + 1, 1, 9998, &number) && number > most)
			most = number;
	}
	return taken ? most + 1 : 1;
}

/* Only the comment comes out; it begins with what is missing. */
static void
leave_out(struct old_service *s, const char *name)
{
	const char *why = s->d->comment;

	s->d->block = false;
	STAILQ_INIT(&s->d->children);
	s->d->comment = NULL;
	tree_comment(s->d, "Left out: %s, line %u.", name, s->at.line);
	tree_comment(s->d, "%s", why);
}

void
old_end(struct old_service *s, const char *name, const char *kind)
{
	char text[CONF_NAME + 1];
	unsigned number;

	if (s->o->m->n > s->before)
		return;
	if (s->off)
		old_say(s, &s->at, "enabled", "no");
	clean_name(name, kind, text);
	if (s->unmade) {
		leave_out(s, text);
	} else {
		number = next_number(s->o, text);
		if (number > 1)
			snprintf(text + strlen(text), 6, "-%u", number % 10000);
		tree_word(s->d, "service", s->at.column);
		tree_word(s->d, text, s->at.column);
	}
	STAILQ_REMOVE_HEAD(&s->box, next);
	STAILQ_INSERT_TAIL(s->o->to, s->d, next);
}

/* ---- all together ---- */

static bool
is_served(const struct directive *d)
{
	const struct directive *w;

	STAILQ_FOREACH(w, &d->children, next)
		if (strcmp(w->word[0].text, "enabled") == 0)
			return false;
	return true;
}

/* Does another service listen at that address? */
static bool
is_taken(const struct old *o, const struct directive *but, const char *text)
{
	const struct directive *d, *w;

	STAILQ_FOREACH(d, o->to, next) {
		if (d == but || !is_served(d))
			continue;
		STAILQ_FOREACH(w, &d->children, next)
			for (unsigned i = 1; strcmp(w->word[0].text, "listen") ==
			    0 && i < w->n; i++)
				if (strcmp(w->word[i].text, text) == 0)
					return true;
	}
	return false;
}

/* Of `*', keep the family that no other service has of that port. */
static void
part(const struct old *o, const struct directive *d, struct tree_word *w)
{
	size_t n = strncmp(w->text, "udp:", 4) == 0 ? 4 : 0;
	char four[512], six[512];

	if (strncmp(w->text + n, "*:", 2) != 0)
		return;
	snprintf(four, sizeof four, "%.*s0.0.0.0%s", (int)n, w->text,
	    w->text + n + 1);
	snprintf(six, sizeof six, "%.*s[::]%s", (int)n, w->text,
	    w->text + n + 1);
	if (is_taken(o, d, six))
		w->text = tree_copy(four);
	else if (is_taken(o, d, four))
		w->text = tree_copy(six);
}

void
old_families(struct old *o)
{
	struct directive *d, *w;

	STAILQ_FOREACH(d, o->to, next) {
		if (!is_served(d))
			continue;
		STAILQ_FOREACH(w, &d->children, next)
			for (unsigned i = 1; strcmp(w->word[0].text, "listen") ==
			    0 && i < w->n; i++)
				part(o, d, &w->word[i]);
	}
}
