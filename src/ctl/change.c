/* change.c - plan and reload. */
#include "ctl/change.h"

#include <err.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ctl/show.h"

static int
expect_supervisor(const struct call *c, struct err *e)
{
	if (c->house->supervisor)
		return 0;
	err_set(e, EXIT_USAGE, "a master of one service answers at %.200s: "
	    "expected a supervisor", c->house->path);
	return EXIT_USAGE;
}

/* All that is wrong with the file goes to standard error; the last of it is
 * the error itself. */
static void
tell_mistake(struct err *last, const struct record *r)
{
	const char *text = record_get(r, "mistake");
	char safe[4 * sizeof last->text];

	if (text == NULL)
		return;
	if (last->text[0] != '\0')
		warnx("%s", show_safe(last->text, safe, sizeof safe));
	err_set(last, EXIT_CONFIG, "%s", text);
}

static void
use_mistake(struct err *last, int status, struct err *e)
{
	if (status != 0 && last->text[0] != '\0')
		err_set(e, status, "%s", last->text);
}

/* ---- plan: a line for people ---- */

static const char *const numbers[] = { "minimum-available",
    "maximum-connected" };

/* A value as it may be printed; "" where there is none. */
static const char *
safe(const struct record *r, const char *key, char buf[300])
{
	const char *value = record_get(r, key);

	return show_safe(value != NULL ? value : "", buf, 300);
}

static void
print_listener(const struct record *r)
{
	char addr[300], service[300], action[300];
	int type = 0;

	safe(r, "listener", addr);
	if (strncmp(addr, "tcp:", 4) == 0 || strncmp(addr, "udp:", 4) == 0)
		type = 4;
	printf("%s %.*s%s%s (%s)\n", safe(r, "action", action),
	    type > 0 ? type - 1 : 0, addr, type > 0 ? " " : "", addr + type,
	    safe(r, "service", service));
}

/* The file's number before the change: as `WORD 4 -> 8' says it; else what is
 * true now, or the new one if the word has not changed. */
static int64_t
old_number(const struct record *r, const char *word, int64_t now)
{
	const char *why = record_get(r, "because");
	const char *at = why != NULL ? strstr(why, word) : NULL;
	char *end;
	long long n;

	if (at == NULL)
		return record_number(r, word, -1);
	at += strlen(word);
	n = strtoll(at, &end, 10);
	return end > at && strncmp(end, " -> ", 4) == 0 ? n : now;
}

/* "minimum-available 4 -> 8, ..."; false: no number changes. */
static bool
write_changes(const struct record *r, const struct record *live, char *buf,
    size_t size)
{
	buf[0] = '\0';
	for (size_t i = 0; i < 2; i++) {
		int64_t now = record_number(live, numbers[i], -1);
		int64_t old = old_number(r, numbers[i], now);
		int64_t new = record_number(r, numbers[i], -1);
		size_t n = strlen(buf);

		if (old != -1 && new != -1 && old != new)
			snprintf(buf + n, size - n, "%s%s %" PRId64 " -> %"
			    PRId64, n > 0 ? ", " : "", numbers[i], old, new);
	}
	return buf[0] != '\0';
}

/* Does the file say another number than before, or another pool? */
static bool
is_told(const struct record *r, const char *word)
{
	const char *why = record_get(r, "because");

	return record_is(r, "set", "lost") ||
	    (record_is(r, "action", "limits") && why != NULL &&
	    strstr(why, word) != NULL);
}

/* What a process has now: as it says, or as the supervisor does of one that
 * goes; else -1. */
static int64_t
number_now(const struct record *r, const struct record *live, const char *word)
{
	char key[64];

	snprintf(key, sizeof key, "set-%s", word);
	return record_number(r, key, record_number(live, word, -1));
}

