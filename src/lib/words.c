/* words.c - the table, and a reader for each word that is no plain number. */
#include "config.h"
#include "lib/words.h"

#include <errno.h>
#include <limits.h>
#include <net/if.h>
#include <signal.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "lib/settings.h"
#include "rules/among.h"
#include "rules/ucspi.h"

enum word_kind {
	WORD_COUNT,		/* a number from min to max, an unsigned */
	WORD_TIME,		/* a duration from min to max ms */
	WORD_TEXT,		/* any text */
	WORD_FLAG,		/* yes or no, a bool */
	WORD_CALL		/* a function reads it */
};

enum often { ONCE, MANY, LIVE };

/* NULL; or what was expected, the word's range where that says it all. */
typedef const char *word_fn(struct settings *o, const char *value);

struct word {
	struct brood_word is;
	enum word_kind kind;
	size_t at;		/* where in struct settings it lands */
	long long min, max;
	word_fn *call;
};

static word_fn read_user, read_memory, read_kind, read_env, read_umask,
    read_limit, read_privs, read_stderr, read_mode, read_owner, read_fd,
    read_dialect, read_on_0, read_ready, read_signal, read_recycle, read_name,
    read_control, read_control_mode, read_control_owner, read_look,
    read_operate, read_own, read_groups, read_on, read_interface,
    read_kill_mode;

#define AT(field) offsetof(struct settings, field)
#define SERVICE(field) AT(service.field)
#define LIMIT(field) AT(limits.field)
#define SPEC(field) AT(service.spec.field)
#define HANDLER(field) AT(service.handler.field)

#define TEXT_OF(n) #n
#define RANGE(min, max) TEXT_OF(min) " to " TEXT_OF(max)

/* What nobody needs to say twice: the range is made of its numbers. */
#define IS(name, value, range, initial, kinds, since, often, help) \
	{ name, value, range, initial, kinds, since, (often) == MANY, \
	  (often) == LIVE, help }
#define COUNT(name, at, min, max, initial, kinds, since, often, help) \
	{ IS(name, "N", RANGE(min, max), initial, kinds, since, often, help), \
	  WORD_COUNT, at, min, max, NULL }
#define TIME(name, at, min, initial, kinds, since, often, help) \
	{ IS(name, "TIME", TEXT_OF(min) "ms to 10d", initial, kinds, since, \
	  often, help), WORD_TIME, at, min, TEN_DAYS_MS, NULL }
#define TEXT(name, at, value, initial, kinds, since, often, help) \
	{ IS(name, value, "text", initial, kinds, since, often, help), \
	  WORD_TEXT, at, 0, 0, NULL }
#define FLAG(name, at, value, initial, kinds, since, often, help) \
	{ IS(name, value, YES_OR_NO, initial, kinds, since, often, help), \
	  WORD_FLAG, at, 0, 0, NULL }
#define CALL(name, call, value, range, initial, kinds, since, often, help) \
	{ IS(name, value, range, initial, kinds, since, often, help), \
	  WORD_CALL, 0, 0, 0, call }

#define TEN_DAYS_MS 864000000LL
#define MOST 32768
#define YES_OR_NO "yes or no"
#define OCTAL "an octal mode from 0 to 0777"
#define OWNER "a user, or user:group, that exists"
#define LIST "a comma list of *, USER and :GROUP, names or numbers"

#define ALL ""
#define POOLED "exec exec-wait inline inline-wait"
#define OURS "inline inline-wait"
#define WORKER "worker"
#define PROGRAMS "exec exec-wait " WORKER

