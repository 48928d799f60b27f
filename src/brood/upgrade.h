/* upgrade.h - the supervisor becomes another image of itself (USR2).
 *
 * It stays the same process: whoever supervises it need not know, and masters
 * stay its children.  First the new binary rehearses in a child: it reads the
 * handover, checks every descriptor, says so, and must live on for a while.
 * Whatever goes wrong until then, or with execve(2), leaves all as it was.
 * What the new image does is in resume.h.  Floor 5 (brood). */
#ifndef BROOD_UPGRADE_H
#define BROOD_UPGRADE_H

#include "brood/super.h"

/* It begins when no file is being read and no change is under way. */
void upgrade_ask(struct super *s);

/* The rehearsal said something. */
void upgrade_hear(struct super *s);

/* Has it ended? */
void upgrade_reap(struct super *s);

/* Shall one begin now? */
bool upgrade_waits(const struct super *s);

/* What is due; may become the new image.  Returns when to come again. */
int64_t upgrade_turn(struct super *s);

/* Something else is more important. */
void upgrade_abort(struct super *s, const char *why);

#endif
