/* inline.h - a C function serves, in a child that waits again afterwards.
 * Memory of its own, so libc is at hand.  Floor 3 (pool). */
#ifndef POOL_INLINE_H
#define POOL_INLINE_H

#include <stdbool.h>
#include <stddef.h>

struct child;
struct brood_client;

/* Before the first wait. */
void inline_begin(struct child *c);

/* A signal interrupted the wait: a handler's child may have ended. */
void inline_interrupted(void);

/* Kind inline: one connection; as many datagrams as there are, within
 * reason. */
void inline_connection(struct child *c, unsigned i);
void inline_datagrams(struct child *c, unsigned i);

/* Kind inline-wait: all connections, until there are none. */
void inline_connections(struct child *c, unsigned i);

/* Must this datagram not be answered?  Says so in the log, now and then. */
bool inline_refuses(struct brood_client *c);

/* Would so many more bytes be too much for what was asked, or had its source
 * all answers of this second?  Likewise.  If not, this one counts. */
bool inline_exceeds(struct brood_client *c, size_t n);

/* Answer a datagram.  0, or -1 with errno; EPERM: it must not be answered. */
int inline_reply(struct brood_client *c, const void *data, size_t n);

#endif