static const struct word words[] = {
	/*    name                 lands in, or reader           min to max, value, range              default   kinds             since   often  help */
	CALL( "name",              read_name,         "NAME",    "1 to 40 of A-Z a-z 0-9 _ . -",       "the addresses", ALL,       "0.2",  ONCE,  "what the service is called in titles, log and hooks"),
	CALL( "kind",              read_kind,         "KIND",    "exec, exec-wait, worker, inline or inline-wait", "exec", ALL,  "0.1",  ONCE,  "exec, exec-wait, worker, inline or inline-wait"),
	COUNT("minimum-available", LIMIT(min_idle),              1, MOST,                              "4",      POOLED,           "0.1",  LIVE,  "children kept waiting"),
	COUNT("maximum-connected", LIMIT(max),                   1, MOST,                              "200",    POOLED,           "0.1",  LIVE,  "connections served at once"),
	COUNT("maximum-available", LIMIT(max_idle),              1, MOST,                              "2 * minimum + 2", POOLED,  "0.1",  LIVE,  "children above it go after idle-time"),
	COUNT("children",          LIMIT(fixed),                 1, MOST,                              "worker: one a processor", ALL, "0.1", ONCE, "a fixed pool: exactly N children"),
	COUNT("backlog",           SPEC(backlog),                1, 2147483647,                        "4096",   ALL,              "0.1",  ONCE,  "length of the kernel's queue"),
	CALL( "interface",         read_interface,    "NAME",    "1 to 15 bytes, without : and /",       "",       ALL,              "0.1",  ONCE,  "listen on this network interface only"),
	TIME( "idle-time",         SPEC(idle_ms),                100,                                  "10s",    POOLED,           "0.1",  ONCE,  "how long too many must wait before some go"),
	FLAG( "linger",            HANDLER(linger),              NULL,                                 "no",     "exec",           "0.1",  ONCE,  "no reply is cut when the program leaves input unread"),
	TIME( "session-time",      SPEC(session_ms),             1,                                    "never",  POOLED,           "0.1",  ONCE,  "end sessions that last longer"),
	TIME( "stop-time",         SPEC(stop_ms),                1,                                    "30s",    ALL,              "0.1",  ONCE,  "how long sessions may go on after TERM"),
	TIME( "quit-after",        SPEC(quit_ms),                1,                                    "never",  POOLED,           "0.1",  ONCE,  "end when nobody came for that long"),
	CALL( "kill-mode",         read_kill_mode,    "none|group|all", "none, group or all",           "exec-wait: none, else group",  PROGRAMS,         "0.2",  ONCE,  "what is killed of all that an ended program left"),
	CALL( "recycle-after",     read_recycle,      "N|TIME",  "a number of clients, or a time like 30m or 1d", "never", OURS " " WORKER, "0.1", ONCE, "a new child after N clients (inline), or a new worker after TIME"),
	COUNT("overlap",           SPEC(overlap),                1, MOST,                              "1",      WORKER,           "0.1",  ONCE,  "workers: so many more while they are replaced"),
	CALL( "ready-by",          read_ready,        "WAY",     "alive, notify or fd:N, N from 3 to 511", "alive", WORKER,        "0.1",  ONCE,  "workers: alive, notify or fd:N"),
	TIME( "start-time",        SPEC(start_ms),               1,                                    "alive: 1s, else 30s", WORKER, "0.1", ONCE, "workers: ready after it (alive), or late"),
	CALL( "stop-signal",       read_signal,       "NAME",    "the name of a signal, like TERM or QUIT", "TERM", WORKER,        "0.1",  ONCE,  "workers: tells one to go"),
	TIME( "watchdog",          SPEC(watchdog_ms),            1,                                    "never",  WORKER,           "0.1",  ONCE,  "workers: so long one may be silent that says WATCHDOG=1"),
	CALL( "dialect",           read_dialect,      "DIALECT", "listen-fds, server-starter or einhorn", "listen-fds", WORKER,    "0.1",  ONCE,  "workers: listen-fds, server-starter or einhorn"),
	CALL( "listener-on-0",     read_on_0,         NULL,      YES_OR_NO,                            "no",     WORKER,           "0.1",  ONCE,  "workers: the listener is descriptor 0 (FastCGI)"),
	COUNT("wait-tries",        HANDLER(wait_tries),          1, 1000,                              "3",      "exec exec-wait", "0.1",  ONCE,  "exec-wait: programs for a datagram that none takes"),
	TIME( "peer-session",      HANDLER(peer_ms),             1,                                    "",       "exec",           "0.1",  ONCE,  "exec, datagrams: a program for each peer, until it is quiet so long"),
	FLAG( "low-ports",         HANDLER(calls.low_ports),     "yes|no",                             "no",     "exec " OURS,     "0.1",  ONCE,  "answer datagrams from ports below 1024"),
	COUNT("reply-rate",        HANDLER(calls.reply_rate),    0, 1000000,                           "built-in: 50, else 0", "exec " OURS, "0.2", ONCE, "answers a second to one source of datagrams; 0: any number"),
	CALL( "user",              read_user,         "USER[:GROUP]", "a user, or user:group",         "",       ALL,              "0.1",  ONCE,  "become this user for good"),
	CALL( "groups",            read_groups,       "GROUP,...", "a comma list of groups, or none",  "the user's", ALL,          "0.2",  ONCE,  "supplementary groups; none: not one"),
	CALL( "no-new-privs",      read_privs,        "yes|no",  YES_OR_NO,                            "yes if --user drops root", ALL, "0.1", ONCE, "no set-uid programs"),
	CALL( "limit",             read_limit,        "NAME=N",  "NAME=N or NAME=SOFT:HARD, NAME one of as core cpu data fsize memlock nofile nproc stack", "", ALL, "0.1", MANY, "a resource limit of the program, e.g. nofile=64"),
	CALL( "env",               read_env,          "NAME[=VALUE]", "NAME, NAME=VALUE or *",         "",       ALL,              "0.1",  MANY,  "set or pass on a variable; '*' passes on all"),
	TEXT( "argv0",             AT(argv0),                    "NAME",                               "",       ALL,              "0.1",  ONCE,  "the program's own name for itself"),
	TEXT( "chdir",             SERVICE(costume.folder),      "FOLDER",                             "",       ALL,              "0.1",  ONCE,  "work there"),
	CALL( "umask",             read_umask,        "MODE",    OCTAL,                                "",       ALL,              "0.1",  ONCE,  "octal file mode mask"),
	CALL( "stderr",            read_stderr,       "log|pass", "log or pass",                       "log",    ALL,              "0.1",  ONCE,  "where the program's standard error goes"),
	CALL( "memory",            read_memory,       "shared|own", "shared or own",                   "shared where it works", ALL, "0.1", ONCE, "how children are made"),
	CALL( "socket-mode",       read_mode,         "MODE",    OCTAL,                                "0666",   ALL,              "0.1",  ONCE,  "octal mode of unix sockets"),
	CALL( "socket-owner",      read_owner,        "USER[:GROUP]", OWNER,                           "",       ALL,              "0.1",  ONCE,  "owner of unix sockets"),
	CALL( "control",           read_control,      "PATH",    "a path of 1 to 107 bytes, without @", "",      ALL,              "0.2",  ONCE,  "a unix socket to ask and to steer the service by"),
	CALL( "control-mode",      read_control_mode, "MODE",    OCTAL,                                "0600",   ALL,              "0.2",  ONCE,  "octal mode of the control socket"),
	CALL( "control-owner",     read_control_owner, "USER[:GROUP]", OWNER,                          "",       ALL,              "0.2",  ONCE,  "owner of the control socket"),
	CALL( "control-look",      read_look,         "LIST",    LIST,                                 "",       ALL,              "0.2",  ONCE,  "who may ask: *, USER and :GROUP, and always root and the starter"),
	CALL( "control-operate",   read_operate,      "LIST",    LIST,                                 "",       ALL,              "0.2",  ONCE,  "who may also set, pause, renew and kick"),
	CALL( "control-own",       read_own,          "LIST",    LIST,                                 "",       ALL,              "0.2",  ONCE,  "who may also stop it"),
	CALL( "on",                read_on,           "\"EVENT COMMAND\"", "\"EVENT COMMAND\", EVENT one of " HOOK_EVENTS, "", ALL, "0.2", MANY, "run a shell command at ready, reload, child-failed, full, calm or stop"),
	FLAG( "process-title",     SERVICE(title),               "yes|no",                             "yes",    ALL,              "0.1",  ONCE,  "the counts in the process list"),
	CALL( "ready-fd",          read_fd,           "N",       "the number of an open descriptor, from 1", "", ALL,              "0.1",  ONCE,  "write a newline to descriptor N when ready"),
};
#define NWORDS (sizeof words / sizeof words[0])
_Static_assert(NWORDS <= WORDS_MOST, "each word has a bit");
_Static_assert(MOST == SPEC_MOST_CHILDREN, "as the table says");
_Static_assert(SPEC_MIN_AVAILABLE == 4 && SPEC_MAX_CONNECTED == 200 &&
    SPEC_BACKLOG == 4096 && SPEC_IDLE_MS == 10000 && SPEC_STOP_MS == 30000 &&
    SPEC_OVERLAP == 1 && SPEC_ALIVE_MS == 1000 && SPEC_START_MS == 30000 &&
    SPEC_WAIT_TRIES == 3, "as the table says");
