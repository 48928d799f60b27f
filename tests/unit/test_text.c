/* Text written without libc is the text that libc writes. */
#include <criterion/criterion.h>

#include <arpa/inet.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "tools/text.h"

/* A fixed sequence that looks random (xorshift64). */
static uint64_t
next(uint64_t *x)
{
	*x ^= *x << 13;
	*x ^= *x >> 7;
	*x ^= *x << 17;
	return *x;
}

static void
check_ip4(const uint8_t a[4])
{
	char ours[64], libc[INET_ADDRSTRLEN];
	struct text t = text_over(ours, sizeof ours);

	text_ip4(&t, a);
	text_byte(&t, '\0');
	inet_ntop(AF_INET, a, libc, sizeof libc);
	cr_assert_str_eq(ours, libc);
}

/* inet_ntop writes ::192.0.2.1 for what RFC 5952 leaves open, and
 * ::ffff:192.0.2.1 for what brood shows as plain IPv4: not in hex, as we do.
 * These forms are only compared by what they mean. */
static bool
has_dots(const char *s)
{
	return strchr(s, '.') != NULL;
}

static void
check_ip6(const uint8_t a[16])
{
	char ours[64], libc[INET6_ADDRSTRLEN];
	struct text t = text_over(ours, sizeof ours);
	uint8_t back[16];

	text_ip6(&t, a);
	text_byte(&t, '\0');
	cr_assert(!t.full && strlen(ours) < INET6_ADDRSTRLEN);
	inet_ntop(AF_INET6, a, libc, sizeof libc);
	if (!has_dots(libc))
		cr_assert_str_eq(ours, libc);
	cr_assert_eq(inet_pton(AF_INET6, ours, back), 1, "%s", ours);
	cr_assert_eq(memcmp(a, back, 16), 0, "%s for %s", ours, libc);
}

Test(text, writes_ipv4_as_libc_does)
{
	uint8_t a[4] = { 0 };
	uint64_t x = 4;

	for (int place = 0; place < 4; place++)
	for (unsigned v = 0; v < 256; v++) {
		memset(a, 1, sizeof a);
		a[place] = (uint8_t)v;
		check_ip4(a);
	}
	for (int i = 0; i < 20000; i++) {
		uint64_t n = next(&x);

		memcpy(a, &n, sizeof a);
		check_ip4(a);
	}
}

/* Every pattern of zero and other groups, with one to four digits. */
Test(text, writes_every_pattern_of_zero_groups_as_libc_does)
{
	static const unsigned values[] = { 1, 0xf, 0x10, 0xab, 0x100, 0xabc,
		0x1000, 0xffff };

	for (unsigned pattern = 0; pattern < 256; pattern++)
	for (size_t v = 0; v < sizeof values / sizeof values[0]; v++) {
		uint8_t a[16] = { 0 };

		for (int g = 0; g < 8; g++) {
			if (!(pattern >> g & 1))
				continue;
			a[2 * g] = (uint8_t)(values[v] >> 8);
			a[2 * g + 1] = (uint8_t)values[v];
		}
		check_ip6(a);
	}
}

Test(text, writes_every_value_of_a_group_as_libc_does)
{
	for (unsigned v = 0; v <= 0xffff; v++) {
		uint8_t a[16] = { 0x20, 0x01, (uint8_t)(v >> 8), (uint8_t)v,
			[15] = 1 };

		check_ip6(a);
	}
}

Test(text, writes_many_ipv6_addresses_as_libc_does)
{
	uint64_t x = 6;

	for (int i = 0; i < 100000; i++) {
		uint64_t n[2] = { next(&x), next(&x) };
		uint64_t zeros = next(&x);
		uint8_t a[16];

		memcpy(a, n, sizeof a);
		for (int g = 0; g < 16; g++)
			if (zeros >> g & 1)
				a[g] = 0;
		check_ip6(a);
	}
}

