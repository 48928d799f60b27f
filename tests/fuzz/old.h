/* old.h - what the fuzz targets of inetd's and xinetd's files share: what
 * must hold of whatever comes out, and a main that mutates seeds.
 *
 * The including file says what is tried:
 *	OLD_NAME	"inetd": its corpus is tests/fuzz/corpus/inetd
 *	OLD_READ	the function, like inetd_read_text
 *	OLD_WORDS_OF	strings, with commas: what is put into seeds
 */
#include <dirent.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "brood/file.h"
#include "brood/tree.h"
#include "rules/address.h"

enum { MOST_BYTES = 2048 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int __lsan_is_turned_off(void);

/* Trees are never given back: tree.h. */
int
__lsan_is_turned_off(void)
{
	return 1;
}

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

/* ---- what must hold ---- */

struct outcome {
	char *wrong, *text;	/* the mistakes; the tree printed */
	size_t nwrong, ntext;
	unsigned mistakes;
	struct directives list;
};

static void
outcome_print(struct outcome *o)
{
	FILE *out = open_memstream(&o->text, &o->ntext);

	require(out != NULL, "there is memory");
	tree_print(&o->list, out);
	fclose(out);
}

static void
outcome_read(struct outcome *o, const char *text, size_t size, bool convert)
{
	struct mistakes m = { .out = open_memstream(&o->wrong, &o->nwrong) };

	require(m.out != NULL, "there is memory");
	STAILQ_INIT(&o->list);
	OLD_READ("f", text, size, &o->list, &m, convert);
	fclose(m.out);
	o->mistakes = m.n;
	outcome_print(o);
}

static void
outcome_free(struct outcome *o)
{
	free(o->wrong);
	free(o->text);
}

/* How many of its words are called so?  names: " one two ". */
static unsigned
count(const struct directive *d, const char *names)
{
	const struct directive *w;
	char name[64];
	unsigned n = 0;

	STAILQ_FOREACH(w, &d->children, next) {
		snprintf(name, sizeof name, " %s ", w->word[0].text);
		n += strstr(names, name) != NULL;
	}
	return n;
}

static void
check_listen(const struct directive *w)
{
	struct address a;

	require(w->n >= 2 && w->n <= 257, "it listens somewhere");
	for (unsigned i = 1; i < w->n; i++)
		require(address_parse(w->word[i].text, strlen(w->word[i].text),
		    &a) == NULL, "it listens at addresses");
}

static void
check_service(const struct directives *list, const struct directive *d)
{
	const struct directive *w, *other;
	const char *name;

	require(d->n == 2 && d->block &&
	    strcmp(d->word[0].text, "service") == 0, "it is a service");
	name = d->word[1].text;
	require(strlen(name) >= 1 && strlen(name) <= 40 && name[strspn(name,
	    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_.-")]
	    == '\0' && name[0] != '.' && name[0] != '-', "its name is one");
	STAILQ_FOREACH(other, list, next)
		require(other == d || other->n < 2 ||
		    strcmp(other->word[1].text, name) != 0,
		    "its name is its own");
	require(count(d, " listen ") == 1 && count(d, " user ") == 1 &&
	    count(d, " exec exec-wait inline ") == 1, "it has all it needs");
	STAILQ_FOREACH(w, &d->children, next)
		if (strcmp(w->word[0].text, "listen") == 0)
			check_listen(w);
}

static void
check_mistakes(const struct outcome *o)
{
	unsigned lines = 0;

	for (size_t i = 0; i < o->nwrong; i++)
		lines += o->wrong[i] == '\n';
	require(lines == (o->mistakes < MISTAKES_MOST ? o->mistakes :
	    MISTAKES_MOST), "each mistake is a line");
	require(o->mistakes == 0 || strncmp(o->wrong, "f:", 2) == 0 ||
	    strstr(o->wrong, "cannot be read") != NULL,
	    "a mistake has its place");
}

/* What is printed is read as the same; it has comments, which are not. */
static void
check_print(struct outcome *o)
{
	struct outcome again = { .text = NULL };
	struct mistakes m = { .out = stdout };
	struct directive *d, *after;

	STAILQ_INIT(&again.list);
	file_read_text("printed", o->text, o->ntext, &again.list, &m);
	require(m.n == 0, "what is printed is taken");
	for (d = STAILQ_FIRST(&o->list); d != NULL; d = after) {
		after = STAILQ_NEXT(d, next);
		d->comment = NULL;
		if (d->n == 0)
			STAILQ_REMOVE(&o->list, d, directive, next);
	}
	free(o->text);
	outcome_print(o);
	outcome_print(&again);
	require(strcmp(again.text, o->text) == 0,
	    "what is printed is read as the same");
	free(again.text);
}

/* Returns whether it had a service and no mistake.  The bytes lie in a block
 * of just their size, so that a sanitizer sees the first read beyond them. */
static bool
try_one(const uint8_t *data, size_t size)
{
	char *text = malloc(size > 0 ? size : 1);
	struct outcome served, converted;
	const struct directive *d;
	bool any = false;

	require(text != NULL, "there is memory");
	memcpy(text, data, size);
	outcome_read(&served, text, size, false);
	outcome_read(&converted, text, size, true);
	free(text);
	check_mistakes(&served);
	check_mistakes(&converted);
	require(served.mistakes > 0 || converted.mistakes == 0,
	    "what is served is converted");
	require(served.mistakes > 0 || strcmp(served.text, converted.text) == 0,
	    "without mistakes it is the same");
	STAILQ_FOREACH(d, &converted.list, next)
		if (d->n > 0) {
			check_service(&converted.list, d);
			any = true;
		}
	check_print(&converted);
	any &= served.mistakes == 0;
	outcome_free(&served);
	outcome_free(&converted);
	return any;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	input = data;
	input_size = size;
	if (size <= MOST_BYTES)
		try_one(data, size);
	return 0;
}

#ifndef FUZZING

enum { MOST_SEEDS = 256, BATCHES = 40, MUTATIONS = 500 };

struct seed {
	uint8_t bytes[MOST_BYTES];
	size_t size;
};

static struct seed seeds[MOST_SEEDS];
static size_t nseeds;

/* Of all batches: each runs in a child, for memory is not given back. */
static struct shared {
	uint64_t x;		/* of draw() */
	size_t taken;
} *shared;

/* xorshift64: the same numbers everywhere. */
static uint64_t
draw(uint64_t below)
{
	shared->x ^= shared->x << 13;
	shared->x ^= shared->x >> 7;
	shared->x ^= shared->x << 17;
	return shared->x % below;
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

	snprintf(folder, sizeof folder, "%s/tests/fuzz/corpus/%s",
	    top != NULL ? top : ".", OLD_NAME);
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

/* A line of one seed into another, or twice into the same. */
static void
put_line(struct seed *s, size_t at)
{
	const struct seed *other = &seeds[draw(nseeds)];
	size_t from = other->size > 0 ? draw(other->size) : 0;
	size_t to = from;

	while (from > 0 && other->bytes[from - 1] != '\n')
		from--;
	while (to < other->size && other->bytes[to++] != '\n')
		;
	while (at > 0 && s->bytes[at - 1] != '\n')
		at--;
	put_in(s, at, other->bytes + from, to - from);
}

static void
mutate(struct seed *s)
{
	static const char *const words[] = { OLD_WORDS_OF, " ", "\n", "#", ":",
	    ",", "=", ".", "/", "'", "\"", "0", "99999", "\xff", "\xc3\xa4" };
	const char *word = words[draw(sizeof words / sizeof words[0])];
	size_t at = draw(s->size + 1);
	uint8_t byte = (uint8_t)draw(256);

	switch (draw(6)) {
	case 0:
		put_in(s, at, &byte, 1);
		break;
	case 1:
		take_out(s, at, draw(8) + 1);
		break;
	case 2:
		if (at < s->size)
			s->bytes[at] ^= (uint8_t)(1u << draw(8));
		break;
	case 3:
	case 4:
		put_in(s, at, word, strlen(word));
		break;
	case 5:
		put_line(s, at);
		break;
	}
}

static void
run_batch(void)
{
	for (int i = 0; i < MUTATIONS; i++) {
		struct seed s = seeds[draw(nseeds)];

		for (uint64_t times = draw(5) + 1; times > 0; times--)
			mutate(&s);
		input = s.bytes;
		input_size = s.size;
		shared->taken += try_one(s.bytes, s.size);
	}
}

static bool
run_apart(void)
{
	int status;
	pid_t pid;

	fflush(stdout);
	pid = fork();
	if (pid == 0) {
		run_batch();
		fflush(stdout);
		_exit(0);
	}
	return pid != -1 && waitpid(pid, &status, 0) == pid && status == 0;
}

static int
replay(char *const files[], int n)
{
	for (int i = 0; i < n; i++) {
		nseeds = 0;
		if (!read_seed(files[i]))
			return 1;
		LLVMFuzzerTestOneInput(seeds[0].bytes, seeds[0].size);
		printf("# %s holds\n", files[i]);
	}
	return 0;
}

int
main(int argc, char *argv[])
{
	bool good = true;

	if (argc > 1 && argv[1][0] != '-')
		return replay(argv + 1, argc - 1);
	printf("1..3\n");
	shared = mmap(NULL, sizeof *shared, PROT_READ | PROT_WRITE,
	    MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (shared == MAP_FAILED || !read_corpus()) {
		printf("Bail out! no memory or no seeds\n");
		return 1;
	}
	shared->x = 0x62726f6f64u;
	for (size_t i = 0; i < nseeds; i++)
		LLVMFuzzerTestOneInput(seeds[i].bytes, seeds[i].size);
	printf("ok 1 - %zu seeds hold\n", nseeds);
	for (int i = 0; i < BATCHES && good; i++)
		good = run_apart();
	printf("%sok 2 - %d mutations hold\n", good ? "" : "not ",
	    BATCHES * MUTATIONS);
	/* Neither all nor none: else nothing much was tried. */
	good = shared->taken > BATCHES * MUTATIONS / 100 &&
	    shared->taken < BATCHES * MUTATIONS;
	printf("%sok 3 - %zu of them were taken\n", good ? "" : "not ",
	    shared->taken);
	return 0;
}

#endif
