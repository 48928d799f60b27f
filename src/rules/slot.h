/* slot.h - the life of a seat: which state may follow which.
 *
 * A seat's state is one byte on the board.  While its process lives the
 * child writes it; from the moment the process was waited for, the master.
 * Pure.  Floor 1 (rules); includes nothing of ours. */
#ifndef RULES_SLOT_H
#define RULES_SLOT_H

enum slot_state {
	SLOT_EMPTY,		/* no process */
	SLOT_STARTING,		/* started by the master, not yet waiting */
	SLOT_IDLE,		/* waits for work */
	SLOT_BUSY,		/* has work, or is a program by now */
	SLOT_LEAVING,		/* was told to go, and goes */
	SLOT_NSTATES
};

enum slot_event {
	SLOT_FORKED,		/* by the master */
	SLOT_READY,		/* by the child: dressed, and about to wait */
	SLOT_TOOK,		/* by the child: accepted */
	SLOT_DONE,		/* by the child: served, waits again (inline) */
	SLOT_TOLD,		/* by the child: it saw the farewell */
	SLOT_REAPED,		/* by the master: waited for */
	SLOT_NEVENTS
};

/* The state after an event, or SLOT_NSTATES if it cannot happen there.
 * Out-of-range input gives SLOT_NSTATES too: the byte came from shared
 * memory and is hearsay. */
enum slot_state slot_next(enum slot_state s, enum slot_event e);

/* The word for a state byte; "nonsense" out of range. */
const char *slot_word(unsigned s);

#endif
