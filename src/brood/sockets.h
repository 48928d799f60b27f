/* sockets.h - the listeners that a supervisor holds for its masters.
 *
 * A change opens what is new first: all of it or nothing.  What both the old
 * and the new file want stays as it is, queue and all.  Floor 5 (brood). */
#ifndef BROOD_SOCKETS_H
#define BROOD_SOCKETS_H

#include <stdbool.h>
#include <sys/queue.h>
#include <sys/types.h>

#include "brood/plain.h"
#include "os/listen.h"
#include "tools/inherit.h"

struct sock {
	LIST_ENTRY(sock) next;
	char *text;		/* as the plain form has it */
	char *service;		/* whose it is, if it is like no other: port 0;
				 * else "" */
	char *interface;	/* "" = any, and of those that have none */
	char *coming;		/* the one it has when the change is done; NULL:
				 * the same */
	struct listener listener;
	bool fresh;		/* opened by the change under way */
	bool wanted;		/* by the new file ... */
	unsigned backlog;	/* ... so: */
	mode_t mode;
	uid_t uid;		/* -1 = as it is */
	gid_t gid;
};

struct sockets {
	LIST_HEAD(, sock) list;
	struct inherit in;	/* for fd: addresses */
};

/* The socket of a service's i-th address, if it is open, or NULL. */
struct sock *sockets_find(const struct sockets *v,
    const struct plain_service *s, unsigned i);

/* Go on with one that another image of the supervisor had open.  0, or -1
 * with *e: it is not what it should be. */
int sockets_resume(struct sockets *v, const struct listen_kept *from,
    const char *text, const char *service, const char *interface,
    struct err *e);

/* Mark what is open of it: it stays. */
void sockets_want(struct sockets *v, const struct plain_service *s);

/* The one it will have when `to' is the file: that one; or one for the same
 * address on another interface that nobody wants then, and that changes to
 * its own: two cannot be bound where one of them is for all.  NULL: none is
 * open yet.  `to' is NULL where nothing changes. */
struct sock *sockets_to_be(const struct sockets *v, const struct plain *to,
    const struct plain_service *s, unsigned i);

/* Open what a service of that file wants and is not open yet, and mark all
 * that it wants.  0; or -1 with *e, a line for each that cannot be had. */
int sockets_open(struct sockets *v, const struct plain *to,
    const struct plain_service *s, struct err *e);

/* Those of a service listen, though a master that is dead may have shut them
 * (broodctl pause --refuse). */
void sockets_revive(const struct sockets *v, const struct plain_service *s);

/* The change has failed: close what is fresh. */
void sockets_undo(struct sockets *v);

/* It has succeeded: close what is not wanted, and change what stays (mode,
 * owner, backlog, interface).  Then, or after undoing, nothing is fresh or wanted. */
void sockets_done(struct sockets *v);

/* Without a change: what is open is kept. */
void sockets_keep(struct sockets *v);

void sockets_close(struct sockets *v);

#endif
