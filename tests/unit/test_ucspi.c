/* The variables of a connection, against the UCSPI definition. */
#include <criterion/criterion.h>

#include <arpa/inet.h>
#include <stdarg.h>
#include <string.h>

#include "rules/ucspi.h"

static struct ucspi_end
end_of(const char *ip, uint16_t port)
{
	struct ucspi_end e = { .port = port, .v6 = strchr(ip, ':') != NULL };

	cr_assert_eq(inet_pton(e.v6 ? AF_INET6 : AF_INET, ip, e.ip), 1);
	return e;
}

struct vars {
	char buf[UCSPI_BYTES + 16];
	char *envp[UCSPI_VARS + 1];
	unsigned n;
};

static void
make(const struct ucspi_conn *c, struct vars *v)
{
	memset(v->buf, '#', sizeof v->buf);
	v->envp[UCSPI_VARS] = NULL;
	v->n = ucspi_vars(c, v->buf, v->envp);
	cr_assert(v->n > 0 && v->n <= UCSPI_VARS, "%u", v->n);
	for (size_t i = UCSPI_BYTES; i < sizeof v->buf; i++)
		cr_assert_eq(v->buf[i], '#', "written beyond the buffer");
}

static const char *
get(const struct vars *v, const char *name)
{
	size_t n = strlen(name);

	for (unsigned i = 0; i < v->n; i++)
		if (strncmp(v->envp[i], name, n) == 0 && v->envp[i][n] == '=')
			return v->envp[i] + n + 1;
	return NULL;
}

/* The variables are these NAME=VALUE, in any order, and no others. */
static void
expect(const struct ucspi_conn *c, unsigned n, ...)
{
	struct vars v;
	va_list ap;

	make(c, &v);
	cr_assert_eq(v.n, n, "%u variables, not %u", v.n, n);
	va_start(ap, n);
	for (unsigned i = 0; i < n; i++) {
		const char *want = va_arg(ap, const char *);
		bool there = false;

		for (unsigned j = 0; j < v.n; j++)
			there |= strcmp(v.envp[j], want) == 0;
		cr_assert(there, "no %s", want);
	}
	va_end(ap);
}

Test(ucspi, tells_of_an_ipv4_connection)
{
	struct ucspi_conn c = { .proto = UCSPI_TCP, .peer = end_of("192.0.2.9", 40000),
		.local = end_of("127.0.0.1", 7), .live = 3 };

	expect(&c, 6, "PROTO=TCP", "TCPREMOTEIP=192.0.2.9",
	    "TCPREMOTEPORT=40000", "TCPLOCALIP=127.0.0.1", "TCPLOCALPORT=7",
	    "TCPCONNNUM=3");
}

Test(ucspi, tells_of_an_ipv6_connection_in_canonical_form)
{
	struct ucspi_conn c = { .proto = UCSPI_TCP,
		.peer = end_of("2001:DB8:0:0:0:0:0:1", 65535),
		.local = end_of("::1", 443), .live = 1 };

	expect(&c, 6, "PROTO=TCP", "TCPREMOTEIP=2001:db8::1",
	    "TCPREMOTEPORT=65535", "TCPLOCALIP=::1", "TCPLOCALPORT=443",
	    "TCPCONNNUM=1");
}

Test(ucspi, names_the_interface_of_a_link_local_peer_only)
{
	struct ucspi_conn c = { .proto = UCSPI_TCP, .peer = end_of("fe80::2", 1),
		.local = end_of("fe80::1", 2), .interface = "eth0" };
	struct vars v;

	make(&c, &v);
	cr_assert_str_eq(get(&v, "TCPINTERFACE"), "eth0");
	cr_assert_str_eq(get(&v, "TCPREMOTEIP"), "fe80::2");
	c.interface = NULL;
	make(&c, &v);
	cr_assert_null(get(&v, "TCPINTERFACE"));
}

Test(ucspi, tells_of_a_datagram_by_the_names_of_a_connection)
{
	struct ucspi_conn c = { .proto = UCSPI_UDP,
		.peer = end_of("192.0.2.9", 40000),
		.local = end_of("127.0.0.1", 69), .live = 3 };

	expect(&c, 6, "PROTO=UDP", "UDPREMOTEIP=192.0.2.9",
	    "UDPREMOTEPORT=40000", "UDPLOCALIP=127.0.0.1", "UDPLOCALPORT=69",
	    "UDPCONNNUM=3");
}

Test(ucspi, tells_of_a_unix_connection_in_three_dialects)
{
	struct ucspi_conn c = { .proto = UCSPI_UNIX, .path = "/run/x", .uid = 1000, .gid = 100,
		.pid = 4242, .live = 2 };

	expect(&c, 10, "PROTO=UNIX", "UNIXLOCALPATH=/run/x",
	    "UNIXREMOTEEUID=1000", "UNIXREMOTEEGID=100", "UNIXREMOTEPID=4242",
	    "UNIXCONNNUM=2", "IPCLOCALPATH=/run/x", "IPCREMOTEEUID=1000",
	    "IPCREMOTEEGID=100", "IPCCONNNUM=2");
}

