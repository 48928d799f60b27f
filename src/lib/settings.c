/* settings.c - words are set, then checked together. */
#include "config.h"
#include "lib/settings.h"

#include <errno.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lib/words.h"
#include "os/program.h"
#include "rules/reflect.h"
#include "rules/ucspi.h"

/* ---- words ---- */

static char *
keep(struct settings *o, const char *text, struct err *e)
{
	struct settings_text *t = malloc(sizeof *t + strlen(text) + 1);

	if (t == NULL) {
		err_sys(e, EXIT_SYSTEM, "cannot keep a setting");
		return NULL;
	}
	strcpy(t->text, text);
	SLIST_INSERT_HEAD(&o->kept, t, next);
	return t->text;
}

int
settings_name(struct settings *o, const char *addresses, struct err *e)
{
	o->service.name = o->name != NULL ? o->name : keep(o, addresses, e);
	return o->service.name == NULL ? -1 : 0;
}

/* The number of a word that has a value; or -1. */
static int
find_word(const char *name, const char *value, struct err *e)
{
	int i = word_number(name);

	if (i != -1 && value != NULL)
		return i;
	errno = EINVAL;
	err_set(e, EXIT_USAGE, i == -1 ? "%.60s: no such word" :
	    "%.60s: a value is missing", name != NULL ? name : "NULL");
	return -1;
}

int
settings_set(struct settings *o, const char *name, const char *value,
    struct err *e)
{
	int i = find_word(name, value, e);
	char *kept = i != -1 ? keep(o, value, e) : NULL;

	if (kept == NULL || word_read(o, (unsigned)i, kept, e) == -1)
		return -1;
	o->given |= (uint64_t)1 << i;
	return 0;
}

/* TTIN and TTOU change what is, not what was asked. */
static void
follow_signals(struct settings *o)
{
	const struct plan_limits *l = &o->service.spec.limits;

	o->limits.min_idle = l->min_idle;
	if (o->limits.max_idle != 0)
		o->limits.max_idle = l->max_idle;
}

/* Live words are numbers: nothing of them has to be kept. */
static int
set_live(struct settings *o, const char *name, const char *value,
    struct err *e)
{
	int i = find_word(name, value, e);

	if (i == -1)
		return -1;
	if (!word_at((unsigned)i)->live || o->limits.fixed > 0 ||
	    handler_is_worker(&o->service.handler)) {
		errno = EBUSY;
		err_set(e, EXIT_USAGE, "%.60s: cannot be changed now", name);
		return -1;
	}
	return word_read(o, (unsigned)i, value, e);
}

int
settings_live(struct settings *o, unsigned n, const char *const word[],
    const char *const value[], struct err *e)
{
	struct plan_limits before = o->limits;
	struct spec spec = o->service.spec;
	const char *why;

	follow_signals(o);
	for (unsigned i = 0; i < n; i++)
		if (set_live(o, word[i], value[i], e) == -1) {
			o->limits = before;
			return -1;
		}
	spec.limits = o->limits;
	why = spec_check(&spec);
	if (why == NULL) {
		o->service.spec.limits = spec.limits;
		return 0;
	}
	errno = EINVAL;
	err_set(e, EXIT_USAGE, n == 1 ? "%s %s: %s" : "%s %s ...: %s", word[0],
	    value[0], why);
	o->limits = before;
	return -1;
}

/* ---- the program and its environment ---- */

static int
add_env(struct handler *h, const char *name, size_t n, const char *value,
    struct err *e)
{
	size_t len = strlen(value);
	char *text;
	unsigned i;

	for (i = 0; i < h->nenv; i++)
		if (strncmp(h->env[i], name, n) == 0 && h->env[i][n] == '=')
			break;
	text = i < HANDLER_ENV ? malloc(n + len + 2) : NULL;
	if (text == NULL) {
		err_set(e, EXIT_USAGE, "too many variables for the program: "
		    "expected at most %d", HANDLER_ENV);
		return -1;
	}
	memcpy(text, name, n);
	text[n] = '=';
	memcpy(text + n + 1, value, len + 1);
	if (i < h->nenv)
		free(h->env[i]);
	else
		h->nenv++;
	h->env[i] = text;
	return 0;
}

