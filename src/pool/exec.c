/* exec.c - descriptors in their places, the variables, the program. */
#include "pool/exec.h"

#include <fcntl.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>

#include "os/sys.h"
#include "pool/child.h"
#include "pool/claim.h"
#include "pool/linger.h"
#include "pool/program.h"
#include "rules/ucspi.h"
#include "tools/text.h"

enum { DRAIN_READS = 64, FIRST_FD = 3 };

/* Descriptors 0 and 1, whichever number the connection has by luck: the
 * daemon keeps 0 and 1 free so that accept itself gives 0. */
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
stay_beside(struct child *c, char *const *envp)
{
	long r = sys_fork();

	if (r < 0)
		return r;
	if (r > 0)
		linger_after(r, 0);
	child_fail(c, SEAT_EXEC, program_execute(c->task->handler, envp));
}

static long
become(struct child *c, int fd)
{
	char text[UCSPI_BYTES];
	char *envp[PROGRAM_ENV];
	unsigned n = program_vars(c, fd, text, envp);
	long r = put_on_0_and_1(fd);

	if (r < 0)
		return r;
	program_add(c->task->handler, envp, n);
	return c->task->handler->linger ? stay_beside(c, envp) :
	    program_execute(c->task->handler, envp);
}

void
exec_connection(struct child *c, unsigned i)
{
	/* Blocking, as a program expects it, and not close-on-exec. */
	int fd = child_accept(c, i, 0);
	long r;

	if (fd == -1)
		return;
	child_ask_local(c, fd);
	if (c->task->listener[i].is_unix)
		child_ask_user(c, fd);
	child_take(c);
	r = become(c, fd);
	hang_up(0);
	child_fail(c, SEAT_EXEC, r);
}

/* ---- the listener itself */

/* Whoever had it before may have changed that for all. */
static long
let_block(int fd)
{
	long flags = sys_call3(SYS_fcntl, fd, F_GETFL, 0);

	if (flags < 0 || (flags & O_NONBLOCK) == 0)
		return flags < 0 ? flags : 0;
	return sys_call3(SYS_fcntl, fd, F_SETFL, flags & ~(long)O_NONBLOCK);
}

void
exec_listener(struct child *c, unsigned i)
{
	const struct child_listener *l = &c->task->listener[i];
	char text[UCSPI_BYTES];
	char *envp[PROGRAM_ENV];
	long r;

	if (!claim_is_worth(c, i))
		return;
	c->seat->listener = i;
	c->seat->peer.len = 0;
	c->seat->peer.ss.ss_family = AF_UNSPEC;
	c->seat->local = l->bound;
	child_take(c);
	r = sys_dup3(c->task->wait.listener[i], 0, 0);
	if (r >= 0)
		r = sys_dup3(0, 1, 0);
	if (r >= 0)
		r = let_block(0);
	if (r >= 0) {
		unsigned n = program_proto(c, text, envp);

		program_add(c->task->handler, envp, n);
		r = program_execute(c->task->handler, envp);
	}
	child_fail(c, SEAT_EXEC, r);
}

/* ---- all listeners */

/* From first on, in order.  None may be where another shall go, so all go
 * above that first. */
static long
put_from(const struct wait *w, int first, unsigned n)
{
	int high[WAIT_LISTENERS];
	long r = 0;

	for (unsigned i = 0; i < n && r >= 0; i++) {
		r = sys_call3(SYS_fcntl, w->listener[i], F_DUPFD_CLOEXEC,
		    first + (int)n);
		high[i] = (int)r;
	}
	for (unsigned i = 0; i < n && r >= 0; i++)
		r = sys_dup3(high[i], first + (int)i, 0);
	return r;
}

/* 0 and 1 are nothing, or 0 the one listener of a FastCGI program. */
static long
put_listeners(const struct child *c)
{
	bool on_0 = c->task->handler->dialect == HANDLER_ON_0;
	const struct wait *w = &c->task->wait;
	long r = sys_call6(SYS_openat, AT_FDCWD, SYS_LONG("/dev/null"),
	    O_RDWR | O_CLOEXEC, 0, 0, 0);
	int null = (int)r;

	if (r >= 0)
		r = sys_call3(SYS_fcntl, null, F_DUPFD_CLOEXEC,
		    FIRST_FD + (int)w->n);
	if (r < 0)
		return r;
	null = (int)r;
	r = on_0 ? put_from(w, 0, 1) : put_from(w, FIRST_FD, w->n);
	if (r >= 0 && !on_0)
		r = sys_dup3(null, 0, 0);
	return r < 0 ? r : sys_dup3(null, 1, 0);
}

static char *
own_pid(const char *name, char text[32])
{
	struct text t = text_over(text, 32);

	text_str(&t, name);
	text_dec(&t, (uint64_t)sys_getpid());
	text_byte(&t, '\0');
	return text;
}

_Noreturn void
exec_worker(struct child *c)
{
	const struct handler *h = c->task->handler;
	char *envp[PROGRAM_ENV];
	char listen_pid[32], watchdog_pid[32];
	unsigned n = 0;
	long r = 0;

	/* No worker outlives its master. */
	sys_call3(SYS_prctl, PR_SET_PDEATHSIG, h->stop_signal, 0);
	if (sys_getppid() != c->task->master_pid)
		child_leave(c);
	/* The pipe's end is above the numbers it may be given, and that is not
	 * where a listener shall be (lib/master.c). */
	r = put_listeners(c);
	if (c->seat->ready_fd != -1 && r >= 0)
		r = sys_dup3(c->seat->ready_fd, h->ready_fd, 0);
	if (r >= 0) {
		if (h->dialect == HANDLER_LISTEN_FDS)
			envp[n++] = own_pid("LISTEN_PID=", listen_pid);
		if (c->task->tells_watchdog)
			envp[n++] = own_pid("WATCHDOG_PID=", watchdog_pid);
		for (char **v = c->task->told; *v != NULL; v++)
			envp[n++] = *v;
		program_add(h, envp, n);
		r = program_execute(h, envp);
	}
	child_fail(c, SEAT_EXEC, r);
}
