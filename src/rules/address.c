/* address.c - reads addresses strictly: what is not in the grammar is an
 * error that says what was expected, never a guess. */
#include "rules/address.h"

#include <stdbool.h>
#include <string.h>
#include <sys/socket.h>

struct span {
	const char *s;
	size_t len;
};

/* Longer words first where one begins another. */
static const struct {
	const char *word;
	enum address_kind kind;
	int type;
} kinds[] = {
	/* word             kind                    its socket */
	{ "tcp",            ADDRESS_TCP,            SOCK_STREAM    },
	{ "udp",            ADDRESS_UDP,            SOCK_DGRAM     },
	{ "unix-seqpacket", ADDRESS_UNIX_SEQPACKET, SOCK_SEQPACKET },
	{ "unix-dgram",     ADDRESS_UNIX_DGRAM,     SOCK_DGRAM     },
	{ "unix",           ADDRESS_UNIX,           SOCK_STREAM    },
	{ "fd",             ADDRESS_FD,             0              },
};
#define NKINDS (sizeof kinds / sizeof kinds[0])

static bool
is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool
is_letter(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static bool
is_one_of(char c, const char *set)
{
	return c != '\0' && strchr(set, c) != NULL;
}

static void
keep(char *to, struct span from)
{
	memcpy(to, from.s, from.len);
	to[from.len] = '\0';
}

static bool
all_digits(struct span t)
{
	for (size_t i = 0; i < t.len; i++)
		if (!is_digit(t.s[i]))
			return false;
	return t.len > 0;
}

static const char *
read_number(struct span t)
{
	unsigned n = 0;

	if (t.len > 5 || (t.len > 1 && t.s[0] == '0'))
		return "bad port: expected a number from 0 to 65535";
	for (size_t i = 0; i < t.len; i++)
		n = n * 10 + (unsigned)(t.s[i] - '0');
	return n > 65535 ? "bad port: expected a number from 0 to 65535" : NULL;
}

/* A number, or a service name as RFC 6335 5.1 has them (and `_', `.', `+',
 * which services(5) of many systems have too), with one letter at least. */
static const char *
read_port(struct span t, struct address *a)
{
	bool letter = false;
	const char *why;

	if (t.len == 0)
		return "no port: expected HOST:PORT, a number or a service name";
	if (t.len >= ADDRESS_PORT_SIZE)
		return "bad port: a service name has at most 31 bytes";
	if (all_digits(t)) {
		why = read_number(t);
		if (why != NULL)
			return why;
		keep(a->port, t);
		return NULL;
	}
	for (size_t i = 0; i < t.len; i++) {
		letter |= is_letter(t.s[i]);
		if (!is_letter(t.s[i]) && !is_digit(t.s[i]) &&
		    !is_one_of(t.s[i], "-_.+"))
			return "bad port: expected a number or a service name";
	}
	if (!letter || !(is_letter(t.s[0]) || is_digit(t.s[0])))
		return "bad port: expected a number or a service name";
	keep(a->port, t);
	return NULL;
}

static bool
is_hex(struct span t)
{
	for (size_t i = 2; i < t.len; i++)
		if (!is_digit(t.s[i]) && !is_one_of(t.s[i], "abcdefABCDEF"))
			return false;
	return t.len > 2 && t.s[0] == '0' && is_one_of(t.s[1], "xX");
}

/* Then it is no name (RFC 1123 section 2.1), and libraries would read it in
 * their own ways: 010.0.0.1 is 8.0.0.1 to inet_aton(3). */
static bool
ends_in_number(struct span t)
{
	size_t at = t.len;

	while (at > 0 && t.s[at - 1] != '.')
		at--;
	t = (struct span){ t.s + at, t.len - at };
	return all_digits(t) || is_hex(t);
}

/* Four numbers without needless zeros. */
static bool
is_v4(struct span t)
{
	unsigned dots = 0, n = 0, digits = 0;

	for (size_t i = 0; i < t.len; i++) {
		if (t.s[i] == '.' && digits > 0) {
			dots++;
			n = digits = 0;
			continue;
		}
		if (!is_digit(t.s[i]) || (digits > 0 && n == 0))
			return false;
		n = n * 10 + (unsigned)(t.s[i] - '0');
		digits++;
		if (n > 255)
			return false;
	}
	return dots == 3 && digits > 0;
}

static const char *
read_name(struct span t, struct address *a)
{
	if (t.len == 1 && t.s[0] == '*')
		t.len = 0;
	if (t.len >= ADDRESS_HOST_SIZE)
		return "bad host: a name has at most 253 bytes";
	for (size_t i = 0; i < t.len; i++)
		if (!is_letter(t.s[i]) && !is_digit(t.s[i]) &&
		    !is_one_of(t.s[i], "-_."))
			return t.s[i] == ':' && memchr(t.s, '/', t.len) == NULL ?
			    "bad host: write an IPv6 address in brackets, [::1]:PORT" :
			    "bad host: expected a name, an address, [IPv6] or *";
	if (t.len > 0 && is_one_of(t.s[0], "-."))
		return "bad host: expected a name, an address, [IPv6] or *";
	if (ends_in_number(t) && !is_v4(t))
		return "bad host: expected an IPv4 address of four numbers from 0 "
		    "to 255, without needless zeros";
	keep(a->host, t);
	return NULL;
}

/* What stands in brackets.  Its meaning is getaddrinfo's to judge. */
static const char *
read_v6(struct span t, struct address *a)
{
	bool colon = false;
	bool scope = false;

	if (t.len < 2 || t.len >= 64)
		return "bad host: expected an IPv6 address in the brackets";
	for (size_t i = 0; i < t.len; i++) {
		char c = t.s[i];

		colon |= c == ':';
		if (c == '%' && !scope && i + 1 < t.len) {
			scope = true;
			continue;
		}
		if (scope ? !(is_letter(c) || is_digit(c) || is_one_of(c, "-_.@"))
		    : !(is_digit(c) || is_one_of(c, "abcdefABCDEF:.")))
			return "bad host: expected an IPv6 address in the brackets";
	}
	if (!colon)
		return "bad host: expected an IPv6 address in the brackets";
	keep(a->host, t);
	return NULL;
}

static const char *
read_inet(struct span t, struct address *a)
{
	const char *end = t.s + t.len;
	struct span host = { t.s, 0 };
	const char *p;
	const char *why;

	if (t.len > 0 && t.s[0] == '[') {
		p = memchr(t.s, ']', t.len);
		if (p == NULL)
			return "bad host: `]' is missing";
		if (p + 1 == end || p[1] != ':')
			return "no port: expected [IPv6]:PORT";
		why = read_v6((struct span){ t.s + 1, (size_t)(p - t.s - 1) }, a);
		return why != NULL ? why :
		    read_port((struct span){ p + 2, (size_t)(end - p - 2) }, a);
	}
	for (p = end; p > t.s && p[-1] != ':'; p--)
		;
	if (p > t.s)
		host.len = (size_t)(p - t.s - 1);
	why = read_name(host, a);
	return why != NULL ? why :
	    read_port((struct span){ p, (size_t)(end - p) }, a);
}

static const char *
read_path(struct span t, struct address *a)
{
	if (t.len == 0 || (t.len == 1 && t.s[0] == '@'))
		return "no path: expected unix:PATH, or unix:@NAME";
	if (t.len >= ADDRESS_PATH_SIZE)
		return "path too long: a unix socket's has at most 107 bytes";
	keep(a->path, t);
	return NULL;
}

/* sd_listen_fds(3): ASCII, no control characters, no colon. */
static const char *
read_fd_name(struct span t, struct address *a)
{
	if (t.len == 0)
		return "no name: expected fd:NAME";
	if (t.len >= ADDRESS_PATH_SIZE)
		return "bad name: at most 107 bytes here";
	for (size_t i = 0; i < t.len; i++)
		if (t.s[i] <= ' ' || t.s[i] > '~' || t.s[i] == ':')
			return "bad name: expected printable characters without `:'";
	keep(a->path, t);
	return NULL;
}

/* Cut "word:" off; without one it is tcp. */
static enum address_kind
cut_kind(struct span *t)
{
	for (size_t i = 0; i < NKINDS; i++) {
		size_t n = strlen(kinds[i].word);

		if (t->len > n && t->s[n] == ':' &&
		    memcmp(t->s, kinds[i].word, n) == 0) {
			t->s += n + 1;
			t->len -= n + 1;
			return kinds[i].kind;
		}
	}
	return ADDRESS_TCP;
}

const char *
address_parse(const char *s, size_t len, struct address *a)
{
	struct span t = { s, len };

	memset(a, 0, sizeof *a);
	if (len == 0)
		return "empty address: expected HOST:PORT, PORT, unix:PATH or fd:NAME";
	if (len >= ADDRESS_TEXT_SIZE)
		return "address too long: at most 319 bytes";
	if (memchr(s, '\0', len) != NULL)
		return "bad address: a NUL byte";
	keep(a->text, t);
	a->kind = cut_kind(&t);
	switch (a->kind) {
	case ADDRESS_TCP:
	case ADDRESS_UDP:
		return read_inet(t, a);
	case ADDRESS_UNIX:
	case ADDRESS_UNIX_DGRAM:
	case ADDRESS_UNIX_SEQPACKET:
		return read_path(t, a);
	case ADDRESS_FD:
		return read_fd_name(t, a);
	}
	return "bad address";
}

const char *
address_list(const char *s, struct address v[ADDRESS_MOST], size_t *n_r,
    const char **bad_r, size_t *bad_len_r)
{
	const char *why;
	size_t n = 0;

	for (;; s++) {
		const char *comma = strchr(s, ',');
		size_t len = comma != NULL ? (size_t)(comma - s) : strlen(s);

		*bad_r = s;
		*bad_len_r = len;
		if (n == ADDRESS_MOST)
			return "too many addresses: at most 64 in one list";
		why = address_parse(s, len, &v[n]);
		if (why != NULL)
			return why;
		n++;
		if (comma == NULL)
			break;
		s = comma;
	}
	*n_r = n;
	return NULL;
}

const char *
address_word(enum address_kind k)
{
	for (size_t i = 0; i < NKINDS; i++)
		if (kinds[i].kind == k)
			return kinds[i].word;
	return "?";
}

int
address_type(enum address_kind k)
{
	for (size_t i = 0; i < NKINDS; i++)
		if (kinds[i].kind == k)
			return kinds[i].type;
	return 0;
}
