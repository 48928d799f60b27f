/* kept.h - for targets whose code never gives its memory back, as it lives in
 * processes that end soon.  Here there are very many inputs: so such files are
 * built into the target, with these functions as their calloc and free, and
 * what they have is given back after each input.  See driver.h. */
#ifndef FUZZ_KEPT_H
#define FUZZ_KEPT_H

#include <stddef.h>
#include <stdlib.h>
#include <sys/queue.h>

struct kept {
	LIST_ENTRY(kept) next;
	_Alignas(16) char bytes[];
};

static LIST_HEAD(, kept) kept = LIST_HEAD_INITIALIZER(kept);

static void *
kept_calloc(size_t n, size_t size)
{
	struct kept *k = calloc(1, sizeof *k + n * size);

	require(k != NULL, "there is memory");
	LIST_INSERT_HEAD(&kept, k, next);
	return k->bytes;
}

static void
kept_free(void *p)
{
	struct kept *k;

	if (p == NULL)
		return;
	k = (struct kept *)(void *)((char *)p - offsetof(struct kept, bytes));
	LIST_REMOVE(k, next);
	free(k);
}

static void
kept_forget(void)
{
	while (!LIST_EMPTY(&kept))
		kept_free(LIST_FIRST(&kept)->bytes);
}

#endif
