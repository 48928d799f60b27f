/* gate.h - where clients of a control socket come in: a listening socket and
 * its path.
 *
 * Should the path be removed, or another thing put in its place, it is made
 * again: at once, under the folder's lock, as at the start (os/listen.h).  So
 * what is there and is not a dead socket is not touched, and no two servers
 * fight for a path; it is tried again when something changes there, but once
 * a second at most.  Where the rights to make it are gone a line says so, and
 * all else goes on.  Floor 4 (lib). */
#ifndef LIB_GATE_H
#define LIB_GATE_H

#include <stdbool.h>
#include <stdint.h>

#include "os/listen.h"
#include "os/lookout.h"
#include "os/loop.h"
#include "rules/episode.h"
#include "tools/err.h"

enum { GATE_FDS = 2 };	/* and as many tags */

struct gate {
	struct listen_spec spec;
	struct listener listener;
	struct lookout lookout;
	int *fd;		/* what of these is open; -1 = not */
	struct loop *loop;	/* NULL: not yet begun */
	uint32_t tag;
	int64_t rest_ms;	/* accept again then; 0 = it is well */
	struct episode failures;
	bool is_lost;
	bool failed;		/* to make it again; that was told */
	bool over;		/* it never will be */
	int64_t tried_ms;
	int64_t look_ms;	/* look then; 0 = when there is news */
	struct episode losses;
};

/* Make the socket, at a path instead of s->at: while there are the rights to.
 * fd has GATE_FDS places, and tells what is not for children.  0, or -1 with
 * errno and *e. */
int gate_open(struct gate *g, const char *path, const struct listen_spec *s,
    int *fd, struct err *e);

/* The same with one that another image of this program had made. */
int gate_resume(struct gate *g, const struct listen_kept *k,
    const struct listen_spec *s, int *fd, struct err *e);

/* Wait for clients in this loop, by this tag; the next is for gate_guard().
 * 0, or -1 with errno. */
int gate_begin(struct gate *g, struct loop *l, uint32_t tag);

/* Notice from now on what becomes of the path: by the second tag.  0; or -1
 * with errno: it cannot be, and nothing else is different. */
int gate_guard(struct gate *g);

/* accept4(2), never waiting; what goes wrong is the caller's to judge.  Who
 * gets no descriptor above 2 is turned away. */
int gate_accept(const struct gate *g);

/* Say an `error', and close. */
void gate_turn_away(int fd, int status, const char *why);

/* It fails, by errno: without a descriptor to be had, a client that waits
 * would wake us for ever. */
void gate_rest(struct gate *g, int64_t now);

/* The second tag was reported. */
void gate_heard(struct gate *g, int64_t now);

/* What is due.  Returns when to come again, or LOOP_NEVER. */
int64_t gate_turn(struct gate *g, int64_t now);

/* Remove the path, if it is ours and may be removed. */
void gate_close(struct gate *g);

#endif
