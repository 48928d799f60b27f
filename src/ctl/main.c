/* main.c - broodctl: the command line, and who is to be asked. */
#include "config.h"

#include <getopt.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "ctl/call.h"
#include "ctl/complete.h"
#include "ctl/show.h"
#include "ctl/verbs.h"
#include "rules/near.h"
#include "rules/spec.h"
#include "tools/clock.h"
#include "tools/err.h"
#include "tools/fd.h"

enum { TIMEOUT_MS = 30000, MOST_WORDS = 512, FIRST = 256 };

struct options {
	const char *socket;
	int64_t timeout_ms;
	bool json, help, version;
	unsigned flags;
	int n;
	char *word[MOST_WORDS + 1];	/* the verb and its arguments */
};

static void
complain(const struct err *e)
{
	char safe[4 * sizeof e->text + 8];

	fprintf(stderr, "broodctl: %s\n",
	    show_safe(e->text, safe, sizeof safe));
}

/* ---- help ---- */

static void
print_help(void)
{
	char left[80], flag[40];

	printf("usage: broodctl [-s PATH] [--timeout TIME] [--json] VERB ...\n"
	    "\n"
	    "Talk to a running brood.  Every verb waits until what it asked\n"
	    "for is true.  SERVICE may be left out where there is only one;\n"
	    "status, children, connections and addresses then tell of all.\n"
	    "\n"
	    "  -s  --socket PATH    who is asked (BROOD_CONTROL; for root\n"
	    "                       /run/brood/control.sock, else\n"
	    "                       $XDG_RUNTIME_DIR/brood/control.sock)\n"
	    "      --timeout TIME   how long to wait (30s)\n"
	    "      --json           print JSON: a list of objects\n"
	    "  -V  --version        print the version\n"
	    "  -h  --help           print this\n");
	for (size_t i = 0; verbs[i].name != NULL; i++) {
		const struct verb *v = &verbs[i];

		if (i == 0 || strcmp(v->class, verbs[i - 1].class) != 0)
			printf("\n%s%s:\n", v->class[0] != '\0' ?
			    "For those who may " : "Without a server",
			    v->class);
		flag[0] = '\0';
		for (size_t k = 0; verb_flags[k].name != NULL; k++)
			if ((v->flags & verb_flags[k].bit) != 0)
				snprintf(flag, sizeof flag, " [--%s]",
				    verb_flags[k].name);
		snprintf(left, sizeof left, "%s%s%s%s", v->name, v->args[0] !=
		    '\0' ? " " : "", v->args, flag);
		printf(strlen(left) < 26 ? "  %-26s %s\n" : "  %s\n%28s %s\n",
		    left, strlen(left) < 26 ? v->help : "", v->help);
	}
	printf("\nManual: broodctl(8).  Report bugs to %s.\n",
	    PACKAGE_BUGREPORT);
}

/* ---- the command line ---- */

static int
usage(struct err *e, const char *what, const char *expected)
{
	err_set(e, EXIT_USAGE, "%.200s: %s; try broodctl --help", what,
	    expected);
	return EXIT_USAGE;
}

static int
read_timeout(struct options *o, const char *text, struct err *e)
{
	o->timeout_ms = spec_duration(text);
	if (o->timeout_ms != -1)
		return 0;
	err_set(e, EXIT_USAGE, "--timeout %.60s: expected a time like 500ms, "
	    "10s or 5m, at most 10d", text);
	return EXIT_USAGE;
}

static int
read_one(struct options *o, int c, char *arg, struct err *e)
{
	switch (c) {
	case 1:
		if (o->n == MOST_WORDS)
			return usage(e, arg, "too many words");
		o->word[o->n++] = arg;
		return 0;
	case 's': o->socket = arg; return 0;
	case 't': return read_timeout(o, arg, e);
	case 'j': o->json = true; return 0;
	case 'h': o->help = true; return 0;
	case 'V': o->version = true; return 0;
	}
	o->flags |= verb_flags[c - FIRST].bit;
	return 0;
}

/* Options may stand anywhere; behind `--' there are none. */
static int
read_options(struct options *o, int argc, char **argv, struct err *e)
{
	struct option longs[16] = {
		{ "socket",  required_argument, NULL, 's' },
		{ "timeout", required_argument, NULL, 't' },
		{ "json",    no_argument,       NULL, 'j' },
		{ "help",    no_argument,       NULL, 'h' },
		{ "version", no_argument,       NULL, 'V' },
	};
	int c, n = 5, status = 0;

	for (int i = 0; verb_flags[i].name != NULL; i++)
		longs[n++] = (struct option){ verb_flags[i].name, no_argument,
		    NULL, FIRST + i };
	opterr = 0;
	while (status == 0 &&
	    (c = getopt_long(argc, argv, "-:s:hV", longs, NULL)) != -1)
		if (c == ':')
			status = usage(e, argv[optind - 1],
			    "a value is missing");
		else if (c == '?')
			status = usage(e, argv[optind - 1], "no such option");
		else
			status = read_one(o, c, optarg, e);
	for (; status == 0 && optind < argc; optind++)
		status = read_one(o, 1, argv[optind], e);
	return status;
}

