/* oom.h - who goes first when memory runs out (proc(5), cgroups(7)).
 * Floor 2 (os). */
#ifndef OS_OOM_H
#define OS_OOM_H

#include <stdbool.h>
#include <stdint.h>

/* Be among the last to go, if we may: with root's rights.  Returns the score
 * that we were given, for oom_set() in children. */
int oom_shield(void);

/* -1000 to 1000; where it may not be set nothing happens. */
void oom_set(int score);

/* What the kernel says of our control group, version 1 or 2. */
struct oom {
	int fd;			/* -1: it says nothing */
	unsigned long seen;	/* kills that we know of ... */
	unsigned long left;	/* ... and nobody was found yet who ... */
	int64_t until_ms;	/* ... until then may have been meant */
};

/* Before a change of root. */
void oom_open(struct oom *o);
void oom_close(struct oom *o);

/* Somebody of ours ended badly: did the kernel just kill somebody of the group
 * for want of memory?  Each kill explains one end, within a second. */
bool oom_struck(struct oom *o, int64_t now_ms);

#endif
