/* What one image of the supervisor writes another one reads; anything else it
 * refuses. */
#include <criterion/criterion.h>

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "brood/handover.h"
#include "brood/keep.h"

static const char plain[] =
    "log stderr\nservice echo {\n\tlisten 127.0.0.1:7\n\tinline echo\n}\n";

/* ---- states ---- */

static struct handover
least(void)
{
	return (struct handover){
		.pid = 1, .file = "/f", .pidfile = "", .lock = { .fd = -1 },
		.notify = { 3, 1 }, .ready = { .fd = -1 },
		.control = { .fd = -1 }, .plain = "", .plain_size = 0,
	};
}

static const char *const texts[] = {
	"", " ", "plain", "#", "{", "}", "a b", "\"", "'", "\\", "\\\\n", "\\134",
	"a\nb", "a\tb", "\r", "\x01\x7f", "gr\xc3\xbc\xc3\x9f", "\xff\xfe",
	"\"a\" 'b' \\c #d {", "--handover=3"
};
enum { NTEXTS = sizeof texts / sizeof texts[0] };

#define KEPT(n) {							\
	.fd = 3 + (n), .id = UINT64_MAX - (n), .dev = UINT64_MAX,	\
	.ino = 1u << 31, .backlog = UINT32_MAX, .blocking = (n) % 2,	\
	.inherited = (n) % 3 == 0, .text = "unix:/run/a \"b\"" }

/* n of each. */
static struct handover
make(unsigned n)
{
	struct handover h = least();

	h.pid = 4194304;
	h.file = texts[n % NTEXTS];
	h.generation = h.serials = UINT32_MAX;
	h.reload = true;
	h.soft = 1024;
	h.hard = UINT64_MAX;
	h.ready = (struct handover_fd){ INT32_MAX, UINT64_MAX };
	h.watchdog_ms = INT64_MAX;
	h.wants_status = true;
	h.lock = (struct handover_fd){ 4, 0 };
	h.pidfile = texts[(n + 1) % NTEXTS];
	h.control = (struct listen_kept)KEPT(1);
	h.plain = plain;
	h.plain_size = sizeof plain - 1;
	h.client = calloc(n + 1, sizeof *h.client);
	h.socket = calloc(n + 1, sizeof *h.socket);
	h.inherited = calloc(n + 1, sizeof *h.inherited);
	h.master = calloc(n + 1, sizeof *h.master);
	for (unsigned i = 0; i < n; i++) {
		h.client[h.nclients++] = (struct handover_fd){ 3 + (int)i, i };
		h.socket[h.nsockets++] = (struct handover_socket){ KEPT(i),
		    texts[i % NTEXTS], texts[(i + 1) % NTEXTS],
		    texts[(i + 2) % NTEXTS] };
		h.inherited[h.ninherited++] = (struct handover_inherited){
		    { 3 + (int)i, i }, texts[i % NTEXTS] };
		h.master[h.nmasters++] = (struct handover_master){
		    .pid = 2 + (pid_t)i, .serial = i,
		    .state = i % (KEEP_STOPPING + 1), .serves = i % 2,
		    .born_ms = i, .until_ms = INT64_MAX - i,
		    .name = texts[i % NTEXTS],
		    .control = texts[(i + 3) % NTEXTS] };
	}
	return h;
}

static void
free_made(struct handover *h)
{
	free(h->client);
	free(h->socket);
	free(h->inherited);
	free(h->master);
}

static char *
write_it(const struct handover *h, size_t *size_r)
{
	char *text = NULL;
	FILE *f = open_memstream(&text, size_r);

	cr_assert_eq(handover_write(h, f), 0);
	fclose(f);
	return text;
}

/* ---- the same ---- */

static void
same_kept(const struct listen_kept *a, const struct listen_kept *b)
{
	cr_assert(a->fd == b->fd && a->id == b->id && a->dev == b->dev &&
	    a->ino == b->ino && a->backlog == b->backlog &&
	    a->blocking == b->blocking && a->inherited == b->inherited);
	cr_assert_str_eq(a->text, b->text);
}

static void
same_fd(struct handover_fd a, struct handover_fd b)
{
	cr_assert(a.fd == b.fd && (a.fd == -1 || a.id == b.id));
}

