/* The grammar of addresses: what is taken, as what, and what is refused. */
#include <criterion/criterion.h>

#include <stdio.h>
#include <string.h>

#include "rules/address.h"

static const char *
parse(const char *s, struct address *a)
{
	return address_parse(s, strlen(s), a);
}

Test(address, is_read_as_it_is_meant)
{
	static const struct {
		const char *text;
		enum address_kind kind;
		const char *host, *port, *path;
	} rows[] = {
		/* text              kind          host         port    path */
		{ "7",               ADDRESS_TCP,  "",          "7",    "" },
		{ ":7",              ADDRESS_TCP,  "",          "7",    "" },
		{ "*:7",             ADDRESS_TCP,  "",          "7",    "" },
		{ "tcp:7",           ADDRESS_TCP,  "",          "7",    "" },
		{ "tcp::7",          ADDRESS_TCP,  "",          "7",    "" },
		{ "udp:*:7",         ADDRESS_UDP,  "",          "7",    "" },
		{ "0",               ADDRESS_TCP,  "",          "0",    "" },
		{ "localhost:65535", ADDRESS_TCP,  "localhost", "65535", "" },
		{ "echo",            ADDRESS_TCP,  "",          "echo", "" },
		{ "tcp",             ADDRESS_TCP,  "",          "tcp",  "" },
		{ "udp:domain",      ADDRESS_UDP,  "",          "domain", "" },
		{ "3com-tsmux",      ADDRESS_TCP,  "",          "3com-tsmux", "" },
		{ "a.b-c_d:whois++", ADDRESS_TCP,  "a.b-c_d",   "whois++", "" },
		{ "127.0.0.1:http",  ADDRESS_TCP,  "127.0.0.1", "http", "" },
		{ "0.0.0.0:7",       ADDRESS_TCP,  "0.0.0.0",   "7",    "" },
		{ "255.255.255.255:7", ADDRESS_TCP, "255.255.255.255", "7", "" },
		{ "1.2.3.a4:7",      ADDRESS_TCP,  "1.2.3.a4",  "7",    "" },
		{ "1.2.3.4.example:7", ADDRESS_TCP, "1.2.3.4.example", "7", "" },
		{ "0xa.example:7",   ADDRESS_TCP,  "0xa.example", "7",  "" },
		{ "[::1]:80",        ADDRESS_TCP,  "::1",       "80",   "" },
		{ "[::]:0",          ADDRESS_TCP,  "::",        "0",    "" },
		{ "[fe80::1%eth0]:7", ADDRESS_TCP, "fe80::1%eth0", "7", "" },
		{ "[fe80::1%a.b@c]:7", ADDRESS_TCP, "fe80::1%a.b@c", "7", "" },
		{ "[::ffff:1.2.3.4]:7", ADDRESS_TCP, "::ffff:1.2.3.4", "7", "" },
		{ "udp:[::1]:53",    ADDRESS_UDP,  "::1",       "53",   "" },
		{ "unix:/run/x",     ADDRESS_UNIX, "",          "",     "/run/x" },
		{ "unix:x:y",        ADDRESS_UNIX, "",          "",     "x:y" },
		{ "unix:@a b",       ADDRESS_UNIX, "",          "",     "@a b" },
		{ "unix-dgram:/d",   ADDRESS_UNIX_DGRAM, "",    "",     "/d" },
		{ "unix-seqpacket:/s", ADDRESS_UNIX_SEQPACKET, "", "",  "/s" },
		{ "fd:web",          ADDRESS_FD,   "",          "",     "web" },
		{ "fd:~!@",          ADDRESS_FD,   "",          "",     "~!@" },
		/* Not a kind but a host of that name. */
		{ "TCP:7",           ADDRESS_TCP,  "TCP",       "7",    "" },
		{ "tcp6:7",          ADDRESS_TCP,  "tcp6",      "7",    "" },
	};

	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		struct address a;
		const char *why = parse(rows[i].text, &a);

		cr_assert_null(why, "%s: %s", rows[i].text, why);
		cr_assert_eq(a.kind, rows[i].kind, "%s", rows[i].text);
		cr_assert_str_eq(a.host, rows[i].host, "%s", rows[i].text);
		cr_assert_str_eq(a.port, rows[i].port, "%s", rows[i].text);
		cr_assert_str_eq(a.path, rows[i].path, "%s", rows[i].text);
		cr_assert_str_eq(a.text, rows[i].text);
	}
}

