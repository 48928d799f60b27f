/* xinetd_lack.h - what a xinetd.conf asks for and brood does not have: a note
 * where that harms nobody, else a service that is refused (old_service.h).
 *
 * Floor 5 (brood). */
#ifndef BROOD_XINETD_LACK_H
#define BROOD_XINETD_LACK_H

#include <stdbool.h>

#include "brood/old_service.h"
#include "brood/xinetd_file.h"

/* Of an entry that is made the service s, and of the defaults for it.  *told:
 * what is wrong with them was said already. */
void xinetd_lack(struct old_service *s, const struct xinetd_file *x,
    const struct xinetd_entry *e, bool *told);

/* Of the defaults alone, above all services. */
void xinetd_lack_defaults(struct directive *head,
    const struct xinetd_entry *defaults);

#endif
