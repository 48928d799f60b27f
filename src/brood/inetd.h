/* inetd.h - an inetd.conf as a tree of our own grammar.
 *
 *	[addr[,addr...]:]service type proto[,sndbuf=N][,rcvbuf=N] wait|nowait[...]
 *	    user[:group] program|internal [argv0 arg...]
 *
 * What OpenBSD's and Debian's inetd(8), FreeBSD's inetd(8) and GNU inetutils
 * have; where they differ:
 *
 *   tcp, udp		IPv4 and IPv6, as Debian's; IPv4 alone if the file has
 *			the same service with tcp6 as well, as FreeBSD's has.
 *   tcp6, udp6		IPv6 alone, as all but GNU, which means both.
 *   user.group		split at the last dot, if a name or a number is behind
 *			it; but at a colon, if there is one.
 *   quotes		at the start of a word hold blanks, as FreeBSD's;
 *			Debian's takes them as they are.
 *   a blank at the	of a line goes on with the entry above, as BSD's; if
 *   start		it looks like an entry, as it is to GNU's, it is a
 *			mistake.
 *
 * NetBSD's `key = value' entries are not known.  Floor 5 (brood). */
#ifndef BROOD_INETD_H
#define BROOD_INETD_H

#include <stdbool.h>
#include <stddef.h>

#include "brood/tree.h"

/* Append the services of a file; what is wrong goes to m.  A service that
 * would be open wider here than there (of IPsec, say), or that brood does not
 * have (of RPC), is a mistake; with convert it comes out with `enabled no', or
 * if it cannot be written as a comment. */
void inetd_read(const char *path, struct directives *list, struct mistakes *m,
    bool convert);

/* The same with its text at hand. */
void inetd_read_text(const char *name, const char *text, size_t size,
    struct directives *list, struct mistakes *m, bool convert);

#endif
