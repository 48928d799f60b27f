/* dialect.h - how workers are told of their listeners.
 *
 * LISTEN_FDS (sd_listen_fds(3)), or the words of Server::Starter or einhorn;
 * and NOTIFY_SOCKET, WATCHDOG_USEC (sd_notify(3)).  What has the worker's own
 * pid in it is written by the worker (pool/exec.c).  Floor 3 (pool). */
#ifndef POOL_DIALECT_H
#define POOL_DIALECT_H

#include <stdint.h>

#include "os/listen.h"
#include "pool/handler.h"

/* NAME=VALUE strings and a NULL, in memory of the caller's; NULL with errno
 * if there is none. */
char **dialect_vars(const struct handler *h, const struct listener *v,
    unsigned n, const char *notify_name, int64_t watchdog_ms);
void dialect_free(char **vars);

#endif
