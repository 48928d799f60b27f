/* fits.h - do a service's words fit what it listens on, and where it runs?
 *
 * What settings_check() cannot know: asked by a master that starts, and by
 * who reads a file, before there is one.  Floor 4 (lib). */
#ifndef LIB_FITS_H
#define LIB_FITS_H

#include <stdbool.h>

#include "lib/master.h"

/* Can it serve what comes to such a socket?  0, or -1 with errno and *e. */
int fits_listener(const struct service *s, int type, bool is_unix,
    const char *name, struct err *e);

/* Have so many listeners room among a worker's descriptors? */
int fits_places(const struct service *s, unsigned listeners, struct err *e);

/* Shall children be made in shared memory?  datagrams: it listens for some.
 * -1 with *e: they shall, but cannot. */
int fits_memory(const struct service *s, bool datagrams, bool *shared_r,
    struct err *e);

/* All of it for n addresses, none of them opened: of inherited ones nothing is
 * known.  0, or -1 with *e, which begins with "cannot listen on ADDRESS: " if
 * one address is at fault. */
int fits_addresses(const struct service *s, const char *const addresses[],
    unsigned n, struct err *e);

/* Make hard limits of this process as high as those of the program: children
 * set them, but only root may raise one, and that they are no more. */
int fits_limits(const struct service *s, struct err *e);

#endif
