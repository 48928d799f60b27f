/* reflect.h - would an answer to this source feed a loop, or strike a third?
 *
 * A datagram's source is whatever its sender wrote.  What answers datagrams
 * itself (RFC 862 to 868, and much else) must not be asked in another's name:
 * CERT CA-1996-01, CVE-2024-2169.  The ports are those of OpenBSD's inetd:
 * all below 1024, and 2049.  Pure.  Floor 1 (rules). */
#ifndef RULES_REFLECT_H
#define RULES_REFLECT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "rules/ucspi.h"

enum reflect {
	REFLECT_NOT,		/* answer it */
	REFLECT_NO_PORT,	/* port 0: no answer is wanted, RFC 768 */
	REFLECT_PORT,		/* a port that would answer the answer */
	REFLECT_NOBODY,		/* broadcast, multicast, or no address at all */
	REFLECT_OWN,		/* a listener of our own; is_own() of callers */
	REFLECT_RATE,		/* too many for one source; rules/rate.h */
	REFLECT_SIZE		/* far more than was sent */
};

enum {
	REFLECT_FACTOR = 3,	/* the usual one; QUIC's, RFC 9000 section 8 */
	REFLECT_SMALL  = 512	/* always goes: what DNS is used to, RFC 1035 */
};

/* low_ports: sources below 1024 are clients, too, but for those that answer
 * whatever they get. */
enum reflect reflect_judge(const struct ucspi_end *peer, unsigned local_port,
    bool low_ports);

/* Would n more bytes to who sent asked, and has had replied, make him one who
 * strikes a third with our strength?  factor 0: never mind. */
bool reflect_amplifies(uint64_t asked, uint64_t replied, size_t n,
    unsigned factor);

/* "port", "nobody" ... for a log. */
const char *reflect_word(enum reflect r);

#endif
