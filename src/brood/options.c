/* options.c - one table holds every word: its kind, range and help. */
#include "config.h"
#include "brood/options.h"

#include <getopt.h>
#include <limits.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#include "os/launch.h"
#include "rules/ucspi.h"

enum kind {
	W_COUNT,		/* a number from min to max, an unsigned */
	W_TIME,			/* a duration from min to max ms */
	W_TEXT,			/* any text */
	W_FLAG,			/* no value: true */
	W_CALL			/* a function reads it */
};

typedef const char *word_fn(struct options *o, const char *value);

struct word {
	const char *name;
	char letter;		/* 0 = none */
	enum kind kind;
	size_t at;		/* where in struct options it lands */
	long long min, max;
	word_fn *call;
	const char *value;	/* as --help names it */
	const char *help;
};

static word_fn read_user, read_memory, read_kind, read_env, read_umask,
    read_limit, read_privs, read_stderr, read_mode, read_owner, read_quiet,
    read_verbose, read_fd, read_log;

#define AT(field) offsetof(struct options, field)
#define LIMIT(field) AT(service.spec.limits.field)
#define SPEC(field) AT(service.spec.field)
#define DAY 864000000LL		/* ten days in ms */

static const struct word words[] = {
	/* word              letter kind     lands in          min max                 reader        value           help */
	{ "minimum-available", 'n', W_COUNT, LIMIT(min_idle),  1, SPEC_MOST_CHILDREN,  NULL,         "N",            "children kept waiting (4)" },
	{ "maximum-connected", 'm', W_COUNT, LIMIT(max),       1, SPEC_MOST_CHILDREN,  NULL,         "N",            "connections served at once (200)" },
	{ "maximum-available",  0,  W_COUNT, LIMIT(max_idle),  1, SPEC_MOST_CHILDREN,  NULL,         "N",            "children above it go after idle-time (2 * minimum + 2)" },
	{ "children",           0,  W_COUNT, LIMIT(fixed),     1, SPEC_MOST_CHILDREN,  NULL,         "N",            "a fixed pool: exactly N children" },
	{ "backlog",           'b', W_COUNT, SPEC(backlog),    1, INT_MAX,             NULL,         "N",            "length of the kernel's queue (4096)" },
	{ "idle-time",          0,  W_TIME,  SPEC(idle_ms),    100, DAY,               NULL,         "TIME",         "how long too many must wait before some go (10s)" },
	{ "linger",             0,  W_FLAG,  AT(service.handler.linger), 0, 0,         NULL,         NULL,           "no reply is cut when the program leaves input unread" },
	{ "session-time",       0,  W_TIME,  SPEC(session_ms), 1, DAY,                 NULL,         "TIME",         "end sessions that last longer (never)" },
	{ "stop-time",          0,  W_TIME,  SPEC(stop_ms),    1, DAY,                 NULL,         "TIME",         "how long sessions may go on after TERM (30s)" },
	{ "user",              'u', W_CALL,  0,                0, 0,                   read_user,    "USER[:GROUP]", "become this user for good" },
	{ "no-new-privs",       0,  W_CALL,  0,                0, 0,                   read_privs,   "yes|no",       "no set-uid programs (yes if --user drops root)" },
	{ "limit",              0,  W_CALL,  0,                0, 0,                   read_limit,   "NAME=N",       "a resource limit of the program, e.g. nofile=64" },
	{ "env",                0,  W_CALL,  0,                0, 0,                   read_env,     "NAME[=VALUE]", "set or pass on a variable; '*' passes on all" },
	{ "argv0",              0,  W_TEXT,  AT(argv0),        0, 0,                   NULL,         "NAME",         "the program's own name for itself" },
	{ "chdir",              0,  W_TEXT,  AT(service.costume.folder), 0, 0,         NULL,         "FOLDER",       "work there" },
	{ "umask",              0,  W_CALL,  0,                0, 0,                   read_umask,   "MODE",         "octal file mode mask" },
	{ "stderr",             0,  W_CALL,  0,                0, 0,                   read_stderr,  "log|pass",     "where the program's standard error goes (log)" },
	{ "kind",               0,  W_CALL,  0,                0, 0,                   read_kind,    "KIND",         "how work is handed over (exec)" },
	{ "memory",             0,  W_CALL,  0,                0, 0,                   read_memory,  "shared|own",   "how children are made (shared where it works)" },
	{ "socket-mode",        0,  W_CALL,  0,                0, 0,                   read_mode,    "MODE",         "octal mode of unix sockets (0666)" },
	{ "socket-owner",       0,  W_CALL,  0,                0, 0,                   read_owner,   "USER[:GROUP]", "owner of unix sockets" },
	{ "daemon",            'D', W_FLAG,  AT(daemon),       0, 0,                   NULL,         NULL,           "run in the background; return when ready" },
	{ "pidfile",           'p', W_TEXT,  AT(pidfile),      0, 0,                   NULL,         "PATH",         "write the pid there, locked" },
	{ "ready-fd",          'd', W_CALL,  0,                0, 0,                   read_fd,      "N",            "write a newline to descriptor N when ready" },
	{ "log",                0,  W_CALL,  0,                0, 0,                   read_log,     "WHERE",        "stderr, syslog or an absolute path" },
	{ "quiet",             'q', W_CALL,  0,                0, 0,                   read_quiet,   NULL,           "log warnings and errors only" },
	{ "verbose",           'v', W_CALL,  0,                0, 0,                   read_verbose, NULL,           "log more" },
	{ "version",           'V', W_FLAG,  0,                0, 0,                   NULL,         NULL,           "print the version" },
	{ "help",              'h', W_FLAG,  0,                0, 0,                   NULL,         NULL,           "print this" },
};
#define NWORDS (sizeof words / sizeof words[0])

