/* datagram.h - one datagram, one program, one answer.
 *
 * The program reads the datagram from 0, as a stream that ends; what it
 * writes to 1 until it ends, as one datagram, is the answer, which leaves from
 * the address that was asked.  Nothing written: no answer.  The child stays
 * beside its program, so it needs memory of its own.  Floor 3 (pool). */
#ifndef POOL_DATAGRAM_H
#define POOL_DATAGRAM_H

struct child;

/* Kind exec: returns only if there was nothing, or nothing to be answered. */
void datagram_exec(struct child *c, unsigned i);

#endif
