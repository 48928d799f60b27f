/* hook.c - a shell for each event, watched and ended. */
#include "lib/hook.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "pool/handler.h"
#include "pool/tell.h"
#include "tools/fd.h"
#include "tools/log.h"

enum { AGAIN_MS = 1000, OWN = 7, VARIABLE = 1024 };

/* In enum order. */
static const char *const events[] = {
	"ready", "reload", "child-failed", "full", "calm", "stop"
};
#define NEVENTS (sizeof events / sizeof events[0])

int
hook_event(const char *name, size_t n)
{
	for (size_t i = 0; i < NEVENTS; i++)
		if (strlen(events[i]) == n && memcmp(events[i], name, n) == 0)
			return (int)i;
	return -1;
}

int
hooks_open(struct hooks *h)
{
	h->turn = 0;
	h->hook = h->n > 0 ? calloc(h->n, sizeof *h->hook) : NULL;
	return h->n > 0 && h->hook == NULL ? -1 : 0;
}

void
hooks_close(struct hooks *h)
{
	for (unsigned i = 0; h->hook != NULL && i < h->n; i++)
		if (h->hook[i].pid != 0)
			fd_close(&h->hook[i].pidfd);
	free(h->hook);
	h->hook = NULL;
	h->n = 0;
}

void
hooks_tell(struct hooks *h, enum hook_event e, unsigned n, const char *reason)
{
	for (unsigned i = 0; n > 0 && i < h->n; i++) {
		if (h->order[i].event != e)
			continue;
		if (h->hook[i].due == 0)
			h->hook[i].turn = ++h->turn;
		h->hook[i].due += n;
		strlcpy(h->hook[i].reason, reason, HOOK_REASON);
	}
}

/* ---- what it finds ---- */

struct surroundings {
	char own[OWN][VARIABLE];
	char *env[OWN + 1024];	/* more than a program may have */
	size_t n;
};

static void __attribute__((format(printf, 2, 3)))
add(struct surroundings *s, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(s->own[s->n], VARIABLE, fmt, ap);
	va_end(ap);
	s->env[s->n] = s->own[s->n];
	s->n++;
}

static bool
is_own(const struct surroundings *s, unsigned n, const char *variable)
{
	size_t len = strcspn(variable, "=") + 1;

	for (unsigned i = 0; i < n; i++)
		if (strncmp(s->own[i], variable, len) == 0)
			return true;
	return false;
}

static void
surround(struct surroundings *s, const struct hooks *h, unsigned i,
    const struct hook_facts *f)
{
	const struct hook *k = &h->hook[i];
	unsigned own;

	s->n = 0;
	add(s, "BROOD_EVENT=%s", events[h->order[i].event]);
	add(s, "BROOD_SERVICE=%s", f->service);
	add(s, "BROOD_PID=%d", (int)getpid());
	add(s, "BROOD_AVAILABLE=%u", f->available);
	add(s, "BROOD_CONNECTED=%u", f->connected);
	add(s, "BROOD_REASON=%s", k->reason);
	add(s, "BROOD_REPEATED=%u", k->due - 1);
	own = (unsigned)s->n;
	for (unsigned j = 0; j < h->nenv; j++)
		if (!is_own(s, own, h->env[j]))
			s->env[s->n++] = h->env[j];
	s->env[s->n] = NULL;
}
_Static_assert(HANDLER_ENV < 1024, "there is room for all");

/* ---- starting ---- */

/* What it prints is a line of the log, as a program's is. */
static int
place_descriptors(posix_spawn_file_actions_t *a, const struct hooks *h)
{
	int out = h->capture->write_fd;
	int r = posix_spawn_file_actions_addopen(a, 0, "/dev/null", O_RDONLY, 0);

	for (int fd = 1; r == 0 && fd <= 2; fd++)
		r = out != -1 ? posix_spawn_file_actions_adddup2(a, out, fd) :
		    posix_spawn_file_actions_addopen(a, fd, "/dev/null",
		    O_WRONLY, 0);
	return r != 0 ? r : posix_spawn_file_actions_addclosefrom_np(a, 3);
}

