/* exec.h - a child becomes a program.
 *
 * In shared memory until then: raw system calls only.  Functions that return
 * did so because there was no work.  Floor 3 (pool). */
#ifndef POOL_EXEC_H
#define POOL_EXEC_H

struct child;

/* Kind exec: a connection as 0 and 1, and the variables of UCSPI. */
void exec_connection(struct child *c, unsigned i);

/* Kind exec-wait: the listener itself as 0 and 1. */
void exec_listener(struct child *c, unsigned i);

/* Kind worker: all listeners. */
_Noreturn void exec_worker(struct child *c);

#endif
