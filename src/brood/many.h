/* many.h - the services of a file: checked, printed, converted or served.
 * Floor 5 (brood). */
#ifndef BROOD_MANY_H
#define BROOD_MANY_H

#include "brood/options.h"

/* Do what the options say; returns an exit status. */
int many_run(const struct options *o);

#endif
