/* where.h - the addresses of the file's services: read, resolved, compared.
 * Floor 5 (brood). */
#ifndef BROOD_WHERE_H
#define BROOD_WHERE_H

#include "brood/conf.h"

/* Are the addresses of a service written as they should be? */
void where_read(struct conf *c, struct conf_service *s);

/* Find out what they are. */
void where_resolve(struct conf *c, struct conf_service *s);

/* Do two services want the same? */
void where_conflicts(struct conf *c);

#endif
