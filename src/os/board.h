/* board.h - the shared page on which children say what they are doing.
 *
 * One mapping for one pool, shared by the master and its children in both
 * memory modes.  What a child writes is hearsay to the master: bytes are
 * range-checked, the rest is only ever printed.  Floor 2 (os). */
#ifndef OS_BOARD_H
#define OS_BOARD_H

#include <stdatomic.h>
#include <stdint.h>
#include <sys/types.h>

#include "rules/rate.h"
#include "tools/addr.h"
#include "tools/err.h"

/* What a child tells about its work; written by the child before its state
 * says so, read by the master after it saw the state. */
struct seat {
	_Alignas(64) int64_t begun_ns;	/* when it took the connection */
	struct addr peer;
	struct addr local;
	uint32_t uid, gid, pid;		/* of a unix socket's peer */
	uint32_t listener;		/* which one it came from */
	int32_t fail_errno;		/* 0, or why it could not go on ... */
	int32_t fail_step;		/* ... with what; enum seat_step */
	int32_t accept_errno;		/* the last error of accept */
	_Atomic uint32_t accept_errors;	/* how many there were */
	_Atomic uint32_t inbox;		/* a peer's session: it takes datagrams ... */
	char inbox_name[5];		/* ... by this abstract name, unix(7) */
	int32_t ready_fd;		/* a worker's, to say that it is ready;
					 * -1 = none; written by the master */
	_Atomic uint32_t served;	/* clients, before the present one */
};

/* A listener that a program has for itself: exec-wait, inline-wait.  By
 * struct listener's id. */
struct board_claim {
	_Atomic uint32_t missed;	/* somebody was woken meanwhile */
	_Atomic uint32_t by;	/* the seat that has it, and 1; 0 = nobody */
	/* Written by who has it: the datagram that waits first ... */
	int64_t stamp_s, stamp_ns;
	uint32_t tries;		/* ... and how many programs left it there */
	uint32_t queued;	/* clients that waited when a program began */
	_Atomic uint32_t eaten;	/* datagrams dropped for that */
};

enum seat_step {
	SEAT_NO_STEP,
	SEAT_DRESS,		/* session, limits */
	SEAT_WAIT,		/* the wait itself */
	SEAT_HAND,		/* putting the connection on 0 and 1 */
	SEAT_EXEC
};

enum { BOARD_CLAIMS = 256 };

struct board {
	unsigned nseats;
	_Atomic uint32_t high;	/* seats from here on are empty; master's */
	_Atomic uint32_t wanted;	/* ring if fewer are available; master's */
	_Atomic uint32_t call;	/* ring for every piece of news; master's */
	_Atomic uint32_t troubles;	/* errors of accept, in all */
	_Atomic uint32_t full;	/* ring also when one becomes idle; master's */
	_Atomic uint32_t above;	/* so many that serve shall leave after it */
	_Atomic uint32_t fewest;	/* available since the master looked */
	_Atomic uint32_t rung;	/* the bell was rung and is not yet heard */
	_Atomic uint8_t *state;	/* nseats; enum slot_state */
	_Atomic uint64_t *source;	/* nseats; 0 = none; see board_live() */
	struct seat *seats;	/* nseats */
	struct board_claim claim[BOARD_CLAIMS];
	struct rate replies;	/* to datagrams, by source */
	size_t bytes;		/* of the mapping */
};

/* Map a board of nseats empty seats; NULL with errno and *e. */
struct board *board_open(unsigned nseats, struct err *e);
void board_close(struct board *b);

/* Children that are starting or idle, counted now.  Safe in any child. */
unsigned board_available(const struct board *b);

/* Busy seats of one source, counted now.  Safe in any child. */
unsigned board_live(const struct board *b, uint64_t source);

/* The source an address counts for: IPv4 /32, IPv6 /64, unix: the uid. */
uint64_t board_source(const struct addr *peer, uint32_t uid);

#endif