Test(address, is_refused_with_a_reason)
{
	static const struct { const char *text, *word; } rows[] = {
		/* text            the reason has this in it */
		{ "",              "empty"    },
		{ ":",             "no port"  },
		{ "*",             "bad port" },
		{ "*:",            "no port"  },
		{ "tcp:",          "no port"  },
		{ "udp:",          "no port"  },
		{ "localhost:",    "no port"  },
		{ "65536",         "65535"    },
		{ "99999",         "65535"    },
		{ "100000",        "65535"    },
		{ "00",            "65535"    },
		{ "07",            "65535"    },
		{ "+7",            "bad port" },
		{ "-7",            "bad port" },
		{ " 7",            "bad port" },
		{ "7 ",            "bad port" },
		{ "7_",            "bad port" },
		{ "a:7b c",        "bad port" },
		{ "a:-b",          "bad port" },
		{ "::1:7",         "brackets" },
		{ "http://a:80/",  "expected a name" },
		{ "127.1:7",       "four numbers" },
		{ "127:7",         "four numbers" },
		{ "1.2.3.4.5:7",   "four numbers" },
		{ "1.2.3.256:7",   "four numbers" },
		{ "1.2.3.04:7",    "four numbers" },
		{ "1.2.3.00:7",    "four numbers" },
		{ "1..2.3:7",      "four numbers" },
		{ "a.7:7",         "four numbers" },
		{ "0x7f000001:7",  "four numbers" },
		{ "0x7f.0.0.0XaF:7", "four numbers" },
		{ "1:2:3",         "brackets" },
		{ "**:7",          "bad host" },
		{ "a*:7",          "bad host" },
		{ "-a:7",          "bad host" },
		{ ".a:7",          "bad host" },
		{ "a/b:7",         "bad host" },
		{ "a b:7",         "bad host" },
		{ "\xc3\xa4:7",    "bad host" },
		{ "[::1",          "`]'"      },
		{ "[::1]",         "no port"  },
		{ "[::1]7",        "no port"  },
		{ "[::1]:",        "no port"  },
		{ "[::1]:x:7",     "bad port" },
		{ "[]:7",          "IPv6"     },
		{ "[:]:7",         "IPv6"     },
		{ "[1.2.3.4]:7",   "IPv6"     },
		{ "[name]:7",      "IPv6"     },
		{ "[::g]:7",       "IPv6"     },
		{ "[::1%]:7",      "IPv6"     },
		{ "[::1%a%b]:7",   "IPv6"     },
		{ "[::1% ]:7",     "IPv6"     },
		{ "unix:",         "no path"  },
		{ "unix:@",        "no path"  },
		{ "unix-dgram:",   "no path"  },
		{ "unix-seqpacket:", "no path" },
		{ "fd:",           "no name"  },
		{ "fd:a:b",        "bad name" },
		{ "fd:a b",        "bad name" },
		{ "fd:\x7f",       "bad name" },
		{ "fd:\xc3\xa4",   "bad name" },
	};

	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		struct address a;
		const char *why = parse(rows[i].text, &a);

		cr_assert_not_null(why, "%s was taken", rows[i].text);
		cr_assert_not_null(strstr(why, rows[i].word), "%s: %s",
		    rows[i].text, why);
	}
}

/* Try a word of every length up to 400 made of one character, with what
 * goes before and after it.  Returns the longest that was taken. */
static size_t
longest(const char *before, char c, const char *after, bool *gap_r)
{
	size_t most = 0;

	*gap_r = false;
	for (size_t n = 1; n <= 400; n++) {
		char word[401], text[512];
		struct address a;

		memset(word, c, n);
		word[n] = '\0';
		snprintf(text, sizeof text, "%s%s%s", before, word, after);
		if (parse(text, &a) != NULL)
			continue;
		*gap_r |= n != most + 1;
		most = n;
	}
	return most;
}

