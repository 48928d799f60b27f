/* addr.c - socket addresses compared and written. */
#include "tools/addr.h"

#include <errno.h>
#include <net/if.h>
#include <netinet/in.h>
#include <stddef.h>
#include <string.h>
#include <sys/un.h>
#include <vis.h>

#include "tools/text.h"

static const struct sockaddr_in *
as_in(const struct addr *a)
{
	return (const struct sockaddr_in *)&a->ss;
}

static const struct sockaddr_in6 *
as_in6(const struct addr *a)
{
	return (const struct sockaddr_in6 *)&a->ss;
}

static const struct sockaddr_un *
as_un(const struct addr *a)
{
	return (const struct sockaddr_un *)&a->ss;
}

int
addr_unix(struct addr *a, const char *path)
{
	struct sockaddr_un *un = (struct sockaddr_un *)&a->ss;
	size_t n = strlen(path);

	if (n >= sizeof un->sun_path) {
		errno = ENAMETOOLONG;
		return -1;
	}
	memset(a, 0, sizeof *a);
	un->sun_family = AF_UNIX;
	memcpy(un->sun_path, path, n);
	if (path[0] == '@')
		un->sun_path[0] = '\0';
	else
		n++;
	a->len = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + n);
	return 0;
}

static size_t
path_len(const struct addr *a)
{
	size_t head = offsetof(struct sockaddr_un, sun_path);
	size_t n = a->len > head ? a->len - head : 0;

	/* The length may come from a page that children write. */
	if (n > sizeof as_un(a)->sun_path)
		n = sizeof as_un(a)->sun_path;
	if (n > 0 && as_un(a)->sun_path[0] != '\0')
		n = strnlen(as_un(a)->sun_path, n);
	return n;
}

static void
in6_text(const struct addr *a, struct text *t)
{
	char name[IF_NAMESIZE];
	unsigned scope = as_in6(a)->sin6_scope_id;

	text_byte(t, '[');
	text_ip6(t, as_in6(a)->sin6_addr.s6_addr);
	if (scope != 0) {
		text_byte(t, '%');
		if (if_indextoname(scope, name) != NULL)
			text_str(t, name);
		else
			text_dec(t, scope);
	}
	text_byte(t, ']');
}

static void
un_text(const struct addr *a, struct text *t)
{
	const char *p = as_un(a)->sun_path;
	size_t n = path_len(a);
	char one[8];

	text_str(t, "unix:");
	if (n > 0 && p[0] == '\0')
		text_byte(t, '@');
	for (size_t i = n > 0 && p[0] == '\0'; i < n; i++) {
		vis(one, p[i], VIS_OCTAL | VIS_CSTYLE | VIS_WHITE, 0);
		text_str(t, one);
	}
}

const char *
addr_text(const struct addr *a, char buf[ADDR_TEXT_SIZE])
{
	struct text t = text_over(buf, ADDR_TEXT_SIZE - 1);

	switch (a->ss.ss_family) {
	case AF_INET:
		text_ip4(&t, (const uint8_t *)&as_in(a)->sin_addr);
		break;
	case AF_INET6:
		in6_text(a, &t);
		break;
	case AF_UNIX:
		un_text(a, &t);
		*t.at = '\0';
		return buf;
	default:
		text_str(&t, "?");
	}
	text_byte(&t, ':');
	text_dec(&t, addr_port(a));
	*t.at = '\0';
	return buf;
}

unsigned
addr_port(const struct addr *a)
{
	if (a->ss.ss_family == AF_INET)
		return ntohs(as_in(a)->sin_port);
	if (a->ss.ss_family == AF_INET6)
		return ntohs(as_in6(a)->sin6_port);
	return 0;
}

bool
addr_same(const struct addr *a, const struct addr *b, bool any_port)
{
	if (a->ss.ss_family != b->ss.ss_family)
		return false;
	switch (a->ss.ss_family) {
	case AF_INET:
		return as_in(a)->sin_addr.s_addr == as_in(b)->sin_addr.s_addr &&
		    (any_port || as_in(a)->sin_port == as_in(b)->sin_port);
	case AF_INET6:
		return memcmp(&as_in6(a)->sin6_addr, &as_in6(b)->sin6_addr,
		    sizeof(struct in6_addr)) == 0 &&
		    as_in6(a)->sin6_scope_id == as_in6(b)->sin6_scope_id &&
		    (any_port || as_in6(a)->sin6_port == as_in6(b)->sin6_port);
	case AF_UNIX:
		return path_len(a) == path_len(b) && memcmp(as_un(a)->sun_path,
		    as_un(b)->sun_path, path_len(a)) == 0;
	}
	return false;
}

bool
addr_is_wildcard(const struct addr *a)
{
	if (a->ss.ss_family == AF_INET)
		return as_in(a)->sin_addr.s_addr == htonl(INADDR_ANY);
	if (a->ss.ss_family == AF_INET6)
		return IN6_IS_ADDR_UNSPECIFIED(&as_in6(a)->sin6_addr);
	return false;
}
