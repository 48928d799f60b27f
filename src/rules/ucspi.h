/* ucspi.h - the variables a program finds about its connection.
 *
 * The UCSPI-TCP definition (PROTO, TCPREMOTEIP ...) for TCP; for unix
 * datagrams the same names with UDP, as there is no definition; for unix
 * sockets the dialect of ucspi-unix, and beside it the names that s6 and
 * ucspi-ipc use.  IPv6 in canonical form (RFC 5952), IPv4-mapped addresses
 * as IPv4.  Every value is formatted here from binary addresses; nothing a
 * peer sent gets in but the path its unix socket is bound to, which is not
 * handed on.
 *
 * Pure, and safe in a child that shares memory.  Floor 1 (rules). */
#ifndef RULES_UCSPI_H
#define RULES_UCSPI_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
	UCSPI_VARS = 12,		/* most variables one connection has */
	UCSPI_BYTES = 1024		/* enough for all their text */
};

/* One end of a connection. */
struct ucspi_end {
	uint8_t ip[16];		/* IPv4 in the first four */
	uint16_t port;
	bool v6;
};

enum ucspi_proto { UCSPI_TCP, UCSPI_UDP, UCSPI_UNIX };

struct ucspi_conn {
	enum ucspi_proto proto;
	struct ucspi_end peer, local;	/* tcp, udp */
	const char *interface;	/* ... for link-local peers, or NULL */
	const char *path;	/* unix: what the listener is bound to */
	uint32_t uid, gid, pid;	/* unix: the peer's, at connect */
	unsigned live;		/* connections from the same source, with this */
};

/* Write NAME=VALUE strings into buf and pointers to them into envp, from
 * envp[0] on; no NULL is added.  Returns their number. */
unsigned ucspi_vars(const struct ucspi_conn *c, char buf[UCSPI_BYTES],
    char *envp[UCSPI_VARS]);

/* Is NAME (n bytes) a variable of a protocol that brood speaks to programs?
 * Such a variable must not be inherited: it would lie. */
bool ucspi_owns(const char *name, size_t n);

/* An IPv4-mapped IPv6 address becomes IPv4 (RFC 4291 2.5.5.2). */
void ucspi_unmap(struct ucspi_end *e);

#endif