Test(address, has_bounds_that_are_told)
{
	static const struct { const char *before; char c; const char *after;
		size_t most; } rows[] = {
		{ "",                'a', "",        ADDRESS_PORT_SIZE - 1 },
		{ "",                '1', "",        5 },
		{ "",                'h', ":7",      ADDRESS_HOST_SIZE - 1 },
		{ "udp:",            'h', ":7",      ADDRESS_HOST_SIZE - 1 },
		{ "[::1%",           's', "]:7",     63 - 4 },
		{ "unix:/",          'p', "",        ADDRESS_PATH_SIZE - 2 },
		{ "unix:@",          'p', "",        ADDRESS_PATH_SIZE - 2 },
		{ "unix-dgram:/",    'p', "",        ADDRESS_PATH_SIZE - 2 },
		{ "unix-seqpacket:/", 'p', "",       ADDRESS_PATH_SIZE - 2 },
		{ "fd:",             'n', "",        ADDRESS_PATH_SIZE - 1 },
	};

	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		bool gap;
		size_t n = longest(rows[i].before, rows[i].c, rows[i].after, &gap);

		cr_assert_eq(n, rows[i].most, "%s%c...%s: %zu", rows[i].before,
		    rows[i].c, rows[i].after, n);
		cr_assert(!gap, "%s%c...%s", rows[i].before, rows[i].c,
		    rows[i].after);
	}
}

Test(address, that_is_longer_than_any_text_is_refused_as_such)
{
	char text[2 * ADDRESS_TEXT_SIZE];

	memset(text, 'a', sizeof text);
	for (size_t n = 1; n < sizeof text; n++) {
		struct address a;
		const char *why = address_parse(text, n, &a);
		bool too_long = why != NULL &&
		    strstr(why, "address too long") != NULL;

		cr_assert_eq(too_long, n >= ADDRESS_TEXT_SIZE, "%zu", n);
	}
}

Test(address, takes_every_port_number_and_no_other)
{
	for (unsigned n = 0; n < 120000; n++) {
		char text[16];
		struct address a;

		snprintf(text, sizeof text, "%u", n);
		cr_assert_eq(parse(text, &a) == NULL, n <= 65535, "%u", n);
		if (n <= 65535)
			cr_assert_str_eq(a.port, text);
	}
}

Test(address, does_not_read_beyond_its_length)
{
	struct address a;

	cr_assert_null(address_parse("a:7,b:8", 3, &a));
	cr_assert_str_eq(a.text, "a:7");
	cr_assert_str_eq(a.port, "7");
	cr_assert_null(address_parse("[::1]:7]:8", 7, &a));
	cr_assert_str_eq(a.port, "7");
	cr_assert_not_null(address_parse("[::1]:7", 4, &a));
	cr_assert_not_null(address_parse("unix:/x", 5, &a));
	cr_assert_not_null(address_parse("7", 0, &a));
}

Test(address, never_has_a_nul_byte_in_it)
{
	static const char *const texts[] = { "host:7", "[::1]:7", "unix:/x",
		"fd:x" };

	for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
		for (size_t at = 0; at < strlen(texts[i]); at++) {
			char text[16];
			struct address a;

			memcpy(text, texts[i], strlen(texts[i]) + 1);
			text[at] = '\0';
			cr_assert_not_null(address_parse(text, strlen(texts[i]),
			    &a), "%s, byte %zu", texts[i], at);
		}
}

/* What was taken, put together again from its parts. */
static void
rebuild(const struct address *a, char text[400])
{
	bool inet = a->kind == ADDRESS_TCP || a->kind == ADDRESS_UDP;
	bool v6 = strchr(a->host, ':') != NULL;

	if (inet)
		snprintf(text, 400, "%s:%s%s%s:%s", address_word(a->kind),
		    v6 ? "[" : "", a->host, v6 ? "]" : "", a->port);
	else
		snprintf(text, 400, "%s:%s", address_word(a->kind), a->path);
}

static void
check_taken(const struct address *a)
{
	struct address b;
	char text[400];

	rebuild(a, text);
	cr_assert_null(parse(text, &b), "%s becomes %s", a->text, text);
	cr_assert_eq(a->kind, b.kind, "%s becomes %s", a->text, text);
	cr_assert_str_eq(a->host, b.host, "%s becomes %s", a->text, text);
	cr_assert_str_eq(a->port, b.port, "%s becomes %s", a->text, text);
	cr_assert_str_eq(a->path, b.path, "%s becomes %s", a->text, text);
}

/* One of each class of character, in all words of up to LENGTH of them. */
static const char alphabet[] = "a7:[]%*@.-/ ";
enum { LETTERS = sizeof alphabet - 1, LENGTH = 5 };

