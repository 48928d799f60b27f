/* house.c - a supervisor's masters, by their own sockets. */
#include "ctl/house.h"

#include <stdlib.h>
#include <string.h>

static const char *const ask_status[] = { "status", NULL };

/* ---- members ---- */

static void
member_free(struct member *m)
{
	free(m->service);
	free(m->state);
	free(m->control);
	record_free(&m->line);
	talk_close(&m->talk);
}

static char *
copy_of(const struct record *r, const char *key)
{
	const char *value = record_get(r, key);

	return record_copy(value != NULL ? value : "");
}

/* The line belongs to the member then. */
static struct member
member_of(struct record line)
{
	struct member m = {
		.service = copy_of(&line, "service"),
		.state = copy_of(&line, "state"),
		.control = copy_of(&line, "control"),
		.pid = record_number(&line, "pid", 0),
		.line = line,
		.talk = TALK_NONE,
	};

	if (m.control[0] != '/' && m.control[0] != '@') {
		free(m.control);
		m.control = NULL;
	}
	return m;
}

bool
member_can_talk(const struct member *m)
{
	return m->pid != 0 && (m->control != NULL || m->line.n == 0);
}

void
member_blame(const struct member *m, struct err *e)
{
	struct err why = *e;

	err_set(e, why.status, "%.60s: %.400s", m->service, why.text);
}

static bool
is_same(const struct member *a, const struct member *b)
{
	return a->pid == b->pid && a->control != NULL && b->control != NULL &&
	    strcmp(a->control, b->control) == 0;
}

/* ---- asking ---- */

int
member_talk(struct house *h, struct member *m, struct talk **talk_r,
    struct err *e)
{
	*talk_r = h->supervisor ? &m->talk : &h->top;
	if ((*talk_r)->fd != -1)
		return 0;
	if (!member_can_talk(m)) {
		const char *reason = record_get(&m->line, "reason");

		err_set(e, EXIT_UNAVAILABLE, m->pid == 0 ?
		    "no process serves now%s%s" :
		    "its process has no control socket", reason != NULL &&
		    reason[0] != '\0' ? ": " : "",
		    reason != NULL ? reason : "");
		return EXIT_UNAVAILABLE;
	}
	if (h->supervisor)
		return talk_open(&m->talk, m->control, h->deadline, e);
	err_set(e, EXIT_UNAVAILABLE, "it went away");
	return EXIT_UNAVAILABLE;
}

int
member_ask(struct house *h, struct member *m, const char *const *words,
    struct records *answer, struct err *e)
{
	struct talk *t;
	int status = member_talk(h, m, &t, e);

	return status != 0 ? status :
	    talk_ask(t, words, h->deadline, answer, e);
}

int
house_ask(struct house *h, const char *const *words, struct records *answer,
    struct err *e)
{
	if (h->top.fd != -1)
		return talk_ask(&h->top, words, h->deadline, answer, e);
	err_set(e, EXIT_UNAVAILABLE, "it went away");
	return EXIT_UNAVAILABLE;
}

/* The one line that an answer should be. */
static int
only_line(int status, struct records *l, struct record *r, struct err *e)
{
	*r = (struct record){ 0 };
	if (status == 0 && l->n != 1) {
		err_set(e, EXIT_UNAVAILABLE, "it does not answer as brood "
		    "does: %zu lines for one", l->n);
		status = EXIT_UNAVAILABLE;
	}
	if (status == 0)
		*r = l->v[--l->n];
	records_free(l);
	return status;
}

int
member_status(struct house *h, struct member *m, struct record *r,
    struct err *e)
{
	struct records l = { 0 };

	return only_line(member_ask(h, m, ask_status, &l, e), &l, r, e);
}

/* ---- the whole house ---- */

static int
look_at_master(struct house *h, struct err *e)
{
	struct member m = { .pid = 1, .talk = TALK_NONE };
	struct records l = { 0 };
	struct record r;
	int status;

	if (h->n > 0)
		return 0;
	status = only_line(house_ask(h, ask_status, &l, e), &l, &r, e);
	if (status != 0)
		return status;
	m.service = copy_of(&r, "service");
	m.state = copy_of(&r, "state");
	m.pid = record_number(&r, "pid", 1);
	record_free(&r);
	h->member = record_memory(NULL, 1, sizeof m);
	h->member[h->n++] = m;
	return 0;
}

