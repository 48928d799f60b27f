/* fuzz_address.c - whatever bytes an address is made of; see driver.h.
 *
 *	clang -DFUZZING -g -O1 -fsanitize=fuzzer,address,undefined \
 *	    -iquote src -o fuzz tests/fuzz/fuzz_address.c src/rules/address.c
 *	./fuzz -max_len=700 CORPUS tests/fuzz/corpus/address */
#include "driver.h"

#include "rules/address.h"

static bool
ends(const char *s, size_t size)
{
	return memchr(s, '\0', size) != NULL;
}

static void
check_fields(const struct address *a)
{
	bool inet = a->kind == ADDRESS_TCP || a->kind == ADDRESS_UDP;

	require(ends(a->host, sizeof a->host), "the host ends");
	require(ends(a->port, sizeof a->port), "the port ends");
	require(ends(a->path, sizeof a->path), "the path ends");
	require(ends(a->text, sizeof a->text), "the text ends");
	require((unsigned)a->kind <= ADDRESS_FD, "the kind is one of them");
	require(inet == (a->port[0] != '\0'), "a port, if it has one");
	require(inet != (a->path[0] != '\0'), "a path, if it has none");
	require(inet || a->host[0] == '\0', "a host only with a port");
	require(strpbrk(a->host, "[] \n\t/*") == NULL, "a clean host");
	require(strpbrk(a->port, "[] \n\t/*:%") == NULL, "a clean port");
}

/* Put together again from its parts, it is the same address. */
static void
check_round_trip(const struct address *a)
{
	bool inet = a->kind == ADDRESS_TCP || a->kind == ADDRESS_UDP;
	bool v6 = strchr(a->host, ':') != NULL;
	struct address b;
	char text[512];

	snprintf(text, sizeof text, inet ? "%s:%s%s%s%s%s" : "%s:%s%s%s%s%s",
	    address_word(a->kind), v6 ? "[" : "", inet ? a->host : a->path,
	    v6 ? "]" : "", inet ? ":" : "", a->port);
	require(address_parse(text, strlen(text), &b) == NULL,
	    "what is written out is taken");
	require(a->kind == b.kind && strcmp(a->host, b.host) == 0 &&
	    strcmp(a->port, b.port) == 0 && strcmp(a->path, b.path) == 0,
	    "what is written out is the same");
}

/* Returns whether it was taken.  The bytes lie in a block of just their
 * size, so that a sanitizer sees the first read beyond them. */
static bool
try_one(const uint8_t *data, size_t size)
{
	struct address a;
	char *s = malloc(size > 0 ? size : 1);
	const char *why;

	require(s != NULL, "there is memory");
	memcpy(s, data, size);
	memset(&a, 0x5a, sizeof a);
	why = address_parse(s, size, &a);
	if (why == NULL) {
		require(strlen(a.text) == size && memcmp(a.text, s, size) == 0,
		    "the text is as written");
		check_fields(&a);
		check_round_trip(&a);
	} else {
		require(why[0] != '\0' && strchr(why, '\n') == NULL,
		    "a reason is one line");
	}
	free(s);
	return why == NULL;
}

static void
check_list(const char *s, const struct address *v, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		size_t len = strcspn(s, ",");

		require(strlen(v[i].text) == len && memcmp(v[i].text, s, len) == 0,
		    "an entry is what stands between commas");
		require(try_one((const uint8_t *)s, len),
		    "an entry is taken alone as well");
		s += len;
		require(*s == (i + 1 < n ? ',' : '\0'), "all entries are there");
		s++;
	}
}

static void
try_list(const uint8_t *data, size_t size)
{
	static struct address v[ADDRESS_MOST];
	char *s = malloc(size + 1);
	const char *bad = NULL;
	const char *why;
	size_t bad_len = 0;
	size_t n = 0;

	require(s != NULL, "there is memory");
	memcpy(s, data, size);
	s[size] = '\0';
	why = address_list(s, v, &n, &bad, &bad_len);
	if (why == NULL) {
		require(n >= 1 && n <= ADDRESS_MOST, "so many fit");
		check_list(s, v, n);
	} else {
		require(bad >= s && bad + bad_len <= s + strlen(s),
		    "the bad entry is one of them");
		require(bad == s || bad[-1] == ',', "it begins after a comma");
		require(bad[bad_len] == ',' || bad[bad_len] == '\0',
		    "it ends before a comma");
		require(strstr(why, "too many") != NULL ||
		    !try_one((const uint8_t *)bad, bad_len), "it is bad");
	}
	free(s);
}

/* As one address, which may be taken, and as a list of them. */
static bool
try_both(const uint8_t *data, size_t size)
{
	bool taken = try_one(data, size);

	try_list(data, size);
	return taken;
}

static const char *const words[] = {
	"tcp:", "udp:", "unix:", "unix-dgram:", "unix-seqpacket:", "fd:",
	"[::1]", "[", "]", ":", ",", "*", "@", "%", "0", "65535", "65536",
	"localhost", "\xff", " ", NULL
};

static const struct fuzz target = {
	"address", "addresses", 300000, words, try_both
};