_Static_assert(WAIT_LISTENERS == 256, "ready-by, as the table says");

/* What a reader says when the range of the table does. */
static const char in_range[] = "";

/* ---- readers ---- */

static const char *
read_name(struct settings *o, const char *value)
{
	size_t n = strspn(value, "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
	    "abcdefghijklmnopqrstuvwxyz0123456789_.-");

	if (n < 1 || n > 40 || value[n] != '\0')
		return in_range;
	o->name = value;
	return NULL;
}

static const char *
read_user(struct settings *o, const char *value)
{
	size_t n = strcspn(value, ":");

	if (n == 0 || (value[n] == ':' && value[n + 1] == '\0'))
		return in_range;
	o->user = value;
	return NULL;
}

/* What the kernel takes for a name (dev_valid_name()), which may come later. */
static const char *
read_interface(struct settings *o, const char *value)
{
	size_t n = strlen(value);

	if (n < 1 || n >= IFNAMSIZ || value[strcspn(value, "/: \t\n")] != '\0' ||
	    strcmp(value, ".") == 0 || strcmp(value, "..") == 0)
		return in_range;
	o->service.interface = value;
	return NULL;
}

/* One of a few words, up to one without a name. */
struct choice {
	const char *name;
	int value;
};

static const char *
read_choice(const char *value, const struct choice *c, int *value_r)
{
	for (; c->name != NULL; c++)
		if (strcmp(value, c->name) == 0) {
			*value_r = c->value;
			return NULL;
		}
	return in_range;
}

