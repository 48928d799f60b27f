/* resume.h - what a new image of the supervisor does with a handover.
 * Floor 5 (brood). */
#ifndef BROOD_RESUME_H
#define BROOD_RESUME_H

#include "brood/handover.h"
#include "brood/super.h"

/* Read it from a descriptor, which is closed.  0, or -1 with *e. */
int resume_read(struct handover *h, int fd, struct err *e);

/* Take over what the supervisor has: descriptors, each looked at; counts;
 * masters.  0, or -1 with *e: one is not what it should be. */
int resume_take(struct super *s, const struct handover *h, struct err *e);

/* A service's master, if it was handed over: it serves.  Else NULL. */
struct keep *resume_find(const struct super *s, const struct handover *h,
    const char *service);

/* Only to see whether it would work: say so, and wait to be killed. */
void resume_rehearsed(void) __attribute__((noreturn));

#endif