/* Numbers that somebody has set since the file was read. */
static void
print_set(const struct record *r, const struct record *live)
{
	char name[300];

	if (record_number(live, "children", 0) > 0)
		return;		/* a fixed pool: they do not count */
	for (size_t i = 0; i < 2; i++) {
		int64_t now = number_now(r, live, numbers[i]);
		int64_t new = record_number(r, numbers[i], -1);
		int64_t old = record_is(r, "set", "lost") ? new :
		    old_number(r, numbers[i], now);

		if (now == -1 || old == -1 || now == old)
			continue;
		printf("%s: %s is %" PRId64 " by `set', the file says %" PRId64,
		    safe(r, "service", name), numbers[i], now, new);
		if (is_told(r, numbers[i]))
			printf(" (will become %" PRId64 ")\n", new);
		else
			printf(" (kept)\n");
	}
}

/* What the service's process says of itself; nothing, if it does not. */
static struct record
live_status(struct call *c, const char *service)
{
	struct member *m = house_main(c->house, service);
	struct record r = { 0 };

	if (m != NULL && member_can_talk(m))
		member_status(c->house, m, &r, NULL);
	return r;
}

static void
print_service(struct call *c, const struct record *r)
{
	static const struct {
		const char *action, *text;
		bool runs;	/* and goes on with the same process */
	} rows[] = {
		{ "keep",    "kept",            true  },
		{ "limits",  "limits set live", true  },
		{ "replace", "replaced",        false },
		{ "start",   "started",         false },
		{ "stop",    "stopped",         false },
	};
	char because[300], changes[300], name[300], action[300];
	const char *text = safe(r, "action", action);
	struct record live = { 0 };
	bool runs = false;

	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
		if (record_is(r, "action", rows[i].action)) {
			text = rows[i].text;
			runs = rows[i].runs;
		}
	if (runs)
		live = live_status(c, record_get(r, "service"));
	safe(r, "because", because);
	if (record_is(r, "action", "limits") &&
	    write_changes(r, &live, changes, sizeof changes))
		strlcpy(because, changes, sizeof because);
	printf("%s: %s%s%s\n", safe(r, "service", name), text,
	    because[0] != '\0' ? ": " : "", because);
	print_set(r, &live);
	record_free(&live);
}

static void
print_plan(struct call *c, const struct records *l)
{
	for (size_t i = 0; i < l->n; i++) {
		const struct record *r = &l->v[i];
		char n[300];

		if (record_get(r, "listener") != NULL)
			print_listener(r);
		else if (record_get(r, "service") != NULL)
			print_service(c, r);
		else if (record_get(r, "connections-cut") != NULL)
			printf("connections cut: %s\n", record_is(r,
			    "connections-cut", "0") ? "none" :
			    safe(r, "connections-cut", n));
	}
}

int
change_plan(struct call *c, struct err *e)
{
	char *file = c->n > 0 ? realpath(c->word[0], NULL) : NULL;
	const char *const words[] = { "plan", file, NULL };
	struct records l = { 0 };
	struct err last = { 0 };
	int status = expect_supervisor(c, e);

	if (status == 0 && c->n > 0 && file == NULL) {
		err_sys(e, EXIT_CONFIG, "%.200s", c->word[0]);
		e->status = status = EXIT_CONFIG;
	}
	if (status == 0)
		status = house_ask(c->house, words, &l, e);
	for (size_t i = 0; i < l.n && status != 0; i++)
		tell_mistake(&last, &l.v[i]);
	use_mistake(&last, status, e);
	if (status == 0 && c->json)
		show_json(&l);
	else if (status == 0 && (status = house_look(c->house, e)) == 0)
		print_plan(c, &l);
	records_free(&l);
	free(file);
	return status;
}

/* ---- reload ---- */

int
change_reload(struct call *c, struct err *e)
{
	static const char *const words[] = { "reload", NULL };
	struct talk *t = &c->house->top;
	struct err last = { 0 };
	struct record r;
	int status = expect_supervisor(c, e);

	if (status == 0)
		status = talk_send(t, words, c->deadline, e);
	if (status != 0)
		return status;
	while ((status = talk_line(t, c->deadline, &r, e)) == -1) {
		if (record_is(&r, "waits", "1"))
			warnx("waits for a reload that is being done");
		tell_mistake(&last, &r);
		record_free(&r);
	}
	use_mistake(&last, status, e);
	return status;
}
