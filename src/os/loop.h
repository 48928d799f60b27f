/* loop.h - where the master sleeps: signals, the bell, descriptors, time.
 *
 * Signals are blocked and read from a signalfd(2); there is no handler.
 * SIGCHLD has one of its own that is edge-triggered and read only when
 * children are looked after: so a crowd of ending programs wakes the master
 * once.  Nothing polls: without news and without a deadline it sleeps for
 * ever.  Floor 2 (os). */
#ifndef OS_LOOP_H
#define OS_LOOP_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "tools/err.h"

enum { LOOP_EVENTS = 16, LOOP_SIGNALS = 32, LOOP_NEVER = -1 };

struct loop {
	int epoll_fd;
	int signal_fd;
	int ended_fd;		/* SIGCHLD */
	int bell_fd;		/* children write to it */
	int timer_fd;		/* embedded: the next deadline; else -1 */
};

/* The sooner of two times; LOOP_NEVER is none. */
static inline int64_t
loop_sooner(int64_t a, int64_t b)
{
	return a == LOOP_NEVER || (b != LOOP_NEVER && b < a) ? b : a;
}

/* One turn's news. */
struct loop_news {
	bool bell;
	bool ended;		/* a program ended: SIGCHLD */
	unsigned nsignals;
	int signals[LOOP_SIGNALS];
	unsigned nready;
	uint32_t ready[LOOP_EVENTS];	/* tags of descriptors */
};

/* wait_signal: tells the end of a child that waited (os/launch.h).  Embedded:
 * no signal is touched; epoll_fd is readable when there is news, also that a
 * time has come. */
int loop_open(struct loop *l, int wait_signal, bool embedded, struct err *e);
void loop_close(struct loop *l);

/* Watch fd for events (EPOLLIN ...) under a tag of the caller's, or stop. */
int loop_add(const struct loop *l, int fd, uint32_t events, uint32_t tag);
void loop_del(const struct loop *l, int fd);

/* Sleep until news or until_ms (monotonic; LOOP_NEVER). */
void loop_turn(struct loop *l, int64_t until_ms, struct loop_news *news);

/* Embedded: make epoll_fd readable at that time. */
void loop_set_timer(const struct loop *l, int64_t until_ms);

/* SIGCHLD is about to be looked after: let it wake us again. */
void loop_heard_ended(const struct loop *l);

/* After what should not fail and did, with the news still there: a moment's
 * rest, or we would spin. */
void loop_rest(void);

#endif
