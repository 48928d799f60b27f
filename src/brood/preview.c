/* preview.c - a file is read as for a reload, and compared. */
#include "brood/preview.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "brood/limits.h"
#include "brood/step.h"
#include "tools/log.h"

enum { SET_SIZE = 160 };

/* ---- what would be done ---- */

static void
say_listeners(struct control_client *k, const struct super *s,
    const struct step *st, const struct plain *to)
{
	char text[LISTEN_TEXT_SIZE * 4];

	for (unsigned i = 0; st->to != NULL && i < st->to->naddresses; i++)
		control_say(k, "listener=%s action=%s service=%s",
		    log_value(st->to->address[i], text, sizeof text),
		    sockets_to_be(&s->sockets, to, st->to, i) != NULL ?
		    "keep" : "open", st->to->name);
}

/* Is it wanted by anybody of the new file? */
static bool
is_wanted(const struct super *s, const struct plain *to, const struct sock *k)
{
	for (unsigned i = 0; i < to->nservices; i++)
		for (unsigned j = 0; j < to->service[i].naddresses; j++)
			if (sockets_to_be(&s->sockets, to, &to->service[i],
			    j) == k)
				return true;
	return false;
}

static void
say_closed(struct control_client *k, const struct super *s,
    const struct plain *to)
{
	char text[LISTEN_TEXT_SIZE * 4];
	struct unit *u;

	LIST_FOREACH(u, &s->units, next)
		for (unsigned i = 0; u->spec != NULL && i < u->spec->naddresses;
		    i++) {
			const struct sock *one = sockets_find(&s->sockets,
			    u->spec, i);

			if (one != NULL && !is_wanted(s, to, one))
				control_say(k, "listener=%s action=close "
				    "service=%s", log_value(one->text, text,
				    sizeof text), u->name);
		}
}

/* A new master may have what was set in the old one. */
static const char *
what_was_set(const struct step *st, char buf[SET_SIZE])
{
	bool begins = st->action == ACTION_REPLACE || st->action == ACTION_START;
	const struct keep_limits *l = st->unit != NULL && begins ?
	    limits_set(st->unit) : NULL;

	buf[0] = '\0';
	for (unsigned i = 0; l != NULL && l->known && i < KEEP_LIMITS; i++)
		snprintf(buf + strlen(buf), SET_SIZE - strlen(buf),
		    " set-%s=%u", limits_word(i), l->value[i]);
	if (buf[0] != '\0')
		strlcat(buf, limits_stay(st->unit, st->to) != NULL ?
		    " set=kept" : " set=lost", SET_SIZE);
	return buf;
}

static void
say_services(struct control_client *k, const struct step *v, unsigned n)
{
	char because[PLAIN_BECAUSE * 4], set[SET_SIZE];

	for (unsigned i = 0; i < n; i++) {
		const struct step *st = &v[i];

		log_value(st->because, because, sizeof because);
		if (st->to == NULL)
			control_say(k, "service=%s action=stop because=%s",
			    st->unit->name, because);
		else
			control_say(k, "service=%s action=%s because=%s "
			    "minimum-available=%s maximum-connected=%s%s",
			    st->to->name, step_word(st->action), because,
			    limits_value(st->to, "minimum-available"),
			    limits_value(st->to, "maximum-connected"),
			    what_was_set(st, set));
	}
}

static void
say_all(struct super *s, struct control_client *k, const struct plain *to)
{
	struct step *v;
	unsigned n;

	if (step_compare(s, to, &v, &n) == -1) {
		control_error(k, EXIT_SYSTEM, "no memory for a plan");
		return;
	}
	for (unsigned i = 0; i < n; i++) {
		step_is_done(&v[i]);
		say_listeners(k, s, &v[i], to);
	}
	say_closed(k, s, to);
	say_services(k, v, n);
	control_say(k, "connections-cut=0");
	control_ok(k);
	free(v);
}

void
preview_mistakes(struct control_client *k, const struct loader *l)
{
	char one[LOADER_MISTAKE], text[2 * LOADER_MISTAKE];
	size_t at = 0;

	while (loader_mistake(l, &at, one))
		control_say(k, "mistake=%s", log_value(one, text, sizeof text));
}

/* ---- reading it ---- */

void
preview_open(struct preview *p)
{
	p->loader.out_fd = p->loader.err_fd = -1;
}

void
preview_close(struct preview *p)
{
	loader_free(&p->loader);
}

static void
loaded(struct preview *p, struct super *s)
{
	struct control_client *k = control_client_alive(p->control, p->asker);
	struct plain to;
	struct err e;
	int status = loader_read(&p->loader, &to, &e);

	if (k != NULL && status != 0) {
		preview_mistakes(k, &p->loader);
		control_error(k, status, "%s", e.text);
	} else if (k != NULL) {
		say_all(s, k, &to);
	}
	plain_free(&to);
	loader_free(&p->loader);
}

/* What is wrong with a file tells what is in it. */
static bool
may_read(struct preview *p, struct control_client *k, const char *path)
{
	if (path[0] != '/')
		control_error(k, EXIT_USAGE, "expected an absolute path");
	else if (k->in.by.class != CONTROL_OWN ||
	    strlcpy(p->path, path, sizeof p->path) >= sizeof p->path)
		control_error(k, EXIT_PRIVILEGE, "another file: expected "
		    "somebody with class own");
	else
		return true;
	return false;
}

void
preview_ask(struct preview *p, struct super *s, struct control_client *k,
    const char *path)
{
	struct err e;

	if (p->loader.pid != 0 || s->change.stage != CHANGE_NONE) {
		control_error(k, EXIT_RUNNING, "a file is being read already: try "
		    "again");
		return;
	}
	if (path != NULL && !may_read(p, k, path))
		return;
	p->source = s->o->source;
	if (path != NULL)
		p->source.path = p->path;
	if (loader_start(&p->loader, &p->source, s->now, &e) == -1) {
		control_error(k, e.status, "%s", e.text);
		return;
	}
	p->control = k->control;
	p->asker = control_defer(k);
	if (loader_watch(&p->loader, &s->loop, SUPER_TAG_PLAN) == -1)
		loaded(p, s);
}

void
preview_hear(struct preview *p, struct super *s)
{
	if (p->loader.pid != 0 && loader_take(&p->loader))
		loaded(p, s);
}

int64_t
preview_turn(struct preview *p, struct super *s)
{
	if (p->loader.pid != 0 && s->now >= p->loader.until_ms)
		loaded(p, s);
	return p->loader.pid != 0 ? p->loader.until_ms : LOOP_NEVER;
}
