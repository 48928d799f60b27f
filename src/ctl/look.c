/* look.c - ask, of every process that is meant, and print. */
#include "ctl/look.h"

#include <string.h>

#include "ctl/show.h"

enum { TRIES = 20, TRY_MS = 5 };

/* ---- one answer from all that are meant ---- */

typedef int gather_fn(struct house *h, struct member *m, const char *verb,
    struct records *to, struct err *e);

static int
gather_lines(struct house *h, struct member *m, const char *verb,
    struct records *to, struct err *e)
{
	const char *const words[] = { verb, NULL };
	struct records l = { 0 };
	int status;

	if (m->pid == 0)
		return 0;
	status = member_ask(h, m, words, &l, e);
	for (size_t i = 0; i < l.n; i++)
		record_put(&l.v[i], "service", m->service);
	if (status == 0)
		records_move(to, &l);
	records_free(&l);
	return status;
}

/* What the supervisor knows of it goes along. */
static int
gather_status(struct house *h, struct member *m, const char *verb,
    struct records *to, struct err *e)
{
	static const char *const keys[] = { "reason", "restarts", "state",
	    "pid" };
	bool can = member_can_talk(m);
	struct record r = { 0 };
	int status = can ? member_status(h, m, &r, e) : 0;

	(void)verb;
	if (status != 0)
		return status;
	for (size_t i = 0; i < (can ? 2 : 4); i++) {
		const char *value = record_get(&m->line, keys[i]);

		if (value != NULL && value[0] != '\0')
			record_put(&r, keys[i], value);
	}
	record_put(&r, "service", m->service);
	records_add(to, r);
	return 0;
}

static bool
is_meant(const struct member *m, const char *service)
{
	return service == NULL || strcmp(m->service, service) == 0;
}

/* Those that answer are in the list even if others do not. */
static int
gather_once(struct call *c, const char *verb, gather_fn *gather,
    struct records *to, struct err *e)
{
	struct house *h = c->house;
	int first = house_look(h, e);

	if (first == 0)
		first = house_knows(h, c->word[0], e);
	for (size_t i = 0; i < h->n && h->top.fd != -1; i++) {
		struct err why;
		int status;

		if (!is_meant(&h->member[i], c->word[0]))
			continue;
		status = gather(h, &h->member[i], verb, to, &why);
		if (status == 0 || first != 0)
			continue;
		first = status;
		*e = why;
		member_blame(&h->member[i], e);
	}
	return first;
}

/* A process that is just being replaced is found at another try. */
static int
gather_all(struct call *c, const char *verb, gather_fn *gather,
    struct records *to, struct err *e)
{
	int status = gather_once(c, verb, gather, to, e);

	for (int i = 0; i < TRIES && status == EXIT_UNAVAILABLE &&
	    c->house->supervisor && c->house->top.fd != -1; i++) {
		if (!talk_pause(TRY_MS, c->deadline))
			break;
		records_free(to);
		status = gather_once(c, verb, gather, to, e);
	}
	return status;
}

static int
look_list(struct call *c, const char *verb, const struct column *columns,
    struct err *e)
{
	struct records l = { 0 };
	int status = gather_all(c, verb, gather_lines, &l, e);

	if (status == 0 || l.n > 0)
		show_list(&l, columns, c->json);
	records_free(&l);
	return status;
}

/* ---- the verbs ---- */

int
look_ping(struct call *c, struct err *e)
{
	static const char *const words[] = { "ping", NULL };
	struct records l = { 0 };
	int status = house_ask(c->house, words, &l, e);

	records_free(&l);
	return status;
}

int
look_version(struct call *c, struct err *e)
{
	static const struct column columns[] = {
		{ "VERSION", "version", NULL, SHOW_TEXT },
		{ "KIND",    "kind",    NULL, SHOW_TEXT },
		{ "PID",     "pid",     NULL, SHOW_TEXT },
		{ 0 }
	};
	const struct records l = { .n = 1, .v = &c->house->version };

	(void)e;
	show_list(&l, columns, c->json);
	return 0;
}

static int
add_supervisor(struct call *c, struct records *to, struct err *e)
{
	static const char *const words[] = { "status", NULL };
	size_t at = to->n;
	int status = house_ask(c->house, words, to, e);

	if (status == 0 && to->n > at && !c->json)
		record_put(&to->v[at], "service", "(supervisor)");
	return status;
}

