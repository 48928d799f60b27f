/* house.h - who answers at a socket: one master, or a supervisor and, at
 * sockets of their own, its masters.
 *
 * Functions return an exit status as in talk.h.  Floor 5 (ctl). */
#ifndef CTL_HOUSE_H
#define CTL_HOUSE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "ctl/record.h"
#include "ctl/talk.h"

/* A process of a service, or the want of one. */
struct member {
	char *service;
	char *state;		/* as the supervisor sees it */
	char *control;		/* its socket; NULL: none */
	int64_t pid;		/* 0: no process */
	struct record line;	/* of `services'; empty with a lone master */
	struct talk talk;
};

struct house {
	const char *path;
	int64_t deadline;	/* of everything that is asked */
	struct talk top;	/* who answers at path */
	bool supervisor;
	struct record version;	/* what it says of itself */
	size_t n;
	struct member *member;
};

/* Connect, and ask who is there.  house_close() may follow in any case. */
int house_open(struct house *h, const char *path, int64_t deadline,
    struct err *e);
void house_close(struct house *h);

/* Learn anew which processes there are; what is connected stays so. */
int house_look(struct house *h, struct err *e);

/* Ask at the top, or a member; words end with NULL. */
int house_ask(struct house *h, const char *const *words, struct records *answer,
    struct err *e);
int member_ask(struct house *h, struct member *m, const char *const *words,
    struct records *answer, struct err *e);

/* A member's connection, opened if it is not yet. */
int member_talk(struct house *h, struct member *m, struct talk **talk_r,
    struct err *e);

/* Its status line. */
int member_status(struct house *h, struct member *m, struct record *r,
    struct err *e);

/* A process there is a socket for? */
bool member_can_talk(const struct member *m);

/* Say whose error it is: "SERVICE: ...". */
void member_blame(const struct member *m, struct err *e);

/* The one that serves for a service; or, with service NULL, for the only one
 * there is.  EXIT_USAGE: there is none of that name, or there are several. */
int house_pick(struct house *h, const char *service, struct member **m_r,
    struct err *e);

/* Is a service known?  EXIT_USAGE: no; service NULL is no question. */
int house_knows(const struct house *h, const char *service, struct err *e);

/* The process that stands for the service of m: the serving one before those
 * that start, and those before what ends. */
struct member *house_main(struct house *h, const char *service);

#endif