static void
forget_env(struct handler *h)
{
	while (h->nenv > 0)
		free(h->env[--h->nenv]);
}

static int
add_all(struct handler *h, struct err *e)
{
	for (char **v = environ; *v != NULL; v++) {
		size_t n = strcspn(*v, "=");

		if ((*v)[n] == '=' && n > 0 && !ucspi_owns(*v, n) &&
		    add_env(h, *v, n, *v + n + 1, e) == -1)
			return -1;
	}
	return 0;
}

static int
add_asked(struct handler *h, const char *asked, struct err *e)
{
	size_t n = strcspn(asked, "=");
	const char *value;

	if (strcmp(asked, "*") == 0)
		return add_all(h, e);
	if (asked[n] == '=')
		return add_env(h, asked, n, asked + n + 1, e);
	value = getenv(asked);
	return value != NULL ? add_env(h, asked, n, value, e) : 0;
}

/* Little by default: what a program cannot do without, and whose it is. */
static int
build_env(struct settings *o, struct err *e)
{
	struct handler *h = &o->service.handler;
	const struct costume *c = &o->service.costume;
	const struct { const char *name, *value; } basic[] = {
		{ "PATH",    PROGRAM_PATH },
		{ "HOME",    c->home      },
		{ "USER",    c->name      },
		{ "LOGNAME", c->name      },
		{ "SHELL",   c->shell     },
	};

	forget_env(h);
	for (size_t i = 0; i < sizeof basic / sizeof basic[0]; i++)
		if (basic[i].value[0] != '\0' && add_env(h, basic[i].name,
		    strlen(basic[i].name), basic[i].value, e) == -1)
			return -1;
	for (int i = 0; i < o->nenv; i++)
		if (add_asked(h, o->env[i], e) == -1)
			return -1;
	return 0;
}

static int
find_program(struct settings *o, struct err *e)
{
	struct handler *h = &o->service.handler;
	char path[PATH_MAX];
	const char *search = getenv("PATH");

	if (program_find(o->program, search != NULL ? search : PROGRAM_PATH,
	    path, e) == -1)
		return -1;
	h->path = keep(o, path, e);
	if (o->argv0 != NULL)
		o->argv[0] = o->argv0;
	h->argv = (char *const *)(uintptr_t)o->argv;
	return h->path == NULL ? -1 : 0;
}

int
settings_program(struct settings *o, char *const argv[], struct err *e)
{
	size_t n = 0;

	while (argv[n] != NULL)
		n++;
	free(o->argv);
	o->argv = calloc(n + 1, sizeof *o->argv);
	if (o->argv == NULL) {
		err_sys(e, EXIT_SYSTEM, "cannot keep the program");
		return -1;
	}
	for (size_t i = 0; i < n; i++) {
		o->argv[i] = keep(o, argv[i], e);
		if (o->argv[i] == NULL)
			return -1;
	}
	o->program = o->argv[0];
	return 0;
}

/* ---- rights ---- */

/* Ourselves: for HOME and USER, and perhaps with other groups. */
static int
stay(struct settings *o, struct err *e)
{
	struct costume *c = &o->service.costume;
	char own[40];

	if (o->groups == NULL) {
		snprintf(own, sizeof own, "%u", (unsigned)geteuid());
		if (costume_find(c, own, NULL, NULL) == -1)
			c->name[0] = c->home[0] = c->shell[0] = '\0';
	} else {
		snprintf(own, sizeof own, "%u:%u", (unsigned)geteuid(),
		    (unsigned)getegid());
		if (costume_find(c, own, o->groups, e) == -1)
			return -1;
	}
	c->change = o->groups != NULL;
	c->no_new_privs = o->no_new_privs == 1;
	return 0;
}

