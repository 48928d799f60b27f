/* where.h - the addresses of the file's services: read, resolved, compared.
 * Floor 5 (brood). */
#ifndef BROOD_WHERE_H
#define BROOD_WHERE_H

#include "brood/conf.h"

/* Before and after all else: one child looks up all names. */
void where_begin(struct conf *c);
void where_end(struct conf *c);

/* Are the addresses of a service written as they should be? */
void where_read(struct conf *c, struct conf_service *s);

/* Find out what they are.  A host that does not answer in time is not asked
 * for again. */
void where_resolve(struct conf *c, struct conf_service *s);

/* Do two services want the same? */
void where_conflicts(struct conf *c);

#endif
