/* Every state with every event, and what follows from them. */
#include <criterion/criterion.h>

#include <limits.h>
#include <string.h>

#include "rules/slot.h"

static bool
can(enum slot_state s, enum slot_event e)
{
	return slot_next(s, e) != SLOT_NSTATES;
}

Test(slot, has_these_transitions_and_no_others)
{
	static const struct { enum slot_state from; enum slot_event e;
		enum slot_state to; } rows[] = {
		{ SLOT_EMPTY,    SLOT_FORKED, SLOT_STARTING },
		{ SLOT_STARTING, SLOT_READY,  SLOT_IDLE     },
		{ SLOT_STARTING, SLOT_TOLD,   SLOT_LEAVING  },
		{ SLOT_STARTING, SLOT_REAPED, SLOT_EMPTY    },
		{ SLOT_IDLE,     SLOT_TOOK,   SLOT_BUSY     },
		{ SLOT_IDLE,     SLOT_TOLD,   SLOT_LEAVING  },
		{ SLOT_IDLE,     SLOT_REAPED, SLOT_EMPTY    },
		{ SLOT_BUSY,     SLOT_DONE,   SLOT_IDLE     },
		{ SLOT_BUSY,     SLOT_TOLD,   SLOT_LEAVING  },
		{ SLOT_BUSY,     SLOT_REAPED, SLOT_EMPTY    },
		{ SLOT_LEAVING,  SLOT_TOLD,   SLOT_LEAVING  },
		{ SLOT_LEAVING,  SLOT_REAPED, SLOT_EMPTY    },
	};
	const size_t nrows = sizeof rows / sizeof rows[0];

	for (int s = 0; s < SLOT_NSTATES; s++)
	for (int e = 0; e < SLOT_NEVENTS; e++) {
		enum slot_state to = SLOT_NSTATES;

		for (size_t i = 0; i < nrows; i++)
			if ((int)rows[i].from == s && (int)rows[i].e == e)
				to = rows[i].to;
		cr_assert_eq(slot_next(s, e), to, "%s, event %d: %s",
		    slot_word(s), e, slot_word(slot_next(s, e)));
	}
}

Test(slot, can_be_reaped_whatever_its_process_did)
{
	for (int s = SLOT_EMPTY + 1; s < SLOT_NSTATES; s++)
		cr_assert_eq(slot_next(s, SLOT_REAPED), SLOT_EMPTY, "%s",
		    slot_word(s));
}

Test(slot, becomes_free_by_reaping_only_and_used_by_forking_only)
{
	for (int s = 0; s < SLOT_NSTATES; s++)
	for (int e = 0; e < SLOT_NEVENTS; e++) {
		if (slot_next(s, e) == SLOT_EMPTY)
			cr_assert_eq(e, SLOT_REAPED, "%s, event %d",
			    slot_word(s), e);
		if (s == SLOT_EMPTY)
			cr_assert_eq(can(s, e), e == SLOT_FORKED, "event %d", e);
		else
			cr_assert(!can(s, SLOT_FORKED), "%s", slot_word(s));
	}
}

Test(slot, that_leaves_never_works_again)
{
	for (int e = 0; e < SLOT_NEVENTS; e++) {
		enum slot_state to = slot_next(SLOT_LEAVING, e);

		cr_assert(to == SLOT_LEAVING || to == SLOT_EMPTY ||
		    to == SLOT_NSTATES, "event %d: %s", e, slot_word(to));
	}
}

Test(slot, reaches_every_state_from_empty)
{
	unsigned seen = 1u << SLOT_EMPTY;

	for (int round = 0; round < SLOT_NSTATES; round++)
	for (int s = 0; s < SLOT_NSTATES; s++)
	for (int e = 0; e < SLOT_NEVENTS; e++)
		if (seen >> s & 1 && can(s, e))
			seen |= 1u << slot_next(s, e);
	cr_assert_eq(seen, (1u << SLOT_NSTATES) - 1, "%#x", seen);
}

Test(slot, takes_nonsense_for_nonsense)
{
	static const int bad[] = { -1, -128, SLOT_NSTATES, SLOT_NSTATES + 1,
		SLOT_NEVENTS, 127, 128, 255, 256, INT_MAX, INT_MIN };

	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
		for (int e = -1; e <= SLOT_NEVENTS; e++)
			if (bad[i] < 0 || bad[i] >= SLOT_NSTATES)
				cr_assert_eq(slot_next(bad[i], e), SLOT_NSTATES,
				    "state %d event %d", bad[i], e);
		for (int s = -1; s <= SLOT_NSTATES; s++)
			if (bad[i] < 0 || bad[i] >= SLOT_NEVENTS)
				cr_assert_eq(slot_next(s, bad[i]), SLOT_NSTATES,
				    "state %d event %d", s, bad[i]);
	}
}

Test(slot, has_a_word_of_its_own_for_every_state)
{
	for (unsigned s = 0; s < SLOT_NSTATES; s++) {
		cr_assert(slot_word(s)[0] != '\0', "%u", s);
		cr_assert(strcmp(slot_word(s), "nonsense") != 0, "%u", s);
		for (unsigned t = 0; t < s; t++)
			cr_assert_str_neq(slot_word(s), slot_word(t));
	}
	cr_assert_str_eq(slot_word(SLOT_EMPTY), "empty");
	cr_assert_str_eq(slot_word(SLOT_STARTING), "starting");
	cr_assert_str_eq(slot_word(SLOT_IDLE), "idle");
	cr_assert_str_eq(slot_word(SLOT_BUSY), "busy");
	cr_assert_str_eq(slot_word(SLOT_LEAVING), "leaving");
}

Test(slot, calls_every_other_byte_nonsense)
{
	for (unsigned s = SLOT_NSTATES; s <= 255; s++)
		cr_assert_str_eq(slot_word(s), "nonsense", "%u", s);
	cr_assert_str_eq(slot_word(UINT_MAX), "nonsense");
}
