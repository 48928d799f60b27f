/* settings.c - one table holds every word of a service. */
#include "config.h"
#include "lib/settings.h"

#include <errno.h>
#include <limits.h>
#include <signal.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "os/launch.h"
#include "os/program.h"
#include "rules/ucspi.h"

#define DEFAULT_PATH "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"

enum kind {
	W_COUNT,		/* a number from min to max, an unsigned */
	W_TIME,			/* a duration from min to max ms */
	W_TEXT,			/* any text */
	W_FLAG,			/* yes or no; on a command line no value: yes */
	W_CALL			/* a function reads it */
};

/* NULL, or what was expected.  value is kept by the settings. */
typedef const char *word_fn(struct settings *o, const char *value);

struct word {
	const char *name;
	enum kind kind;
	size_t at;		/* where in struct settings it lands */
	long long min, max;
	word_fn *call;
	const char *value;	/* as --help names it */
	const char *help;
};

static word_fn read_user, read_memory, read_kind, read_env, read_umask,
    read_limit, read_privs, read_stderr, read_mode, read_owner, read_fd,
    read_dialect, read_on_0, read_ready, read_signal, read_recycle, read_low,
    read_title;

#define AT(field) offsetof(struct settings, field)
#define LIMIT(field) AT(limits.field)
#define SPEC(field) AT(service.spec.field)
#define DAY 864000000LL		/* ten days in ms */
#define MOST SPEC_MOST_CHILDREN

