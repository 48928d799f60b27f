/* preview.h - what a reload would do, told to who asks and not done: the verb
 * `plan' of the supervisor.  Floor 5 (brood). */
#ifndef BROOD_PREVIEW_H
#define BROOD_PREVIEW_H

#include <limits.h>

#include "brood/super.h"
#include "lib/control.h"

/* One at a time. */
struct preview {
	struct loader loader;	/* pid 0 = none is under way */
	struct source source;
	char path[PATH_MAX];	/* of another file than the supervisor's */
	struct control *control;	/* where somebody asked: */
	struct control_handle asker;
};

void preview_open(struct preview *p);
void preview_close(struct preview *p);

/* Read path, or NULL: the file that is served, and answer k then. */
void preview_ask(struct preview *p, struct super *s, struct control_client *k,
    const char *path);

/* The loader has news. */
void preview_hear(struct preview *p, struct super *s);

/* What is due.  Returns when to come again. */
int64_t preview_turn(struct preview *p, struct super *s);

/* All mistakes of a file as lines of an answer. */
void preview_mistakes(struct control_client *k, const struct loader *l);

#endif
