/* options.c - the daemon's own words in a table; those of the service are the
 * library's. */
#include "config.h"
#include "brood/options.h"

#include <getopt.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "brood/builtin.h"
#include "brood/words.h"
#include "tools/log.h"

enum { WORDS = 128, FIRST = 256 };

struct word {
	const char *name;
	char letter;		/* 0 = none */
	bool flag;		/* true is what it is, else it has a text */
	size_t at;		/* where in struct options it lands; 0 = nowhere */
	const char *value;	/* as --help names it */
	const char *help;	/* NULL: said by brood to brood only */
};

#define AT(field) offsetof(struct options, field)

static const struct word own[] = {
	/* word       letter flag   lands in     value    help */
	{ "inline",   'i',   false, AT(builtin), "NAME",  "instead of a program: echo, discard, daytime, chargen, time, qotd or tcpmux" },
	{ "file",     'f',   false, AT(file),    "FILE",  "the services of a file, brood.conf(5), instead of one" },
	{ "inetd-conf", 0,   false, AT(inetd),   "FILE",  "the same of an inetd.conf" },
	{ "xinetd-conf", 0,  false, AT(xinetd),  "FILE",  "the same of a xinetd.conf" },
	{ "check",    't',   true,  AT(check),   NULL,    "check the file and end" },
	{ "print",    'T',   true,  AT(print),   NULL,    "check it and print it plainly" },
	{ "convert",  0,     true,  AT(convert), NULL,    "print an inetd.conf or xinetd.conf as a brood.conf" },
	{ "require-all", 0,  true,  AT(require_all), NULL, "end if a service of the file cannot start" },
	{ "words",    0,     true,  AT(words),   NULL,    "print the table of the file's words" },
	{ "handover", 0,     false, AT(handover), NULL,  NULL },
	{ "rehearse", 0,     true,  AT(rehearse), NULL,  NULL },
	{ "daemon",   'D',   true,  AT(daemon),  NULL,    "run in the background; return when ready" },
	{ "pidfile",  'p',   false, AT(pidfile), "PATH",  "write the pid there, locked" },
	{ "log",      0,     false, AT(log),     "WHERE", "stderr, syslog or an absolute path" },
	{ "log-level", 0,    false, AT(level),   "LEVEL", "error, warn, info or debug (info)" },
	{ "quiet",    'q',   true,  AT(quiet),   NULL,    "log warnings and errors only" },
	{ "verbose",  'v',   true,  AT(verbose), NULL,    "log more" },
	{ "version",  'V',   true,  0,           NULL,    "print the version" },
	{ "help",     'h',   true,  0,           NULL,    "print this" },
};
#define NOWN (sizeof own / sizeof own[0])

/* Short forms of the service's words, and which of them matter here. */
static const struct {
	const char *name;
	char letter;
	size_t at;		/* keep the value also in struct options */
} known[] = {
	{ "minimum-available", 'n', 0 },
	{ "maximum-connected", 'm', 0 },
	{ "backlog",           'b', 0 },
	{ "user",              'u', AT(user) },
	{ "ready-fd",          'd', 0 },
	{ "control",           's', AT(control) },
	{ "chdir",              0,  AT(folder) },
	{ "kind",               0,  AT(kind) },
	{ "reply-rate",         0,  AT(reply_rate) },
	{ "name",               0,  AT(name) },
};
#define NKNOWN (sizeof known / sizeof known[0])

static char
letter_of(const char *name)
{
	for (size_t i = 0; i < NKNOWN; i++)
		if (strcmp(known[i].name, name) == 0)
			return known[i].letter;
	return 0;
}

/* ---- help ---- */

static void
print_version(void)
{
	printf("brood %s\n"
	    "Copyright 2026 the brood authors.  Licence: ISC.\n"
	    "memory: %s\n", PACKAGE_VERSION,
	    brood_can_share() ? "shared (default), own" : "own");
}

static void
print_word(char letter, const char *name, const char *value, const char *help)
{
	char left[64];

	snprintf(left, sizeof left, "--%s%s%s", name, value != NULL ? " " : "",
	    value != NULL ? value : "");
	printf("  %c%c  %-26s %s\n", letter != 0 ? '-' : ' ',
	    letter != 0 ? letter : ' ', left, help);
}

static void
print_service_word(const struct brood_word *w)
{
	char help[256];

	snprintf(help, sizeof help, w->value != NULL && w->initial[0] != '\0' ?
	    "%s (%s)" : "%s", w->help, w->initial);
	print_word(letter_of(w->name), w->name, w->value, help);
}

