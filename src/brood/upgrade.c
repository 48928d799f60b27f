/* upgrade.c - rehearse, then become it. */
#include "brood/upgrade.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "brood/change.h"
#include "brood/handover.h"
#include "brood/unit.h"
#include "brood/verbs.h"
#include "os/oom.h"
#include "tools/fd.h"
#include "tools/log.h"

#ifndef MFD_NOEXEC_SEAL		/* of Linux 6.3 */
#define MFD_NOEXEC_SEAL 8u
#endif

enum { MOST_REASON = 400 };

enum {
	REHEARSE_MS = 10000,	/* to be ready ... */
	SETTLE_MS   = 2000,	/* ... and then to live */
	POLITE_MS   = 1000	/* for who is asking, or being answered */
};

/* ---- the handover ---- */

static struct handover_fd
note_fd(int fd)
{
	struct stat st;

	return fd != -1 && fstat(fd, &st) == 0 ?
	    (struct handover_fd){ fd, st.st_ino } :
	    (struct handover_fd){ .fd = -1 };
}

static int
note_control(const struct super *s, struct handover *h)
{
	int fd[CONTROL_CLIENTS];
	unsigned n;

	if (verbs_note(s, &h->control, fd, &n) == -1)
		return -1;
	h->client = calloc(n + 1, sizeof *h->client);
	if (h->client == NULL)
		return -1;
	for (h->nclients = 0; h->nclients < n; h->nclients++)
		h->client[h->nclients] = note_fd(fd[h->nclients]);
	return 0;
}

static int
note_sockets(const struct super *s, struct handover *h)
{
	const struct sock *k;
	unsigned n = 0;

	LIST_FOREACH(k, &s->sockets.list, next)
		n++;
	h->socket = calloc(n + 1, sizeof *h->socket);
	if (h->socket == NULL)
		return -1;
	LIST_FOREACH(k, &s->sockets.list, next) {
		struct handover_socket *to = &h->socket[h->nsockets++];

		*to = (struct handover_socket){ .text = k->text,
		    .service = k->service, .interface = k->interface };
		if (listen_note(&k->listener, &to->kept) == -1)
			return -1;
	}
	return 0;
}

static int
note_inherited(const struct super *s, struct handover *h)
{
	const struct inherit *in = &s->sockets.in;

	h->inherited = calloc(in->n + 1, sizeof *h->inherited);
	if (h->inherited == NULL)
		return -1;
	for (unsigned i = 0; i < in->n; i++)
		if (in->at[i].fd != -1)
			h->inherited[h->ninherited++] =
			    (struct handover_inherited){
				note_fd(in->at[i].fd), in->at[i].name
			};
	return 0;
}

static int
note_masters(const struct super *s, struct handover *h)
{
	const struct keep *k;
	unsigned n = 0;

	LIST_FOREACH(k, &s->keeps, next)
		n++;
	h->master = calloc(n + 1, sizeof *h->master);
	if (h->master == NULL)
		return -1;
	LIST_FOREACH(k, &s->keeps, next) {
		const struct unit *u = unit_find(s, k->name);

		h->master[h->nmasters++] = (struct handover_master){
			.pid = k->pid, .serial = k->serial, .state = k->state,
			.serves = u != NULL && u->now == k,
			.born_ms = k->born_ms, .until_ms = k->until_ms,
			.name = k->name, .control = k->control,
		};
	}
	return 0;
}

static int
note_all(const struct super *s, struct handover *h)
{
	*h = (struct handover){
		.pid = getpid(), .file = s->o->source.path, .pidfile = s->o->pidfile,
		.lock = note_fd(s->o->lock_fd), .generation = s->generation,
		.serials = s->serials, .reload = s->change.asked,
		.soft = s->way.descriptors.rlim_cur,
		.hard = s->way.descriptors.rlim_max,
		.notify = note_fd(s->notify.fd),
		.ready = note_fd(s->ready.notify_fd),
		.watchdog_ms = s->ready.watchdog_ms,
		.wants_status = s->ready.wants_status,
		.plain = s->plain.text, .plain_size = s->plain.size,
	};
	return note_control(s, h) == -1 || note_sockets(s, h) == -1 ||
	    note_inherited(s, h) == -1 || note_masters(s, h) == -1 ? -1 : 0;
}

/* What the next image shall find open; in a child, or for good. */
static void
pass_all(const struct handover *h, int state_fd, bool pass)
{
	const int alone[] = {
		state_fd, h->lock.fd, h->notify.fd, h->ready.fd, h->control.fd
	};

	for (size_t i = 0; i < sizeof alone / sizeof alone[0]; i++)
		if (alone[i] != -1)
			fd_pass(alone[i], pass);
	for (unsigned i = 0; i < h->nclients; i++)
		fd_pass(h->client[i].fd, pass);
	for (unsigned i = 0; i < h->nsockets; i++)
		fd_pass(h->socket[i].kept.fd, pass);
	for (unsigned i = 0; i < h->ninherited; i++)
		fd_pass(h->inherited[i].at.fd, pass);
}

/* Some systems want to be told that it is no program; older ones do not know
 * how that is said. */