int
look_status(struct call *c, struct err *e)
{
	static const struct column columns[] = {
		{ "SERVICE",   "service",   NULL,                SHOW_TEXT },
		{ "STATE",     "state",     NULL,                SHOW_TEXT },
		{ "PID",       "pid",       NULL,                SHOW_TEXT },
		{ "AVAILABLE", "available", "minimum-available", SHOW_TEXT },
		{ "CONNECTED", "connected", "maximum-connected", SHOW_TEXT },
		{ "SERVED",    "served",    NULL,                SHOW_TEXT },
		{ "UPTIME",    "uptime",    NULL,                SHOW_AGE  },
		{ "REASON",    "reason",    NULL,                SHOW_TEXT },
		{ 0 }
	};
	struct records all = { 0 }, l = { 0 };
	int status = 0;

	if (c->house->supervisor && c->word[0] == NULL)
		status = add_supervisor(c, &all, e);
	if (status == 0)
		status = gather_all(c, "status", gather_status, &l, e);
	records_move(&all, &l);
	for (size_t i = 0; i < all.n && !c->json; i++)
		if (record_get(&all.v[i], "reason") == NULL)
			record_put(&all.v[i], "reason", "");
	if (status == 0 || (status != EXIT_USAGE && all.n > 0))
		show_list(&all, columns, c->json);
	records_free(&all);
	return status;
}

int
look_services(struct call *c, struct err *e)
{
	static const struct column columns[] = {
		{ "SERVICE",  "service",  NULL, SHOW_TEXT },
		{ "STATE",    "state",    NULL, SHOW_TEXT },
		{ "PID",      "pid",      NULL, SHOW_TEXT },
		{ "AGE",      "age",      NULL, SHOW_AGE  },
		{ "RESTARTS", "restarts", NULL, SHOW_TEXT },
		{ "CONTROL",  "control",  NULL, SHOW_TEXT },
		{ "REASON",   "reason",   NULL, SHOW_TEXT },
		{ 0 }
	};
	static const char *const words[] = { "services", NULL };
	struct records l = { 0 };
	int status;

	if (!c->house->supervisor) {
		err_set(e, EXIT_USAGE, "a master of one service answers at "
		    "%.200s: expected a supervisor", c->house->path);
		return EXIT_USAGE;
	}
	status = house_ask(c->house, words, &l, e);
	if (status == 0)
		show_list(&l, columns, c->json);
	records_free(&l);
	return status;
}

int
look_children(struct call *c, struct err *e)
{
	static const struct column columns[] = {
		{ "SERVICE",    "service",    NULL, SHOW_TEXT },
		{ "PID",        "pid",        NULL, SHOW_TEXT },
		{ "STATE",      "state",      NULL, SHOW_TEXT },
		{ "GENERATION", "generation", NULL, SHOW_TEXT },
		{ "AGE",        "age",        NULL, SHOW_AGE  },
		{ "SERVED",     "served",     NULL, SHOW_TEXT },
		{ 0 }
	};

	return look_list(c, "children", columns, e);
}

int
look_connections(struct call *c, struct err *e)
{
	static const struct column columns[] = {
		{ "SERVICE", "service", NULL, SHOW_TEXT },
		{ "PID",     "pid",     NULL, SHOW_TEXT },
		{ "PEER",    "peer",    NULL, SHOW_TEXT },
		{ "UID",     "uid",     NULL, SHOW_TEXT },
		{ "LOCAL",   "local",   NULL, SHOW_TEXT },
		{ "AGE",     "age",     NULL, SHOW_AGE  },
		{ 0 }
	};

	return look_list(c, "connections", columns, e);
}

int
look_addresses(struct call *c, struct err *e)
{
	static const struct column columns[] = {
		{ "SERVICE",   "service",   NULL,      SHOW_TEXT },
		{ "ADDRESS",   "addr",      NULL,      SHOW_TEXT },
		{ "STATE",     "state",     NULL,      SHOW_TEXT },
		{ "QUEUED",    "queued",    "backlog", SHOW_TEXT },
		{ "INHERITED", "inherited", NULL,      SHOW_YES  },
		{ 0 }
	};

	return look_list(c, "addresses", columns, e);
}

int
look_why(struct call *c, struct err *e)
{
	static const struct column columns[] = {
		{ "AGE",     "age",     NULL, SHOW_AGE  },
		{ "WHAT",    "what",    NULL, SHOW_TEXT },
		{ "COUNT",   "count",   NULL, SHOW_TEXT },
		{ "BECAUSE", "because", NULL, SHOW_TEXT },
		{ 0 }
	};
	struct records l = { 0 };
	struct member *m;
	int status = house_look(c->house, e);

	if (status == 0)
		status = house_pick(c->house, c->word[0], &m, e);
	if (status != 0)
		return status;
	if (m->pid == 0)	/* then the supervisor's reason is all */
		status = member_talk(c->house, m, &(struct talk *){ NULL }, e);
	if (status == 0)
		status = gather_lines(c->house, m, "why", &l, e);
	if (status == 0)
		show_list(&l, columns, c->json);
	else
		member_blame(m, e);
	records_free(&l);
	return status;
}
