/* explore.h - visits every state a small model can reach.
 *
 * A model is a state of plain bytes, a function that names all steps out of
 * a state, and one that judges a state.  The search is breadth-first, so the
 * first violation found has the shortest trace.  Steps are of two sorts: a
 * MUST step happens sooner or later by itself (a process that runs goes on,
 * the kernel wakes whom it promised to); a MAY step is the world's (a client
 * comes, somebody kills).  A state without MUST steps is quiet: it can last
 * for ever, and it is there that something forgotten shows.
 *
 * Labels are not kept: a trace is made by asking for the steps again. */
#ifndef MODEL_EXPLORE_H
#define MODEL_EXPLORE_H

#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum step { MAY, MUST };

struct explore {
	size_t bytes;		/* of a state; padding must be zero */
	size_t most;		/* states; more of them is an error */
	/* Call explore_step() for each step out of the state. */
	void (*steps)(struct explore *x, const void *state);
	/* What is wrong with a state, or NULL. */
	const char *(*judge)(const void *state, bool quiet);
	void (*show)(const void *state, char *text, size_t size);

	char *states;		/* all that were reached, in order */
	uint32_t *parent;
	uint32_t *table;	/* open addressing; 0 = empty, else index + 1 */
	size_t mask;
	size_t n, from;
	size_t nquiet;
	bool quiet;		/* no MUST step out of the present state */
	bool overflow;
	const char *wrong;	/* set by a step that is wrong itself ... */
	char last[96];		/* ... which is called so */
	const void *sought;	/* for the trace: the step to this one ... */
	char label[96];		/* ... is called so */
};

static inline const char *
explore_at(const struct explore *x, size_t i)
{
	return x->states + i * x->bytes;
}

static inline uint64_t
explore_hash(const struct explore *x, const char *state)
{
	uint64_t h = 0x9e3779b97f4a7c15u;

	for (size_t i = 0; i < x->bytes; i += 8) {
		uint64_t w = 0;

		memcpy(&w, state + i, x->bytes - i < 8 ? x->bytes - i : 8);
		h = (h ^ w) * 0xff51afd7ed558ccdu;
		h ^= h >> 32;
	}
	return h;
}

static inline void
explore_add(struct explore *x, const char *state)
{
	size_t at = explore_hash(x, state) & x->mask;

	for (; x->table[at] != 0; at = (at + 1) & x->mask)
		if (memcmp(explore_at(x, x->table[at] - 1), state, x->bytes) == 0)
			return;
	if (x->n == x->most) {
		x->overflow = true;
		return;
	}
	memcpy(x->states + x->n * x->bytes, state, x->bytes);
	x->parent[x->n] = (uint32_t)x->from;
	x->table[at] = (uint32_t)++x->n;
}

/* One step leads to this state. */
__attribute__((format(printf, 4, 5)))
static inline void
explore_step(struct explore *x, enum step sort, const void *state,
    const char *fmt, ...)
{
	va_list ap;

	if (x->wrong != NULL && x->last[0] == '\0') {
		va_start(ap, fmt);
		vsnprintf(x->last, sizeof x->last, fmt, ap);
		va_end(ap);
	}
	if (x->sought == NULL) {
		x->quiet &= sort == MAY;
		explore_add(x, state);
	} else if (x->label[0] == '\0' && memcmp(state, x->sought, x->bytes) == 0) {
		va_start(ap, fmt);
		vsnprintf(x->label, sizeof x->label, fmt, ap);
		va_end(ap);
	}
}

static inline void
explore_trace(struct explore *x, size_t i)
{
	char text[160];

	if (i != 0) {
		explore_trace(x, x->parent[i]);
		x->sought = explore_at(x, i);
		x->label[0] = '\0';
		x->steps(x, explore_at(x, x->parent[i]));
		x->sought = NULL;
	}
	x->show(explore_at(x, i), text, sizeof text);
	printf("#   %-44s %s\n", i != 0 ? x->label : "(at first)", text);
}

/* Visit everything from the first state on.  Returns NULL, or the first
 * thing that is wrong; then *at_r is where.  explore_end() frees. */
static inline const char *
explore_run(struct explore *x, const void *first, size_t *at_r)
{
	size_t slots = 1;

	while (slots < 2 * x->most)
		slots *= 2;
	x->mask = slots - 1;
	x->states = calloc(x->most, x->bytes);
	x->parent = malloc(x->most * sizeof *x->parent);
	x->table = calloc(slots, sizeof *x->table);
	x->n = x->from = x->nquiet = 0;
	x->overflow = false;
	x->sought = NULL;
	x->last[0] = '\0';
	*at_r = 0;
	if (x->states == NULL || x->parent == NULL || x->table == NULL)
		return "no memory for the search";
	explore_add(x, first);
	for (; x->from < x->n; x->from++) {
		const char *state = explore_at(x, x->from);
		const char *wrong;

		*at_r = x->from;
		x->quiet = true;
		x->wrong = NULL;
		x->steps(x, state);
		x->nquiet += x->quiet;
		wrong = x->wrong != NULL ? x->wrong : x->judge(state, x->quiet);
		if (wrong != NULL)
			return wrong;
		if (x->overflow)
			return "more states than the search was given room for";
	}
	return NULL;
}

static inline void
explore_end(struct explore *x)
{
	free(x->states);
	free(x->parent);
	free(x->table);
}

/* Explore one variant and print its line of TAP.  One that is broken on
 * purpose must be found out; its trace is printed when talk is set.
 * Returns whether all went as it should. */
static inline bool
explore_tap(struct explore *x, const void *first, unsigned number,
    const char *name, bool broken, bool talk)
{
	size_t at;
	const char *wrong = explore_run(x, first, &at);
	bool ok = !x->overflow && (wrong != NULL) == broken;

	printf("%sok %u - %s\n", ok ? "" : "not ", number, name);
	printf("#   %zu states, %zu quiet%s%s\n", x->n, x->nquiet,
	    wrong != NULL ? "; found: " : "", wrong != NULL ? wrong : "");
	if (wrong != NULL && (!ok || talk)) {
		explore_trace(x, at);
		if (x->wrong != NULL)
			printf("#   %s\n", x->last);
	}
	explore_end(x);
	fflush(stdout);
	return ok;
}

/* The main() of a model: explore_tap() of each variant, by explore_one(),
 * which is given its number from 0 on.  With -v all traces are printed. */
static inline int
explore_main(int argc, char *argv[], unsigned n,
    bool (*explore_one)(unsigned i, bool talk))
{
	const bool talk = argc > 1 && strcmp(argv[1], "-v") == 0;
	unsigned bad = 0;

	printf("1..%u\n", n);
	for (unsigned i = 0; i < n; i++)
		bad += !explore_one(i, talk);
	return bad > 0;
}

#endif
