/* claim.h - a listener that is one child's alone, for a time.
 *
 * Kinds exec-wait and inline-wait.  Children wait at it so that an event is
 * reported once; who was woken claims it, and nobody looks at it until the
 * claim is over.  Events of two generations may meet: whoever cannot claim
 * leaves a note, and when the claim is over the master lets the present
 * generation look again.  Floor 3 (pool). */
#ifndef POOL_CLAIM_H
#define POOL_CLAIM_H

#include <stdbool.h>
#include <stdint.h>

struct child;
struct pool;

/* In a child: is listener i ours now?  Safe in shared memory. */
bool claim_take(struct child *c, unsigned i);

/* In a child: give it back, and let all look again. */
void claim_release(struct child *c, unsigned i);

/* In a child that is about to give it to a program: is there a datagram, and
 * one that was not in vain given to programs before?  If not, it is given
 * back. */
bool claim_is_worth(struct child *c, unsigned i);

/* In the master: did this seat's program, which has ended, take somebody from
 * its listener?  Also true if that cannot be told.  Before claim_over(). */
bool claim_was_used(struct pool *p, unsigned seat);

/* In the master: the child of this seat, which may have claimed, is gone. */
void claim_over(struct pool *p, unsigned seat, int64_t now);

/* In the master: notes that were left, datagrams that were eaten. */
void claim_look(struct pool *p, int64_t now);

#endif
