/* fuzz_handover.c - whatever bytes a supervisor is handed over; see driver.h.
 *
 *	clang -DFUZZING -g -O1 -fsanitize=fuzzer,address,undefined \
 *	    -D_GNU_SOURCE -iquote src -o fuzz tests/fuzz/fuzz_handover.c \
 *	    src/brood/handover.c src/rules/scfg.c src/tools/err.c -lbsd
 *	./fuzz CORPUS tests/fuzz/corpus/handover
 *
 * Bytes are tried as they are; and as a body, with a head that is right, for
 * nearly all would end at its sum.  Seeds are bodies. */
#include "driver.h"

#include <inttypes.h>

#include "brood/handover.h"
#include "brood/keep.h"

static void
check_lists(const struct handover *h)
{
	for (unsigned i = 0; i < h->nclients; i++)
		require(h->client[i].fd > 2, "a client's is a descriptor");
	for (unsigned i = 0; i < h->nsockets; i++)
		require(h->socket[i].kept.fd > 2 && strlen(h->socket[i].text) +
		    strlen(h->socket[i].service) +
		    strlen(h->socket[i].interface) < input_size &&
		    strlen(h->socket[i].kept.text) < LISTEN_TEXT_SIZE,
		    "a socket is whole");
	for (unsigned i = 0; i < h->ninherited; i++)
		require(h->inherited[i].at.fd > 2 &&
		    strlen(h->inherited[i].name) < input_size,
		    "an inherited one is whole");
	for (unsigned i = 0; i < h->nmasters; i++) {
		const struct handover_master *m = &h->master[i];

		require(m->pid > 1 && m->state <= KEEP_STOPPING &&
		    m->born_ms >= 0 && m->until_ms >= 0 && strlen(m->name) +
		    strlen(m->control) < input_size, "a master is whole");
		for (unsigned j = 0; j < i; j++)
			require(h->master[j].pid != m->pid,
			    "a master is there once");
	}
}

static char *
write_it(const struct handover *h, size_t *size_r)
{
	char *text = NULL;
	FILE *f = open_memstream(&text, size_r);

	require(f != NULL && handover_write(h, f) == 0, "there is memory");
	fclose(f);
	return text;
}

/* Written and read again it is the same. */
static void
check(const struct handover *h)
{
	struct handover again;
	size_t n = 0, m = 0;
	char *once = write_it(h, &n), *twice;
	struct err e;

	require(h->pid > 0 && h->notify.fd > 2 && h->watchdog_ms >= 0 &&
	    strlen(h->file) < input_size && strlen(h->pidfile) < input_size &&
	    h->plain_size <= input_size, "it is whole");
	check_lists(h);
	require(handover_read(&again, once, n, &e) == 0,
	    "what is written is read");
	twice = write_it(&again, &m);
	require(n == m && memcmp(once, twice, n) == 0,
	    "what is read is written again");
	handover_free(&again);
	free(once);
	free(twice);
}

/* In a block of just its size, so that a sanitizer sees the first read beyond
 * it; and gone before what was read is looked at. */
static bool
try_text(const char *head, size_t nhead, const uint8_t *data, size_t size)
{
	char *bytes = malloc(nhead + size + 1);
	struct handover h;
	struct err e;
	bool taken;

	require(bytes != NULL, "there is memory");
	bytes = realloc(bytes, nhead + size > 0 ? nhead + size : 1);
	memcpy(bytes, head, nhead);
	memcpy(bytes + nhead, data, size);
	taken = handover_read(&h, bytes, nhead + size, &e) == 0;
	free(bytes);
	if (taken) {
		check(&h);
		handover_free(&h);
	}
	return taken;
}

static bool
try_one(const uint8_t *data, size_t size)
{
	uint64_t sum = 0xcbf29ce484222325u;
	char head[64];
	int n;

	for (size_t i = 0; i < size; i++)
		sum = (sum ^ data[i]) * 0x100000001b3u;
	n = snprintf(head, sizeof head, "brood-handover %d %zu %016" PRIx64
	    "\n", HANDOVER_VERSION, size, sum);
	try_text("", 0, data, size);
	return try_text(head, (size_t)n, data, size);
}

static const char *const words[] = {
	"client 5 1\n", "master 7 1 1 1 0 0 echo \"\"\n",
	"socket 3 1 0 0 511 0 0 127.0.0.1:7 127.0.0.1:0 echo \"\"\n",
	"inherited 4 1 web\n", "pidfile 5 2 /run/pid\n",
	"ready 6 2 1000 1\n", "plain\n", "\n", " ", "\"", "\"\"", "\\",
	"\\134", "\\000", "-1", "0", "2147483648", "4294967296",
	"9223372036854775808", "18446744073709551616", "brood-handover ",
	"#", "{", "}", "\xff", NULL
};

static const struct fuzz target = {
	"handover", "states", 50000, words, try_one
};
