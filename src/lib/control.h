/* control.h - a socket on which a server is asked, and told, by lines.
 *
 * A client sends a line a request; the server answers each, in order, with
 * lines `key=value ...' and a last one, `ok' or `error STATUS "why"'.  Who
 * may say what is found when a client connects, and again for each piece that
 * comes (lib/caller.h); it is checked for each verb in one place.  Descriptors
 * that somebody sends are never taken.  Nothing here blocks, and nothing a
 * client does, or does not, costs more than a place among a few and some
 * seconds.
 *
 * The table of verbs is the caller's: a master has one (lib/answer.h), a
 * supervisor another.  Floor 4 (lib). */
#ifndef LIB_CONTROL_H
#define LIB_CONTROL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "lib/caller.h"
#include "lib/gate.h"
#include "lib/lines.h"
#include "lib/reply.h"
#include "os/loop.h"
#include "rules/episode.h"
#include "rules/request.h"
#include "tools/err.h"

enum {
	CONTROL_CLIENTS = 16,		/* at once */
	CONTROL_FIRST = GATE_FDS,	/* of them, among descriptors and tags */
	CONTROL_FDS = CONTROL_FIRST + CONTROL_CLIENTS,
	CONTROL_TAGS = CONTROL_FDS,	/* of the loop's */
	CONTROL_MS = 5000		/* to finish a line, to take an answer */
};

struct control;
struct control_client;

/* Answer one request; argv[0] is the verb, NULL is behind the last.  Before it
 * returns, or (a deferred answer) at any time after, it must say
 * control_ok() or control_error(), once; until then the client's next line
 * waits. */
typedef void control_fn(struct control_client *k, int argc,
    const char *const argv[], void *arg);

struct control_verb {
	const char *word;
	enum control_class class;
	int least, most;	/* words behind it */
	control_fn *fn;
	const char *usage;	/* those words, for who gets them wrong */
};

struct control_client {
	struct control *control;
	uint32_t serial;	/* of this connection; others had the place */
	struct caller came;	/* who connected */
	int64_t heard_ms;	/* when it last said something */
	struct lines in;	/* in.by is who asks */
	int64_t line_ms;	/* a line was begun: ends by then; 0 = none */
	struct reply out;	/* what is still to be sent */
	int64_t out_ms;		/* taken by then; 0 = nothing waits */
	bool out_watched;
	bool asked;		/* the answer is not complete */
	bool eof;		/* it will send no more */
	bool closing;		/* when all is sent */
	bool again;		/* there is more to do at once */
	bool stays;		/* see control_stay() */
};

struct control {
	struct gate gate;
	struct loop *loop;	/* NULL: not yet begun */
	uint32_t tag;
	const struct control_verb *verbs;
	void *arg;
	struct callers callers;
	/* The listener, what guards its path, and the clients' connections; -1
	 * for none.  Not for children. */
	int fd[CONTROL_FDS];
	unsigned nclients;
	uint32_t serial;	/* the last one given */
	struct episode strangers, refusals;
	struct request *request;	/* the one that is being read */
	struct control_client client[CONTROL_CLIENTS];
};

struct control_spec {
	const char *path;	/* absolute; of a unix socket to be made */
	const struct listen_kept *kept;	/* or one that another image of this
				 * program had made; NULL */
	mode_t mode;		/* of the path */
	uid_t uid;		/* its owner; -1 = leave */
	gid_t gid;
	const char *look, *operate, *own;	/* lists (lib/who.h); NULL = nobody
					 * beside those who have own anyway */
	uint32_t tag;		/* CONTROL_TAGS tags from this one on */
	const struct control_verb *verbs;	/* a row without a word ends it */
	void *arg;		/* for their functions */
};

/* Make the socket and look up who may use it: as long as there are the rights
 * to.  0; or -1 with errno and *e (EXIT_RUNNING: a server lives there), and
 * then control_close() is allowed, but need not be. */
int control_open(struct control *c, const struct control_spec *s,
    struct err *e);

/* Answer from now on, in this loop.  0, or -1 with errno and *e. */
int control_begin(struct control *c, struct loop *l, struct err *e);

/* Is somebody in the middle of a request, or of an answer? */
bool control_is_busy(const struct control *c);

/* The connections of all others: another image of this program can go on with
 * them.  Returns how many. */
unsigned control_note(const struct control *c, int fd_r[CONTROL_CLIENTS]);

/* ... which this does, after control_begin(); the descriptor is its own from
 * now on. */
void control_resume(struct control *c, int fd, int64_t now);

/* Notice if the path is lost, and make it again (lib/gate.h); without this it
 * is lost for good.  Once, after control_begin().  That this cannot be had is
 * no failure.
 *
 * It costs an inotify instance, of which a user has 128: so masters of a file
 * do without, who could seldom make a socket in their supervisor's folder, and
 * would all be woken by each that comes or goes there.  Who has lost its path
 * is replaced by the next reload (brood/step.h). */
void control_guard(struct control *c);

/* One of the tags was reported. */
void control_hear(struct control *c, uint32_t tag, int64_t now);

/* After all news: what is due.  Returns when to come again, or LOOP_NEVER. */
int64_t control_turn(struct control *c, int64_t now);

/* End all connections, and remove the path where the rights are left.  One
 * that never was opened (all zero) is nothing. */
void control_close(struct control *c);

/* ---- for the functions of verbs */

/* A line of the answer, with its newline.  Values by log_value(). */
void control_say(struct control_client *k, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));

/* The last line. */
void control_ok(struct control_client *k);
void control_error(struct control_client *k, int status, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));

/* Who asked, to be answered later: the client may leave before, and another
 * have its place. */
struct control_handle {
	unsigned place;
	uint32_t serial;
};

struct control_handle control_defer(const struct control_client *k);

/* The client; or NULL: it is gone, and nothing need be answered. */
struct control_client *control_client_alive(struct control *c,
    struct control_handle h);

/* Its connection shall end with this process, not before. */
void control_stay(struct control_client *k);

#endif
