/* session.h - clients being served.  Floor 3 (pool). */
#ifndef POOL_SESSION_H
#define POOL_SESSION_H

#include <stdint.h>

struct pool;

/* Seat i was seen busy for the first time. */
void session_begin(struct pool *p, unsigned i);

/* End those that last too long: TERM to the process group, then KILL. */
void session_end_long(struct pool *p, int64_t now);

/* End the session of seat i, in the same way, at the next settle. */
void session_kick(struct pool *p, unsigned i, int64_t now);

/* Send a signal to every session, and to the children that wait. */
void session_signal(struct pool *p, int number);

/* The same, but only to the children, not to what they have started. */
void session_tell(struct pool *p, int number);

#endif
