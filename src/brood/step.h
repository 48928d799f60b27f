/* step.h - what differs between what is served and what shall be: a step for
 * each service.  Floor 5 (brood). */
#ifndef BROOD_STEP_H
#define BROOD_STEP_H

#include "brood/super.h"

const char *step_word(enum action a);

/* The steps to another file: first its services, in its order, then those
 * that are not in it.  A master whose control socket is lost is replaced.  They
 * are the caller's to free.  0 or -1. */
int step_compare(const struct super *s, const struct plain *to,
    struct step **v_r, unsigned *n_r);

/* A master that has the limits it would be told is kept as it is: `set' was
 * before the file.  True: it is so. */
bool step_is_done(struct step *st);

#endif
