/* trouble.h - what goes wrong in a pool: told, slowed down, forgiven.
 * Floor 3 (pool). */
#ifndef POOL_TROUBLE_H
#define POOL_TROUBLE_H

#include <stdbool.h>
#include <stdint.h>

struct pool;
struct pool_seat;
struct seat;

/* The child of this seat failed; hard: its program cannot be executed.  May
 * begin a pause. */
void trouble_failed(struct pool *p, const struct pool_seat *s, bool hard,
    int64_t now);

/* A child's failure was worth a line: let the master know it, too. */
void trouble_note(struct pool *p, const struct pool_seat *s,
    const struct seat *b, int status);

/* All is well again, or may be: no pause any more. */
void trouble_over(struct pool *p);

/* After a pause: is what caused it still so? */
void trouble_check(struct pool *p, int64_t now);

/* What children told about errors of accept. */
void trouble_look(struct pool *p, int64_t now);

#endif
