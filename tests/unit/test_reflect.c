/* test_reflect.c - rules/reflect.h, for every port. */
#include <criterion/criterion.h>
#include <arpa/inet.h>
#include <string.h>

#include "rules/reflect.h"

static struct ucspi_end
end_of(const char *ip, unsigned port)
{
	struct ucspi_end e = { .port = (uint16_t)port };

	e.v6 = strchr(ip, ':') != NULL;
	cr_assert_eq(inet_pton(e.v6 ? AF_INET6 : AF_INET, ip, e.ip), 1);
	return e;
}

static enum reflect
judge(const char *ip, unsigned port, bool low)
{
	struct ucspi_end e = end_of(ip, port);

	return reflect_judge(&e, 7000, low);
}

Test(reflect, every_low_port_is_refused_and_nfs)
{
	for (unsigned port = 1; port <= 65535; port++)
		cr_assert_eq(judge("192.0.2.1", port, false),
		    port < 1024 || port == 2049 ? REFLECT_PORT : REFLECT_NOT,
		    "port %u", port);
}

Test(reflect, port_0_wants_no_answer)
{
	cr_assert_eq(judge("192.0.2.1", 0, false), REFLECT_NO_PORT);
	cr_assert_eq(judge("192.0.2.1", 0, true), REFLECT_NO_PORT);
}

Test(reflect, those_that_answer_all_are_refused_though_low_ports_may_ask)
{
	static const unsigned bad[] = { 7, 9, 11, 13, 15, 17, 19, 37, 2049 };

	for (unsigned port = 1; port <= 65535; port++) {
		bool is_bad = false;

		for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
			is_bad |= bad[i] == port;
		cr_assert_eq(judge("2001:db8::1", port, true),
		    is_bad ? REFLECT_PORT : REFLECT_NOT, "port %u", port);
	}
}

Test(reflect, two_name_servers_do_not_talk)
{
	struct ucspi_end e = end_of("192.0.2.1", 53);

	cr_assert_eq(reflect_judge(&e, 53, true), REFLECT_PORT);
	cr_assert_eq(reflect_judge(&e, 5353, true), REFLECT_NOT);
}

Test(reflect, nobody_is_not_answered)
{
	static const char *const nobody[] = {
		"0.0.0.0", "0.1.2.3", "224.0.0.1", "239.255.255.255",
		"240.0.0.1", "255.255.255.255", "::", "ff02::1", "ff0e::5",
		"::ffff:0.0.0.0", "::ffff:224.0.0.1", "::ffff:255.255.255.255"
	};
	static const char *const somebody[] = {
		"1.0.0.0", "127.0.0.1", "223.255.255.255", "10.0.0.255", "::1",
		"fe80::1", "2001:db8::1", "::ffff:192.0.2.1"
	};

	for (size_t i = 0; i < sizeof nobody / sizeof nobody[0]; i++)
		cr_assert_eq(judge(nobody[i], 5000, false), REFLECT_NOBODY,
		    "%s", nobody[i]);
	for (size_t i = 0; i < sizeof somebody / sizeof somebody[0]; i++)
		cr_assert_eq(judge(somebody[i], 5000, false), REFLECT_NOT,
		    "%s", somebody[i]);
}

/* As it was defined, in words of its own: what goes in all is at most 512, or
 * so many times what came. */
Test(reflect, no_more_goes_than_so_many_times_what_came)
{
	for (unsigned factor = 0; factor <= 5; factor++)
		for (unsigned asked = 0; asked <= 400; asked += 7)
			for (unsigned before = 0; before <= 1300; before += 13)
				for (unsigned n = 0; n <= 1300; n += 5) {
					bool fits = factor == 0 ||
					    before + n <= 512 ||
					    (before + n) <= factor * asked;

					cr_assert_eq(reflect_amplifies(asked,
					    before, n, factor), !fits);
				}
	cr_assert_not(reflect_amplifies(UINT64_MAX / 8, UINT64_MAX / 8, 65507, 3));
	cr_assert(reflect_amplifies(1, 0, 65507, 3));
	cr_assert_not(reflect_amplifies(65507, 0, 65507, 1));
}

Test(reflect, each_reason_has_its_word)
{
	for (int a = REFLECT_NOT; a <= REFLECT_SIZE; a++)
		for (int b = a + 1; b <= REFLECT_SIZE; b++)
			cr_assert_str_neq(reflect_word((enum reflect)a),
			    reflect_word((enum reflect)b));
}
