/* reflect.c - sources that must not be answered. */
#include "rules/reflect.h"

#include <stddef.h>
#include <string.h>

enum { NFS_PORT = 2049, DNS_PORT = 53, LOW_PORTS = 1024 };

/* echo, discard, systat, daytime, netstat, qotd, chargen, time. */
static const unsigned answering[] = { 7, 9, 11, 13, 15, 17, 19, 37 };

static bool
is_nobody4(const uint8_t *ip)
{
	/* 0/8, multicast, and the reserved ones with limited broadcast */
	return ip[0] == 0 || ip[0] >= 224;
}

static bool
is_nobody6(const uint8_t *ip)
{
	static const uint8_t none[16];

	return ip[0] == 0xff || memcmp(ip, none, sizeof none) == 0;
}

static bool
always_answers(unsigned port, unsigned local_port)
{
	for (size_t i = 0; i < sizeof answering / sizeof answering[0]; i++)
		if (port == answering[i])
			return true;
	return port == NFS_PORT || (port == DNS_PORT && local_port == DNS_PORT);
}

enum reflect
reflect_judge(const struct ucspi_end *peer, unsigned local_port, bool low_ports)
{
	struct ucspi_end e = *peer;

	ucspi_unmap(&e);
	if (e.port == 0)
		return REFLECT_NO_PORT;
	if (e.v6 ? is_nobody6(e.ip) : is_nobody4(e.ip))
		return REFLECT_NOBODY;
	if (always_answers(e.port, local_port) ||
	    (!low_ports && e.port < LOW_PORTS))
		return REFLECT_PORT;
	return REFLECT_NOT;
}

bool
reflect_amplifies(uint64_t asked, uint64_t replied, size_t n, unsigned factor)
{
	return factor != 0 && replied + n > REFLECT_SMALL &&
	    replied + n > asked * factor;
}

const char *
reflect_word(enum reflect r)
{
	switch (r) {
	case REFLECT_NOT:     return "none";
	case REFLECT_NO_PORT: return "no-port";
	case REFLECT_PORT:    return "port";
	case REFLECT_NOBODY:  return "nobody";
	case REFLECT_OWN:     return "own";
	case REFLECT_RATE:    return "rate";
	case REFLECT_SIZE:    return "size";
	}
	return "nonsense";
}
