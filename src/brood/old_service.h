/* old_service.h - services of inetd's and xinetd's files, in our own grammar.
 *
 * What such a file asks for and brood does not have is either noted, as a
 * comment, where serving without it only is less strict about crowds; or the
 * service is refused, where that would open a door that was closed.
 *
 * In a throw-away process, as tree.h.  Floor 5 (brood). */
#ifndef BROOD_OLD_SERVICE_H
#define BROOD_OLD_SERVICE_H

#include <stdbool.h>

#include "brood/old.h"

enum old_socket { OLD_TCP, OLD_UDP, OLD_UNIX, OLD_UNIX_DGRAM,
    OLD_UNIX_SEQPACKET };
enum old_family { OLD_ANY, OLD_IPV4, OLD_IPV6 };

struct old_service {
	struct old *o;
	struct file_place at;
	struct directives box;	/* d alone */
	struct directive *d;
	struct directive *listen;
	unsigned before;	/* mistakes */
	bool off;		/* not to be served */
	bool unmade;		/* it cannot be written in our grammar */
};

void old_service(struct old_service *s, struct old *o,
    const struct file_place *at);

/* A mistake at a place; the service will be dropped. */
void old_wrong(struct old_service *s, const struct file_place *at,
    const char *fmt, ...) __attribute__((format(printf, 3, 4)));

/* A line or more above a directive. */
void old_comment(struct directive *d, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));

/* The same above the service: what has no equal. */
void old_note(struct old_service *s, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));

/* It must not be served: a mistake; or, if it is off or files are converted,
 * a comment that says why, up to "; expected". */
void old_refuse(struct old_service *s, const struct file_place *at,
    const char *fmt, ...) __attribute__((format(printf, 3, 4)));

/* It cannot even be written: the same, but only the comment comes out. */
void old_leave_out(struct old_service *s, const struct file_place *at,
    const char *fmt, ...) __attribute__((format(printf, 3, 4)));

/* One of its words, with a value that stands at a place. */
void old_say(struct old_service *s, const struct file_place *at,
    const char *name, const char *value);

/* Listen there as well.  host NULL or "*": everywhere. */
void old_listen(struct old_service *s, const struct file_place *at,
    enum old_socket socket, enum old_family family, const char *host,
    const char *port);
void old_listen_unix(struct old_service *s, const struct file_place *at,
    enum old_socket socket, const char *path);

/* A built-in service that inetd and xinetd have, too. */
bool old_builtin(const char *name);

/* So many connections at once, 0: no limit. */
void old_most(struct old_service *s, const struct file_place *at, unsigned n);

/* word PROGRAM ARG..., and argv0 if that is another name. */
void old_program(struct old_service *s, const char *word,
    const struct old_word *program, const struct old_word *argv0,
    const struct old_word *arg, unsigned n);

/* Into the list, unless there were mistakes, as NAME or NAME-KIND (kind may be
 * NULL), with a number if there is such a one already. */
void old_end(struct old_service *s, const char *name, const char *kind);

/* When all are in the list: one of both families has only the one that is left
 * where another has one of them at the same port: so it is meant by files with
 * tcp and tcp6. */
void old_families(struct old *o);

#endif