/* ---- readers ---- */

static const char *
read_user(struct options *o, const char *value)
{
	o->user = value;
	return NULL;
}

static const char *
read_memory(struct options *o, const char *value)
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
read_kind(struct options *o, const char *value)
{
	(void)o;
	return strcmp(value, "exec") == 0 ? NULL :
	    "exec (the other kinds are not served yet)";
}

static const char *
read_env(struct options *o, const char *value)
{
	size_t n = strcspn(value, "=");

	if (n == 0)
		return "NAME, NAME=VALUE or *";
	if (ucspi_owns(value, n))
		return "a variable that brood does not set itself";
	if (o->nenv == OPTIONS_ENV)
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
read_umask(struct options *o, const char *value)
{
	long mode = 0;
	const char *why = read_octal(value, &mode);

	o->service.costume.umask = (int)mode;
	return why;
}

static const char *
read_mode(struct options *o, const char *value)
{
	long mode = 0;
	const char *why = read_octal(value, &mode);

	o->service.socket_mode = (mode_t)mode;
	return why;
}

static const char *
read_owner(struct options *o, const char *value)
{
	struct costume c;

	if (costume_find(&c, value, NULL) == -1)
		return "a user, or user:group, that exists";
	o->service.socket_uid = c.uid;
	o->service.socket_gid = c.gid;
	return NULL;
}

static const char *
read_privs(struct options *o, const char *value)
{
	if (strcmp(value, "yes") != 0 && strcmp(value, "no") != 0)
		return "yes or no";
	o->no_new_privs = value[0] == 'y';
	return NULL;
}

static const char *
read_stderr(struct options *o, const char *value)
{
	if (strcmp(value, "log") != 0 && strcmp(value, "pass") != 0)
		return "log or pass";
	o->service.stderr_pass = value[0] == 'p';
	return NULL;
}

static const char *
read_log(struct options *o, const char *value)
{
	o->log = value;
	return value[0] == '/' || strcmp(value, "stderr") == 0 ||
	    strcmp(value, "syslog") == 0 ? NULL :
	    "stderr, syslog or an absolute path";
}

static const char *
read_quiet(struct options *o, const char *value)
{
	(void)value;
	o->level = LOG_LEVEL_WARN;
	return NULL;
}

static const char *
read_verbose(struct options *o, const char *value)
{
	(void)value;
	o->level = LOG_LEVEL_DEBUG;
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
read_fd(struct options *o, const char *value)
{
	long long n;

	if (read_number(value, 1, 1 << 20, &n) != NULL)
		return "the number of an open descriptor, from 1";
	o->service.ready_fd = (int)n;
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
read_limit(struct options *o, const char *value)
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
read_word(struct options *o, const struct word *w, const char *value,
    struct err *e)
{
	char *at = (char *)o + w->at;
	const char *why = NULL;
	long long n = 0;
	int64_t ms;

	switch (w->kind) {
	case W_COUNT:
		why = read_number(value, w->min, w->max, &n);
		if (why != NULL) {
			err_set(e, EXIT_USAGE, "--%s %.60s: %s, expected %lld "
			    "to %lld", w->name, value, why, w->min, w->max);
			return -1;
		}
		*(unsigned *)(void *)at = (unsigned)n;
		return 0;
	case W_TIME:
		ms = spec_duration(value);
		if (ms < w->min || ms > w->max) {
			err_set(e, EXIT_USAGE, "--%s %.60s: expected a time "
			    "like 500ms, 10s, 5m, 2h or 1d, %lldms to %lldd",
			    w->name, value, w->min, w->max / 86400000);
			return -1;
		}
		*(int64_t *)(void *)at = ms;
		return 0;
	case W_TEXT:
		*(const char **)(void *)at = value;
		return 0;
	case W_FLAG:
		*(bool *)at = true;
		return 0;
	case W_CALL:
		why = w->call(o, value);
		if (why == NULL)
			return 0;
		err_set(e, EXIT_USAGE, "--%s %.60s: expected %s", w->name,
		    value, why);
		return -1;
	}
	return -1;
}

static void
print_version(void)
{
	printf("brood %s\n"
	    "Copyright 2026 the brood authors.  Licence: ISC.\n"
	    "memory: %s\n", PACKAGE_VERSION,
	    launch_can_share() ? "shared (default), own" : "own");
}

static void
print_help(void)
{
	printf("usage: brood [options] ADDRESS[,ADDRESS...] PROGRAM [ARG...]\n"
	    "\n"
	    "Serve connections with PROGRAM: each gets one as its standard input\n"
	    "and output.  ADDRESS: [tcp:][HOST:]PORT, unix:PATH, fd:NAME.\n"
	    "\n");
	for (size_t i = 0; i < NWORDS; i++) {
		char left[64];

		snprintf(left, sizeof left, "--%s%s%s", words[i].name,
		    words[i].value != NULL ? " " : "",
		    words[i].value != NULL ? words[i].value : "");
		printf("  %c%c  %-26s %s\n", words[i].letter != 0 ? '-' : ' ',
		    words[i].letter != 0 ? words[i].letter : ' ', left,
		    words[i].help);
	}
	printf("\nManual: brood(8).  Report bugs to %s.\n", PACKAGE_BUGREPORT);
}

static void
build_getopt(struct option longs[NWORDS + 1], char shorts[3 * NWORDS + 3])
{
	char *p = shorts;

	*p++ = '+';		/* the program's options are its own */
	*p++ = ':';
	for (size_t i = 0; i < NWORDS; i++) {
		bool has = words[i].value != NULL;

		longs[i] = (struct option){ words[i].name,
		    has ? required_argument : no_argument, NULL, 256 + (int)i };
		if (words[i].letter == 0)
			continue;
		*p++ = words[i].letter;
		if (has)
			*p++ = ':';
	}
	longs[NWORDS] = (struct option){ 0 };
	*p = '\0';
}

static const struct word *
word_of(int c)
{
	if (c >= 256)
		return &words[c - 256];
	for (size_t i = 0; i < NWORDS; i++)
		if (words[i].letter == c)
			return &words[i];
	return NULL;
}

static void
set_defaults(struct options *o)
{
	memset(o, 0, sizeof *o);
	o->service.spec = spec_default();
	o->service.costume.umask = -1;
	o->service.socket_mode = 0666;
	o->service.socket_uid = (uid_t)-1;
	o->service.socket_gid = (gid_t)-1;
	o->service.ready_fd = -1;
	o->level = LOG_LEVEL_INFO;
	o->no_new_privs = -1;
}

static int
check_limits(struct spec *s, struct err *e)
{
	const struct plan_limits *l = &s->limits;
	const char *why;

	if (l->fixed > 0 && (l->min_idle != SPEC_MIN_AVAILABLE ||
	    l->max != SPEC_MAX_CONNECTED || l->max_idle != 0)) {
		err_set(e, EXIT_USAGE, "--children fixes the pool: expected no "
		    "minimum-available, maximum-available or maximum-connected "
		    "beside it");
		return -1;
	}
	why = spec_check(s);
	if (why == NULL)
		return 0;
	err_set(e, EXIT_USAGE, "%s (minimum-available is %u, "
	    "maximum-connected %u)", why, l->min_idle, l->max);
	return -1;
}

static int
read_operands(struct options *o, int n, char **v, struct err *e)
{
	struct service *s = &o->service;
	const char *why, *bad;
	size_t len;

	if (n < 2) {
		err_set(e, EXIT_USAGE, "%s is missing: expected ADDRESS PROGRAM; "
		    "try brood --help", n == 0 ? "the address" : "the program");
		return -1;
	}
	s->name = v[0];
	why = address_list(v[0], s->address, &s->naddresses, &bad, &len);
	if (why != NULL) {
		err_set(e, EXIT_USAGE, "address `%.*s': %s",
		    (int)(len < 200 ? len : 200), bad, why);
		return -1;
	}
	o->program = v[1];
	s->handler.argv = &v[1];
	if (o->argv0 != NULL)
		v[1] = (char *)(uintptr_t)o->argv0;
	return check_limits(&s->spec, e);
}

enum options_end
options_read(struct options *o, int argc, char **argv, struct err *e)
{
	struct option longs[NWORDS + 1];
	char shorts[3 * NWORDS + 3];
	const struct word *w;
	int c;

	set_defaults(o);
	build_getopt(longs, shorts);
	opterr = 0;
	while ((c = getopt_long(argc, argv, shorts, longs, NULL)) != -1) {
		w = word_of(c);
		if (w == NULL) {
			err_set(e, EXIT_USAGE, c == ':' ?
			    "%s: a value is missing; try brood --help" :
			    "%s: no such option; try brood --help",
			    argv[optind - 1]);
			return OPTIONS_WRONG;
		}
		if (w->letter == 'V' || w->letter == 'h') {
			w->letter == 'V' ? print_version() : print_help();
			return OPTIONS_DONE;
		}
		if (read_word(o, w, optarg, e) == -1)
			return OPTIONS_WRONG;
	}
	if (read_operands(o, argc - optind, argv + optind, e) == -1)
		return OPTIONS_WRONG;
	return OPTIONS_RUN;
}
