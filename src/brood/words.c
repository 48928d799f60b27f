/* words.c - one table, and the library's behind it. */
#include "brood/words.h"

#include <string.h>

#include "rules/near.h"

#define NONE(name, value, range, initial, many, help) \
	{ name, value, range, initial, "", "0.2", many, false, help }

static const struct words_word own[] = {
	{ NONE("service", "NAME", "letters, digits, _ . and -, at most 40", "", true,
	    "begins a service; its words stand in the block"),
	    WORDS_TOP, WORDS_STRUCTURE },
	{ NONE("include", "GLOB", "a pattern of file names", "", true,
	    "stands for what these files say"),
	    WORDS_TOP, WORDS_STRUCTURE },
	{ NONE("control", "PATH", "an absolute path, or none",
	    "/run/brood/control.sock for root, else none", false,
	    "the control socket; those of masters are beside it"),
	    WORDS_TOP, WORDS_GLOBAL },
	{ NONE("control-mode", "MODE", "octal, 0 to 0777", "0600", false,
	    "mode of control sockets"),
	    WORDS_TOP, WORDS_GLOBAL },
	{ NONE("control-owner", "USER[:GROUP]", "one that exists", "", false,
	    "owner of control sockets"),
	    WORDS_TOP, WORDS_GLOBAL },
	{ NONE("control-look", "LIST", "of *, USER, :GROUP", "", false,
	    "who else may look"),
	    WORDS_TOP, WORDS_GLOBAL },
	{ NONE("control-operate", "LIST", "of *, USER, :GROUP", "", false,
	    "who else may change what runs"),
	    WORDS_TOP, WORDS_GLOBAL },
	{ NONE("control-own", "LIST", "of *, USER, :GROUP", "", false,
	    "who else may stop it"),
	    WORDS_TOP, WORDS_GLOBAL },
	{ NONE("pidfile", "PATH", "an absolute path", "", false,
	    "write the supervisor's pid there, locked"),
	    WORDS_TOP, WORDS_GLOBAL },
	{ NONE("maximum-generations", "N", "2 to 4096", "64", false,
	    "masters of one service at once, all but the newest finishing"),
	    WORDS_TOP, WORDS_GENERATIONS },
	{ NONE("log", "WHERE", "stderr, syslog or an absolute path",
	    "stderr; with --daemon syslog", false,
	    "where the log goes"),
	    WORDS_BOTH, WORDS_LOG },
	{ NONE("log-level", "LEVEL", "error, warn, info or debug", "info", false,
	    "how much is logged"),
	    WORDS_BOTH, WORDS_LOG },
	{ NONE("enabled", "yes|no", "yes or no", "yes", false,
	    "no: the service is checked, but not started"),
	    WORDS_SERVICE, WORDS_ENABLED },
	{ NONE("listen", "ADDRESS...", "addresses of brood(8)", "", true,
	    "listen on every address that these resolve to"),
	    WORDS_SERVICE, WORDS_LISTEN },
	{ NONE("exec", "PROGRAM [ARG...]", "a program", "", false,
	    "a program for each connection or datagram, on 0 and 1"),
	    WORDS_SERVICE, WORDS_HANDLER },
	{ NONE("exec-wait", "PROGRAM [ARG...]", "a program", "", false,
	    "a program that gets the listener as 0: inetd's wait"),
	    WORDS_SERVICE, WORDS_HANDLER },
	{ NONE("worker", "PROGRAM [ARG...]", "a program", "", false,
	    "programs that live long and accept themselves"),
	    WORDS_SERVICE, WORDS_HANDLER },
	{ NONE("inline", "NAME",
	    "echo, discard, daytime, chargen, time, qotd or tcpmux", "", false,
	    "a built-in service"),
	    WORDS_SERVICE, WORDS_HANDLER },
	{ NONE("inline-wait", "NAME",
	    "echo, discard, daytime, chargen, time, qotd or tcpmux", "", false,
	    "a built-in service; one child has a listener at a time"),
	    WORDS_SERVICE, WORDS_HANDLER },
};
#define NOWN (sizeof own / sizeof own[0])

/* What the supervisor says to its masters itself. */
static bool
is_said_for_them(const char *name)
{
	static const char *const hidden[] = {
		"kind", "name", "ready-fd", "process-title", "control",
		"control-mode", "control-owner", "control-look",
		"control-operate", "control-own",
		/* It would be started again at once. */
		"quit-after"
	};

	for (size_t i = 0; i < sizeof hidden / sizeof hidden[0]; i++)
		if (strcmp(hidden[i], name) == 0)
			return true;
	return false;
}

bool
words_get(unsigned i, struct words_word *w)
{
	const struct brood_word *b;

	if (i < NOWN) {
		*w = own[i];
		return true;
	}
	i -= NOWN;
	for (unsigned j = 0; (b = brood_word(j)) != NULL; j++)
		if (!is_said_for_them(b->name) && i-- == 0)
			break;
	if (b == NULL)
		return false;
	*w = (struct words_word){ *b, WORDS_BOTH, WORDS_LIBRARY };
	return true;
}

/* Asked for each word of the file, so it does not count through the table. */
bool
words_find(const char *name, struct words_word *w)
{
	const struct brood_word *b;

	for (unsigned i = 0; i < NOWN; i++)
		if (strcmp(own[i].is.name, name) == 0) {
			*w = own[i];
			return true;
		}
	for (unsigned i = 0; (b = brood_word(i)) != NULL; i++)
		if (strcmp(b->name, name) == 0 && !is_said_for_them(name)) {
			*w = (struct words_word){ *b, WORDS_BOTH, WORDS_LIBRARY };
			return true;
		}
	return false;
}

const char *
words_near(const char *name, enum words_place place)
{
	const char *nearest = NULL;
	unsigned least = NEAR_FAR;
	struct words_word w;

	for (unsigned i = 0; words_get(i, &w); i++) {
		unsigned d = near_distance(name, w.is.name);

		if ((w.place & place) == 0 || d >= least)
			continue;
		least = d;
		nearest = w.is.name;
	}
	return nearest;
}

static const char *
change_of(const struct words_word *w)
{
	return w->is.live ? "live" : w->kind == WORDS_GLOBAL ? "restart" :
	    w->kind == WORDS_STRUCTURE || w->kind == WORDS_ENABLED ||
	    w->kind == WORDS_GENERATIONS ? "reload" : "replaced";
}

void
words_print(FILE *out)
{
	static const char *const places[] = {
		[WORDS_TOP] = "top", [WORDS_SERVICE] = "service",
		[WORDS_BOTH] = "both"
	};
	struct words_word w;

	for (unsigned i = 0; words_get(i, &w); i++)
		fprintf(out, "%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\n",
		    w.is.name, places[w.place],
		    w.is.value != NULL ? w.is.value : "[yes|no]", w.is.range,
		    w.is.initial, w.is.kinds, w.is.since,
		    w.is.many ? "many" : "one", change_of(&w), w.is.help);
}
