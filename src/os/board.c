/* board.c - counts are never stored, they are counted. */
#include "os/board.h"

#include <netinet/in.h>
#include <string.h>
#include <sys/mman.h>

#include "rules/slot.h"

static size_t
rounded(size_t n)
{
	return (n + 63) & ~(size_t)63;
}

/* Eight states at once: a child counts thousands of seats for each client. */
typedef uint64_t __attribute__((may_alias)) word;

static unsigned
equal_bytes(word w, unsigned byte)
{
	const word low7 = 0x7f7f7f7f7f7f7f7f;
	word differ = w ^ (0x0101010101010101 * byte);

	/* The high bit of each byte that is zero (no carry between bytes). */
	differ = ~(((differ & low7) + low7) | differ | low7);
	/* Their sum, in the top byte of a product. */
	return (unsigned)((differ >> 7) * 0x0101010101010101 >> 56);
}

struct board *
board_open(unsigned nseats, struct err *e)
{
	size_t head = rounded(sizeof(struct board));
	size_t states = rounded(nseats);
	size_t sources = rounded(nseats * sizeof(uint64_t));
	size_t bytes = head + states + sources + nseats * sizeof(struct seat);
	struct board *b;
	char *at;

	at = mmap(NULL, bytes, PROT_READ | PROT_WRITE,
	    MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (at == MAP_FAILED) {
		err_sys(e, EXIT_SYSTEM, "cannot map a board of %u seats", nseats);
		return NULL;
	}
	b = (struct board *)(void *)at;
	b->nseats = nseats;
	b->bytes = bytes;
	b->state = (_Atomic uint8_t *)(at + head);
	b->source = (_Atomic uint64_t *)(void *)(at + head + states);
	b->seats = (struct seat *)(void *)(at + head + states + sources);
	return b;
}

void
board_close(struct board *b)
{
	if (b != NULL)
		munmap(b, b->bytes);
}

unsigned
board_available(const struct board *b)
{
	unsigned high = atomic_load_explicit(&b->high, memory_order_relaxed);
	const word *w = (const word *)(const void *)b->state;
	unsigned n = 0;

	/* Seats from high on are empty, and the bytes are padded to words. */
	for (unsigned i = 0; i < high; i += sizeof(word)) {
		word states = __atomic_load_n(w++, __ATOMIC_RELAXED);

		n += equal_bytes(states, SLOT_IDLE) +
		    equal_bytes(states, SLOT_STARTING);
	}
	return n;
}

unsigned
board_live(const struct board *b, uint64_t source)
{
	unsigned high = atomic_load_explicit(&b->high, memory_order_relaxed);
	unsigned n = 0;

	for (unsigned i = 0; i < high; i++)
		n += atomic_load_explicit(&b->source[i],
		    memory_order_relaxed) == source;
	return n;
}

/* The families are kept apart by the upper bits: no IPv6 network that can
 * be routed begins with 32 zero bits. */
uint64_t
board_source(const struct addr *peer, uint32_t uid)
{
	const struct sockaddr_in *in = (const struct sockaddr_in *)&peer->ss;
	const struct sockaddr_in6 *in6 = (const struct sockaddr_in6 *)&peer->ss;
	uint64_t net;

	switch (peer->ss.ss_family) {
	case AF_INET:
		return (uint64_t)1 << 32 | ntohl(in->sin_addr.s_addr);
	case AF_INET6:
		if (IN6_IS_ADDR_V4MAPPED(&in6->sin6_addr)) {
			uint32_t v4;

			memcpy(&v4, &in6->sin6_addr.s6_addr[12], sizeof v4);
			return (uint64_t)1 << 32 | ntohl(v4);
		}
		memcpy(&net, &in6->sin6_addr, sizeof net);
		return net != 0 ? net : (uint64_t)3 << 32;
	}
	return (uint64_t)2 << 32 | uid;
}
