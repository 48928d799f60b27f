/* driver.h - what makes a test of a fuzz target: seeds, and mutations of them.
 *
 * With -DFUZZING a target is libFuzzer's or AFL's; without, it has a main():
 * files given as arguments are replayed; else the seeds are tried, and then a
 * fixed number of mutations of them, always the same ones, and the outcome is
 * told as TAP.  Included by one file a program, which says what is tried:
 *
 *	static const struct fuzz target = { ... }; */
#ifndef FUZZ_DRIVER_H
#define FUZZ_DRIVER_H

#include <dirent.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct fuzz {
	const char *corpus;	/* tests/fuzz/corpus/CORPUS */
	const char *kind;	/* "%zu of them were KIND" */
	int mutations;
	const char *const *words;	/* worth putting in; ended by NULL */
	bool (*one)(const uint8_t *data, size_t size);	/* was it taken? */
};

static const struct fuzz target;	/* defined by who includes this */

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
try_input(const uint8_t *data, size_t size)
{
	input = data;
	input_size = size;
	return target.one(data, size);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	try_input(data, size);
	return 0;
}

#ifndef FUZZING

enum { FUZZ_SEEDS = 256, FUZZ_BYTES = 1000 };

struct seed {
	uint8_t bytes[FUZZ_BYTES];
	size_t size;
};

static struct seed seeds[FUZZ_SEEDS];
static size_t nseeds;

/* xorshift64: the same numbers everywhere. */
static size_t
draw(size_t below)
{
	static uint64_t x = 0x62726f6f64u;

	x ^= x << 13;
	x ^= x >> 7;
	x ^= x << 17;
	return (size_t)(x % below);
}

static bool
read_seed(const char *path)
{
	FILE *f = nseeds < FUZZ_SEEDS ? fopen(path, "rb") : NULL;
	struct seed *s = &seeds[nseeds];

	if (f == NULL) {
		printf("# cannot read %s\n", path);
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
read_corpus(const char *name)
{
	const char *top = getenv("srcdir");
	struct dirent **names;
	char folder[1024], path[2048];
	bool ok = true;
	int n;

	snprintf(folder, sizeof folder, "%s/tests/fuzz/corpus/%s",
	    top != NULL ? top : ".", name);
	n = scandir(folder, &names, no_dots, alphasort);
	if (n == -1) {
		printf("# cannot read %s\n", folder);
		return false;
	}
	for (int i = 0; i < n; i++) {
		snprintf(path, sizeof path, "%s/%s", folder, names[i]->d_name);
		ok = read_seed(path) && ok;
		free(names[i]);
	}
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
cut_out(struct seed *s, size_t at, size_t n)
{
	if (n > s->size - at)
		n = s->size - at;
	memmove(s->bytes + at, s->bytes + at + n, s->size - at - n);
	s->size -= n;
}

static void
repeat(struct seed *s, size_t at, size_t n)
{
	uint8_t copy[64];

	if (n > s->size - at)
		n = s->size - at;
	memcpy(copy, s->bytes + at, n);
	for (size_t i = draw(6); i > 0; i--)
		put_in(s, at, copy, n);
}

static void
mutate(struct seed *s, const char *const *words, size_t nwords)
{
	const char *word = words[draw(nwords)];
	const struct seed *other = &seeds[draw(nseeds)];
	size_t at = draw(s->size + 1);
	uint8_t byte = (uint8_t)draw(256);

	switch (draw(7)) {
	case 0: put_in(s, at, &byte, 1); break;
	case 1: cut_out(s, at, draw(8) + 1); break;
	case 2: if (at < s->size) s->bytes[at] = byte; break;
	case 3: if (at < s->size) s->bytes[at] ^= (uint8_t)(1u << draw(8)); break;
	case 4: put_in(s, at, word, strlen(word)); break;
	case 5: repeat(s, at, draw(64) + 1); break;
	case 6: put_in(s, at, other->bytes, other->size); break;
	}
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

/* How many of its mutations were taken. */
static int
try_mutations(void)
{
	size_t nwords = 0;
	int taken = 0;

	while (target.words[nwords] != NULL)
		nwords++;
	for (int i = 0; i < target.mutations; i++) {
		struct seed s = seeds[draw(nseeds)];

		for (size_t times = draw(5) + 1; times > 0; times--)
			mutate(&s, target.words, nwords);
		taken += try_input(s.bytes, s.size);
	}
	return taken;
}

int
main(int argc, char *argv[])
{
	int taken;
	bool enough;

	if (argc > 1 && argv[1][0] != '-')
		return replay(argv + 1, argc - 1);
	printf("1..3\n");
	if (!read_corpus(target.corpus)) {
		printf("Bail out! no seeds\n");
		return 1;
	}
	for (size_t i = 0; i < nseeds; i++)
		LLVMFuzzerTestOneInput(seeds[i].bytes, seeds[i].size);
	printf("ok 1 - %zu seeds hold\n", nseeds);
	taken = try_mutations();
	printf("ok 2 - %d mutations hold\n", target.mutations);
	/* Neither all nor none: else nothing much was tried. */
	enough = taken > target.mutations / 100 && taken < target.mutations;
	printf("%sok 3 - %d of them were %s\n", enough ? "" : "not ", taken,
	    target.kind);
	return 0;
}

#endif
#endif