static int
choose_costume(struct settings *o, struct err *e)
{
	struct costume *c = &o->service.costume;

	if (o->user == NULL)
		return stay(o, e);
	if (costume_find(c, o->user, o->groups, e) == -1)
		return -1;
	c->no_new_privs = o->no_new_privs != -1 ? o->no_new_privs :
	    geteuid() == 0 && c->uid != 0;
	return 0;
}

/* ---- all together ---- */

static unsigned
processors(void)
{
	long n = sysconf(_SC_NPROCESSORS_ONLN);

	return n > 0 ? (unsigned)n : 1;
}

static int
check_limits(struct settings *o, struct err *e)
{
	struct spec *s = &o->service.spec;
	const struct plan_limits *l = &o->limits;
	const char *why;

	if (l->fixed > 0 && (l->min_idle != SPEC_MIN_AVAILABLE ||
	    l->max != SPEC_MAX_CONNECTED || l->max_idle != 0)) {
		err_set(e, EXIT_USAGE, "children fixes the pool: expected no "
		    "minimum-available, maximum-available or maximum-connected "
		    "beside it");
		return -1;
	}
	s->limits = *l;
	if (handler_is_worker(&o->service.handler) && l->fixed == 0)
		s->limits.fixed = processors();
	why = spec_check(s);
	if (why == NULL)
		return 0;
	err_set(e, EXIT_USAGE, "%s (minimum-available is %u, "
	    "maximum-connected %u)", why, l->min_idle, l->max);
	return -1;
}

static int
check_worker(struct settings *o, struct err *e)
{
	struct spec *s = &o->service.spec;

	if (s->start_ms == 0)
		s->start_ms = o->service.handler.ready == HANDLER_READY_ALIVE ?
		    SPEC_ALIVE_MS : SPEC_START_MS;
	if (s->quit_ms > 0) {
		err_set(e, EXIT_USAGE, "quit-after: expected another kind than "
		    "worker: who comes to a worker is not known");
		return -1;
	}
	if (s->recycle_after == 0)
		return 0;
	err_set(e, EXIT_USAGE, "recycle-after %u: expected a time: how many "
	    "clients a worker had is not known", s->recycle_after);
	return -1;
}

static int
check_words(const struct settings *o, struct err *e)
{
	const char *kind = o->service.handler.kind->word;
	const struct brood_word *w;

	for (unsigned i = 0; (w = word_at(i)) != NULL; i++) {
		if ((o->given >> i & 1) == 0 || word_is_for(i, kind))
			continue;
		err_set(e, EXIT_USAGE, "%s: expected kind %s, not %s",
		    w->name, w->kinds, kind);
		return -1;
	}
	if (o->service.spec.recycle_ms == 0 || strcmp(kind, "worker") == 0)
		return 0;
	err_set(e, EXIT_USAGE, "recycle-after: expected a number of clients with "
	    "kind %s", kind);
	return -1;
}

/* They mean nothing without it. */
static int
check_control(const struct settings *o, struct err *e)
{
	static const char prefix[] = "control-";
	const struct brood_word *w;

	if (o->service.control != NULL)
		return 0;
	for (unsigned i = 0; (w = word_at(i)) != NULL; i++)
		if ((o->given >> i & 1) != 0 &&
		    strncmp(w->name, prefix, sizeof prefix - 1) == 0) {
			err_set(e, EXIT_USAGE, "%s: expected control beside it",
			    w->name);
			return -1;
		}
	return 0;
}

static int
check_peers(const struct settings *o, struct err *e)
{
	const struct service *s = &o->service;

	/* brood_check() may come before the addresses, and of inherited ones
	 * fits_listener() knows more. */
	if (s->handler.peer_ms == 0 || s->naddresses == 0)
		return 0;
	for (size_t i = 0; i < s->naddresses; i++)
		if (s->address[i].kind != ADDRESS_UDP &&
		    s->address[i].kind != ADDRESS_FD)
			break;
		else if (i + 1 == s->naddresses &&
		    strcmp(s->handler.kind->word, "exec") == 0)
			return 0;
	err_set(e, EXIT_USAGE, "peer-session: expected kind exec, and udp "
	    "addresses only");
	return -1;
}