static const char *
read_memory(struct settings *o, const char *value)
{
	static const struct choice memories[] = {
		{ "shared", MEMORY_SHARED },
		{ "own", MEMORY_OWN },
		{ NULL, 0 }
	};
	int memory = MEMORY_BEST;
	const char *why = read_choice(value, memories, &memory);

	o->service.memory = (enum memory)memory;
	return why;
}

static const char *
read_kill_mode(struct settings *o, const char *value)
{
	static const struct choice modes[] = {
		{ "none", HANDLER_KILL_NONE },
		{ "group", HANDLER_KILL_GROUP },
		{ "all", HANDLER_KILL_ALL },
		{ NULL, 0 }
	};
	int mode = HANDLER_KILL_NONE;
	const char *why = read_choice(value, modes, &mode);

	o->service.handler.kill_mode = (enum handler_kill)mode;
	return why;
}

static const char *
read_kind(struct settings *o, const char *value)
{
	const struct handler_kind *k = handler_kind(value);

	if (k == NULL)
		return in_range;
	o->service.handler.kind = k;
	return NULL;
}

static const char *
read_env(struct settings *o, const char *value)
{
	size_t n = strcspn(value, "=");

	if (n == 0)
		return in_range;
	if (ucspi_owns(value, n))
		return "a variable that brood does not set itself";
	if (o->nenv == SETTINGS_ENV)
		return "at most 256 of them";
	o->env[o->nenv++] = value;
	return NULL;
}

static const char *
read_octal(const char *value, mode_t *mode_r)
{
	char *end;
	long mode;

	if (*value < '0' || *value > '7' || strlen(value) > 4)
		return in_range;
	mode = strtol(value, &end, 8);
	if (*end != '\0' || mode > 0777)
		return in_range;
	*mode_r = (mode_t)mode;
	return NULL;
}

static const char *
read_umask(struct settings *o, const char *value)
{
	mode_t mode = 0;
	const char *why = read_octal(value, &mode);

	o->service.costume.umask = (int)mode;
	return why;
}

static const char *
read_mode(struct settings *o, const char *value)
{
	return read_octal(value, &o->service.socket_mode);
}

static const char *
read_control_mode(struct settings *o, const char *value)
{
	return read_octal(value, &o->service.control_mode);
}

static const char *
read_id(const char *value, uid_t *uid_r, gid_t *gid_r)
{
	struct costume c;

	if (costume_find(&c, value, "none", NULL) == -1)
		return in_range;
	*uid_r = c.uid;
	*gid_r = c.gid;
	return NULL;
}