static void
same_lists(const struct handover *a, const struct handover *b)
{
	cr_assert(a->nclients == b->nclients && a->nsockets == b->nsockets &&
	    a->ninherited == b->ninherited && a->nmasters == b->nmasters);
	for (unsigned i = 0; i < a->nclients; i++)
		same_fd(a->client[i], b->client[i]);
	for (unsigned i = 0; i < a->nsockets; i++) {
		same_kept(&a->socket[i].kept, &b->socket[i].kept);
		cr_assert_str_eq(a->socket[i].text, b->socket[i].text);
		cr_assert_str_eq(a->socket[i].service, b->socket[i].service);
		cr_assert_str_eq(a->socket[i].interface,
		    b->socket[i].interface);
	}
	for (unsigned i = 0; i < a->ninherited; i++) {
		same_fd(a->inherited[i].at, b->inherited[i].at);
		cr_assert_str_eq(a->inherited[i].name, b->inherited[i].name);
	}
	for (unsigned i = 0; i < a->nmasters; i++) {
		const struct handover_master *x = &a->master[i];
		const struct handover_master *y = &b->master[i];

		cr_assert(x->pid == y->pid && x->serial == y->serial &&
		    x->state == y->state && x->serves == y->serves &&
		    x->born_ms == y->born_ms && x->until_ms == y->until_ms);
		cr_assert_str_eq(x->name, y->name);
		cr_assert_str_eq(x->control, y->control);
	}
}

static void
same(const struct handover *a, const struct handover *b)
{
	cr_assert(a->pid == b->pid && a->generation == b->generation &&
	    a->serials == b->serials && a->reload == b->reload &&
	    a->soft == b->soft && a->hard == b->hard &&
	    a->watchdog_ms == b->watchdog_ms &&
	    a->wants_status == b->wants_status);
	cr_assert_str_eq(a->file, b->file);
	cr_assert_str_eq(a->pidfile, b->pidfile);
	same_fd(a->lock, b->lock);
	same_fd(a->notify, b->notify);
	same_fd(a->ready, b->ready);
	cr_assert_eq(a->control.fd, b->control.fd);
	if (a->control.fd != -1)
		same_kept(&a->control, &b->control);
	same_lists(a, b);
	cr_assert(a->plain_size == b->plain_size &&
	    memcmp(a->plain, b->plain, a->plain_size) == 0);
}

/* In a block of its own, so that a sanitizer sees the first read beyond. */
static int
read_it(struct handover *h, const char *text, size_t size)
{
	char *block = malloc(size + (size == 0));
	struct err e = { .status = 0 };
	int r;

	memcpy(block, text, size);
	r = handover_read(h, block, size, &e);
	memset(block, 'x', size);
	free(block);
	cr_assert(r == 0 || (r == -1 && e.status == EXIT_CONFIG &&
	    strncmp(e.text, "handover: ", 10) == 0 &&
	    strchr(e.text, '\n') == NULL), "`%s'", e.text);
	return r;
}

Test(handover, reads_what_it_wrote)
{
	const unsigned counts[] = { 0, 1, 2, 3, 20, 64, 65, 700 };
	struct handover bare = least(), got;
	size_t size;
	char *text = write_it(&bare, &size);

	cr_assert_eq(read_it(&got, text, size), 0);
	same(&bare, &got);
	handover_free(&got);
	free(text);
	for (size_t i = 0; i < sizeof counts / sizeof counts[0]; i++) {
		struct handover h = make(counts[i]);

		text = write_it(&h, &size);
		cr_assert_eq(read_it(&got, text, size), 0);
		same(&h, &got);
		handover_free(&got);
		free(text);
		free_made(&h);
	}
}

Test(handover, carries_every_byte_of_a_path)
{
	struct handover h = least(), got;
	char path[256];
	size_t size;
	char *text;

	for (unsigned i = 0; i < 255; i++)
		path[i] = (char)(i + 1);
	path[255] = '\0';
	h.file = path;
	text = write_it(&h, &size);
	cr_assert_eq(read_it(&got, text, size), 0);
	same(&h, &got);
	handover_free(&got);
	free(text);
}

/* ---- damage ---- */

Test(handover, refuses_a_part)
{
	struct handover h = make(2), got;
	size_t size;
	char *text = write_it(&h, &size);

	for (size_t n = 0; n < size; n++)
		cr_assert_eq(read_it(&got, text, n), -1, "%zu bytes", n);
	free(text);
	free_made(&h);
}

