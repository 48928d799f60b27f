/* verbs.h - what the supervisor answers on its control socket.
 * Floor 5 (brood). */
#ifndef BROOD_VERBS_H
#define BROOD_VERBS_H

#include "brood/super.h"
#include "lib/control.h"

/* Open it, or go on with that of the image before; s->verbs stays NULL if
 * there shall be none.  -1 with *e. */
int verbs_open(struct super *s, struct err *e);

/* Is a file being read for a plan? */
bool verbs_is_reading(const struct super *s);

/* Is a client in the middle of something? */
bool verbs_is_busy(const struct super *s);

/* The socket, for the next image (fd -1 = none), and the clients that it can
 * go on with.  0, or -1 with errno. */
int verbs_note(const struct super *s, struct listen_kept *k_r,
    int client_r[CONTROL_CLIENTS], unsigned *nclients_r);

/* Such a client. */
void verbs_resume(struct super *s, int fd);

void verbs_close(struct super *s);

/* A descriptor with a tag from SUPER_TAG_CONTROL on, or of the plan's
 * loader, is ready. */
void verbs_hear(struct super *s, uint32_t tag);

/* Returns when to come again. */
int64_t verbs_turn(struct super *s);

/* A reload begins: it is the answer to all who asked so far. */
void verbs_reloads(struct super *s);

/* A reload has ended; why it failed, or NULL. */
void verbs_reloaded(struct super *s, const struct err *e);

/* Is it the child that reads a file for a plan? */
bool verbs_owns(const struct super *s, pid_t pid);

#endif