static const struct word words[] = {
	/* word              kind     lands in                   min max        reader        value           help */
	{ "kind",              W_CALL,  0,                         0, 0,          read_kind,    "KIND",         "exec, exec-wait, worker, inline or inline-wait (exec)" },
	{ "minimum-available", W_COUNT, LIMIT(min_idle),           1, MOST,       NULL,         "N",            "children kept waiting (4)" },
	{ "maximum-connected", W_COUNT, LIMIT(max),                1, MOST,       NULL,         "N",            "connections served at once (200)" },
	{ "maximum-available", W_COUNT, LIMIT(max_idle),           1, MOST,       NULL,         "N",            "children above it go after idle-time (2 * minimum + 2)" },
	{ "children",          W_COUNT, LIMIT(fixed),              1, MOST,       NULL,         "N",            "a fixed pool: exactly N children (worker: one a processor)" },
	{ "backlog",           W_COUNT, SPEC(backlog),             1, INT_MAX,    NULL,         "N",            "length of the kernel's queue (4096)" },
	{ "interface",         W_TEXT,  AT(service.interface),     0, 0,          NULL,         "NAME",         "listen on this network interface only" },
	{ "idle-time",         W_TIME,  SPEC(idle_ms),             100, DAY,      NULL,         "TIME",         "how long too many must wait before some go (10s)" },
	{ "linger",            W_FLAG,  AT(service.handler.linger), 0, 0,         NULL,         NULL,           "no reply is cut when the program leaves input unread" },
	{ "session-time",      W_TIME,  SPEC(session_ms),          1, DAY,        NULL,         "TIME",         "end sessions that last longer (never)" },
	{ "stop-time",         W_TIME,  SPEC(stop_ms),             1, DAY,        NULL,         "TIME",         "how long sessions may go on after TERM (30s)" },
	{ "quit-after",        W_TIME,  SPEC(quit_ms),             1, DAY,        NULL,         "TIME",         "end when nobody came for that long (never)" },
	{ "recycle-after",     W_CALL,  0,                         0, 0,          read_recycle, "N|TIME",       "a new child after N clients (inline), or a new worker after TIME" },
	{ "overlap",           W_COUNT, SPEC(overlap),             1, MOST,       NULL,         "N",            "workers: so many more while they are replaced (1)" },
	{ "ready-by",          W_CALL,  0,                         0, 0,          read_ready,   "WAY",          "workers: alive, notify or fd:N (alive)" },
	{ "start-time",        W_TIME,  SPEC(start_ms),            1, DAY,        NULL,         "TIME",         "workers: ready after it (alive: 1s), or late (30s)" },
	{ "stop-signal",       W_CALL,  0,                         0, 0,          read_signal,  "NAME",         "workers: tells one to go (TERM)" },
	{ "watchdog",          W_TIME,  SPEC(watchdog_ms),         1, DAY,        NULL,         "TIME",         "workers: so long one may be silent that says WATCHDOG=1" },
	{ "dialect",           W_CALL,  0,                         0, 0,          read_dialect, "DIALECT",      "workers: listen-fds, server-starter or einhorn (listen-fds)" },
	{ "listener-on-0",     W_CALL,  0,                         0, 0,          read_on_0,    NULL,           "workers: the listener is descriptor 0 (FastCGI)" },
	{ "wait-tries",        W_COUNT, AT(service.handler.wait_tries), 1, 1000,  NULL,         "N",            "exec-wait: programs for a datagram that none takes (3)" },
	{ "peer-session",      W_TIME,  AT(service.handler.peer_ms), 1, DAY,      NULL,         "TIME",         "exec, datagrams: a program for each peer, until it is quiet so long" },
	{ "low-ports",         W_CALL,  0,                         0, 0,          read_low,     "yes|no",       "answer datagrams from ports below 1024 (no)" },
	{ "user",              W_CALL,  0,                         0, 0,          read_user,    "USER[:GROUP]", "become this user for good" },
	{ "no-new-privs",      W_CALL,  0,                         0, 0,          read_privs,   "yes|no",       "no set-uid programs (yes if --user drops root)" },
	{ "limit",             W_CALL,  0,                         0, 0,          read_limit,   "NAME=N",       "a resource limit of the program, e.g. nofile=64" },
	{ "env",               W_CALL,  0,                         0, 0,          read_env,     "NAME[=VALUE]", "set or pass on a variable; '*' passes on all" },
	{ "argv0",             W_TEXT,  AT(argv0),                 0, 0,          NULL,         "NAME",         "the program's own name for itself" },
	{ "chdir",             W_TEXT,  AT(service.costume.folder), 0, 0,         NULL,         "FOLDER",       "work there" },
	{ "umask",             W_CALL,  0,                         0, 0,          read_umask,   "MODE",         "octal file mode mask" },
	{ "stderr",            W_CALL,  0,                         0, 0,          read_stderr,  "log|pass",     "where the program's standard error goes (log)" },
	{ "memory",            W_CALL,  0,                         0, 0,          read_memory,  "shared|own",   "how children are made (shared where it works)" },
	{ "socket-mode",       W_CALL,  0,                         0, 0,          read_mode,    "MODE",         "octal mode of unix sockets (0666)" },
	{ "socket-owner",      W_CALL,  0,                         0, 0,          read_owner,   "USER[:GROUP]", "owner of unix sockets" },
	{ "process-title",     W_CALL,  0,                         0, 0,          read_title,   "yes|no",       "the counts in the process list (yes)" },
	{ "ready-fd",          W_CALL,  0,                         0, 0,          read_fd,      "N",            "write a newline to descriptor N when ready" },
};
#define NWORDS (sizeof words / sizeof words[0])
_Static_assert(NWORDS <= 64, "each word has a bit");

/* Words that mean nothing with other kinds: refused there. */
static const struct {
	const char *word;
	const char *kinds;
} only[] = {
	{ "minimum-available", "exec exec-wait inline inline-wait" },
	{ "maximum-connected", "exec exec-wait inline inline-wait" },
	{ "maximum-available", "exec exec-wait inline inline-wait" },
	{ "idle-time",         "exec exec-wait inline inline-wait" },
	{ "session-time",      "exec exec-wait inline inline-wait" },
	{ "linger",            "exec" },
	{ "peer-session",      "exec" },
	{ "wait-tries",        "exec exec-wait" },
	{ "low-ports",         "exec inline inline-wait" },
	{ "overlap",           "worker" },
	{ "ready-by",          "worker" },
	{ "start-time",        "worker" },
	{ "stop-signal",       "worker" },
	{ "watchdog",          "worker" },
	{ "dialect",           "worker" },
	{ "listener-on-0",     "worker" },
	{ "recycle-after",     "worker inline inline-wait" },
};