static int
make_memory(void)
{
	const unsigned flags = MFD_CLOEXEC | MFD_ALLOW_SEALING;
	int fd = memfd_create("brood-handover", flags | MFD_NOEXEC_SEAL);

	if (fd == -1 && errno == EINVAL)
		fd = memfd_create("brood-handover", flags);
	return fd_high(fd);
}

/* Never to be changed again.  -1 with errno. */
static int
write_state(const struct handover *h)
{
	int fd = make_memory();
	int copy = fd != -1 ? fcntl(fd, F_DUPFD_CLOEXEC, 3) : -1;
	FILE *out = copy != -1 ? fdopen(copy, "w") : NULL;
	int r = out != NULL ? handover_write(h, out) : -1;

	if (out != NULL)
		fclose(out);
	else
		fd_close(&copy);
	if (r == -1 || fcntl(fd, F_ADD_SEALS, F_SEAL_WRITE | F_SEAL_GROW |
	    F_SEAL_SHRINK | F_SEAL_SEAL) == -1)
		fd_close(&fd);
	return fd;
}

/* ---- the new image ---- */

/* Ours again, with what it shall take over.  NULL with errno. */
static char **
command_line(const struct super *s, int state_fd, bool rehearse)
{
	char *const *from = s->o->argv;
	size_t n = 0;
	char **v;

	while (from[n] != NULL)
		n++;
	v = calloc(n + 3, sizeof *v);
	if (v == NULL || asprintf(&v[1], "--handover=%d", state_fd) == -1) {
		free(v);
		return NULL;
	}
	/* Where our own first one was there is a title now. */
	v[0] = (char *)(uintptr_t)"brood";
	n = 2;
	if (rehearse)
		v[n++] = (char *)(uintptr_t)"--rehearse";
	for (from++; *from != NULL; from++)
		if (strncmp(*from, "--handover=", strlen("--handover=")) != 0)
			v[n++] = *from;
	return v;
}

static void
forget(struct super *s)
{
	fd_close(&s->upgrade.fd);
	s->upgrade.stage = UPGRADE_NONE;
	s->upgrade.nsaid = 0;
	memset(s->upgrade.said, 0, sizeof s->upgrade.said);
	s->upgrade.pid = 0;
}

static void
failed(struct super *s, const char *why)
{
	char text[MOST_REASON * 4 + 3];

	log_error("upgrade-failed binary=%s reason=%s", s->way.binary,
	    log_value(why, text, sizeof text));
	forget(s);
}

/* Only what has rehearsed is executed. */
static bool
is_rehearsed(const struct super *s)
{
	const struct stat *was = &s->upgrade.binary;
	struct stat st;

	return stat(s->way.binary, &st) == 0 && st.st_dev == was->st_dev &&
	    st.st_ino == was->st_ino && st.st_size == was->st_size &&
	    st.st_mtim.tv_sec == was->st_mtim.tv_sec &&
	    st.st_mtim.tv_nsec == was->st_mtim.tv_nsec;
}

/* From here on there is the new image; or, if it cannot be, still us. */
static void
become(struct super *s)
{
	struct handover h;
	int fd = note_all(s, &h) == 0 ? write_state(&h) : -1;
	char **argv = fd != -1 ? command_line(s, fd, false) : NULL;

	if (argv != NULL) {
		log_info("upgrade binary=%s", s->way.binary);
		log_flush();
		pass_all(&h, fd, true);
		/* It finds what we were given. */
		oom_set(s->way.oom_score);
		execv(s->way.binary, argv);
		oom_shield();
		pass_all(&h, fd, false);
		failed(s, strerror(errno));
		free(argv[1]);
		free(argv);
	} else {
		failed(s, strerror(errno));
	}
	fd_close(&fd);
	handover_free(&h);
}

/* ---- the rehearsal ---- */

static void __attribute__((noreturn))
child(const struct super *s, const struct handover *h, int state_fd, int out_fd,
    pid_t parent)
{
	char **argv = command_line(s, state_fd, true);

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	setsid();
	oom_set(s->way.oom_score);
	log_child();
	if (getppid() != parent || argv == NULL || dup2(out_fd, 1) == -1 ||
	    dup2(out_fd, 2) == -1)
		_exit(EXIT_SYSTEM);
	pass_all(h, state_fd, true);
	execv(s->way.binary, argv);
	dprintf(2, "cannot execute %s: %s\n", s->way.binary, strerror(errno));
	_exit(EXIT_UNAVAILABLE);
}

static int
start(struct super *s, const struct handover *h, int state_fd)
{
	struct upgrade *u = &s->upgrade;
	pid_t us = getpid();
	int ends[2];

	if (pipe2(ends, O_CLOEXEC) == -1)
		return -1;
	u->fd = fd_high(ends[0]);
	u->pid = u->fd != -1 && fcntl(u->fd, F_SETFL, O_NONBLOCK) == 0 &&
	    loop_add(&s->loop, u->fd, EPOLLIN,
	    SUPER_TAG_UPGRADE) == 0 ? fork() : -1;
	if (u->pid == 0)
		child(s, h, state_fd, ends[1], us);
	close(ends[1]);
	return u->pid == -1 ? -1 : 0;
}

