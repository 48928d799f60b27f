/* title.c - what the process list shows of us.  setproctitle(3bsd) empties the
 * title before it writes, and pgrep -f that looks meanwhile finds nobody: we
 * let it make room, and then write over what is there. */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "os/title.h"

enum {
	TITLE_MAX  = 256,	/* what setproctitle takes */
	STATE_ROOM = 48
};

/* There is one title in a process. */
static struct {
	char *first;	/* argument; NULL: not told */
	size_t room;	/* found from there on; 0: none */
	char text[TITLE_MAX];
} title;

void
title_begin(int argc, char **argv)
{
	title.first = argv[0];
	setproctitle_init(argc, argv, environ);
}

/* Fill room with blanks, and see whether they are where they should be. */
static void
make_room(const char *text, size_t room)
{
	char blanks[TITLE_MAX];

	snprintf(blanks, sizeof blanks, "%-*s", (int)room, text);
	setproctitle("-%s", blanks);
	title.room = title.first != NULL &&
	    strncmp(title.first, blanks, room + 1) == 0 ? room : 0;
}

static void
show(const char *text, size_t room)
{
	if (title.room != room)
		make_room(text, room);
	if (title.room == room)
		memcpy(title.first, text, room);
	else
		setproctitle("-%s", text);
}

void
title_set(const char *role, const char *name, const char *fmt, ...)
{
	char text[TITLE_MAX] = "";
	size_t whole, room;
	va_list ap;

	room = (size_t)snprintf(text, sizeof text, "%s: %s %s ", getprogname(),
	    role, name) + STATE_ROOM;
	if (room >= sizeof text)
		room = sizeof text - 1;
	whole = strlen(text);
	va_start(ap, fmt);
	vsnprintf(text + whole, room + 1 - whole, fmt, ap);
	va_end(ap);
	if (memcmp(text, title.text, sizeof text) == 0)
		return;
	show(text, room);
	memcpy(title.text, text, sizeof text);
}