Test(text, writes_ipv6_as_rfc_5952_says)
{
	static const struct { uint8_t a[16]; const char *want; } rows[] = {
		{ { 0 },                                    "::" },
		{ { [15] = 1 },                             "::1" },
		{ { 1 },                                    "100::" },
		{ { 0x20, 1, 0xd, 0xb8, [15] = 1 },         "2001:db8::1" },
		{ { 0x20, 1, 0xd, 0xb8, 0, 0, 0, 1, 0, 1, 0, 1, 0, 1, 0, 1 },
		  "2001:db8:0:1:1:1:1:1" },
		{ { 0x20, 1, [7] = 1, [15] = 1 },           "2001:0:0:1::1" },
		{ { 0x20, 1, 0xd, 0xb8, [9] = 1, [15] = 1 }, "2001:db8::1:0:0:1" },
		{ { 0xfe, 0x80, [14] = 0xAB, [15] = 0xCD }, "fe80::abcd" },
		{ { [10] = 0xff, 0xff, 192, 0, 2, 1 },      "::ffff:c000:201" },
	};

	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		char buf[64];
		struct text t = text_over(buf, sizeof buf);

		text_ip6(&t, rows[i].a);
		text_byte(&t, '\0');
		cr_assert_str_eq(buf, rows[i].want);
	}
}

static void
check_dec(uint64_t n)
{
	char ours[32], libc[32];
	struct text t = text_over(ours, sizeof ours);

	text_dec(&t, n);
	text_byte(&t, '\0');
	snprintf(libc, sizeof libc, "%" PRIu64, n);
	cr_assert_str_eq(ours, libc);
}

Test(text, writes_numbers_as_libc_does)
{
	uint64_t power = 1;

	for (uint64_t n = 0; n < 100000; n++)
		check_dec(n);
	for (int i = 0; i < 20; i++) {
		check_dec(power - 1);
		check_dec(power);
		check_dec(power + 1);
		power *= 10;
	}
	for (int bit = 0; bit < 64; bit++)
		check_dec((uint64_t)1 << bit);
	check_dec(UINT64_MAX);
}

/* Write something into every size of buffer there is, and look at the byte
 * behind it. */
static void
check_bounds(void (*put)(struct text *), const char *whole, bool in_parts)
{
	for (size_t size = 0; size <= strlen(whole) + 2; size++) {
		char buf[64];
		struct text t = text_over(buf, size);
		size_t n;

		memset(buf, '#', sizeof buf);
		put(&t);
		n = (size_t)(t.at - buf);
		cr_assert(n <= size);
		cr_assert_eq(t.full, size < strlen(whole), "%s in %zu", whole, size);
		cr_assert_eq(memcmp(buf, whole, n), 0);
		for (size_t i = n; i < sizeof buf; i++)
			cr_assert_eq(buf[i], '#', "%s in %zu: byte %zu", whole,
			    size, i);
		if (t.full && !in_parts)
			cr_assert_eq(n, 0);
	}
}

static void put_byte(struct text *t) { text_byte(t, 'x'); }
static void put_str(struct text *t) { text_str(t, "some words"); }
static void put_none(struct text *t) { text_str(t, ""); }
static void put_dec(struct text *t) { text_dec(t, UINT64_MAX); }
static void put_nul(struct text *t) { text_bytes(t, "a\0b", 4); }

static void
put_ip4(struct text *t)
{
	text_ip4(t, (const uint8_t[4]){ 255, 255, 255, 255 });
}

static void
put_ip6(struct text *t)
{
	text_ip6(t, (const uint8_t[16]){ 0xfe, 0x80, [15] = 1 });
}

Test(text, never_writes_beyond_its_buffer)
{
	check_bounds(put_byte, "x", false);
	check_bounds(put_str, "some words", false);
	check_bounds(put_none, "", false);
	check_bounds(put_dec, "18446744073709551615", false);
	check_bounds(put_ip4, "255.255.255.255", true);
	check_bounds(put_ip6, "fe80::1", true);
}

Test(text, keeps_bytes_as_they_are)
{
	char buf[4] = "####";
	struct text t = text_over(buf, sizeof buf);

	put_nul(&t);
	cr_assert(!t.full);
	cr_assert_eq(memcmp(buf, "a\0b", 4), 0);
}

Test(text, that_is_full_stays_full)
{
	char buf[4];
	struct text t = text_over(buf, sizeof buf);

	text_str(&t, "abc");
	text_str(&t, "de");
	cr_assert(t.full);
	text_byte(&t, 'f');	/* there is room for it, but not for its place */
	cr_assert(t.full);
	cr_assert_eq(t.at - buf, 3);
}
