/* kick.h - sessions that somebody wants to end: whose are they?
 * Floor 3 (pool). */
#ifndef POOL_KICK_H
#define POOL_KICK_H

#include <stdint.h>
#include <sys/types.h>

#include "rules/ucspi.h"

struct pool;

enum kick_by { KICK_PID, KICK_USER, KICK_ADDRESS, KICK_END };

struct kick {
	enum kick_by by;
	pid_t pid;		/* of the child */
	uint32_t uid;		/* of a unix socket's peer */
	struct ucspi_end end;	/* the peer's; its port with KICK_END only */
};

/* Read a pid, `uid=N', an address, or one with a port: "10.0.0.1",
 * "10.0.0.1:99", "::1", "[::1]:99"; a scope is read and not compared.  -1: it
 * is none of these. */
int kick_read(struct kick *k, const char *text);

/* End those that match: TERM at the next settle, 2 s later KILL.  Returns how
 * many. */
unsigned kick_all(struct pool *p, const struct kick *k, int64_t now);

#endif
