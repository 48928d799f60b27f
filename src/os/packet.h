/* packet.h - one datagram: whence it came, whom it asked, and the answer.
 *
 * The answer leaves from the address that was asked: IP_PKTINFO (ip(7)),
 * IPV6_PKTINFO (RFC 3542 section 6).  Floor 2 (os). */
#ifndef OS_PACKET_H
#define OS_PACKET_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "tools/addr.h"

enum {
	PACKET_BYTES = 65536,	/* more than any datagram of IP has */
	PACKET_MOST  = 65507	/* what fits into one of UDP over IPv4, RFC 768 */
};

struct packet {
	struct addr peer;	/* len 0: an unnamed unix socket */
	struct addr local;	/* the unicast address that was asked, with no
				 * port; len 0: not known */
	unsigned interface;	/* where it came in; 0 = not known */
	bool truncated;		/* it was longer than the buffer */
	uint32_t uid, gid, pid;	/* of a unix socket's peer */
	uint32_t dropped;	/* by the kernel for want of room, in all; 0 =
				 * not said */
};

/* What must be set on a socket before its first datagram comes.  0, or -1
 * with errno. */
int packet_prepare(int fd);

/* Have the kernel remember when each came in, for those who look at it
 * (SIOCGSTAMPNS, socket(7)). */
void packet_remember_times(int fd);

/* Take a datagram, never waiting for one.  Its length, which may be 0, or -1
 * with errno (EAGAIN: there is none). */
ssize_t packet_receive(int fd, void *buf, size_t size, struct packet *p_r);

/* Answer it.  0, or -1 with errno. */
int packet_reply(int fd, const struct packet *p, const void *data, size_t n);

#endif
