/* await.c - values from many status lines, and whether they are as wanted. */
#include "ctl/await.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ctl/want.h"

enum { UNKNOWN = -1 };

/* All that was heard in one round. */
struct round {
	struct record top;	/* a supervisor's own status */
	struct record *of;	/* a member's, n 0 if it did not answer */
	size_t n;
};

static void
round_free(struct round *r)
{
	for (size_t i = 0; i < r->n; i++)
		record_free(&r->of[i]);
	free(r->of);
	record_free(&r->top);
	*r = (struct round){ 0 };
}

/* ---- asking ---- */

/* Whether there is no use in asking the others, too: the deadline has come, or
 * it will never be otherwise.  A server that has no place for us now, or went
 * away, may be there the next time. */
static bool
is_final(const struct talk *t, int status)
{
	return status == CTL_LATE ? t->fd == -1 :
	    status != 0 && status != EXIT_UNAVAILABLE;
}

static int
ask_members(struct house *h, const struct want *w, struct round *r,
    struct err *e)
{
	bool all = false;

	for (unsigned i = 0; i < w->n; i++)
		all |= w->term[i].service[0] == '\0';
	r->of = record_memory(NULL, h->n, sizeof *r->of);
	for (; r->n < h->n; r->n++) {
		struct member *m = &h->member[r->n];
		bool asked = all;
		int status = 0;

		for (unsigned i = 0; i < w->n; i++)
			asked |= strcmp(w->term[i].service, m->service) == 0;
		r->of[r->n] = (struct record){ 0 };
		if (asked && member_can_talk(m))
			status = member_status(h, m, &r->of[r->n], e);
		if (is_final(h->supervisor ? &m->talk : &h->top, status))
			return status;
	}
	return h->top.fd != -1 ? 0 : EXIT_UNAVAILABLE;
}

static int
ask_all(struct house *h, const struct want *w, struct round *r, struct err *e)
{
	static const char *const words[] = { "status", NULL };
	struct records l = { 0 };
	int status = house_look(h, e);

	if (status == 0 && h->supervisor)
		status = house_ask(h, words, &l, e);
	if (status == 0 && l.n > 0)
		r->top = l.v[--l.n];
	records_free(&l);
	return status != 0 ? status : ask_members(h, w, r, e);
}

/* ---- values ---- */

/* Things that every process of a service has its part of; of the others the
 * one that serves knows best. */
static bool
is_shared(const char *name)
{
	static const char *const names[] = { "available", "connected",
	    "starting", "leaving", "served", "deaths", "children" };

	for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
		if (strcmp(names[i], name) == 0)
			return true;
	return false;
}

struct sum {
	int64_t thousandths;
	const char *word;	/* it is none, but this */
	bool lacks;		/* somebody did not answer */
	bool strange;		/* somebody answered, and nobody has that key */
	bool had;
};

static void
add(struct sum *s, const struct member *m, const struct record *status,
    const char *name)
{
	const char *value = record_get(status, name);
	int64_t n;

	if (m->pid == 0 && strcmp(name, "state") == 0)
		value = m->state;
	if (value == NULL) {
		s->lacks |= status->n == 0 && m->pid != 0;
		s->strange |= status->n > 0;
		return;
	}
	s->had = true;
	if (want_number(value, &n))
		s->thousandths += n;
	else
		s->word = value;
}

static struct sum
sum_up(struct house *h, const struct round *r, const struct want_term *t)
{
	struct sum s = { 0 };

	for (size_t i = 0; i < h->n; i++) {
		struct member *m = &h->member[i];

		if (t->service[0] != '\0' &&
		    strcmp(m->service, t->service) != 0)
			continue;
		if (is_shared(t->name) || house_main(h, m->service) == m)
			add(&s, m, &r->of[i], t->name);
	}
	return s;
}