/* ---- readers ---- */

static const char *
read_user(struct settings *o, const char *value)
{
	o->user = value;
	return NULL;
}

static const char *
read_memory(struct settings *o, const char *value)
{
	if (strcmp(value, "shared") == 0)
		o->service.memory = MEMORY_SHARED;
	else if (strcmp(value, "own") == 0)
		o->service.memory = MEMORY_OWN;
	else
		return "shared or own";
	return NULL;
}

static const char *
read_kind(struct settings *o, const char *value)
{
	const struct handler_kind *k = handler_kind(value);

	if (k == NULL)
		return "exec, exec-wait, worker, inline or inline-wait";
	o->service.handler.kind = k;
	return NULL;
}

static const char *
read_env(struct settings *o, const char *value)
{
	size_t n = strcspn(value, "=");

	if (n == 0)
		return "NAME, NAME=VALUE or *";
	if (ucspi_owns(value, n))
		return "a variable that brood does not set itself";
	if (o->nenv == SETTINGS_ENV)
		return "at most 256 of them";
	o->env[o->nenv++] = value;
	return NULL;
}

static const char *
read_octal(const char *value, long *mode_r)
{
	char *end;

	if (*value < '0' || *value > '7' || strlen(value) > 4)
		return "an octal mode from 0 to 0777";
	*mode_r = strtol(value, &end, 8);
	return *end == '\0' && *mode_r <= 0777 ? NULL :
	    "an octal mode from 0 to 0777";
}

static const char *
read_umask(struct settings *o, const char *value)
{
	long mode = 0;
	const char *why = read_octal(value, &mode);

	o->service.costume.umask = (int)mode;
	return why;
}

static const char *
read_mode(struct settings *o, const char *value)
{
	long mode = 0;
	const char *why = read_octal(value, &mode);

	o->service.socket_mode = (mode_t)mode;
	return why;
}

static const char *
read_owner(struct settings *o, const char *value)
{
	struct costume c;

	if (costume_find(&c, value, NULL) == -1)
		return "a user, or user:group, that exists";
	o->service.socket_uid = c.uid;
	o->service.socket_gid = c.gid;
	return NULL;
}

static const char *
read_privs(struct settings *o, const char *value)
{
	if (strcmp(value, "yes") != 0 && strcmp(value, "no") != 0)
		return "yes or no";
	o->no_new_privs = value[0] == 'y';
	return NULL;
}

static const char *
read_stderr(struct settings *o, const char *value)
{
	if (strcmp(value, "log") != 0 && strcmp(value, "pass") != 0)
		return "log or pass";
	o->service.err = value[0] == 'p' ? STDERR_PASS : STDERR_LOG;
	return NULL;
}

static const char *
read_number(const char *value, long long min, long long max, long long *n_r)
{
	const char *why = NULL;

	/* strtonum(3) itself would take blanks and a sign. */
	if (*value < '0' || *value > '9')
		return "not a number";
	*n_r = strtonum(value, min, max, &why);
	return why;
}

static const char *
read_fd(struct settings *o, const char *value)
{
	long long n;

	if (read_number(value, 1, 1 << 20, &n) != NULL)
		return "the number of an open descriptor, from 1";
	o->service.ready_fd = (int)n;
	return NULL;
}

static const char *
read_dialect(struct settings *o, const char *value)
{
	if (strcmp(value, "listen-fds") == 0)
		o->service.handler.dialect = HANDLER_LISTEN_FDS;
	else if (strcmp(value, "server-starter") == 0)
		o->service.handler.dialect = HANDLER_STARTER;
	else if (strcmp(value, "einhorn") == 0)
		o->service.handler.dialect = HANDLER_EINHORN;
	else
		return "listen-fds, server-starter or einhorn";
	return NULL;
}