static int
check_kind(struct settings *o, struct err *e)
{
	const struct handler *h = &o->service.handler;
	bool calls = h->calls.stream != NULL || h->calls.datagram != NULL;

	if (handler_is_inline(h) ? calls : o->program != NULL && !calls)
		return handler_is_worker(h) ? check_worker(o, e) : 0;
	err_set(e, EXIT_USAGE, "kind %s: expected a %s", h->kind->word,
	    handler_is_inline(h) ? "function (of the command line: --inline)" :
	    "program");
	return -1;
}

static int
try_folder(const char *folder, struct err *e)
{
	(void)folder, (void)e;
	return 0;
}

/* What cannot be put on, or not work then, shall be known before anybody has
 * connected.  Root can be anybody. */
static int
try_costume(const struct settings *o, struct err *e)
{
	const struct costume *c = &o->service.costume;

	if (o->program != NULL)
		return costume_try(c, program_check, o->service.handler.path,
		    e);
	if (c->folder == NULL && (!c->change || geteuid() == 0))
		return 0;
	return costume_try(c, try_folder, c->folder, e);
}

static int
finish(struct settings *o, bool program, struct err *e)
{
	if (check_kind(o, e) == -1 || check_words(o, e) == -1 ||
	    check_control(o, e) == -1 || check_peers(o, e) == -1 ||
	    check_limits(o, e) == -1 || choose_costume(o, e) == -1)
		return -1;
	/* Functions need no environment, but hooks do. */
	if ((o->program != NULL && find_program(o, e) == -1) ||
	    ((o->program != NULL || o->service.nhooks > 0) &&
	    build_env(o, e) == -1))
		return -1;
	return program ? try_costume(o, e) : 0;
}

int
settings_finish(struct settings *o, struct err *e)
{
	return finish(o, true, e);
}

/* Texts that are newer than first. */
static void
forget_texts(struct settings *o, const struct settings_text *first)
{
	struct settings_text *t;

	while ((t = SLIST_FIRST(&o->kept)) != first) {
		SLIST_REMOVE_HEAD(&o->kept, next);
		free(t);
	}
}

/* What follows from the words goes into a copy, and away with it. */
int
settings_check(const struct settings *o, bool program, struct err *e)
{
	struct settings *copy = malloc(sizeof *copy);
	int result;

	if (copy == NULL) {
		err_sys(e, EXIT_SYSTEM, "cannot check the settings");
		return -1;
	}
	*copy = *o;
	copy->service.handler.nenv = 0;
	copy->service.naddresses = 0;
	result = finish(copy, program, e);
	forget_env(&copy->service.handler);
	forget_texts(copy, SLIST_FIRST(&o->kept));
	free(copy);
	return result;
}

void
settings_init(struct settings *o)
{
	struct service *s = &o->service;

	memset(o, 0, sizeof *o);
	SLIST_INIT(&o->kept);
	s->spec = spec_default();
	o->limits = s->spec.limits;
	s->handler.kind = handler_kind("exec");
	s->handler.wait_tries = SPEC_WAIT_TRIES;
	s->handler.stop_signal = SIGTERM;
	s->handler.calls.reply_factor = REFLECT_FACTOR;
	s->costume.umask = -1;
	s->socket_mode = 0666;
	s->socket_uid = (uid_t)-1;
	s->socket_gid = (gid_t)-1;
	s->control_mode = 0600;
	s->control_uid = (uid_t)-1;
	s->control_gid = (gid_t)-1;
	s->ready_fd = -1;
	o->no_new_privs = -1;
}

void
settings_free(struct settings *o)
{
	forget_env(&o->service.handler);
	forget_texts(o, NULL);
	free(o->argv);
}
