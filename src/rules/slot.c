/* slot.c - the seat's life as a table. */
#include "rules/slot.h"

#include <stdint.h>

#define NO SLOT_NSTATES		/* this cannot happen here */

/* Rows: the state now.  Columns: what happened, in enum order. */
static const uint8_t table[SLOT_NSTATES][SLOT_NEVENTS] = {
	/*                  FORKED         READY      TOOK       DONE       TOLD          REAPED     */
	[SLOT_EMPTY]    = { SLOT_STARTING, NO,        NO,        NO,        NO,           NO         },
	[SLOT_STARTING] = { NO,            SLOT_IDLE, NO,        NO,        SLOT_LEAVING, SLOT_EMPTY },
	[SLOT_IDLE]     = { NO,            NO,        SLOT_BUSY, NO,        SLOT_LEAVING, SLOT_EMPTY },
	[SLOT_BUSY]     = { NO,            NO,        NO,        SLOT_IDLE, SLOT_LEAVING, SLOT_EMPTY },
	[SLOT_LEAVING]  = { NO,            NO,        NO,        NO,        SLOT_LEAVING, SLOT_EMPTY },
};

static const char *const words[SLOT_NSTATES] = {
	"empty", "starting", "idle", "busy", "leaving"
};

enum slot_state
slot_next(enum slot_state s, enum slot_event e)
{
	if ((unsigned)s >= SLOT_NSTATES || (unsigned)e >= SLOT_NEVENTS)
		return SLOT_NSTATES;
	return table[s][e];
}

const char *
slot_word(unsigned s)
{
	return s < SLOT_NSTATES ? words[s] : "nonsense";
}
