/* resume.h - what a new image of the supervisor does with a handover.
 * Floor 5 (brood). */
#ifndef BROOD_RESUME_H
#define BROOD_RESUME_H

#include "brood/handover.h"
#include "brood/super.h"

/* Read it from a descriptor, as --handover has its number, and close that.
 * 0, or -1 with *e. */
int resume_read(struct handover *h, const char *number, struct err *e);

/* Take over what the supervisor has: descriptors, each looked at; counts;
 * masters.  0, or -1 with *e: one is not what it should be. */
int resume_take(struct super *s, const struct handover *h, struct err *e);

/* Clients of the control socket, which is open by now.  0, or -1 with *e. */
int resume_clients(struct super *s, const struct handover *h, struct err *e);

/* A service's master, if it was handed over and serves.  Else NULL. */
struct keep *resume_find(const struct super *s, const struct handover *h,
    const char *service);

/* Masters that nobody found shall finish: they are of the image before, and
 * were not ready yet. */
void resume_finish(struct super *s);

/* Only to see whether it would work: say so, and wait to be killed. */
void resume_rehearsed(void) __attribute__((noreturn));

#endif
