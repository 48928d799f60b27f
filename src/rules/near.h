/* near.h - which word may have been meant?  Pure.  Floor 1 (rules). */
#ifndef RULES_NEAR_H
#define RULES_NEAR_H

enum { NEAR_FAR = 99 };

/* How many bytes must be left out, put in, changed or swapped with their
 * neighbour to make b of a; NEAR_FAR where that is too many to be a slip of
 * the fingers (more than a third of the longer one, but 1 at least), or one is longer than
 * 63 bytes. */
unsigned near_distance(const char *a, const char *b);

#endif
