/* builtin_tcpmux.h - one port for all small services, RFC 1078.
 *
 * The client sends a name, in any case, and CR LF (or LF alone, as from a
 * keyboard).  "help" is answered with the names.  Any other with a line that
 * begins with "+", and what follows is that service; or with "-", and the
 * end.  The line is bounded in length and time.  Floor 5 (brood). */
#ifndef BROOD_BUILTIN_TCPMUX_H
#define BROOD_BUILTIN_TCPMUX_H

#include "lib/brood.h"

void builtin_tcpmux(struct brood_client *c, int fd, void *arg);

#endif
