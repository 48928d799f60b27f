/* dialect.c - the listeners of a worker as variables. */
#include "pool/dialect.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { FIRST_FD = 3, OTHERS = 8 };

struct vars {
	char **v;
	unsigned n;
	bool failed;
};

static void __attribute__((format(printf, 2, 3)))
add(struct vars *o, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	if (vasprintf(&o->v[o->n], fmt, ap) == -1) {
		o->v[o->n] = NULL;
		o->failed = true;
	} else {
		o->n++;
	}
	va_end(ap);
}

static void
add_names(struct vars *o, const struct listener *v, unsigned n)
{
	char *text = NULL;
	size_t size;
	FILE *f = open_memstream(&text, &size);

	if (f == NULL) {
		o->failed = true;
		return;
	}
	for (unsigned i = 0; i < n; i++)
		fprintf(f, "%s%s", i > 0 ? ":" : "",
		    v[i].name != NULL ? v[i].name : "unknown");
	if (fclose(f) == 0)
		add(o, "LISTEN_FDNAMES=%s", text);
	free(text);
}

/* "host:port=fd;port=fd;path=fd": Server::Starter writes the port alone where
 * every address is meant. */
static void
add_starter(struct vars *o, const struct listener *v, unsigned n)
{
	char *text = NULL;
	size_t size;
	FILE *f = open_memstream(&text, &size);
	char name[ADDR_TEXT_SIZE];

	if (f == NULL) {
		o->failed = true;
		return;
	}
	for (unsigned i = 0; i < n; i++) {
		const char *at = addr_text(&v[i].bound, name);

		if (strncmp(at, "unix:", 5) == 0)
			at += 5;
		fprintf(f, "%s", i > 0 ? ";" : "");
		if (addr_is_wildcard(&v[i].bound) &&
		    v[i].bound.ss.ss_family == AF_INET)
			fprintf(f, "%u=%u", addr_port(&v[i].bound), FIRST_FD + i);
		else
			fprintf(f, "%s=%u", at, FIRST_FD + i);
	}
	if (fclose(f) == 0)
		add(o, "SERVER_STARTER_PORT=%s", text);
	free(text);
	add(o, "SERVER_STARTER_GENERATION=1");
}

static void
add_listeners(struct vars *o, enum handler_dialect dialect,
    const struct listener *v, unsigned n)
{
	switch (dialect) {
	case HANDLER_LISTEN_FDS:
		add(o, "LISTEN_FDS=%u", n);
		add_names(o, v, n);
		break;
	case HANDLER_ON_0:
		break;
	case HANDLER_STARTER:
		add_starter(o, v, n);
		break;
	case HANDLER_EINHORN:
		add(o, "EINHORN_FD_COUNT=%u", n);
		for (unsigned i = 0; i < n; i++)
			add(o, "EINHORN_FD_%u=%u", i, FIRST_FD + i);
		break;
	}
}

char **
dialect_vars(const struct handler *h, const struct listener *v, unsigned n,
    const char *notify_name, int64_t watchdog_ms)
{
	struct vars o = { .v = calloc(n + OTHERS, sizeof *o.v) };

	if (o.v == NULL)
		return NULL;
	add_listeners(&o, h->dialect, v, n);
	add(&o, "NOTIFY_SOCKET=%s", notify_name);
	if (watchdog_ms > 0)
		add(&o, "WATCHDOG_USEC=%" PRId64, watchdog_ms * 1000);
	if (!o.failed)
		return o.v;
	dialect_free(o.v);
	return NULL;
}

void
dialect_free(char **vars)
{
	for (char **v = vars; v != NULL && *v != NULL; v++)
		free(*v);
	free(vars);
}
