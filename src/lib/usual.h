/* usual.h - the verbs that every control socket has, a master's and a
 * supervisor's: rows for their tables.
 *
 * Floor 4 (lib). */
#ifndef LIB_USUAL_H
#define LIB_USUAL_H

#include "lib/control.h"

/* ping: `ok'. */
control_fn usual_ping;

/* log LEVEL: show more, or less; status 1 without a log. */
control_fn usual_log;

/* The answer to version; kind: what this process is. */
void usual_version(struct control_client *k, const char *kind);

#endif