static void
begin(struct super *s)
{
	struct handover h;
	int fd = note_all(s, &h) == 0 ? write_state(&h) : -1;

	s->upgrade.asked = false;
	s->upgrade.binary = (struct stat){ .st_ino = 0 };
	stat(s->way.binary, &s->upgrade.binary);
	log_info("upgrade-rehearse binary=%s", s->way.binary);
	if (fd != -1 && start(s, &h, fd) == 0) {
		s->upgrade.stage = UPGRADE_REHEARSING;
		s->upgrade.until_ms = s->now + REHEARSE_MS;
	} else {
		failed(s, strerror(errno));
	}
	fd_close(&fd);
	handover_free(&h);
}

/* ---- news ---- */

void
upgrade_ask(struct super *s)
{
	/* A reload that was asked for before is done before. */
	if (!s->upgrade.asked)
		s->change.first = s->change.asked;
	s->upgrade.asked = true;
}

void
upgrade_hear(struct super *s)
{
	struct upgrade *u = &s->upgrade;
	size_t room = sizeof u->said - 1 - u->nsaid;
	ssize_t n;

	if (u->fd == -1 || room == 0)
		return;
	n = read(u->fd, u->said + u->nsaid, room);
	if (n > 0)
		u->nsaid += (size_t)n;
	/* Who says more than that has nothing to say. */
	if (n == (ssize_t)room)
		loop_del(&s->loop, u->fd);
	else if (n == 0 || (n == -1 && errno != EAGAIN && errno != EINTR))
		fd_close(&u->fd);
	if (u->stage == UPGRADE_REHEARSING &&
	    notify_says(u->said, "READY=1")) {
		u->stage = UPGRADE_SETTLING;
		u->until_ms = s->now + SETTLE_MS;
	}
}

/* All that it may have started, too, if it is a script.  Its status. */
static int
end_rehearsal(struct super *s)
{
	pid_t pid = s->upgrade.pid;
	int status = 0;

	kill(-pid, SIGKILL);
	/* It may have no group of its own yet. */
	kill(pid, SIGKILL);
	while (waitpid(pid, &status, 0) == -1 && errno == EINTR)
		;
	return status;
}

static bool
has_ended(const struct super *s)
{
	siginfo_t si = { .si_pid = 0 };

	return s->upgrade.pid > 0 && waitid(P_PID, (id_t)s->upgrade.pid, &si,
	    WEXITED | WNOHANG | WNOWAIT) == 0 && si.si_pid != 0;
}

void
upgrade_reap(struct super *s)
{
	struct upgrade *u = &s->upgrade;
	char why[KEEP_END + 3], end[KEEP_END];
	int status;

	if (!has_ended(s))
		return;
	upgrade_hear(s);
	status = end_rehearsal(s);
	snprintf(why, sizeof why, "it %s", keep_end(status, end));
	u->said[strcspn(u->said, "\n")] = '\0';
	u->said[MOST_REASON] = '\0';
	failed(s, u->stage == UPGRADE_REHEARSING && u->said[0] != '\0' ?
	    u->said : why);
}

static void
end_for(struct super *s, const char *why)
{
	end_rehearsal(s);
	failed(s, why);
}

void
upgrade_abort(struct super *s, const char *why)
{
	s->upgrade.asked = false;
	if (s->upgrade.stage != UPGRADE_NONE)
		end_for(s, why);
}

/* ---- time ---- */

bool
upgrade_waits(const struct super *s)
{
	return s->upgrade.asked && s->upgrade.stage == UPGRADE_NONE &&
	    s->is_ready && !s->stopping && s->change.stage == CHANGE_NONE && !change_waits(s) &&
	    !verbs_is_reading(s);
}

/* Until when to wait, though it has rehearsed; 0: no longer. */
static int64_t
polite(const struct super *s)
{
	int64_t until_ms = s->upgrade.until_ms + POLITE_MS;

	/* Masters are about to be replaced by those that they gave way to. */
	if (s->change.stage != CHANGE_NONE)
		return LOOP_NEVER;
	return verbs_is_busy(s) && s->now < until_ms ? until_ms : 0;
}

int64_t
upgrade_turn(struct super *s)
{
	struct upgrade *u = &s->upgrade;
	int64_t wait_ms;

	if (upgrade_waits(s))
		begin(s);
	if (u->stage == UPGRADE_NONE)
		return LOOP_NEVER;
	if (s->now < u->until_ms)
		return u->until_ms;
	if (u->stage == UPGRADE_REHEARSING) {
		end_for(s, "it was not ready in time");
		return LOOP_NEVER;
	}
	wait_ms = polite(s);
	if (wait_ms != 0)
		return wait_ms;
	upgrade_reap(s);	/* at the last moment */
	if (u->stage == UPGRADE_NONE)
		return LOOP_NEVER;
	end_rehearsal(s);
	if (is_rehearsed(s)) {
		forget(s);
		become(s);
	} else {
		failed(s, "it was changed meanwhile");
	}
	return LOOP_NEVER;
}
