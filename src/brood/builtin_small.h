/* builtin_small.h - echo, discard, chargen, qotd, daytime and time, RFC 862
 * to 868.  Floor 5 (brood). */
#ifndef BROOD_BUILTIN_SMALL_H
#define BROOD_BUILTIN_SMALL_H

#include "lib/brood.h"

struct builtin {
	const char *name;		/* in lower case */
	brood_stream_fn *stream;
	brood_datagram_fn *datagram;	/* NULL: it has no such form */
};

enum { BUILTIN_SMALL = 6 };

extern const struct builtin builtin_small[BUILTIN_SMALL];

#endif
