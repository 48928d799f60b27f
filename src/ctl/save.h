/* save.h - writes words of a service into its configuration file.
 *
 * Floor 5 (ctl). */
#ifndef CTL_SAVE_H
#define CTL_SAVE_H

#include <stdint.h>

#include "tools/err.h"

/* Give n words (name, value, name, ...) their values in `service NAME {' of
 * the file, or of the one it includes that has the service.  That file is
 * replaced by one that differs in nothing else and has the same mode, owner
 * and attributes (ctl/attributes.h); whoever reads it meanwhile, or after a
 * crash, sees the old one or the new one.  -1 with *e: it is as it was.  The
 * deadline, by clock_ms(), is for another that writes in the same folder. */
int save_words(const char *file, const char *service, unsigned n,
    char *const *words, int64_t deadline, struct err *e);

#endif
