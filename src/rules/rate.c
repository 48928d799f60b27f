/* rate.c - the generic cell rate algorithm, in a table of four ways. */
#include "rules/rate.h"

enum { SECOND_US = 1000000, TAG_BITS = 16, TRIES = 8 };

#define TAG_MASK ((UINT64_C(1) << TAG_BITS) - 1)

/* splitmix64's: neighbouring addresses are to be far apart. */
static uint64_t
mix(uint64_t x)
{
	x = (x ^ (x >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
	x = (x ^ (x >> 27)) * UINT64_C(0x94d049bb133111eb);
	return x ^ (x >> 31);
}

/* The slot of a source: his own, or that of who owes the least. */
static _Atomic uint64_t *
slot_of(struct rate *r, uint64_t hash)
{
	_Atomic uint64_t *set = r->slot[(hash >> TAG_BITS) % RATE_SETS];
	unsigned least = 0;

	for (unsigned i = 0; i < RATE_WAYS; i++) {
		if ((set[i] & TAG_MASK) == (hash & TAG_MASK))
			return &set[i];
		if (set[i] >> TAG_BITS < set[least] >> TAG_BITS)
			least = i;
	}
	return &set[least];
}

bool
rate_take(struct rate *r, uint64_t source, unsigned per_second, int64_t now_us)
{
	uint64_t hash = mix(source), now = (uint64_t)now_us;
	_Atomic uint64_t *slot = slot_of(r, hash);
	uint64_t old = *slot, paid;

	/* Who is overtaken so often asks for no more than he gets. */
	for (int i = 0; i < TRIES; i++) {
		paid = old >> TAG_BITS;
		/* Another's clock may be a little ahead; more is nonsense. */
		if (paid < now || paid > now + 2 * SECOND_US)
			paid = now;
		paid += SECOND_US / per_second;
		if (paid > now + SECOND_US)
			return false;
		if (atomic_compare_exchange_weak(slot, &old,
		    paid << TAG_BITS | (hash & TAG_MASK)))
			return true;
	}
	return false;
}