static void
print_help(void)
{
	const struct brood_word *w;

	printf("usage: brood [options] ADDRESS[,ADDRESS...] PROGRAM [ARG...]\n"
	    "       brood [options] --inline NAME ADDRESS[,ADDRESS...]\n"
	    "       brood [options] -f FILE\n"
	    "       brood -t|-T -f FILE\n"
	    "\n"
	    "Serve connections and datagrams with PROGRAM: each gets one as its\n"
	    "standard input and output, unless --kind says otherwise.\n"
	    "ADDRESS: [tcp:|udp:][HOST:]PORT, unix:PATH, unix-dgram:PATH,\n"
	    "unix-seqpacket:PATH, fd:NAME.\n"
	    "\n");
	for (unsigned i = 0; (w = brood_word(i)) != NULL; i++)
		print_service_word(w);
	for (size_t i = 0; i < NOWN; i++)
		if (own[i].help != NULL)
			print_word(own[i].letter, own[i].name, own[i].value,
			    own[i].help);
	printf("\nManual: brood(8).  Report bugs to %s.\n", PACKAGE_BUGREPORT);
}

/* ---- reading ---- */

static void
add_long(struct option *o, const char *name, bool has, unsigned i)
{
	*o = (struct option){ name, has ? required_argument : no_argument,
	    NULL, FIRST + (int)i };
}

static char *
add_short(char *p, char letter, bool has)
{
	if (letter == 0)
		return p;
	*p++ = letter;
	if (has)
		*p++ = ':';
	return p;
}

/* The daemon's own words come first, then the service's. */
static void
build_getopt(struct option longs[WORDS], char shorts[3 * WORDS])
{
	const struct brood_word *w;
	char *p = shorts;
	unsigned n = 0;

	*p++ = '+';		/* the program's options are its own */
	*p++ = ':';
	for (; n < NOWN; n++) {
		add_long(&longs[n], own[n].name, !own[n].flag, n);
		p = add_short(p, own[n].letter, !own[n].flag);
	}
	for (unsigned i = 0; (w = brood_word(i)) != NULL; i++) {
		add_long(&longs[n++], w->name, w->value != NULL, i + NOWN);
		p = add_short(p, letter_of(w->name), w->value != NULL);
	}
	longs[n] = (struct option){ 0 };
	*p = '\0';
}

/* The name that an answer of getopt_long(3) stands for; NULL: an error. */
static const char *
name_of(int c)
{
	if (c >= FIRST + (int)NOWN)
		return brood_word((unsigned)c - FIRST - NOWN)->name;
	if (c >= FIRST)
		return own[c - FIRST].name;
	for (size_t i = 0; i < NOWN; i++)
		if (own[i].letter == c)
			return own[i].name;
	for (size_t i = 0; i < NKNOWN; i++)
		if (known[i].letter == c)
			return known[i].name;
	return NULL;
}

/* 1: it was one of the daemon's own. */
static int
read_own(struct options *o, const char *name, const char *value)
{
	for (size_t i = 0; i < NOWN; i++) {
		char *at = (char *)o + own[i].at;

		if (strcmp(own[i].name, name) != 0)
			continue;
		/* Of quiet and verbose the last counts. */
		if (own[i].letter == 'q' || own[i].letter == 'v')
			o->quiet = o->verbose = false;
		if (own[i].flag)
			*(bool *)at = true;
		else
			*(const char **)(void *)at = value;
		return 1;
	}
	return 0;
}

static int
read_service(struct options *o, const char *name, const char *value,
    struct err *e)
{
	for (size_t i = 0; i < NKNOWN; i++)
		if (strcmp(known[i].name, name) == 0 && known[i].at != 0)
			*(const char **)(void *)((char *)o + known[i].at) = value;
	if (strcmp(name, "ready-fd") != 0 && strcmp(name, "control") != 0)
		o->worded = name;
	if (brood_set(o->service, name, value != NULL ? value : "yes") == -1) {
		err_set(e, EXIT_USAGE, "--%s", brood_error(o->service));
		return -1;
	}
	if (strcmp(name, "ready-fd") == 0)
		o->ready_fd = atoi(value);
	if (strcmp(name, "stderr") == 0)
		o->stderr_pass = value[0] == 'p';
	return 0;
}

static int
check(struct options *o, struct err *e)
{
	enum log_level level;

	if (o->log != NULL && o->log[0] != '/' &&
	    strcmp(o->log, "stderr") != 0 && strcmp(o->log, "syslog") != 0) {
		err_set(e, EXIT_USAGE, "--log %.60s: expected stderr, syslog or "
		    "an absolute path", o->log);
		return -1;
	}
	o->leveled = o->level != NULL || o->verbose || o->quiet;
	if (o->level == NULL)
		o->level = o->verbose ? "debug" : o->quiet ? "warn" : "info";
	if (log_level_of(o->level, &level))
		return 0;
	err_set(e, EXIT_USAGE, "--log-level %.60s: expected error, warn, info or "
	    "debug", o->level);
	return -1;
}

