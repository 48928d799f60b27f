/* test_addr.c - socket addresses compared and written. */
#include <criterion/criterion.h>

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <stddef.h>
#include <string.h>
#include <sys/un.h>

#include "tools/addr.h"

static struct addr
in4(const char *ip, unsigned port)
{
	struct addr a = { .len = sizeof(struct sockaddr_in) };
	struct sockaddr_in *in = (struct sockaddr_in *)&a.ss;

	in->sin_family = AF_INET;
	in->sin_port = htons((uint16_t)port);
	inet_pton(AF_INET, ip, &in->sin_addr);
	return a;
}

static struct addr
in6(const char *ip, unsigned port, unsigned scope)
{
	struct addr a = { .len = sizeof(struct sockaddr_in6) };
	struct sockaddr_in6 *in = (struct sockaddr_in6 *)&a.ss;

	in->sin6_family = AF_INET6;
	in->sin6_port = htons((uint16_t)port);
	in->sin6_scope_id = scope;
	inet_pton(AF_INET6, ip, &in->sin6_addr);
	return a;
}

static struct addr
un(const char *path, size_t n)
{
	struct addr a = { .len = (socklen_t)(offsetof(struct sockaddr_un,
	    sun_path) + n) };
	struct sockaddr_un *u = (struct sockaddr_un *)&a.ss;

	u->sun_family = AF_UNIX;
	memcpy(u->sun_path, path, n);
	return a;
}

Test(addr, is_written_as_a_user_would_write_it)
{
	char buf[ADDR_TEXT_SIZE];
	struct addr a;

	a = in4("127.0.0.1", 7);
	cr_assert_str_eq(addr_text(&a, buf), "127.0.0.1:7");
	a = in6("::1", 65535, 0);
	cr_assert_str_eq(addr_text(&a, buf), "[::1]:65535");
	a = in6("fe80::1", 7, 4000000000u);
	cr_assert_str_eq(addr_text(&a, buf), "[fe80::1%4000000000]:7");
	a = un("/run/x", 7);
	cr_assert_str_eq(addr_text(&a, buf), "unix:/run/x");
	a = un("\0name", 5);
	cr_assert_str_eq(addr_text(&a, buf), "unix:@name");
	a = un("", 0);
	cr_assert_str_eq(addr_text(&a, buf), "unix:");
}

Test(addr, bytes_that_could_forge_a_log_line_are_escaped)
{
	char buf[ADDR_TEXT_SIZE];
	char path[108];

	for (int c = 1; c < 256; c++) {
		struct addr a;

		memset(path, c, sizeof path);
		a = un(path, sizeof path);
		addr_text(&a, buf);
		for (const char *p = buf; *p != '\0'; p++)
			cr_assert(*p > ' ' && *p < 127, "byte %d leaves %d", c, *p);
	}
}

Test(addr, each_part_tells_two_addresses_apart)
{
	struct addr v[] = {
		in4("127.0.0.1", 7), in4("127.0.0.1", 8), in4("127.0.0.2", 7),
		in6("::1", 7, 0), in6("::1", 8, 0), in6("::2", 7, 0),
		in6("::1", 7, 1), un("/a", 3), un("/b", 3), un("\0/a", 3),
		un("\0/a\0", 4),
	};
	size_t n = sizeof v / sizeof v[0];

	for (size_t i = 0; i < n; i++)
		for (size_t j = 0; j < n; j++)
			cr_assert_eq(addr_same(&v[i], &v[j], false), i == j,
			    "%zu and %zu", i, j);
	cr_assert(addr_same(&v[0], &v[1], true), "any port");
	cr_assert_not(addr_same(&v[0], &v[2], true));
}

Test(addr, the_length_of_a_path_does_not_matter_beyond_its_end)
{
	struct addr a = un("/a\0\0\0", 5), b = un("/a", 2);

	cr_assert(addr_same(&a, &b, false));
}

Test(addr, a_path_becomes_what_the_kernel_knows_it_by)
{
	size_t head = offsetof(struct sockaddr_un, sun_path);
	char path[sizeof ((struct sockaddr_un *)0)->sun_path + 1];
	struct addr a, b;

	memset(&a, 'x', sizeof a);
	cr_assert_eq(addr_unix(&a, "/a"), 0);
	b = un("/a", 3);
	cr_assert(a.len == head + 3 && memcmp(&a.ss, &b.ss, sizeof a.ss) == 0);
	memset(&a, 'x', sizeof a);
	cr_assert_eq(addr_unix(&a, "@a"), 0);
	b = un("\0a", 2);
	cr_assert(a.len == head + 2 && memcmp(&a.ss, &b.ss, sizeof a.ss) == 0);
	for (size_t n = 0; n < sizeof path; n++) {
		memset(path, '/', n);
		path[n] = '\0';
		cr_assert_eq(addr_unix(&a, path) == 0, n + 1 < sizeof path,
		    "%zu bytes", n);
	}
	cr_assert_eq(errno, ENAMETOOLONG);
}

Test(addr, a_wildcard_is_told_from_an_address)
{
	struct addr a = in4("0.0.0.0", 7), b = in4("0.0.0.1", 7);
	struct addr c = in6("::", 7, 0), d = in6("::1", 7, 0);

	cr_assert(addr_is_wildcard(&a) && addr_is_wildcard(&c));
	cr_assert_not(addr_is_wildcard(&b) || addr_is_wildcard(&d));
}
