/* attributes.h - what a file system knows of a file beside its owner and mode:
 * access lists, labels, what users have added (xattr(7)).
 *
 * save.c knows none of these names.  Floor 5 (ctl). */
#ifndef CTL_ATTRIBUTES_H
#define CTL_ATTRIBUTES_H

#include "tools/err.h"

/* Give a file that was just made the attributes of another, and no more: it
 * may have got an access list from its folder.  A label that only it has is
 * the system's to know, and what vouches for the other's content is left out.
 * -1 with *e, "cannot be given its attribute ...": perhaps in part, then. */
int attributes_copy(int from, int to, struct err *e);

#endif
