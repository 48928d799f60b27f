/* lookout.h - tells when a name in the file system comes, goes or is
 * replaced (inotify(7)).
 *
 * The folder is watched that the name is in; or, while that is missing, the
 * nearest above it.  So nothing is done while nobody changes anything there; a
 * change of another name costs a wake-up, and is no news.  A folder further
 * up that is renamed is not noticed.  Floor 2 (os). */
#ifndef OS_LOOKOUT_H
#define OS_LOOKOUT_H

#include <stdbool.h>
#include <stddef.h>

enum { LOOKOUT_PATH = 256 };

struct lookout {
	int fd;			/* to be polled for reading; -1 = none */
	int folder;		/* what is watched, as inotify numbers it; -1 =
				 * nothing can be */
	const char *name;	/* what is waited for there: a part of path */
	size_t name_len;
	char path[LOOKOUT_PATH];
};

/* 0, or -1 with errno: no more of them (EMFILE), not one of its folders may be
 * read (EACCES). */
int lookout_open(struct lookout *l, const char *path);
void lookout_close(struct lookout *l);

/* Take all news.  True: look, after lookout_follow(). */
bool lookout_heard(struct lookout *l);

/* Watch what there is now.  Whatever changes after that is news. */
void lookout_follow(struct lookout *l);

#endif