/* The value as text; UNKNOWN: not now; or a status. */
static int
value_of(struct house *h, const struct round *r, const struct want_term *t,
    char *buf, size_t size, struct err *e)
{
	const char *own = t->service[0] == '\0' ? record_get(&r->top, t->name) :
	    NULL;
	struct sum s;

	if (own != NULL) {
		strlcpy(buf, own, size);
		return 0;
	}
	s = sum_up(h, r, t);
	if (!s.had && s.strange && !s.lacks) {
		err_set(e, EXIT_USAGE, "%s: no such name in a status line",
		    t->name);
		return EXIT_USAGE;
	}
	if (s.lacks || (!s.had && !(is_shared(t->name) && house_knows(h,
	    t->service[0] != '\0' ? t->service : NULL, NULL) == 0)))
		return UNKNOWN;
	if (s.word != NULL)
		strlcpy(buf, s.word, size);
	else if (s.thousandths % 1000 != 0)
		snprintf(buf, size, "%" PRId64 ".%03d", s.thousandths / 1000,
		    abs((int)(s.thousandths % 1000)));
	else
		snprintf(buf, size, "%" PRId64, s.thousandths / 1000);
	return 0;
}

/* ---- truth ---- */

static int
not_yet(struct house *h, const struct want_term *t, const char *value,
    struct err *e)
{
	bool named = t->service[0] != '\0';
	struct err why;

	if (named && house_knows(h, t->service, &why) != 0)
		err_set(e, CTL_LATE, "timed out: %.300s", why.text);
	else
		err_set(e, CTL_LATE, "timed out: %s%s%s%s is %.60s", t->name,
		    named ? "(" : "", t->service, named ? ")" : "",
		    value != NULL ? value : "not known");
	return CTL_LATE;
}

/* 0, CTL_LATE, or a status that says that it cannot be. */
static int
judge(struct house *h, const struct want *w, const struct round *r,
    struct err *e)
{
	for (unsigned i = 0; i < w->n; i++) {
		const struct want_term *t = &w->term[i];
		char value[128];
		int status = value_of(h, r, t, value, sizeof value, e);

		if (status > 0)
			return status;
		if (status == UNKNOWN || !want_holds(t, value))
			return not_yet(h, t, status == 0 ? value : NULL, e);
	}
	return 0;
}

/* With one master a service that is not its own never comes. */
static int
check_services(struct house *h, const struct want *w, struct err *e)
{
	int status = house_look(h, e);

	for (unsigned i = 0; i < w->n && status == 0 && !h->supervisor; i++)
		if (w->term[i].service[0] != '\0')
			status = house_knows(h, w->term[i].service, e);
	return status;
}

/* The expression may be one word, or several. */
static char *
join(char *const *words)
{
	size_t size = 1;
	char *text;

	for (int i = 0; words[i] != NULL; i++)
		size += strlen(words[i]) + 1;
	text = record_memory(NULL, size, 1);
	text[0] = '\0';
	for (int i = 0; words[i] != NULL; i++) {
		strlcat(text, i > 0 ? " " : "", size);
		strlcat(text, words[i], size);
	}
	return text;
}

static int
read_want(char *const *words, struct want *w, struct err *e)
{
	char *text = join(words);
	size_t at;
	const char *why = want_read(w, text, &at);

	if (why != NULL)
		err_set(e, EXIT_USAGE, "%.200s: expected %s at byte %zu", text,
		    why, at + 1);
	free(text);
	return why == NULL ? 0 : EXIT_USAGE;
}

int
await_want(struct call *c, struct err *e)
{
	struct round r = { 0 };
	struct want w;
	struct err why;
	int status = read_want(c->word, &w, e), heard;
	bool judged = false;

	if (status == 0)
		status = check_services(c->house, &w, e);
	if (status != 0)
		return status;
	do {
		heard = ask_all(c->house, &w, &r, &why);
		if (heard == 0) {
			status = judge(c->house, &w, &r, e);
			judged = true;
		} else if (heard != CTL_LATE || !judged) {
			*e = why;
			status = heard;
		}
		round_free(&r);
	} while (status == CTL_LATE && c->house->top.fd != -1 &&
	    talk_pause(TALK_POLL_MS, c->deadline));
	return status;
}
