/* whole.h - do the words of a service go together?
 *
 * What each means alone is conf.c's business.  Floor 5 (brood). */
#ifndef BROOD_WHOLE_H
#define BROOD_WHOLE_H

#include "brood/conf.h"
#include "brood/words.h"

/* Means a default anything to a service, of which only what stands in its
 * block is known? */
bool whole_suits(const struct conf_service *s, const struct directive *d,
    const struct words_word *w);

/* Does it listen and serve? */
void whole_check(struct conf *c, const struct conf_service *s);

/* Would a master with these words start? */
void whole_check_words(struct conf *c, struct conf_service *s);

/* ... on the addresses that it has by now? */
void whole_check_addresses(struct conf *c, const struct conf_service *s);

#endif