Test(ucspi, has_room_for_the_longest_there_is)
{
	char path[109], name[16];
	struct ucspi_conn c = { .proto = UCSPI_UNIX, .path = path, .uid = UINT32_MAX,
		.gid = UINT32_MAX, .pid = UINT32_MAX, .live = UINT32_MAX };
	struct vars v;

	memset(path, 'p', sizeof path - 1);
	path[sizeof path - 1] = '\0';
	make(&c, &v);
	cr_assert_str_eq(get(&v, "UNIXLOCALPATH"), path);
	cr_assert_str_eq(get(&v, "IPCLOCALPATH"), path);
	cr_assert_str_eq(get(&v, "UNIXREMOTEEUID"), "4294967295");
	cr_assert_str_eq(get(&v, "IPCCONNNUM"), "4294967295");
	memset(name, 'i', sizeof name - 1);
	name[sizeof name - 1] = '\0';
	c = (struct ucspi_conn){ .proto = UCSPI_TCP, .interface = name,
		.peer = end_of("1111:2222:3333:4444:5555:6666:7777:8888", 65535),
		.local = end_of("1111:2222:3333:4444:5555:6666:7777:8888", 65535),
		.live = UINT32_MAX };
	make(&c, &v);
	cr_assert_str_eq(get(&v, "TCPLOCALIP"),
	    "1111:2222:3333:4444:5555:6666:7777:8888");
	cr_assert_str_eq(get(&v, "TCPINTERFACE"), name);
}

/* Each variable that it ever sets. */
static void
judge_all(void (*judge)(const struct vars *v, const char *one))
{
	struct ucspi_conn c[] = {
		{ .proto = UCSPI_TCP, .peer = end_of("::1", 1), .local = end_of("::1", 2),
		  .interface = "lo" },
		{ .proto = UCSPI_UNIX, .path = "@name" },
	};

	for (size_t i = 0; i < 2; i++) {
		struct vars v;

		make(&c[i], &v);
		for (unsigned j = 0; j < v.n; j++)
			judge(&v, v.envp[j]);
	}
}

static void
is_there_once(const struct vars *v, const char *one)
{
	unsigned times = 0;

	for (unsigned i = 0; i < v->n; i++)
		times += strncmp(v->envp[i], one, strcspn(one, "=") + 1) == 0;
	cr_assert_eq(times, 1, "%s", one);
}

Test(ucspi, sets_no_variable_twice)
{
	judge_all(is_there_once);
}

static void
is_owned(const struct vars *v, const char *one)
{
	(void)v;
	cr_assert(ucspi_owns(one, strcspn(one, "=")), "%s", one);
}

Test(ucspi, owns_every_variable_it_sets)
{
	judge_all(is_owned);
}

Test(ucspi, owns_what_would_lie_if_it_were_inherited)
{
	static const char *const names[] = {
		"TCPREMOTEHOST", "TCPREMOTEINFO", "TCPLOCALHOST", "IPCREMOTEPATH",
		"UNIXREMOTEPATH", "UDPREMOTEIP", "REMOTE_HOST", "REMOTE_ADDR",
		"REMOTE_PORT", "LISTEN_FDS", "LISTEN_PID", "LISTEN_FDNAMES",
		"NOTIFY_SOCKET", "WATCHDOG_USEC", "WATCHDOG_PID",
	};

	for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
		cr_assert(ucspi_owns(names[i], strlen(names[i])), "%s", names[i]);
}

Test(ucspi, owns_whole_names_only)
{
	static const char *const names[] = {
		"", "P", "PROT", "PROTOX", "proto", "TCP", "TCPREMOTEI",
		"TCPREMOTEIPX", "XTCPREMOTEIP", "PATH", "HOME", "TZ", "LANG",
		"USER", "LISTEN", "REMOTE",
	};

	for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
		cr_assert(!ucspi_owns(names[i], strlen(names[i])), "%s", names[i]);
	/* It is given the length and must not look beyond. */
	cr_assert(ucspi_owns("PROTO=TCP", 5));
	cr_assert(!ucspi_owns("PROTO=TCP", 9));
	cr_assert(!ucspi_owns("PROTO", 4));
}

Test(ucspi, takes_a_mapped_address_for_ipv4)
{
	struct ucspi_end e = end_of("::ffff:192.0.2.1", 99);

	ucspi_unmap(&e);
	cr_assert(!e.v6);
	cr_assert_eq(memcmp(e.ip, (uint8_t[]){ 192, 0, 2, 1 }, 4), 0);
	cr_assert_eq(e.port, 99);
}

Test(ucspi, leaves_every_other_address_alone)
{
	static const char *const others[] = {
		"::", "::1", "::192.0.2.1", "::fffe:c000:201", "::1:ffff:c000:201",
		"64:ff9b::192.0.2.1", "ffff::c000:201", "192.0.2.1", "0.0.0.0",
	};

	for (size_t i = 0; i < sizeof others / sizeof others[0]; i++) {
		struct ucspi_end e = end_of(others[i], 5), was = e;

		ucspi_unmap(&e);
		cr_assert_eq(memcmp(&e, &was, sizeof e), 0, "%s", others[i]);
	}
	/* One wrong bit in the prefix, and it is not mapped. */
	for (int bit = 0; bit < 96; bit++) {
		struct ucspi_end e = end_of("::ffff:192.0.2.1", 5);

		e.ip[bit / 8] ^= (uint8_t)(1u << bit % 8);
		ucspi_unmap(&e);
		cr_assert(e.v6, "bit %d", bit);
	}
}
