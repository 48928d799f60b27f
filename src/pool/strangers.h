/* strangers.h - children that the master never started.
 *
 * Whoever executed us may have left some, and where we are process 1, or a
 * subreaper (prctl(2)), every orphan is ours.  They are waited for.  With
 * kill-mode all we are a subreaper, as each program is: so whatever a program
 * leaves behind comes to us when it ends, and is killed, as what those leave
 * is then.  A child that was not waited for keeps its number, so nobody else is
 * ever met.  Those that were there before us are left alone.
 * Floor 3 (pool). */
#ifndef POOL_STRANGERS_H
#define POOL_STRANGERS_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "rules/episode.h"
#include "tools/err.h"

struct pool;

enum { STRANGERS_OTHERS = 64 };

/* The master's own children beside those of its pool. */
struct strangers_others {
	unsigned n;
	pid_t pid[STRANGERS_OTHERS];
};

struct strangers {
	bool may_be;		/* there may be some */
	bool kills;		/* they are killed */
	bool was_reaper;	/* before */
	unsigned nbefore;
	pid_t *before;		/* they were there first */
	unsigned nknown;
	pid_t *known;		/* all that are none, while we look */
	int64_t due_ms;		/* look then; 0 = no need */
	int64_t next_ms;	/* not before this again */
	struct episode stays;
};

/* Before there are children of ours.  0; or -1 with errno and *e: they cannot be
 * found, nor so killed. */
int strangers_open(struct strangers *s, bool kills, struct err *e);

/* Look for them, if something ended and the last look is long enough ago.
 * Returns when to come again without news, or LOOP_NEVER. */
int64_t strangers_look(struct strangers *s, struct pool *p,
    const struct strangers_others *o, int64_t now);

/* The pool is empty: those that are to be killed are, and are gone.  Nothing
 * was opened: nothing happens. */
void strangers_close(struct strangers *s, const struct pool *p,
    const struct strangers_others *o);

#endif