static const char *
read_yes(const char *value, bool *yes_r)
{
	*yes_r = strcmp(value, "yes") == 0;
	return *yes_r || strcmp(value, "no") == 0 ? NULL : "yes or no";
}

static const char *
read_on_0(struct settings *o, const char *value)
{
	bool yes;
	const char *why = read_yes(value, &yes);

	if (yes)
		o->service.handler.dialect = HANDLER_ON_0;
	return why;
}

static const char *
read_low(struct settings *o, const char *value)
{
	return read_yes(value, &o->service.handler.calls.low_ports);
}

static const char *
read_title(struct settings *o, const char *value)
{
	return read_yes(value, &o->service.title);
}

static const char *
read_ready(struct settings *o, const char *value)
{
	struct handler *h = &o->service.handler;
	long long n = 0;

	if (strcmp(value, "alive") == 0)
		h->ready = HANDLER_READY_ALIVE;
	else if (strcmp(value, "notify") == 0)
		h->ready = HANDLER_READY_NOTIFY;
	else if (strncmp(value, "fd:", 3) == 0 &&
	    read_number(value + 3, 3, 2 * WAIT_LISTENERS - 1, &n) == NULL)
		h->ready = HANDLER_READY_FD;
	else
		return "alive, notify or fd:N, N from 3 to 511";
	h->ready_fd = (int)n;
	return NULL;
}

static const char *
read_signal(struct settings *o, const char *value)
{
	for (int i = 1; i < NSIG; i++) {
		const char *name = sigabbrev_np(i);

		if (name == NULL || strcmp(name, value +
		    (strncmp(value, "SIG", 3) == 0 ? 3 : 0)) != 0)
			continue;
		o->service.handler.stop_signal = i;
		return NULL;
	}
	return "the name of a signal, like TERM or QUIT";
}

/* A bare number counts clients; with a unit it is a time. */
static const char *
read_recycle(struct settings *o, const char *value)
{
	struct spec *s = &o->service.spec;
	long long n;
	int64_t ms;

	if (read_number(value, 1, INT_MAX, &n) == NULL) {
		s->recycle_after = (unsigned)n;
		return NULL;
	}
	ms = spec_duration(value);
	if (ms < 1)
		return "a number of clients, or a time like 30m or 1d";
	s->recycle_ms = ms;
	return NULL;
}

static const struct {
	const char *name;
	int resource;
} limits[] = {
	{ "as", RLIMIT_AS }, { "core", RLIMIT_CORE }, { "cpu", RLIMIT_CPU },
	{ "data", RLIMIT_DATA }, { "fsize", RLIMIT_FSIZE },
	{ "memlock", RLIMIT_MEMLOCK }, { "nofile", RLIMIT_NOFILE },
	{ "nproc", RLIMIT_NPROC }, { "stack", RLIMIT_STACK },
};

#define NLIMITS (sizeof limits / sizeof limits[0])
_Static_assert(NLIMITS <= HANDLER_LIMITS, "each resource has a place");

/* NAME=SOFT[:HARD], plain numbers in the units of setrlimit(2). */
static const char *
read_limit(struct settings *o, const char *value)
{
	static const char expected[] = "NAME=N or NAME=SOFT:HARD, NAME one of "
	    "as core cpu data fsize memlock nofile nproc stack";
	struct handler *h = &o->service.handler;
	size_t n = strcspn(value, "=");
	char soft[24];
	long long cur, max;
	size_t i, len;
	unsigned at;

	for (i = 0; i < NLIMITS; i++)
		if (strlen(limits[i].name) == n &&
		    memcmp(limits[i].name, value, n) == 0)
			break;
	if (i == NLIMITS || value[n] == '\0')
		return expected;
	value += n + 1;
	len = strcspn(value, ":");
	if (len >= sizeof soft)
		return expected;
	memcpy(soft, value, len);
	soft[len] = '\0';
	if (read_number(soft, 0, LLONG_MAX, &cur) != NULL)
		return expected;
	max = cur;
	if (value[len] == ':' &&
	    read_number(value + len + 1, cur, LLONG_MAX, &max) != NULL)
		return expected;
	/* The last word about a resource counts. */
	for (at = 0; at < h->nlimits; at++)
		if (h->limit[at].resource == limits[i].resource)
			break;
	h->nlimits += at == h->nlimits;
	h->limit[at].name = limits[i].name;
	h->limit[at].resource = limits[i].resource;
	h->limit[at].value.rlim_cur = (rlim_t)cur;
	h->limit[at].value.rlim_max = (rlim_t)max;
	return NULL;
}

