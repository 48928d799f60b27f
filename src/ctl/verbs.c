/* verbs.c - the table. */
#include "ctl/verbs.h"

#include "ctl/act.h"
#include "ctl/await.h"
#include "ctl/change.h"
#include "ctl/kick.h"
#include "ctl/look.h"

const struct verb verbs[] = {
	/* verb          arguments                               least most  flags        class      silent run */
	{ "status",      "[SERVICE]",                            0, 1,       0,           "look",    false, look_status,
	  "who serves, how many wait and are connected" },
	{ "services",    "",                                     0, 0,       0,           "look",    false, look_services,
	  "the processes of a supervisor, one a line" },
	{ "children",    "[SERVICE]",                            0, 1,       0,           "look",    false, look_children,
	  "every child: its state, age, and how many it served" },
	{ "connections", "[SERVICE]",                            0, 1,       0,           "look",    false, look_connections,
	  "every client, and who serves it" },
	{ "addresses",   "[SERVICE]",                            0, 1,       0,           "look",    false, look_addresses,
	  "every listener, and how many queue there" },
	{ "why",         "[SERVICE]",                            0, 1,       0,           "look",    false, look_why,
	  "the last hundred decisions and their reasons" },
	{ "wait",        "EXPR",                                 1, -1,      0,           "look",    true,  await_want,
	  "until it is true: 'available(git)>=5 and connected=0'" },
	{ "plan",        "[FILE]",                               0, 1,       0,           "look",    false, change_plan,
	  "what a reload would do" },
	{ "ping",        "",                                     0, 0,       0,           "look",    true,  look_ping,
	  "does somebody answer?" },
	{ "version",     "",                                     0, 0,       0,           "look",    false, look_version,
	  "which version answers, and what it is" },
	{ "set",         "[SERVICE] WORD VALUE [WORD VALUE...]", 2, -1,      FLAG_SAVE,   "operate", true,  act_set,
	  "change words while it runs; until as many wait" },
	{ "pause",       "[SERVICE]",                            0, 1,       FLAG_REFUSE, "operate", true,  act_pause,
	  "accept nobody; until nobody waits in accept" },
	{ "resume",      "[SERVICE]",                            0, 1,       0,           "operate", true,  act_resume,
	  "accept again; until as many wait as should" },
	{ "renew",       "[SERVICE]",                            0, 1,       0,           "operate", true,  act_renew,
	  "new names and children; until they have taken over" },
	{ "kick",        "PEER|PID [SERVICE]",                   1, 2,       0,           "operate", false, act_kick,
	  "end sessions; until they have ended" },
	{ "log",         "[SERVICE] LEVEL",                      1, 2,       0,           "operate", true,  act_log,
	  "log error, warn, info or debug from now on" },
	{ "reload",      "",                                     0, 0,       0,           "operate", true,  change_reload,
	  "read the file again; until that is done or refused" },
	{ "drain",       "",                                     0, 0,       0,           "own",     true,  act_drain,
	  "stop, but sessions may last; until it has ended" },
	{ "stop",        "",                                     0, 0,       FLAG_NOW,    "own",     true,  act_stop,
	  "let sessions end, or end them; until it has ended" },
	{ "completion",  "bash|zsh",                             1, 1,       0,           "",        false, NULL,
	  "print the shell's completion of all this" },
	{ 0 }
};

const struct verb_flag verb_flags[] = {
	{ "save",   FLAG_SAVE,   "write it into the file, too" },
	{ "refuse", FLAG_REFUSE, "clients are refused, and do not queue" },
	{ "now",    FLAG_NOW,    "end sessions at once" },
	{ 0 }
};
