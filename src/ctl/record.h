/* record.h - one line of an answer: `key=value key="a value" ...`, as
 * log_value() of tools/log.h writes it.
 *
 * Pure but for memory; where there is none the process ends.
 * Floor 5 (ctl). */
#ifndef CTL_RECORD_H
#define CTL_RECORD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { RECORD_PAIRS = 64 };	/* most in a line */

struct pair {
	char *key;
	char *value;		/* unescaped: any bytes but NUL */
	bool quoted;		/* it was; then it is no number */
};

struct record {
	size_t n;
	struct pair *pair;
};

struct records {
	size_t n, room;
	struct record *v;
};

/* Read a line without its newline.  0; -1 if it is none. */
int record_read(struct record *r, const char *line);

/* The value; NULL: there is no such key. */
const char *record_get(const struct record *r, const char *key);

/* The same as a number; `none` where there is none. */
int64_t record_number(const struct record *r, const char *key, int64_t none);

bool record_is(const struct record *r, const char *key, const char *value);

/* Set a key, as the first one if it is new. */
void record_put(struct record *r, const char *key, const char *value);

void record_free(struct record *r);

/* Append; the record belongs to the list then. */
void records_add(struct records *l, struct record r);

/* Append all of another list, which is empty then. */
void records_move(struct records *l, struct records *from);

void records_free(struct records *l);

/* Memory, or the end of the process with EXIT_SYSTEM. */
void *record_memory(void *old, size_t n, size_t size);
char *record_copy(const char *text);

#endif
