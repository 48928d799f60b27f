/* limits.h - limits that are told to a master while it runs, on its control
 * socket, as anybody might: minimum-available, maximum-connected,
 * maximum-available.  Floor 5 (brood). */
#ifndef BROOD_LIMITS_H
#define BROOD_LIMITS_H

#include "brood/super.h"

enum { LIMITS_MS = 5000 };	/* for a master to take them */

/* The i-th limit's word; and its number, or -1. */
const char *limits_word(unsigned i);
int limits_number(const char *word);

/* What a service has of a limit: as the file says, or by default. */
const char *limits_value(const struct plain_service *s, const char *word);

/* A master's note: does it tell limits that it was given? */
void limits_note(struct keep *k, const char *text);

/* What was set while u's master, or its last one, ran; may not be known. */
const struct keep_limits *limits_set(const struct unit *u);

/* The same, if its next master shall have them, too: the file says nothing else
 * of them than before; or NULL. */
const struct keep_limits *limits_stay(const struct unit *u,
    const struct plain_service *to);

/* Has u's master all that `to' says otherwise than the file before already? */
bool limits_hold(const struct unit *u, const struct plain_service *to);

/* Tell u's master what `to' says otherwise than the file before; its answer
 * will be at u->ask_fd, which is in the loop, by u->ask_ms.  0 or -1. */
int limits_tell(struct super *s, struct unit *u,
    const struct plain_service *to);

/* It has taken them, if its own word for it has not come yet. */
void limits_taken(struct unit *u, const struct plain_service *to);

enum limits_answer {
	LIMITS_NOT_YET,
	LIMITS_TAKEN,
	LIMITS_REFUSED		/* or it did not answer at all */
};

/* What it answers; but for LIMITS_NOT_YET, u->ask_fd is closed. */
enum limits_answer limits_hear(struct unit *u);

#endif
