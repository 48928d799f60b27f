/* unit.h - a service and its master: started, watched, replaced.
 * Floor 5 (brood). */
#ifndef BROOD_UNIT_H
#define BROOD_UNIT_H

#include "brood/super.h"

struct unit *unit_add(struct super *s, const struct plain_service *spec);
void unit_remove(struct unit *u);
struct unit *unit_find(const struct super *s, const char *name);
struct unit *unit_numbered(const struct super *s, unsigned number);

/* Start a master for these words, as keep_start() does; NULL, and u's reason. */
struct keep *unit_launch(struct super *s, struct unit *u,
    const struct plain_service *spec, const struct keep_limits *limits);

/* Open what it needs, and start its master; on failure a later time is set. */
void unit_try(struct super *s, struct unit *u);

/* Its master has ended. */
void unit_died(struct super *s, struct unit *u, const struct keep *k,
    int status);

/* Try again those whose time has come.  Returns when to come again. */
int64_t unit_turn(struct super *s);

/* Does nobody serve it that will be ready soon? */
bool unit_is_decided(const struct super *s, const struct unit *u);

const char *unit_word(const struct super *s, const struct unit *u);

#endif