/* The services are a file's: which, and what is to be done with it? */
static int
check_file(struct options *o, int n, char **v, struct err *e)
{
	const char *files[] = { o->file, o->inetd, o->xinetd };
	unsigned given = 0;

	for (size_t i = 0; i < sizeof files / sizeof files[0]; i++)
		given += files[i] != NULL;
	if (given > 1)
		err_set(e, EXIT_USAGE, "expected one of -f, --inetd-conf and "
		    "--xinetd-conf");
	else if (given == 0)
		err_set(e, EXIT_USAGE, "expected a file: -f FILE, --inetd-conf "
		    "FILE or --xinetd-conf FILE");
	else if (n > 0)
		err_set(e, EXIT_USAGE, "%.60s: expected no address beside a file",
		    v[0]);
	else if (o->worded != NULL || o->builtin != NULL)
		err_set(e, EXIT_USAGE, "--%s: expected in the file",
		    o->builtin != NULL ? "inline" : o->worded);
	else if (o->rehearse && o->handover == NULL)
		err_set(e, EXIT_USAGE, "--rehearse: expected --handover");
	else if (o->convert && o->file != NULL)
		err_set(e, EXIT_USAGE, "--convert: expected --inetd-conf or "
		    "--xinetd-conf");
	else
		return check(o, e);
	return -1;
}

static int
read_operands(struct options *o, int n, char **v, struct err *e)
{
	int want = o->builtin != NULL ? 1 : 2;

	if (n < want) {
		err_set(e, EXIT_USAGE, "%s is missing: expected ADDRESS PROGRAM; "
		    "try brood --help", n == 0 ? "the address" : "the program");
		return -1;
	}
	if (o->builtin != NULL && n > 1) {
		err_set(e, EXIT_USAGE, "--inline %.60s: expected no program "
		    "beside it", o->builtin);
		return -1;
	}
	o->addresses = v[0];
	if (o->builtin == NULL)
		o->program = v + 1;
	return check(o, e);
}

/* Built-ins decide some words, unless they were said: then these come last. */
static int
set_again(struct options *o)
{
	return (o->kind != NULL &&
	    brood_set(o->service, "kind", o->kind) == -1) ||
	    (o->reply_rate != NULL &&
	    brood_set(o->service, "reply-rate", o->reply_rate) == -1) ? -1 : 0;
}

static int
set_work(struct options *o, struct err *e)
{
	if (o->builtin == NULL) {
		if (brood_program(o->service, o->program) == 0)
			return 0;
	} else if (builtin_install(o->service, o->builtin) == -1) {
		err_set(e, EXIT_USAGE, "--inline %.60s: no such service; try "
		    "brood --help", o->builtin);
		return -1;
	} else if (set_again(o) == 0) {
		return 0;
	}
	err_set(e, EXIT_USAGE, "%s", brood_error(o->service));
	return -1;
}

enum options_end
options_read(struct options *o, int argc, char **argv, struct err *e)
{
	struct option longs[WORDS];
	char shorts[3 * WORDS];
	const char *name;
	int c;

	*o = (struct options){ .service = brood_new(), .ready_fd = -1,
	    .argv = argv };
	if (o->service == NULL) {
		err_sys(e, EXIT_SYSTEM, "cannot make a service");
		return OPTIONS_WRONG;
	}
	brood_set(o->service, "process-title", "yes");
	build_getopt(longs, shorts);
	opterr = 0;
	while ((c = getopt_long(argc, argv, shorts, longs, NULL)) != -1) {
		name = name_of(c);
		if (name == NULL) {
			err_set(e, EXIT_USAGE, c == ':' ?
			    "%s: a value is missing; try brood --help" :
			    "%s: no such option; try brood --help",
			    argv[optind - 1]);
			return OPTIONS_WRONG;
		}
		if (strcmp(name, "version") == 0 || strcmp(name, "help") == 0) {
			name[0] == 'v' ? print_version() : print_help();
			return OPTIONS_DONE;
		}
		if (read_own(o, name, optarg) == 0 &&
		    read_service(o, name, optarg, e) == -1)
			return OPTIONS_WRONG;
	}
	argc -= optind;
	argv += optind;
	if (o->words) {
		words_print(stdout);
		return OPTIONS_DONE;
	}
	if (o->file != NULL || o->inetd != NULL || o->xinetd != NULL ||
	    o->check || o->print || o->convert || o->require_all ||
	    o->handover != NULL || o->rehearse)
		return check_file(o, argc, argv, e) == -1 ? OPTIONS_WRONG :
		    OPTIONS_FILE;
	if (read_operands(o, argc, argv, e) == -1 || set_work(o, e) == -1)
		return OPTIONS_WRONG;
	return OPTIONS_RUN;
}
