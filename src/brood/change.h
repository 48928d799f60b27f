/* change.h - a reload: load, compare, apply; all of it or nothing.
 *
 * New listeners are opened first, then new masters start on all that their
 * services want, beside the old ones.  When each is ready, limits that
 * changed are told to masters that stay, the old masters are told to finish,
 * and listeners that nobody wants are closed.  Whatever fails before that:
 * everything is as before.  Floor 5 (brood). */
#ifndef BROOD_CHANGE_H
#define BROOD_CHANGE_H

#include "brood/super.h"

/* Ask for one; it follows the one under way, if there is one. */
void change_ask(struct super *s);

/* Shall one begin, as soon as who asked for the last one is answered? */
bool change_waits(const struct super *s);

/* Without another file, some masters are replaced; after the change under
 * way, if there is one. */
void change_renew(struct super *s, enum renew who);

/* The loader has news. */
void change_hear(struct super *s);

/* A master is ready; or ended, and was a coming one: true. */
void change_ready(struct super *s, struct keep *k);
bool change_died(struct super *s, struct keep *k, int status);

/* A master answers about its limits. */
void change_answered(struct super *s, struct unit *u);

/* What is due.  Returns when to come again. */
int64_t change_turn(struct super *s);

/* Stop it, as a failure. */
void change_abort(struct super *s, const char *why);

#endif