Test(handover, refuses_any_other_byte)
{
	struct handover h = make(1), got;
	size_t size;
	char *text = write_it(&h, &size);

	for (size_t at = 0; at < size; at++)
		for (int bit = 1; bit < 256; bit++) {
			text[at] ^= (char)bit;
			cr_assert_eq(read_it(&got, text, size), -1,
			    "byte %zu ^ %d", at, bit);
			text[at] ^= (char)bit;
		}
	free(text);
	free_made(&h);
}

/* ---- bodies whose sum is right ---- */

static char *
seal(const char *body, size_t n, size_t *size_r)
{
	uint64_t sum = 0xcbf29ce484222325u;
	char *text = malloc(n + 100);
	size_t at;

	for (size_t i = 0; i < n; i++)
		sum = (sum ^ (unsigned char)body[i]) * 0x100000001b3u;
	at = (size_t)sprintf(text, "brood-handover %d %zu %016" PRIx64 "\n",
	    HANDOVER_VERSION, n, sum);
	memcpy(text + at, body, n);
	*size_r = at + n;
	return text;
}

static int
read_body(const char *body, size_t n)
{
	struct handover h;
	size_t size;
	char *text = seal(body, n, &size);
	int r = read_it(&h, text, size);

	free(text);
	if (r == 0)
		handover_free(&h);
	return r;
}

Test(handover, survives_any_other_byte_with_the_right_sum)
{
	struct handover h = make(2);
	size_t size, at;
	char *text = write_it(&h, &size);
	char *body = strchr(text, '\n') + 1;
	size_t n = size - (size_t)(body - text);
	unsigned taken = 0;

	cr_assert_eq(read_body(body, n), 0);
	for (at = 0; at < n; at++)
		for (int bit = 0; bit < 8; bit++) {
			body[at] ^= (char)(1 << bit);
			taken += read_body(body, n) == 0;
			body[at] ^= (char)(1 << bit);
		}
	cr_assert(taken > 0 && taken < 8 * n);
	for (at = 0; at < n - h.plain_size - 1; at++)
		cr_assert_eq(read_body(body, at), -1, "%zu bytes", at);
	free(text);
	free_made(&h);
}

#define FIRST "file /f\ncounts 9 1 1 0\ndescriptors 1 2\nnotify 3 1\n"
#define LAST  "plain\n"

static int
read_line(const char *line)
{
	char body[1024];
	int n = snprintf(body, sizeof body, FIRST "%s\n" LAST, line);

	return read_body(body, (size_t)n);
}

Test(handover, takes_what_is_in_range_only)
{
	static const struct { const char *line; int r; } rows[] = {
		{ "client 3 1", 0 },
		{ "client 2147483647 18446744073709551615", 0 },
		{ "client 2 1", -1 },
		{ "client -1 1", -1 },
		{ "client 2147483648 1", -1 },
		{ "client 4294967299 1", -1 },
		{ "client 9223372036854775808 1", -1 },
		{ "client 18446744073709551619 1", -1 },
		{ "client 3 18446744073709551616", -1 },
		{ "client 3 -1", -1 },
		{ "client +3 1", -1 },
		{ "client \" 3\" 1", -1 },
		{ "client 3x 1", -1 },
		{ "client 0x3 1", -1 },
		{ "client \"\" 1", -1 },
		{ "client 3", -1 },
		{ "client 3 1 1", -1 },
		{ "client", -1 },
		{ "client 3 1 {\n}", -1 },
		{ "master 2 1 0 1 0 0 a \"\"", 0 },
		{ "master 2 4294967295 3 0 9223372036854775807 0 a b", 0 },
		{ "master 1 1 1 1 0 0 a b", -1 },
		{ "master 0 1 1 1 0 0 a b", -1 },
		{ "master -5 1 1 1 0 0 a b", -1 },
		{ "master 4294967298 1 1 1 0 0 a b", -1 },
		{ "master 2 4294967296 1 1 0 0 a b", -1 },
		{ "master 2 1 4 1 0 0 a b", -1 },
		{ "master 2 1 4294967296 1 0 0 a b", -1 },
		{ "master 2 1 1 2 0 0 a b", -1 },
		{ "master 2 1 1 1 9223372036854775808 0 a b", -1 },
		{ "master 2 1 1 1 0 -1 a b", -1 },
		{ "master 2 1 1 1 0 0 a", -1 },
		{ "master 2 1 1 1 0 0 a \\\\MQ", -1 },
		{ "control 3 1 0 0 64 0 0 unix:/c", 0 },
		{ "control 3 1 0 0 4294967296 0 0 unix:/c", -1 },
		{ "control 3 1 0 0 64 2 0 unix:/c", -1 },
		{ "control 3 1 0 0 64 0 0", -1 },
		{ "ready 3 1 0 1", 0 },
		{ "ready 3 1 9223372036854775808 1", -1 },
		{ "pidfile 3 1 /p", 0 },
		{ "pidfile 0 1 /p", -1 },
		{ "stranger 1", -1 },
		{ "}", -1 },
		{ "client 3 1 # nothing", 0 },
	};

	cr_assert_eq(read_line(""), 0);
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
		cr_assert_eq(read_line(rows[i].line), rows[i].r, "%s",
		    rows[i].line);
}

