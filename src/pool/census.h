/* census.h - who is in the pool, and what he does.  Floor 3 (pool). */
#ifndef POOL_CENSUS_H
#define POOL_CENSUS_H

#include "pool/pool.h"

/* Count all: counts, older and leaving. */
void census_take(struct pool *p);

/* Clients served, and being served, and children that wait: counted now. */
unsigned long census_served(const struct pool *p);
unsigned census_connected(const struct pool *p);
unsigned census_waiting(const struct pool *p);

#endif
