/* program.h - what a program finds: its variables; and its execution.
 *
 * Safe in a child that shares memory.  Floor 3 (pool). */
#ifndef POOL_PROGRAM_H
#define POOL_PROGRAM_H

#include "os/wait.h"
#include "pool/handler.h"
#include "rules/ucspi.h"

struct child;

/* Of a connection, of a worker's listeners (einhorn has one each), and of
 * the service. */
enum { PROGRAM_ENV = UCSPI_VARS + WAIT_LISTENERS + 8 + HANDLER_ENV + 1 };

/* What the seat knows of this connection or datagram, as variables into envp
 * from 0 on; their number. */
unsigned program_vars(struct child *c, int fd, char text[UCSPI_BYTES],
    char *envp[PROGRAM_ENV]);

/* Only which protocol: for those that get a listener. */
unsigned program_proto(struct child *c, char text[UCSPI_BYTES],
    char *envp[PROGRAM_ENV]);

/* What every program of the service gets, from n on, and the NULL. */
void program_add(const struct handler *h, char *envp[PROGRAM_ENV], unsigned n);

/* Execute it, with no signal blocked.  Returns only if that failed: minus an
 * errno. */
long program_execute(const struct handler *h, char *const *envp);

#endif
