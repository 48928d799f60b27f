/* handler.c - the connection on 0 and 1, the variables, the program. */
#include "pool/handler.h"

#include <errno.h>
#include <net/if.h>
#include <netinet/in.h>
#include <signal.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <time.h>

#include "os/sys.h"
#include "pool/child.h"
#include "pool/linger.h"
#include "rules/ucspi.h"

enum { EXEC_TRIES = 4, EXEC_PAUSE_MS = 20, DRAIN_READS = 64 };

static const unsigned long no_signals[1] = { 0 };

long
handler_dress(const struct handler *h)
{
	long r = sys_setsid();

	for (unsigned i = 0; i < h->nlimits && r >= 0; i++)
		r = sys_setrlimit(h->limit[i].resource, &h->limit[i].value);
	return r < 0 ? r : 0;
}

static void
end_of(const struct addr *a, struct ucspi_end *e)
{
	const struct sockaddr_in *in = (const struct sockaddr_in *)&a->ss;
	const struct sockaddr_in6 *in6 = (const struct sockaddr_in6 *)&a->ss;

	memset(e, 0, sizeof *e);
	if (a->ss.ss_family == AF_INET6) {
		e->v6 = true;
		memcpy(e->ip, &in6->sin6_addr, 16);
		e->port = ntohs(in6->sin6_port);
		ucspi_unmap(e);
	} else {
		memcpy(e->ip, &in->sin_addr, 4);
		e->port = ntohs(in->sin_port);
	}
}

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

/* Descriptors 0 and 1, whichever number the connection has by luck: the
 * master keeps 0 and 1 free so that accept itself gives 0. */
static long
put_on_0_and_1(int fd)
{
	long r;

	if (fd != 0) {
		r = sys_dup3(fd, 0, 0);
		if (r < 0)
			return r;
		if (fd != 1)
			sys_close(fd);
	}
	r = sys_dup3(0, 1, 0);
	return r < 0 ? r : 0;
}

/* Some failures pass by: a full process table of the user, a binary that is
 * being written. */
static long
execute(const struct handler *h, char *const *envp)
{
	struct timespec pause = { 0, EXEC_PAUSE_MS * 1000000L };
	long r = 0;

	sys_sigmask(SIG_SETMASK, no_signals);
	for (int i = 0; i < EXEC_TRIES; i++) {
		if (i > 0)
			sys_ppoll(NULL, 0, &pause, NULL);
		r = sys_execve(h->path, h->argv, envp);
		if (r != -EAGAIN && r != -ETXTBSY && r != -ENOMEM)
			break;
	}
	return r;
}

/* The client shall read an end of file, not a reset: say that nothing more
 * comes, then take what it sent, within a bound. */
static void
hang_up(int fd)
{
	char buf[512];

	sys_shutdown(fd, SHUT_WR);
	for (int i = 0; i < DRAIN_READS; i++)
		if (sys_recv(fd, buf, sizeof buf, MSG_DONTWAIT) <= 0)
			break;
}

/* With linger the program is our child, and we hold on to the connection. */
static long
stay_beside(const struct handler *h, struct seat *s, char *const *envp)
{
	long r = sys_fork();

	if (r < 0)
		return r;
	if (r > 0)
		linger_after(r, 0);
	r = execute(h, envp);
	s->fail_step = SEAT_EXEC;
	s->fail_errno = (int32_t)-r;
	sys_exit(CHILD_EXIT_FAILED);
}

static long
become_with(const struct handler *h, struct seat *s,
    const struct ucspi_conn *conn)
{
	char text[UCSPI_BYTES];
	char *envp[UCSPI_VARS + HANDLER_ENV + 1];
	unsigned n = ucspi_vars(conn, text, envp);

	memcpy(envp + n, h->env, h->nenv * sizeof h->env[0]);
	envp[n + h->nenv] = NULL;
	return h->linger ? stay_beside(h, s, envp) : execute(h, envp);
}

long
handler_become(const struct handler *h, struct seat *s,
    const struct child_listener *l, unsigned live, int fd)
{
	struct ucspi_conn conn = {
		.tcp = !l->is_unix, .path = l->path, .live = live,
		.uid = s->uid, .gid = s->gid, .pid = s->pid,
	};
	struct ifreq ifr;
	long r;

	if (conn.tcp) {
		end_of(&s->peer, &conn.peer);
		end_of(&s->local, &conn.local);
		conn.interface = interface_of(s, fd, &ifr);
	}
	r = put_on_0_and_1(fd);
	if (r == 0)
		r = become_with(h, s, &conn);
	hang_up(0);
	return r;
}