Test(handover, takes_a_fact_once_and_a_master_once)
{
	static const char *const twice[] = {
		"file /f", "counts 9 1 1 0", "descriptors 1 2", "notify 3 1",
		"ready 3 1 0 1\nready 3 1 0 1", "pidfile 3 1 /p\npidfile 3 1 /p",
		"control 3 1 0 0 1 0 0 c\ncontrol 4 1 0 0 1 0 0 c",
		("master 2 1 0 1 0 0 a a\nmaster 3 1 0 1 0 0 a a\n"
		    "master 2 2 1 0 0 0 b b"),
	};

	for (size_t i = 0; i < sizeof twice / sizeof twice[0]; i++)
		cr_assert_eq(read_line(twice[i]), -1, "%s", twice[i]);
	cr_assert_eq(read_line("socket 3 1 0 0 1 0 0 c a b c\n"
	    "socket 4 1 0 0 1 0 0 c a b c\nclient 5 1\nclient 6 1"), 0);
}

Test(handover, needs_the_first_four_and_an_end)
{
	static const char *const parts[] = {
		"file /f\n", "counts 9 1 1 0\n", "descriptors 1 2\n",
		"notify 3 1\n", LAST
	};
	char body[256];

	for (size_t without = 0; without <= 5; without++) {
		body[0] = '\0';
		for (size_t i = 0; i < 5; i++)
			if (i != without)
				strcat(body, parts[i]);
		cr_assert_eq(read_body(body, strlen(body)),
		    without == 5 ? 0 : -1, "without %zu", without);
	}
	cr_assert_eq(read_body(FIRST "plain 1\n", sizeof FIRST "plain 1"), -1);
	cr_assert_eq(read_body(FIRST "plain {\n}\n",
	    sizeof FIRST "plain {\n}"), -1);
}

Test(handover, tells_version_and_damage_apart)
{
	static const struct { const char *text, *why; } rows[] = {
		{ "", "handover: expected `brood-handover'" },
		{ "brood-handover", "handover: expected `brood-handover'" },
		{ "brood-handover \n", "handover: expected `brood-handover'" },
		{ "brood-handover 2 0 cbf29ce484222325\n",
		  "handover: version 2, expected 1" },
		{ "brood-handover 11 0 cbf29ce484222325\n",
		  "handover: version 11, expected 1" },
		{ "brood-handover 1 1 cbf29ce484222325\n", "handover: damaged" },
		{ "brood-handover 1 0 cbf29ce484222326\n", "handover: damaged" },
		{ "brood-handover 1 0 cbf29ce484222325 \n", "handover: damaged" },
		{ "brood-handover 1 0 CBF29CE484222325\n", "handover: damaged" },
		{ "brood-handover 1 0 cbf29ce484222325\n",
		  "handover: line 1 is not as expected" },
	};
	struct handover h;
	struct err e;

	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		cr_assert_eq(handover_read(&h, rows[i].text,
		    strlen(rows[i].text), &e), -1);
		cr_assert_str_eq(e.text, rows[i].why);
	}
}

Test(handover, says_that_a_stream_failed)
{
	struct handover h = make(50);
	FILE *f = fopen("/dev/full", "w");

	if (f != NULL) {
		cr_assert_eq(handover_write(&h, f), -1);
		fclose(f);
	}
	free_made(&h);
}
