/* handover.h - what a supervisor tells the next image of itself.
 *
 * A text: a line with its magic, version, length and checksum; directives
 * (rules/scfg.h), a fact each; `plain', and behind it the plain form.  Here
 * it is only written and read: what it means is upgrade.c's business, and
 * whether the descriptors are what they are said to be is found by whoever
 * takes them (os/listen.h).  No system call but for memory and the stream.
 * Floor 5 (brood). */
#ifndef BROOD_HANDOVER_H
#define BROOD_HANDOVER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/types.h>

#include "os/listen.h"
#include "tools/err.h"

enum { HANDOVER_VERSION = 1, HANDOVER_MOST = 80 << 20 };

/* A descriptor that is no listener; its inode tells it from others. */
struct handover_fd {
	int fd;			/* -1 = none */
	ino_t id;
};

struct handover_socket {
	struct listen_kept kept;
	const char *text;	/* these three as in struct sock */
	const char *service;
	const char *interface;
};

struct handover_inherited {
	struct handover_fd at;
	const char *name;
};

struct handover_master {
	pid_t pid;
	unsigned serial;
	unsigned state;		/* enum keep_state */
	bool serves;		/* it is its service's; else it only finishes */
	int64_t born_ms, until_ms;
	const char *name;
	const char *control;
};

struct handover {
	pid_t pid;		/* whose: it does not change */
	const char *file;	/* absolute */
	const char *pidfile;	/* "" = none */
	struct handover_fd lock;	/* on it: no socket */
	unsigned generation;
	unsigned serials;
	bool reload;		/* one was asked for */
	uint64_t soft, hard;	/* RLIMIT_NOFILE as it was given */
	struct handover_fd notify;	/* masters write to it */
	struct handover_fd ready;	/* who started us reads from it */
	int64_t watchdog_ms;
	bool wants_status;
	struct listen_kept control;	/* fd -1 = none */
	unsigned nclients, nsockets, ninherited, nmasters;
	struct handover_fd *client;	/* of the control socket */
	struct handover_socket *socket;
	struct handover_inherited *inherited;
	struct handover_master *master;
	const char *plain;	/* the plain form */
	size_t plain_size;
	char *kept;		/* what handover_read() allocated for texts */
};

/* 0, or -1 with errno: the stream is at fault. */
int handover_write(const struct handover *h, FILE *out);

/* 0; or -1 with errno and *e (EXIT_CONFIG), and nothing is left. */
int handover_read(struct handover *h, const char *text, size_t size,
    struct err *e);

/* What handover_read() made, or whoever else filled the lists. */
void handover_free(struct handover *h);

#endif
