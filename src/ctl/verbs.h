/* verbs.h - everything broodctl can be told, in one table.
 *
 * The help, the completion and the checks of the command line come from it.
 * Floor 5 (ctl). */
#ifndef CTL_VERBS_H
#define CTL_VERBS_H

#include <stdbool.h>

#include "ctl/call.h"

enum {
	FLAG_SAVE   = 1,
	FLAG_REFUSE = 2,
	FLAG_NOW    = 4
};

struct verb {
	const char *name;
	const char *args;	/* as the help shows them */
	int least, most;	/* how many there may be; most -1: any number */
	unsigned flags;		/* which it takes */
	const char *class;	/* whom the server must take one for; "" = all */
	bool silent;		/* it has nothing to print; as JSON: [] */
	int (*run)(struct call *c, struct err *e);	/* NULL: without a server */
	const char *help;
};

extern const struct verb verbs[];	/* ends with a name NULL */

struct verb_flag {
	const char *name;	/* without dashes */
	unsigned bit;
	const char *help;
};

extern const struct verb_flag verb_flags[];	/* ends with a name NULL */

#endif