/* ---- the table at work ---- */

static int
read_word(struct settings *o, const struct word *w, const char *value,
    struct err *e)
{
	char *at = (char *)o + w->at;
	const char *why = NULL;
	long long n = 0;
	int64_t ms;

	switch (w->kind) {
	case W_COUNT:
		why = read_number(value, w->min, w->max, &n);
		if (why == NULL) {
			*(unsigned *)(void *)at = (unsigned)n;
			return 0;
		}
		err_set(e, EXIT_USAGE, "%s %.60s: %s, expected %lld to %lld",
		    w->name, value, why, w->min, w->max);
		return -1;
	case W_TIME:
		ms = spec_duration(value);
		if (ms >= w->min && ms <= w->max) {
			*(int64_t *)(void *)at = ms;
			return 0;
		}
		err_set(e, EXIT_USAGE, "%s %.60s: expected a time like 500ms, "
		    "10s, 5m, 2h or 1d, %lldms to %lldd", w->name, value,
		    w->min, w->max / 86400000);
		return -1;
	case W_TEXT:
		*(const char **)(void *)at = value;
		return 0;
	case W_FLAG:
		why = read_yes(value, (bool *)at);
		break;
	case W_CALL:
		why = w->call(o, value);
		break;
	}
	if (why == NULL)
		return 0;
	err_set(e, EXIT_USAGE, "%s %.60s: expected %s", w->name, value, why);
	return -1;
}

static const struct word *
word_of(const char *name)
{
	for (size_t i = 0; i < NWORDS; i++)
		if (strcmp(words[i].name, name) == 0)
			return &words[i];
	return NULL;
}

const char *
settings_word(unsigned i, const char **value_r, const char **help_r)
{
	if (i >= NWORDS)
		return NULL;
	if (value_r != NULL)
		*value_r = words[i].value;
	if (help_r != NULL)
		*help_r = words[i].help;
	return words[i].name;
}

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
settings_name(struct settings *o, const char *name, struct err *e)
{
	o->service.name = keep(o, name, e);
	return o->service.name == NULL ? -1 : 0;
}

int
settings_set(struct settings *o, const char *name, const char *value,
    struct err *e)
{
	const struct word *w = name != NULL ? word_of(name) : NULL;
	char *kept;

	if (w == NULL || value == NULL) {
		errno = EINVAL;
		err_set(e, EXIT_USAGE, w == NULL ? "%.60s: no such word" :
		    "%.60s: a value is missing", name != NULL ? name : "NULL");
		return -1;
	}
	kept = keep(o, value, e);
	if (kept == NULL)
		return -1;
	if (read_word(o, w, kept, e) == 0) {
		o->given |= (uint64_t)1 << (w - words);
		return 0;
	}
	errno = EINVAL;
	return -1;
}

/* Values that are changed together are checked together, at their use. */
int
settings_live(struct settings *o, const char *name, const char *value,
    struct err *e)
{
	static const char *const live[] = {
		"minimum-available", "maximum-available", "maximum-connected"
	};
	struct plan_limits before = o->limits;
	struct spec spec = o->service.spec;
	const char *why;
	size_t i;