static int
unknown_verb(const char *name, struct err *e)
{
	const char *best = NULL;
	unsigned least = NEAR_FAR;

	for (size_t i = 0; verbs[i].name != NULL; i++) {
		unsigned d = near_distance(name, verbs[i].name);

		if (d < least) {
			least = d;
			best = verbs[i].name;
		}
	}
	if (best == NULL)
		return usage(e, name, "no such verb");
	err_set(e, EXIT_USAGE, "%.60s: no such verb; did you mean %s?", name,
	    best);
	return EXIT_USAGE;
}

static int
check_call(const struct verb *v, const struct options *o, struct err *e)
{
	int n = o->n - 1;

	for (size_t i = 0; verb_flags[i].name != NULL; i++)
		if ((o->flags & verb_flags[i].bit & ~v->flags) != 0) {
			err_set(e, EXIT_USAGE, "%s: expected no --%s", v->name,
			    verb_flags[i].name);
			return EXIT_USAGE;
		}
	if (n >= v->least && (v->most == -1 || n <= v->most))
		return 0;
	err_set(e, EXIT_USAGE, "%s: expected %s", v->name, v->args[0] != '\0' ?
	    v->args : "no arguments");
	return EXIT_USAGE;
}

static int
find_verb(const struct options *o, const struct verb **v_r, struct err *e)
{
	if (o->n == 0)
		return usage(e, "the verb is missing", "expected one");
	for (size_t i = 0; verbs[i].name != NULL; i++)
		if (strcmp(verbs[i].name, o->word[0]) == 0) {
			*v_r = &verbs[i];
			return check_call(&verbs[i], o, e);
		}
	return unknown_verb(o->word[0], e);
}

/* ---- the call ---- */

static int
find_socket(const struct options *o, char *buf, size_t size, struct err *e)
{
	const char *path = getenv("BROOD_CONTROL");
	const char *folder = getenv("XDG_RUNTIME_DIR");

	if (o->socket == NULL && (path == NULL || path[0] == '\0'))
		path = geteuid() == 0 ? "/run/brood/control.sock" : NULL;
	if (o->socket != NULL)
		path = o->socket;
	if (path != NULL) {
		strlcpy(buf, path, size);
		return 0;
	}
	if (folder == NULL || folder[0] == '\0') {
		err_set(e, EXIT_USAGE, "no socket: expected -s, BROOD_CONTROL "
		    "or XDG_RUNTIME_DIR");
		return EXIT_USAGE;
	}
	snprintf(buf, size, "%s/brood/control.sock", folder);
	return 0;
}

/* A supervisor may have more masters than we may have descriptors. */
static void
raise_descriptors(void)
{
	struct rlimit l;

	if (getrlimit(RLIMIT_NOFILE, &l) == 0) {
		l.rlim_cur = l.rlim_max;
		setrlimit(RLIMIT_NOFILE, &l);
	}
}

static int
run(const struct verb *v, struct options *o, struct err *e)
{
	struct house h;
	struct call c = {
		.house = &h,
		.deadline = clock_ms() + o->timeout_ms,
		.n = o->n - 1,
		.word = o->word + 1,
		.json = o->json,
		.save = (o->flags & FLAG_SAVE) != 0,
		.refuse = (o->flags & FLAG_REFUSE) != 0,
		.now = (o->flags & FLAG_NOW) != 0,
	};
	char path[512];
	int status;

	if (v->run == NULL)
		return complete_print(o->word[1], e);
	status = find_socket(o, path, sizeof path, e);
	if (status != 0)
		return status;
	raise_descriptors();
	status = house_open(&h, path, c.deadline, e);
	if (status == 0)
		status = v->run(&c, e);
	house_close(&h);
	if (status == 0 && v->silent && o->json)
		puts("[]");
	return status;
}

/* What could not be written was not said. */
static int
finish(int status)
{
	struct err e;

	if (fflush(stdout) == 0 && !ferror(stdout))
		return status;
	err_sys(&e, EXIT_SYSTEM, "cannot write");
	complain(&e);
	return status != 0 ? status : EXIT_SYSTEM;
}

int
main(int argc, char **argv)
{
	struct options o = { .timeout_ms = TIMEOUT_MS };
	const struct verb *v = NULL;
	struct err e = { 0 };
	int status;

	if (fd_floor() == -1)
		return EXIT_SYSTEM;
	signal(SIGPIPE, SIG_IGN);
	status = read_options(&o, argc, argv, &e);
	if (status == 0 && (o.help || o.version)) {
		if (o.help)
			print_help();
		else
			printf("broodctl %s\nCopyright 2026 the brood "
			    "authors.  Licence: ISC.\n", PACKAGE_VERSION);
		return finish(0);
	}
	if (status == 0)
		status = find_verb(&o, &v, &e);
	if (status == 0)
		status = run(v, &o, &e);
	if (status != 0)
		complain(&e);
	return finish(status);
}
