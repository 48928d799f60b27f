/* tell.h - the log lines about children and their clients.
 * Floor 3 (pool). */
#ifndef POOL_TELL_H
#define POOL_TELL_H

#include <stdbool.h>
#include <sys/resource.h>
#include <sys/types.h>

#include "os/board.h"

void tell_begin(pid_t pid, const struct seat *b);

/* status: of wait4(2); forced: the end was ours. */
void tell_end(pid_t pid, const struct seat *b, int status,
    const struct rusage *ru, bool forced);

/* The same, told by a child that goes on. */
void tell_served(pid_t pid, const struct seat *b);

/* A worker ended; failed: nobody had asked it to. */
void tell_worker(pid_t pid, int status, bool failed);

/* A child died that had no client. */
void tell_death(pid_t pid, const struct seat *b, int status,
    unsigned repeated);

/* The same as a text. */
void tell_why(pid_t pid, const struct seat *b, int status, char *buf,
    size_t size);

/* A line that a program wrote to its standard error; a capture_fn. */
void tell_program(pid_t pid, const char *line, size_t n);

/* "EMFILE", or its number. */
const char *tell_errno(int error);

#endif
