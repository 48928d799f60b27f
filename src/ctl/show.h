/* show.h - what is printed: aligned columns for people, JSON for programs.
 *
 * Nothing that a terminal could obey gets out: what is no printable ASCII is
 * escaped.  Floor 5 (ctl). */
#ifndef CTL_SHOW_H
#define CTL_SHOW_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "ctl/record.h"

enum show_as {
	SHOW_TEXT,
	SHOW_AGE,		/* seconds, as 3s, 2m10s, 5h, 3d4h */
	SHOW_YES		/* 1 or 0, as yes or no */
};

struct column {
	const char *title;
	const char *key;
	const char *per;	/* another, shown behind a slash; or NULL */
	enum show_as as;
};

/* Print the records as a table, titles first, or as one JSON document, a list
 * of objects with all keys.  columns end with a title NULL.  What a record
 * does not have is shown as `-'. */
void show_list(const struct records *l, const struct column *columns,
    bool json);

/* As JSON, a list of objects. */
void show_json(const struct records *l);

/* Write escaped text; returns buf, which is cut where it must be. */
const char *show_safe(const char *text, char *buf, size_t size);

/* As SHOW_AGE. */
const char *show_age(int64_t seconds, char *buf, size_t size);

#endif