static size_t
try_all(const char *before)
{
	size_t taken = 0;

	for (int length = 0; length <= LENGTH; length++) {
		unsigned long all = 1;

		for (int i = 0; i < length; i++)
			all *= LETTERS;
		for (unsigned long n = 0; n < all; n++) {
			unsigned long rest = n;
			char text[32];
			struct address a;
			size_t at = strlen(before);

			memcpy(text, before, at);
			for (int i = 0; i < length; i++, rest /= LETTERS)
				text[at++] = alphabet[rest % LETTERS];
			text[at] = '\0';
			if (parse(text, &a) != NULL)
				continue;
			taken++;
			cr_assert_str_eq(a.text, text);
			check_taken(&a);
		}
	}
	return taken;
}

Test(address, that_is_taken_is_taken_again_when_written_out)
{
	/* So that it is known that some are: and of paths all but nothing
	 * and "@", of names all without a colon and a blank. */
	cr_assert(try_all("") > 500);
	cr_assert(try_all("udp:") > 500);
	cr_assert(try_all("[::") > 50);
	cr_assert_eq(try_all("unix:"), 12 + 144 + 1728 + 20736 + 248832 - 1);
	cr_assert_eq(try_all("fd:"), 10 + 100 + 1000 + 10000 + 100000);
}

Test(address, of_one_number_or_name_never_depends_on_a_kind_before_it)
{
	/* tcp is what one gets anyway. */
	for (int c = 1; c < 256; c++) {
		char text[8] = { (char)c, ':', '7' };
		char long_text[8] = { 't', 'c', 'p', ':', (char)c, ':', '7' };
		struct address a, b;

		cr_assert_eq(parse(text, &a) == NULL,
		    parse(long_text, &b) == NULL, "byte %d", c);
	}
}

/* ---- lists ---- */

static struct address v[ADDRESS_MOST];

static const char *
list(const char *s, size_t *n_r, const char **bad_r, size_t *len_r)
{
	*n_r = 12345;
	*bad_r = NULL;
	*len_r = 0;
	return address_list(s, v, n_r, bad_r, len_r);
}

Test(address, list_is_split_at_commas)
{
	const char *bad;
	size_t n, len;

	cr_assert_null(list("a:1,[::1]:2,unix:/x,fd:y,5", &n, &bad, &len));
	cr_assert_eq(n, 5);
	cr_assert_str_eq(v[0].text, "a:1");
	cr_assert_str_eq(v[1].host, "::1");
	cr_assert_str_eq(v[2].path, "/x");
	cr_assert_eq(v[3].kind, ADDRESS_FD);
	cr_assert_str_eq(v[4].port, "5");
}

Test(address, list_points_at_the_entry_that_is_wrong)
{
	static const struct { const char *text; size_t at, len; } rows[] = {
		{ "",         0, 0 },
		{ ",",        0, 0 },
		{ "7,",       2, 0 },
		{ ",7",       0, 0 },
		{ "7,,8",     2, 0 },
		{ "7,x y,8",  2, 3 },
		{ "7,8,70000", 4, 5 },
		{ "7, 8",     2, 2 },
	};

	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		const char *bad;
		size_t n, len;

		cr_assert_not_null(list(rows[i].text, &n, &bad, &len), "%s",
		    rows[i].text);
		cr_assert_eq(bad - rows[i].text, (ptrdiff_t)rows[i].at, "%s",
		    rows[i].text);
		cr_assert_eq(len, rows[i].len, "%s", rows[i].text);
	}
}

Test(address, list_has_at_most_so_many)
{
	for (size_t count = 1; count <= ADDRESS_MOST + 3; count++) {
		char text[4 * ADDRESS_MOST] = "7";
		const char *bad, *why;
		size_t n, len;

		for (size_t i = 1; i < count; i++)
			strcat(text, ",7");
		why = list(text, &n, &bad, &len);
		cr_assert_eq(why == NULL, count <= ADDRESS_MOST, "%zu", count);
		if (why == NULL)
			cr_assert_eq(n, count);
		else
			cr_assert_not_null(strstr(why, "too many"), "%s", why);
	}
}

Test(address, has_a_word_for_every_kind_that_is_read_as_that_kind)
{
	for (int k = ADDRESS_TCP; k <= ADDRESS_FD; k++) {
		char text[64];
		struct address a;

		snprintf(text, sizeof text, "%s:7", address_word(k));
		cr_assert_null(parse(text, &a), "%s", text);
		cr_assert_eq((int)a.kind, k, "%s", text);
	}
}
