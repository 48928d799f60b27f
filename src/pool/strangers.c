/* strangers.c - looks among our children for those that nobody knows. */
#include "pool/strangers.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "pool/pool.h"
#include "pool/tell.h"
#include "tools/clock.h"
#include "tools/fd.h"
#include "tools/log.h"

enum {
	LOOK_MS  = 100,		/* between two looks */
	ROUNDS   = 8,		/* of one look, while some end meanwhile */
	FOUND    = 1024,	/* in one round */
	BEFORE   = FOUND,	/* children that may be there first */
	CLOSE_MS = 2000,	/* for the last of them */
	NAP_MS   = 5
};

/* ---- our children, as the kernel has them ---- */

/* Orphans are given to the first thread.  -1 with errno. */
static int
open_children(void)
{
	char path[64];

	snprintf(path, sizeof path, "/proc/self/task/%d/children",
	    (int)getpid());
	return open(path, O_RDONLY | O_CLOEXEC);
}

static int
by_number(const void *a, const void *b)
{
	const pid_t *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

static bool
is_known(const struct strangers *s, pid_t pid)
{
	return bsearch(&pid, s->known, s->nknown, sizeof pid, by_number) != NULL;
}

/* Those that are not known, at most FOUND.  Nobody leaves the list while it is
 * read, as only we wait for them.  How many, or -1 with errno. */
static int
find(const struct strangers *s, pid_t found[FOUND])
{
	int fd = open_children();
	char buf[4096];
	unsigned n = 0;
	pid_t pid = 0;
	ssize_t got;

	if (fd == -1)
		return -1;
	while ((got = read(fd, buf, sizeof buf)) > 0)
		for (ssize_t i = 0; i < got; i++) {
			if (buf[i] >= '0' && buf[i] <= '9') {
				pid = pid * 10 + (buf[i] - '0');
				continue;
			}
			if (pid > 0 && n < FOUND && !is_known(s, pid))
				found[n++] = pid;
			pid = 0;
		}
	fd_close(&fd);
	return got == -1 ? -1 : (int)n;
}

static void
know(struct strangers *s, const struct pool *p,
    const struct strangers_others *o)
{
	unsigned high = p->board != NULL ? p->board->high : 0;
	pid_t *to = s->known;

	for (unsigned i = 0; i < high; i++)
		if (p->seats[i].pid != 0)
			*to++ = p->seats[i].pid;
	for (unsigned i = 0; i < o->n; i++)
		*to++ = o->pid[i];
	for (unsigned i = 0; i < s->nbefore; i++)
		*to++ = s->before[i];
	s->nknown = (unsigned)(to - s->known);
	qsort(s->known, s->nknown, sizeof *s->known, by_number);
}

/* ---- the beginning ---- */

static int
remember(struct strangers *s)
{
	int n;

	s->before = calloc(BEFORE, sizeof *s->before);
	s->known = calloc(POOL_SEATS + BEFORE + STRANGERS_OTHERS,
	    sizeof *s->known);
	if (s->before == NULL || s->known == NULL)
		return -1;
	n = find(s, s->before);
	if (n == BEFORE)
		errno = E2BIG;
	if (n == -1 || n == BEFORE)
		return -1;
	s->nbefore = (unsigned)n;
	return 0;
}

static void
forget(struct strangers *s)
{
	free(s->before);
	free(s->known);
	*s = (struct strangers){ .may_be = s->may_be };
}

int
strangers_open(struct strangers *s, bool kills, struct err *e)
{
	siginfo_t si;
	int reaper = 0;

	prctl(PR_GET_CHILD_SUBREAPER, &reaper, 0, 0, 0);
	s->may_be = getpid() == 1 || reaper != 0 ||
	    waitid(P_ALL, 0, &si, WEXITED | WNOHANG | WNOWAIT | __WALL) == 0;
	if (!kills)
		return 0;
	s->was_reaper = reaper != 0;
	if (remember(s) == 0 &&
	    prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0) == 0) {
		s->kills = true;
		return 0;
	}
	err_sys(e, EXIT_SYSTEM, "cannot know the children of process %d",
	    (int)getpid());
	forget(s);
	return -1;
}

/* ---- waiting for them ---- */

static void
tell_reaped(pid_t pid, int status)
{
	log_debug("reaped-stranger pid=%d status=%d", (int)pid, status);
}

/* Those that were there first may end by themselves. */
static void
reap_older(struct strangers *s)
{
	int status = 0;

	for (unsigned i = 0; i < s->nbefore;) {
		pid_t pid = s->before[i];
		pid_t r = waitpid(pid, &status, WNOHANG | __WALL);

		if (r == 0) {
			i++;
			continue;
		}
		if (r == pid)
			tell_reaped(pid, status);
		s->before[i] = s->before[--s->nbefore];
	}
}