	for (i = 0; i < 3 && (name == NULL || strcmp(name, live[i]) != 0); i++)
		;
	if (i == 3 || before.fixed > 0) {
		errno = name == NULL || word_of(name) == NULL ? EINVAL : EBUSY;
		err_set(e, EXIT_USAGE, "%.60s: cannot be changed now",
		    name != NULL ? name : "NULL");
		return -1;
	}
	if (settings_set(o, name, value, e) == -1)
		return -1;
	spec.limits = o->limits;
	why = spec_check(&spec);
	if (why == NULL) {
		o->service.spec.limits = spec.limits;
		return 0;
	}
	o->limits = before;
	errno = EINVAL;
	err_set(e, EXIT_USAGE, "%s %s: %s", name, value, why);
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
		{ "PATH",    DEFAULT_PATH },
		{ "HOME",    c->home      },
		{ "USER",    c->name      },
		{ "LOGNAME", c->name      },
		{ "SHELL",   c->shell     },
	};

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

	if (program_find(o->program, search != NULL ? search : DEFAULT_PATH,
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

static int
choose_costume(struct settings *o, struct err *e)
{
	struct costume *c = &o->service.costume;
	char own[16];

	if (o->user != NULL) {
		if (costume_find(c, o->user, e) == -1)
			return -1;
		c->no_new_privs = o->no_new_privs != -1 ? o->no_new_privs :
		    geteuid() == 0 && c->uid != 0;
		return 0;
	}
	/* Ourselves, for HOME and USER only. */
	snprintf(own, sizeof own, "%u", (unsigned)geteuid());
	if (costume_find(c, own, NULL) == -1)
		c->name[0] = c->home[0] = c->shell[0] = '\0';
	c->change = false;
	c->no_new_privs = o->no_new_privs == 1;
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

static bool
is_among(const char *word, const char *list)
{
	size_t n = strlen(word);

	for (const char *at = list; (at = strstr(at, word)) != NULL; at += n)
		if ((at == list || at[-1] == ' ') &&
		    (at[n] == ' ' || at[n] == '\0'))
			return true;
	return false;
}

static int
check_words(const struct settings *o, struct err *e)
{
	const char *kind = o->service.handler.kind->word;
	const struct spec *s = &o->service.spec;

	for (size_t i = 0; i < sizeof only / sizeof only[0]; i++) {
		const struct word *w = word_of(only[i].word);

		if ((o->given >> (w - words) & 1) == 0 ||
		    is_among(kind, only[i].kinds))
			continue;
		err_set(e, EXIT_USAGE, "%s: expected kind %s, not %s",
		    w->name, only[i].kinds, kind);
		return -1;
	}
	if (s->recycle_ms == 0 || strcmp(kind, "worker") == 0)
		return 0;
	err_set(e, EXIT_USAGE, "recycle-after: expected a number of clients with "
	    "kind %s", kind);
	return -1;
}

static int
check_peers(const struct settings *o, struct err *e)
{
	const struct service *s = &o->service;

	if (s->handler.peer_ms == 0)
		return 0;
	for (size_t i = 0; i < s->naddresses; i++)
		if (s->address[i].kind != ADDRESS_UDP)
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

int
settings_finish(struct settings *o, struct err *e)
{
	struct costume *c = &o->service.costume;

	if (check_kind(o, e) == -1 || check_words(o, e) == -1 ||
	    check_peers(o, e) == -1 || check_limits(o, e) == -1 ||
	    choose_costume(o, e) == -1)
		return -1;
	if (o->program == NULL)
		return 0;
	if (find_program(o, e) == -1 || build_env(o, e) == -1)
		return -1;
	return costume_try(c, program_check, o->service.handler.path, e);
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
	s->costume.umask = -1;
	s->socket_mode = 0666;
	s->socket_uid = (uid_t)-1;
	s->socket_gid = (gid_t)-1;
	s->ready_fd = -1;
	o->no_new_privs = -1;
}

void
settings_free(struct settings *o)
{
	struct handler *h = &o->service.handler;
	struct settings_text *t;

	while (h->nenv > 0)
		free(h->env[--h->nenv]);
	while ((t = SLIST_FIRST(&o->kept)) != NULL) {
		SLIST_REMOVE_HEAD(&o->kept, next);
		free(t);
	}
	free(o->argv);
}
