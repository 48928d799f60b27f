/* words.c - the table. */
#include "lib/words.h"

#include <errno.h>
#include <stddef.h>
#include <string.h>

#include "lib/readers.h"
#include "lib/settings.h"
#include "rules/among.h"
#include "rules/reflect.h"

enum word_kind {
	WORD_COUNT,		/* a number from min to max, an unsigned */
	WORD_TIME,		/* a duration from min to max ms */
	WORD_TEXT,		/* any text */
	WORD_FLAG,		/* yes or no, a bool */
	WORD_CALL		/* a function reads it */
};

enum often { ONCE, MANY, LIVE };

struct word {
	struct brood_word is;
	enum word_kind kind;
	size_t at;		/* where in struct settings it lands */
	long long min, max;
	word_fn *call;
};

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
	COUNT("reply-rate",        HANDLER(calls.reply_rate),    0, 1000000,                           "built-in: 40, else 0", "exec " OURS, "0.2", ONCE, "answers a second to one source of datagrams; 0: any number"),
	COUNT("reply-factor",      HANDLER(calls.reply_factor),  0, 1000000,                           "3",      "exec " OURS,     "0.2",  ONCE,  "an answer is at most N times what was asked, or 512 bytes; 0: any"),
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
    SPEC_WAIT_TRIES == 3 && REFLECT_FACTOR == 3, "as the table says");
_Static_assert(WAIT_LISTENERS == 256, "ready-by, as the table says");

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
		return "";
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
	return "";
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