static int
place_signals(posix_spawnattr_t *a)
{
	sigset_t none, all;
	int r;

	sigemptyset(&none);
	/* sigfillset(3) leaves out those that libc keeps for itself. */
	memset(&all, 0xff, sizeof all);
	r = posix_spawnattr_setflags(a, POSIX_SPAWN_SETSID |
	    POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
	if (r == 0)
		r = posix_spawnattr_setsigmask(a, &none);
	return r != 0 ? r : posix_spawnattr_setsigdefault(a, &all);
}

/* 0, or what is wrong. */
static int
spawn(const struct hooks *h, const char *command, char *const env[],
    pid_t *pid_r)
{
	char *argv[] = { (char []){ "sh" }, (char []){ "-c" },
	    (char *)(uintptr_t)command, NULL };
	posix_spawn_file_actions_t files;
	posix_spawnattr_t attr;
	int r;

	r = posix_spawn_file_actions_init(&files);
	if (r != 0)
		return r;
	r = posix_spawnattr_init(&attr);
	if (r == 0) {
		r = place_descriptors(&files, h);
		if (r == 0)
			r = place_signals(&attr);
		if (r == 0)
			r = posix_spawn(pid_r, "/bin/sh", &files, &attr, argv,
			    env);
		posix_spawnattr_destroy(&attr);
	}
	posix_spawn_file_actions_destroy(&files);
	return r;
}

static void
start(struct hooks *h, unsigned i, const struct hook_facts *f, int64_t now)
{
	const char *event = events[h->order[i].event];
	struct hook *k = &h->hook[i];
	struct surroundings s;
	pid_t pid = 0;
	int r;

	surround(&s, h, i, f);
	k->due = 0;
	k->rest_ms = now + HOOK_REST;
	r = spawn(h, h->order[i].command, s.env, &pid);
	if (r != 0) {
		log_warn("hook-failed event=%s errno=%s", event, tell_errno(r));
		return;
	}
	k->pid = pid;
	k->late = false;
	k->end_ms = now + HOOK_MS;
	k->pidfd = fd_high((int)syscall(SYS_pidfd_open, pid, 0));
	if (k->pidfd != -1 &&
	    loop_add(h->loop, k->pidfd, EPOLLIN, h->tag) == -1)
		fd_close(&k->pidfd);
	log_info("hook event=%s pid=%d", event, (int)pid);
}

static bool
runs(const struct hooks *h, enum hook_event e)
{
	for (unsigned i = 0; i < h->n; i++)
		if (h->order[i].event == e && h->hook[i].pid != 0)
			return true;
	return false;
}

/* Who is due longest of those whose event has nobody running; n: nobody. */
static unsigned
next_due(const struct hooks *h, int64_t now)
{
	unsigned next = h->n;

	for (unsigned i = 0; i < h->n; i++)
		if (h->hook[i].due > 0 && now >= h->hook[i].rest_ms &&
		    !runs(h, h->order[i].event) && (next == h->n ||
		    h->hook[i].turn < h->hook[next].turn))
			next = i;
	return next;
}

bool
hooks_due(const struct hooks *h, int64_t now)
{
	return next_due(h, now) < h->n;
}

static int64_t
next_end(const struct hooks *h, int64_t now)
{
	int64_t next = LOOP_NEVER;

	for (unsigned i = 0; i < h->n; i++)
		if (h->hook[i].pid != 0)
			next = loop_sooner(next, h->hook[i].pidfd == -1 ?
			    now + AGAIN_MS : h->hook[i].end_ms);
		else if (h->hook[i].due > 0 && now < h->hook[i].rest_ms)
			next = loop_sooner(next, h->hook[i].rest_ms);
	return next;
}

int64_t
hooks_start(struct hooks *h, const struct hook_facts *f, int64_t now)
{
	unsigned i;

	while ((i = next_due(h, now)) < h->n)
		start(h, i, f, now);
	return next_end(h, now);
}

/* ---- ending ---- */

static void
tell_end_of(const struct hooks *h, unsigned i, const siginfo_t *si)
{
	const char *event = events[h->order[i].event];
	int pid = h->hook[i].pid;

	/* Somebody else has waited for it: then who knows how it ended? */
	if (si == NULL)
		log_info("hook-end event=%s pid=%d", event, pid);
	else if (si->si_code == CLD_EXITED)
		log_info("hook-end event=%s pid=%d status=%d", event, pid,
		    si->si_status);
	else
		log_info("hook-end event=%s pid=%d signal=%s", event, pid,
		    sigabbrev_np(si->si_status));
}

static void
bury(struct hooks *h, unsigned i, const siginfo_t *si)
{
	struct hook *k = &h->hook[i];

	/* Its last words come before its end. */
	if (h->capture->read_fd != -1) {
		capture_take(h->capture, tell_program);
		capture_ended(h->capture, k->pid, tell_program);
	}
	tell_end_of(h, i, si);
	if (k->pidfd != -1)
		loop_del(h->loop, k->pidfd);
	fd_close(&k->pidfd);
	k->pid = 0;
}

/* Before it is waited for its number is surely its group's. */
static void
end_late(struct hooks *h, unsigned i, int64_t now)
{
	struct hook *k = &h->hook[i];

	if (now < k->end_ms)
		return;
	if (!k->late)
		log_warn("hook-late event=%s pid=%d signal=KILL",
		    events[h->order[i].event], (int)k->pid);
	k->late = true;
	kill(-k->pid, SIGKILL);
	k->end_ms = now + AGAIN_MS;
}

void
hooks_look(struct hooks *h, int64_t now)
{
	for (unsigned i = 0; i < h->n; i++) {
		siginfo_t si = { .si_pid = 0 };
		pid_t pid = h->hook[i].pid;

		if (pid == 0)
			continue;
		end_late(h, i, now);
		if (waitid(P_PID, (id_t)pid, &si, WEXITED | WNOHANG) == -1)
			bury(h, i, NULL);
		else if (si.si_pid == pid)
			bury(h, i, &si);
	}
}

unsigned
hooks_running(const struct hooks *h, pid_t pid_r[HOOK_MOST])
{
	unsigned n = 0;

	for (unsigned i = 0; h->hook != NULL && i < h->n; i++)
		if (h->hook[i].pid != 0)
			pid_r[n++] = h->hook[i].pid;
	return n;
}

bool
hooks_busy(const struct hooks *h, enum hook_event e)
{
	for (unsigned i = 0; i < h->n; i++)
		if (h->order[i].event == e &&
		    (h->hook[i].pid != 0 || h->hook[i].due > 0))
			return true;
	return false;
}

void
hooks_kill(struct hooks *h, enum hook_event e)
{
	for (unsigned i = 0; i < h->n; i++) {
		if (h->order[i].event != e)
			continue;
		h->hook[i].due = 0;
		if (h->hook[i].pid != 0)
			end_late(h, i, h->hook[i].end_ms);
	}
}
