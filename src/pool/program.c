/* program.c - the seat's knowledge as variables, and execve. */
#include "pool/program.h"

#include <errno.h>
#include <net/if.h>
#include <netinet/in.h>
#include <stdatomic.h>
#include <string.h>
#include <sys/ioctl.h>
#include <time.h>

#include "os/sys.h"
#include "pool/child.h"
#include "pool/end.h"
#include "rules/ucspi.h"

enum { EXEC_TRIES = 4, EXEC_PAUSE_MS = 20 };

/* The interface's name, for peers that have none without it. */
static const char *
interface_of(const struct seat *s, int fd, struct ifreq *ifr)
{
	const struct sockaddr_in6 *in6 = (const struct sockaddr_in6 *)&s->peer.ss;

	if (s->peer.ss.ss_family != AF_INET6 || in6->sin6_scope_id == 0)
		return NULL;
	memset(ifr, 0, sizeof *ifr);
	ifr->ifr_ifindex = (int)in6->sin6_scope_id;
	return sys_ioctl(fd, SIOCGIFNAME, ifr) == 0 ? ifr->ifr_name : NULL;
}

static enum ucspi_proto
proto_of(const struct child_listener *l)
{
	if (l->is_unix)
		return UCSPI_UNIX;
	return l->type == SOCK_DGRAM ? UCSPI_UDP : UCSPI_TCP;
}

unsigned
program_vars(struct child *c, int fd, char text[UCSPI_BYTES],
    char *envp[PROGRAM_ENV])
{
	const struct seat *s = c->seat;
	const struct child_listener *l = &c->task->listener[s->listener];
	struct board *b = c->task->board;
	struct ucspi_conn conn = {
		.proto = proto_of(l), .path = l->path,
		.live = board_live(b, atomic_load(&b->source[c->number])),
		.uid = s->uid, .gid = s->gid, .pid = s->pid,
	};
	struct ifreq ifr;

	if (conn.proto != UCSPI_UNIX) {
		end_of(&s->peer, &conn.peer);
		end_of(&s->local, &conn.local);
		conn.interface = interface_of(s, fd, &ifr);
	}
	return ucspi_vars(&conn, text, envp);
}

unsigned
program_proto(struct child *c, char text[UCSPI_BYTES], char *envp[PROGRAM_ENV])
{
	static const char *const words[] = {
		[UCSPI_TCP]  = "PROTO=TCP",
		[UCSPI_UDP]  = "PROTO=UDP",
		[UCSPI_UNIX] = "PROTO=UNIX",
	};

	strlcpy(text, words[proto_of(&c->task->listener[c->seat->listener])],
	    UCSPI_BYTES);
	envp[0] = text;
	return 1;
}

void
program_add(const struct handler *h, char *envp[PROGRAM_ENV], unsigned n)
{
	memcpy(envp + n, h->env, h->nenv * sizeof h->env[0]);
	envp[n + h->nenv] = NULL;
}

/* Some failures pass by: a full process table of the user, a binary that is
 * being written. */
long
program_execute(const struct handler *h, char *const *envp)
{
	struct timespec pause = { 0, EXEC_PAUSE_MS * 1000000L };
	long r = 0;

	sys_sigmask(SIG_SETMASK, sys_no_signals);
	for (int i = 0; i < EXEC_TRIES; i++) {
		if (i > 0)
			sys_ppoll(NULL, 0, &pause, NULL);
		r = sys_execve(h->path, h->argv, envp);
		if (r != -EAGAIN && r != -ETXTBSY && r != -ENOMEM)
			break;
	}
	return r;
}
