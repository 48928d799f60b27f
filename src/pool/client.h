/* client.h - whose connection or datagram a function serves: the opaque type
 * of brood.h.  Floor 3 (pool). */
#ifndef POOL_CLIENT_H
#define POOL_CLIENT_H

#include <stdbool.h>
#include <stdint.h>

#include "os/packet.h"
#include "pool/child.h"

struct brood_client {
	struct child *child;	/* its seat has the peer */
	int fd;			/* the connection, or the datagram's listener */
	bool finished;		/* fd was closed */
	bool knows_local, knows_user;	/* the seat has them */
	const struct packet *packet;	/* NULL: a connection */
	uint64_t asked, replied;	/* bytes of datagrams, from and to it */
};

#endif