/* What is still there keeps its connection. */
static void
replace(struct house *h, struct records *l)
{
	struct member *new = record_memory(NULL, l->n, sizeof *new);

	for (size_t i = 0; i < l->n; i++) {
		new[i] = member_of(l->v[i]);
		for (size_t j = 0; j < h->n; j++)
			if (is_same(&new[i], &h->member[j]) &&
			    new[i].talk.fd == -1) {
				new[i].talk = h->member[j].talk;
				h->member[j].talk = TALK_NONE;
			}
	}
	for (size_t j = 0; j < h->n; j++)
		member_free(&h->member[j]);
	free(h->member);
	h->member = new;
	h->n = l->n;
	l->n = 0;
}

int
house_look(struct house *h, struct err *e)
{
	static const char *const words[] = { "services", NULL };
	struct records l = { 0 };
	int status;

	if (!h->supervisor)
		return look_at_master(h, e);
	status = house_ask(h, words, &l, e);
	if (status == 0)
		replace(h, &l);
	records_free(&l);
	return status;
}

int
house_open(struct house *h, const char *path, int64_t deadline, struct err *e)
{
	static const char *const words[] = { "version", NULL };
	struct records l = { 0 };
	int status;

	*h = (struct house){ .path = path, .deadline = deadline,
	    .top = TALK_NONE };
	status = talk_open(&h->top, path, deadline, e);
	if (status == 0)
		status = only_line(house_ask(h, words, &l, e), &l, &h->version,
		    e);
	h->supervisor = record_is(&h->version, "kind", "supervisor");
	return status;
}

void
house_close(struct house *h)
{
	for (size_t i = 0; i < h->n; i++)
		member_free(&h->member[i]);
	free(h->member);
	record_free(&h->version);
	talk_close(&h->top);
}

/* ---- which one is meant ---- */

static unsigned
rank(const struct member *m)
{
	static const char *const words[] = { "finishing", "stopping", "failed",
	    "waiting", "starting", "running" };

	for (unsigned i = 0; i < sizeof words / sizeof words[0]; i++)
		if (strcmp(m->state, words[i]) == 0)
			return i + 1;
	return 0;
}

struct member *
house_main(struct house *h, const char *service)
{
	struct member *best = NULL;

	for (size_t i = 0; i < h->n; i++)
		if (strcmp(h->member[i].service, service) == 0 &&
		    (best == NULL || rank(&h->member[i]) > rank(best)))
			best = &h->member[i];
	return best;
}

static bool
is_first(const struct house *h, size_t at)
{
	for (size_t i = 0; i < at; i++)
		if (strcmp(h->member[i].service, h->member[at].service) == 0)
			return false;
	return true;
}

/* "echo, git", each once. */
static void
write_names(const struct house *h, char *buf, size_t size)
{
	buf[0] = '\0';
	for (size_t i = 0; i < h->n; i++) {
		if (!is_first(h, i))
			continue;
		if (buf[0] != '\0')
			strlcat(buf, ", ", size);
		strlcat(buf, h->member[i].service, size);
	}
	if (buf[0] == '\0')
		strlcpy(buf, "none", size);
}

int
house_knows(const struct house *h, const char *service, struct err *e)
{
	char names[300];

	if (service == NULL)
		return 0;
	for (size_t i = 0; i < h->n; i++)
		if (strcmp(h->member[i].service, service) == 0)
			return 0;
	write_names(h, names, sizeof names);
	err_set(e, EXIT_USAGE, "%.60s: no such service: there is %s", service,
	    names);
	return EXIT_USAGE;
}

int
house_pick(struct house *h, const char *service, struct member **m_r,
    struct err *e)
{
	int status = house_knows(h, service, e);
	char names[300];
	size_t n = 0;

	if (status != 0)
		return status;
	for (size_t i = 0; i < h->n; i++)
		n += is_first(h, i);
	if (service == NULL && n != 1) {
		write_names(h, names, sizeof names);
		err_set(e, EXIT_USAGE, "a service must be named: there is %s",
		    names);
		return EXIT_USAGE;
	}
	*m_r = house_main(h, service != NULL ? service : h->member[0].service);
	return 0;
}
