/* keep.h - one master process, from its start to its end.
 *
 * It is the same brood, started as systemd would: listeners by LISTEN_FDS,
 * readiness by NOTIFY_SOCKET, its words as options.  It dresses itself, and
 * learns of our death by its parent-death signal.  Floor 5 (brood). */
#ifndef BROOD_KEEP_H
#define BROOD_KEEP_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/queue.h>
#include <sys/resource.h>
#include <sys/types.h>

#include "brood/plain.h"
#include "brood/sockets.h"

enum keep_state { KEEP_STARTING, KEEP_RUNNING, KEEP_FINISHING, KEEP_STOPPING };

enum { KEEP_PATH = 108, KEEP_LIMITS = 3 };

/* What was set while a master runs, as it told us. */
struct keep_limits {
	bool known;
	unsigned value[KEEP_LIMITS];	/* in the order of brood/limits.h */
};

struct keep {
	LIST_ENTRY(keep) next;
	char name[48];		/* of the service */
	pid_t pid;
	unsigned serial;	/* tells masters of one service apart */
	enum keep_state state;
	int64_t born_ms;
	int64_t until_ms;	/* late, or to be killed, then; 0 = never */
	char control[KEEP_PATH];	/* its socket; "" = none */
	struct keep_limits limits;
};

/* What all masters are started with. */
struct keep_way {
	const char *binary;	/* ours ... */
	dev_t binary_dev;	/* ... when we started: another may be at its */
	ino_t binary_ino;	/* path by now */
	const char *notify;	/* of NOTIFY_SOCKET */
	const char *log;	/* where, and how much, unless the service says
				 * otherwise; NULL = as brood(8) */
	const char *level;
	bool log_said, level_said;	/* for all, whatever the service says */
	const struct plain *plain;	/* for the control socket's words */
	const char *control;	/* ours: theirs are beside it; NULL = none */
	struct rlimit descriptors;	/* as we were given it ... */
	int oom_score;		/* ... and this, oom_shield() */
};

/* Start one for a service whose sockets are all open, with these limits instead
 * of its own if they are known (NULL: they are not).  NULL with errno. */
struct keep *keep_start(const struct keep_way *w, const struct sockets *v,
    const struct plain_service *s, const struct keep_limits *limits,
    unsigned serial, int64_t now);

/* Tell it to go: SIGQUIT (finish), SIGTERM, SIGKILL. */
void keep_tell(struct keep *k, int number);

/* It is to finish, by until_ms; 0 = however long it takes. */
void keep_finish(struct keep *k, int64_t until_ms);

enum { KEEP_END = 48 };

/* How a process ended: "ended with status 1", "was ended by signal 9".
 * Returns buf. */
const char *keep_end(int status, char buf[KEEP_END]);

/* It has ended: remove what it left. */
void keep_bury(struct keep *k);

const char *keep_word(enum keep_state state);

#endif
