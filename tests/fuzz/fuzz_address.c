/* fuzz_address.c - whatever bytes an address is made of.
 *
 * With -DFUZZING this is a target for libFuzzer or AFL:
 *	clang -DFUZZING -g -O1 -fsanitize=fuzzer,address,undefined \
 *	    -iquote src -o fuzz tests/fuzz/fuzz_address.c src/rules/address.c
 *	./fuzz -max_len=700 CORPUS tests/fuzz/corpus/address
 * Without it there is a main: files given as arguments are replayed; else
 * the seeds, and then a fixed number of mutations of them, always the same
 * ones, and the outcome is told as TAP. */
#include <dirent.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "rules/address.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* What is being tried, for the report. */
static const uint8_t *input;
static size_t input_size;

static void
require(bool holds, const char *what)
{
	if (holds)
		return;
	printf("not ok - %s\n# input:", what);
	for (size_t i = 0; i < input_size; i++)
		printf(" %02x", input[i]);
	printf("\n");
	fflush(stdout);
	abort();
}

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

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	input = data;
	input_size = size;
	try_one(data, size);
	try_list(data, size);
	return 0;
}

#ifndef FUZZING

enum { MOST_SEEDS = 256, MOST_BYTES = 700, MUTATIONS = 300000 };

struct seed {
	uint8_t bytes[MOST_BYTES];
	size_t size;
};

static struct seed seeds[MOST_SEEDS];
static size_t nseeds;

/* xorshift64: the same numbers everywhere. */
static uint64_t
draw(uint64_t below)
{
	static uint64_t x = 0x62726f6f64u;

	x ^= x << 13;
	x ^= x >> 7;
	x ^= x << 17;
	return x % below;
}

static bool
read_seed(const char *path)
{
	FILE *f = fopen(path, "rb");
	struct seed *s = &seeds[nseeds];

	if (f == NULL || nseeds == MOST_SEEDS) {
		printf("# cannot read %s\n", path);
		if (f != NULL)
			fclose(f);
		return false;
	}
	s->size = fread(s->bytes, 1, sizeof s->bytes, f);
	fclose(f);
	nseeds++;
	return true;
}

static int
no_dots(const struct dirent *d)
{
	return d->d_name[0] != '.';
}

static bool
read_corpus(void)
{
	const char *top = getenv("srcdir");
	struct dirent **names;
	char folder[1024], path[2048];
	bool ok = true;
	int n;

	snprintf(folder, sizeof folder, "%s/tests/fuzz/corpus/address",
	    top != NULL ? top : ".");
	n = scandir(folder, &names, no_dots, alphasort);
	if (n == -1)
		printf("# cannot read %s\n", folder);
	for (int i = 0; i < n; i++) {
		snprintf(path, sizeof path, "%s/%s", folder, names[i]->d_name);
		ok &= read_seed(path);
		free(names[i]);
	}
	if (n != -1)
		free(names);
	return ok && nseeds > 0;
}

/* Put n bytes in at a place, as far as there is room. */
static void
put_in(struct seed *s, size_t at, const void *bytes, size_t n)
{
	if (n > sizeof s->bytes - s->size)
		return;
	memmove(s->bytes + at + n, s->bytes + at, s->size - at);
	memcpy(s->bytes + at, bytes, n);
	s->size += n;
}

static void
take_out(struct seed *s, size_t at, size_t n)
{
	if (n > s->size - at)
		n = s->size - at;
	memmove(s->bytes + at, s->bytes + at + n, s->size - at - n);
	s->size -= n;
}

static void
mutate(struct seed *s)
{
	static const char *const words[] = {
		"tcp:", "udp:", "unix:", "unix-dgram:", "unix-seqpacket:", "fd:",
		"[::1]", "[", "]", ":", ",", "*", "@", "%", "0", "65535", "65536",
		"localhost", "\xff", " ",
	};
	const char *word = words[draw(sizeof words / sizeof words[0])];
	const struct seed *other = &seeds[draw(nseeds)];
	size_t at = draw(s->size + 1);
	uint8_t byte = (uint8_t)draw(256);
	uint8_t copy[64];
	size_t n = draw(sizeof copy) + 1;

	switch (draw(7)) {
	case 0:
		put_in(s, at, &byte, 1);
		break;
	case 1:
		take_out(s, at, draw(8) + 1);
		break;
	case 2:
		if (at < s->size)
			s->bytes[at] = byte;
		break;
	case 3:
		if (at < s->size)
			s->bytes[at] ^= (uint8_t)(1u << draw(8));
		break;
	case 4:
		put_in(s, at, word, strlen(word));
		break;
	case 5:
		if (n > s->size - at)
			n = s->size - at;
		memcpy(copy, s->bytes + at, n);
		for (size_t i = draw(6); i > 0; i--)
			put_in(s, at, copy, n);
		break;
	case 6:
		put_in(s, at, other->bytes, other->size);
		break;
	}
}

static int
replay(char *const files[], int n)
{
	for (int i = 0; i < n; i++) {
		if (nseeds == MOST_SEEDS)
			nseeds = 0;
		if (!read_seed(files[i]))
			return 1;
		LLVMFuzzerTestOneInput(seeds[nseeds - 1].bytes,
		    seeds[nseeds - 1].size);
		printf("# %s holds\n", files[i]);
	}
	return 0;
}

int
main(int argc, char *argv[])
{
	size_t taken = 0;

	if (argc > 1 && argv[1][0] != '-')
		return replay(argv + 1, argc - 1);
	printf("1..3\n");
	if (!read_corpus()) {
		printf("Bail out! no seeds\n");
		return 1;
	}
	for (size_t i = 0; i < nseeds; i++)
		LLVMFuzzerTestOneInput(seeds[i].bytes, seeds[i].size);
	printf("ok 1 - %zu seeds hold\n", nseeds);
	for (int i = 0; i < MUTATIONS; i++) {
		struct seed s = seeds[draw(nseeds)];

		for (uint64_t times = draw(5) + 1; times > 0; times--)
			mutate(&s);
		LLVMFuzzerTestOneInput(s.bytes, s.size);
		taken += try_one(s.bytes, s.size);
	}
	printf("ok 2 - %d mutations hold\n", MUTATIONS);
	/* Neither all nor none: else nothing much was tried. */
	printf("%sok 3 - %zu of them were addresses\n",
	    taken > MUTATIONS / 100 && taken < MUTATIONS ? "" : "not ", taken);
	return 0;
}

#endif
