/* address.h - the grammar of what a user writes to name an address.
 *
 *	[tcp:|udp:]HOST:PORT   [tcp:|udp:]PORT   unix:PATH   unix-dgram:PATH
 *	unix-seqpacket:PATH    fd:NAME
 *
 * HOST is a name, an IPv4 address, [IPv6] or [IPv6%scope], `*' or nothing
 * (every address of every family).  PORT is a number 0..65535 or the name of
 * a service.  PATH may start with `@': the abstract namespace (unix(7)).
 * A list is separated by commas.
 *
 * Pure: nothing is resolved here.  Floor 1 (rules). */
#ifndef RULES_ADDRESS_H
#define RULES_ADDRESS_H

#include <stddef.h>

enum address_kind {
	ADDRESS_TCP,
	ADDRESS_UDP,
	ADDRESS_UNIX,
	ADDRESS_UNIX_DGRAM,
	ADDRESS_UNIX_SEQPACKET,
	ADDRESS_FD
};

enum {
	ADDRESS_MOST      = 64,		/* addresses in one list */
	ADDRESS_HOST_SIZE = 254,	/* RFC 1035 2.3.4: 253 bytes, and a NUL */
	ADDRESS_PORT_SIZE = 32,
	ADDRESS_PATH_SIZE = 108,	/* sun_path on Linux, with its NUL */
	ADDRESS_TEXT_SIZE = 320
};

struct address {
	enum address_kind kind;
	char host[ADDRESS_HOST_SIZE];	/* "" = every address */
	char port[ADDRESS_PORT_SIZE];	/* digits or a service name */
	char path[ADDRESS_PATH_SIZE];	/* unix: path; fd: name */
	char text[ADDRESS_TEXT_SIZE];	/* as written, for messages */
};

/* Parse one address of len bytes.  Returns NULL, or what is wrong and what
 * was expected (a constant text).  *a is unspecified then. */
const char *address_parse(const char *s, size_t len, struct address *a);

/* Parse a comma list into at most ADDRESS_MOST entries of v; *n_r is their
 * number.  On failure *bad_r, *bad_len_r tell the entry that is wrong. */
const char *address_list(const char *s, struct address v[ADDRESS_MOST],
    size_t *n_r, const char **bad_r, size_t *bad_len_r);

/* The word a kind is written with: "tcp", "unix-dgram", ... */
const char *address_word(enum address_kind k);

/* The socket to make for it: SOCK_STREAM, ...; 0: an inherited one is what it
 * is. */
int address_type(enum address_kind k);

#endif