static const char *
read_owner(struct settings *o, const char *value)
{
	return read_id(value, &o->service.socket_uid, &o->service.socket_gid);
}

static const char *
read_control_owner(struct settings *o, const char *value)
{
	return read_id(value, &o->service.control_uid,
	    &o->service.control_gid);
}

/* We may work in another folder by the time it is removed.  The abstract
 * namespace has no modes, so it would be everybody's. */
static const char *
read_control(struct settings *o, const char *value)
{
	char here[PATH_MAX] = "", whole[PATH_MAX + ADDRESS_PATH_SIZE];

	if (value[0] == '\0' || value[0] == '@' ||
	    strlen(value) >= sizeof o->control)
		return in_range;
	if (value[0] != '/' && getcwd(here, sizeof here) == NULL)
		return "an absolute path, as the present folder is gone";
	snprintf(whole, sizeof whole, "%s%s%s", here,
	    value[0] != '/' ? "/" : "", value);
	if (strlen(whole) >= sizeof o->control)
		return "a path of at most 107 bytes with its folder";
	strlcpy(o->control, whole, sizeof o->control);
	o->service.control = o->control;
	return NULL;
}

/* Only how it is written; whether they exist shows when it is used. */
static bool
is_who(const char *s, size_t n, bool any)
{
	if (any && n == 1 && s[0] == '*')
		return true;
	if (any && n > 0 && s[0] == ':')
		s++, n--;
	if (n < 1 || n > 64 || s[0] == '-')
		return false;
	for (size_t i = 0; i < n; i++)
		if (s[i] <= ' ' || s[i] == 127 || strchr("*:\"'", s[i]) != NULL)
			return false;
	return true;
}

static bool
is_list(const char *s, bool any)
{
	for (;; s++) {
		size_t n = strcspn(s, ",");

		if (!is_who(s, n, any))
			return false;
		s += n;
		if (*s == '\0')
			return true;
	}
}

static const char *
read_list(const char *value, const char **list_r)
{
	if (!is_list(value, true))
		return in_range;
	*list_r = value;
	return NULL;
}

static const char *
read_look(struct settings *o, const char *value)
{
	return read_list(value, &o->service.control_look);
}

static const char *
read_operate(struct settings *o, const char *value)
{
	return read_list(value, &o->service.control_operate);
}

static const char *
read_own(struct settings *o, const char *value)
{
	return read_list(value, &o->service.control_own);
}

static const char *
read_groups(struct settings *o, const char *value)
{
	if (!is_list(value, false))
		return in_range;
	o->groups = value;
	return NULL;
}

static const char *
read_on(struct settings *o, const char *value)
{
	struct service *s = &o->service;
	size_t n = strcspn(value, " \t");
	const char *command = value + n + strspn(value + n, " \t");
	int event = hook_event(value, n);

	if (event == -1 || command[0] == '\0')
		return in_range;
	if (s->nhooks == HOOK_MOST)
		return "at most 32 of them";
	s->hook[s->nhooks++] = (struct hook_order){
	    (enum hook_event)event, command };
	return NULL;
}
_Static_assert(HOOK_MOST == 32, "as the text above says");

static const char *
read_yes(const char *value, bool *yes_r)
{
	*yes_r = strcmp(value, "yes") == 0;
	return *yes_r || strcmp(value, "no") == 0 ? NULL : in_range;
}

static const char *
read_privs(struct settings *o, const char *value)
{
	bool yes;
	const char *why = read_yes(value, &yes);

	o->no_new_privs = yes;
	return why;
}

static const char *
read_stderr(struct settings *o, const char *value)
{
	static const struct choice ways[] = {
		{ "log", STDERR_LOG },
		{ "pass", STDERR_PASS },
		{ NULL, 0 }
	};
	int way = STDERR_LOG;
	const char *why = read_choice(value, ways, &way);

	o->service.err = (enum service_stderr)way;
	return why;
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
		return in_range;
	o->service.ready_fd = (int)n;
	return NULL;
}

