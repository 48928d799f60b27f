/* addr.h - one bound or connected socket address, binary and as text.
 *
 * Floor 0 (tools). */
#ifndef TOOLS_ADDR_H
#define TOOLS_ADDR_H

#include <stdbool.h>
#include <sys/socket.h>

struct addr {
	struct sockaddr_storage ss;
	socklen_t len;
};

enum { ADDR_TEXT_SIZE = 160 };

/* The unix socket of that path, or of "@name": abstract (unix(7)).  0, or -1
 * with errno: it is too long. */
int addr_unix(struct addr *a_r, const char *path);

/* "127.0.0.1:7", "[::1%lo]:7", "unix:/run/x", "unix:@name", "unix:" for an
 * unnamed one; control bytes escaped (vis(3)).  Returns buf. */
const char *addr_text(const struct addr *a, char buf[ADDR_TEXT_SIZE]);

/* The same family, address, scope and, unless any_port, port; or path. */
bool addr_same(const struct addr *a, const struct addr *b, bool any_port);

/* The port in host order; 0 where there is none. */
unsigned addr_port(const struct addr *a);

/* Is it the address that stands for every one of its family? */
bool addr_is_wildcard(const struct addr *a);

#endif
