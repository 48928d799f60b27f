/* conf.h - what the file means: its services, checked as far as can be
 * without listening.
 *
 * In a throw-away process: names are resolved here, users looked up, programs
 * found.  Floor 5 (brood). */
#ifndef BROOD_CONF_H
#define BROOD_CONF_H

#include <stdbool.h>
#include <string.h>
#include <sys/queue.h>

#include "brood/tree.h"
#include "lib/brood.h"

enum {
	CONF_SERVICES  = 1000,	/* most */
	CONF_NAME      = 40,	/* longest name of one */
	CONF_LISTENERS = 256,	/* most of one service */
	CONF_CONTROL  = 51	/* longest path of the control socket */
};

/* An address as it will be bound. */
struct conf_address {
	const char *text;	/* reads back to itself */
	const struct directive *at;	/* the `listen' ... */
	unsigned column;		/* ... and word that named it */
};

struct conf_service {
	STAILQ_ENTRY(conf_service) next;
	const char *name;
	const struct directive *at;
	bool enabled;
	unsigned nwords;	/* its own and those it inherits */
	const struct directive **word;
	const struct directive *handler;
	struct brood *brood;	/* with all words set */
	const char *tried;	/* a program, and whose; NULL: not yet */
	unsigned naddresses;
	struct conf_address address[CONF_LISTENERS];
};

struct where;

struct conf {
	struct mistakes *m;
	bool partial;		/* some of it could not be read: what seems to
				 * be missing may be there */
	unsigned nglobals;
	const struct directive *global[32];
	unsigned ndefaults;
	const struct directive **defaults;
	unsigned nservices;
	STAILQ_HEAD(, conf_service) services;
	struct where *where;
};

/* Read the meaning of a tree; what is wrong goes to m. */
void conf_read(struct conf *c, const struct directives *tree,
    struct mistakes *m);

/* The last directive of that name in a list, or NULL. */
static inline const struct directive *
conf_last(const struct directive *const *list, unsigned n, const char *name)
{
	while (n-- > 0)
		if (strcmp(list[n]->word[0].text, name) == 0)
			return list[n];
	return NULL;
}

/* The one that counts for a service. */
static inline const struct directive *
conf_word(const struct conf_service *s, const char *name)
{
	return conf_last(s->word, s->nwords, name);
}

#endif
