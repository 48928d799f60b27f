/* end.h - an address as the rules know one.  Floor 3 (pool). */
#ifndef POOL_END_H
#define POOL_END_H

#include <arpa/inet.h>
#include <netinet/in.h>
#include <string.h>

#include "rules/ucspi.h"
#include "tools/addr.h"

/* Inet addresses only; mapped ones become IPv4. */
static inline void
end_of(const struct addr *a, struct ucspi_end *e)
{
	const struct sockaddr_in *in = (const struct sockaddr_in *)&a->ss;
	const struct sockaddr_in6 *in6 = (const struct sockaddr_in6 *)&a->ss;

	memset(e, 0, sizeof *e);
	if (a->ss.ss_family == AF_INET6) {
		e->v6 = true;
		memcpy(e->ip, &in6->sin6_addr, 16);
		e->port = ntohs(in6->sin6_port);
		ucspi_unmap(e);
	} else {
		memcpy(e->ip, &in->sin_addr, 4);
		e->port = ntohs(in->sin_port);
	}
}

#endif