static const char *
read_dialect(struct settings *o, const char *value)
{
	static const struct choice dialects[] = {
		{ "listen-fds", HANDLER_LISTEN_FDS },
		{ "server-starter", HANDLER_STARTER },
		{ "einhorn", HANDLER_EINHORN },
		{ NULL, 0 }
	};
	int dialect = HANDLER_LISTEN_FDS;
	const char *why = read_choice(value, dialects, &dialect);

	o->service.handler.dialect = (enum handler_dialect)dialect;
	return why;
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
		return in_range;
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
	return in_range;
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
		return in_range;
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

/* SOFT[:HARD], plain numbers in the units of setrlimit(2). */
static const char *
read_pair(const char *value, struct rlimit *r)
{
	size_t len = strcspn(value, ":");
	char soft[24];
	long long cur, max;

	if (len >= sizeof soft)
		return in_range;
	memcpy(soft, value, len);
	soft[len] = '\0';
	if (read_number(soft, 0, LLONG_MAX, &cur) != NULL)
		return in_range;
	max = cur;
	if (value[len] == ':' &&
	    read_number(value + len + 1, cur, LLONG_MAX, &max) != NULL)
		return in_range;
	*r = (struct rlimit){ (rlim_t)cur, (rlim_t)max };
	return NULL;
}

static const char *
read_limit(struct settings *o, const char *value)
{
	struct handler *h = &o->service.handler;
	size_t n = strcspn(value, "=");
	struct rlimit pair;
	unsigned at;
	size_t i;

	for (i = 0; i < NLIMITS; i++)
		if (strlen(limits[i].name) == n &&
		    memcmp(limits[i].name, value, n) == 0)
			break;
	if (i == NLIMITS || value[n] == '\0' ||
	    read_pair(value + n + 1, &pair) != NULL)
		return in_range;
	/* The last word about a resource counts. */
	for (at = 0; at < h->nlimits; at++)
		if (h->limit[at].resource == limits[i].resource)
			break;
	h->nlimits += at == h->nlimits;
	h->limit[at].name = limits[i].name;
	h->limit[at].resource = limits[i].resource;
	h->limit[at].value = pair;
	return NULL;
}

/* ---- the table at work ---- */

const struct brood_word *
word_at(unsigned i)
{
	return i < NWORDS ? &words[i].is : NULL;
}

int
word_number(const char *name)
{
	for (unsigned i = 0; name != NULL && i < NWORDS; i++)
		if (strcmp(words[i].is.name, name) == 0)
			return (int)i;
	return -1;
}

bool
word_is_for(unsigned i, const char *kind)
{
	const char *list = words[i].is.kinds;

	return list[0] == '\0' || among(list, kind);
}

static const char *
read_time(const struct word *w, const char *value, int64_t *ms_r)
{
	int64_t ms = spec_duration(value);

	if (ms < w->min || ms > w->max)
		return in_range;
	*ms_r = ms;
	return NULL;
}

static const char *
read_count(const struct word *w, const char *value, unsigned *n_r)
{
	long long n = 0;
	const char *why = read_number(value, w->min, w->max, &n);

	if (why == NULL)
		*n_r = (unsigned)n;
	return why;
}

/* NULL, or why not. */
static const char *
read_value(struct settings *o, const struct word *w, const char *value)
{
	void *at = (char *)o + w->at;

	switch (w->kind) {
	case WORD_COUNT:
		return read_count(w, value, at);
	case WORD_TIME:
		return read_time(w, value, at);
	case WORD_TEXT:
		*(const char **)at = value;
		return NULL;
	case WORD_FLAG:
		return read_yes(value, at);
	case WORD_CALL:
		return w->call(o, value);
	}
	return in_range;
}

static void
say_why(const struct word *w, const char *value, const char *why,
    struct err *e)
{
	const char *name = w->is.name;

	if (w->kind == WORD_COUNT)
		err_set(e, EXIT_USAGE, "%s %.60s: %s, expected %s", name, value,
		    why, w->is.range);
	else if (w->kind == WORD_TIME)
		err_set(e, EXIT_USAGE, "%s %.60s: expected a time like 500ms, "
		    "10s, 5m, 2h or 1d, %s", name, value, w->is.range);
	else
		err_set(e, EXIT_USAGE, "%s %.60s: expected %s", name, value,
		    why[0] != '\0' ? why : w->is.range);
}

int
word_read(struct settings *o, unsigned i, const char *value, struct err *e)
{
	const char *why = read_value(o, &words[i], value);

	if (why == NULL)
		return 0;
	say_why(&words[i], value, why, e);
	errno = EINVAL;
	return -1;
}
