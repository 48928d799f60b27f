/* hook.h - commands that an administrator wants to run at events.
 *
 * Each is a shell beside the service: in a session of its own, with none of
 * its descriptors, as its user, for 30 s at most.  Of one event one runs at a
 * time, in the order of their words, and each at most once a second; what
 * happens meanwhile is counted, and starts it once more.  Nothing here waits.
 * Floor 4 (lib). */
#ifndef LIB_HOOK_H
#define LIB_HOOK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "os/capture.h"
#include "os/loop.h"

enum {
	HOOK_MOST   = 32,
	HOOK_MS     = 30000,	/* so long one may run */
	HOOK_REST   = 1000,	/* ms from start to start */
	HOOK_REASON = 160
};

enum hook_event {
	HOOK_READY,		/* all listen, minimum-available wait */
	HOOK_RELOAD,		/* a renewal is done */
	HOOK_CHILD_FAILED,	/* one died waiting, or could not start */
	HOOK_FULL,		/* maximum-connected is reached */
	HOOK_CALM,		/* ... no more */
	HOOK_STOP		/* the stop begins */
};

#define HOOK_EVENTS "ready, reload, child-failed, full, calm or stop"

/* What is asked for. */
struct hook_order {
	enum hook_event event;
	const char *command;	/* for sh -c */
};

struct hook {
	pid_t pid;		/* 0 = does not run */
	int pidfd;		/* wakes us at its end; -1 = none to be had */
	int64_t rest_ms;	/* not started again before */
	int64_t end_ms;		/* it is killed then */
	bool late;		/* it was */
	unsigned due;		/* events that have not started it */
	uint64_t turn;		/* who is due longer comes first */
	char reason[HOOK_REASON];	/* of the last event */
};

/* What is told to a command, beside its event. */
struct hook_facts {
	const char *service;
	unsigned available, connected;
};

struct hooks {
	const struct hook_order *order;
	unsigned n;
	struct hook *hook;	/* as many */
	uint64_t turn;
	const struct loop *loop;
	uint32_t tag;
	struct capture *capture;	/* for what they print */
	char *const *env;	/* as programs have it */
	unsigned nenv;
};

/* The event of that name (n bytes), or -1. */
int hook_event(const char *name, size_t n);

/* All but hook and turn are filled in; the loop wakes with the tag when
 * hooks_look() is due.  -1 with errno. */
int hooks_open(struct hooks *h);

/* Forget them; those that run are left alone. */
void hooks_close(struct hooks *h);

/* It happened n times; reason: of the last, or "". */
void hooks_tell(struct hooks *h, enum hook_event e, unsigned n,
    const char *reason);

/* Look after those that run.  Before others look for children that ended and
 * are nobody's. */
void hooks_look(struct hooks *h, int64_t now);

/* Is one to be started?  Then this does it.  Returns when to come again
 * without news, or LOOP_NEVER. */
bool hooks_due(const struct hooks *h, int64_t now);
int64_t hooks_start(struct hooks *h, const struct hook_facts *f, int64_t now);

/* Those that run now; how many. */
unsigned hooks_running(const struct hooks *h, pid_t pid_r[HOOK_MOST]);

/* Does one of this event run, or wait for its turn? */
bool hooks_busy(const struct hooks *h, enum hook_event e);

/* End those of this event at once. */
void hooks_kill(struct hooks *h, enum hook_event e);

#endif