static bool
is_ours(const struct pool *p, const struct strangers_others *o, pid_t pid)
{
	for (unsigned i = 0; i < p->board->high; i++)
		if (p->seats[i].pid == pid)
			return true;
	for (unsigned i = 0; i < o->n; i++)
		if (o->pid[i] == pid)
			return true;
	return false;
}

/* Only what has ended.  False: who is ours hides others. */
static bool
reap(const struct pool *p, const struct strangers_others *o)
{
	siginfo_t si;
	int status = 0;

	for (;;) {
		si.si_pid = 0;
		if (waitid(P_ALL, 0, &si, WEXITED | WNOHANG | WNOWAIT) == -1 ||
		    si.si_pid == 0)
			return true;
		if (is_ours(p, o, si.si_pid))
			return false;
		if (waitpid(si.si_pid, &status, WNOHANG) == si.si_pid)
			tell_reaped(si.si_pid, status);
	}
}

/* ---- killing them ---- */

/* What a set-user-ID program is may not be ours to kill. */
static void
tell_stays(struct strangers *s, pid_t pid, int64_t now)
{
	int keep = errno;
	unsigned repeated;

	if (episode_tell(&s->stays, now, &repeated))
		log_warn("stranger-stays pid=%d errno=%s repeated=%u", (int)pid,
		    tell_errno(keep), repeated);
}

struct toll {
	unsigned killed;	/* and waited for */
	unsigned ended;		/* killed or by themselves */
	unsigned dying;		/* not waited for yet */
};

/* It is our child only if it can be waited for: /proc may be another
 * namespace's. */
static void
end(struct strangers *s, pid_t pid, struct toll *t, int64_t now)
{
	int status = 0;
	pid_t r = waitpid(pid, &status, WNOHANG | __WALL);

	if (r == pid) {
		t->killed += WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL;
		t->ended++;
		tell_reaped(pid, status);
	} else if (r == 0 && kill(pid, SIGKILL) == 0) {
		t->dying++;
	} else if (r == 0) {
		tell_stays(s, pid, now);
	}
}

/* Who has ended may have left others to us.  True: they never stopped, and
 * there may be more. */
static bool
end_all(struct strangers *s, struct toll *t, int64_t now)
{
	pid_t found[FOUND];

	reap_older(s);
	for (int i = 0; i < ROUNDS; i++) {
		unsigned before = t->ended;
		int n = find(s, found);

		t->dying = 0;
		for (int j = 0; j < n; j++)
			end(s, found[j], t, now);
		if (t->ended == before)
			return false;
	}
	return true;
}

static void
tell_toll(const struct toll *t)
{
	if (t->killed > 0)
		log_info("left-behind killed=%u", t->killed);
}

/* ---- from time to time, and at the end ---- */

/* True: there may be more, of whom no signal tells. */
static bool
look(struct strangers *s, const struct pool *p,
    const struct strangers_others *o, int64_t now)
{
	struct toll t = { .ended = 0 };
	bool more;

	if (!s->kills)
		return !reap(p, o);
	know(s, p, o);
	more = end_all(s, &t, now);
	tell_toll(&t);
	return more;
}

int64_t
strangers_look(struct strangers *s, struct pool *p,
    const struct strangers_others *o, int64_t now)
{
	if (!s->may_be && !s->kills)
		return LOOP_NEVER;
	if (p->ended && s->due_ms == 0)
		s->due_ms = now > s->next_ms ? now : s->next_ms;
	p->ended = false;
	if (s->due_ms == 0 || now < s->due_ms)
		return s->due_ms != 0 ? s->due_ms : LOOP_NEVER;
	s->next_ms = now + LOOK_MS;
	s->due_ms = look(s, p, o, now) ? s->next_ms : 0;
	return s->due_ms != 0 ? s->due_ms : LOOP_NEVER;
}

void
strangers_close(struct strangers *s, const struct pool *p,
    const struct strangers_others *o)
{
	const struct timespec nap = { 0, NAP_MS * 1000000L };
	int64_t until = clock_ms() + CLOSE_MS;
	struct toll t = { .ended = 0 };

	if (!s->kills)
		return;
	know(s, p, o);
	while ((end_all(s, &t, clock_ms()) || t.dying > 0) &&
	    clock_ms() < until)
		nanosleep(&nap, NULL);
	tell_toll(&t);
	prctl(PR_SET_CHILD_SUBREAPER, s->was_reaper, 0, 0, 0);
	forget(s);
}
