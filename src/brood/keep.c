/* keep.c - a service's words become a command line. */
#include "brood/keep.h"

#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "brood/limits.h"
#include "os/oom.h"
#include "tools/log.h"

const char *
keep_word(enum keep_state state)
{
	static const char *const words[] = {
		[KEEP_STARTING] = "starting", [KEEP_RUNNING] = "running",
		[KEEP_FINISHING] = "finishing", [KEEP_STOPPING] = "stopping",
	};

	return words[state];
}

/* ---- the command line; made in the child, so nothing is given back ---- */

struct line {
	char **v;
	size_t n, most;
};

static void __attribute__((format(printf, 2, 3)))
add(struct line *l, const char *fmt, ...)
{
	va_list ap;

	if (l->n + 1 >= l->most) {
		l->most = 2 * l->most + 64;
		l->v = reallocarray(l->v, l->most, sizeof *l->v);
		if (l->v == NULL)
			_exit(EXIT_SYSTEM);
	}
	va_start(ap, fmt);
	if (vasprintf(&l->v[l->n], fmt, ap) == -1)
		_exit(EXIT_SYSTEM);
	va_end(ap);
	l->v[++l->n] = NULL;
}

/* The daemon's own words are said by us, not passed on. */
static void
add_words(struct line *l, const struct plain_service *s,
    const struct keep_limits *limits)
{
	for (unsigned i = 0; i < s->nwords; i++) {
		const struct plain_word *w = &s->word[i];

		if (strcmp(w->name, "log") == 0 ||
		    strcmp(w->name, "log-level") == 0 ||
		    (limits->known && limits_number(w->name) != -1))
			continue;
		if (w->value != NULL)
			add(l, "--%s=%s", w->name, w->value);
		else
			add(l, "--%s", w->name);
	}
}

static void
add_limits(struct line *l, const struct keep_limits *limits)
{
	for (unsigned i = 0; limits->known && i < KEEP_LIMITS; i++)
		add(l, "--%s=%u", limits_word(i), limits->value[i]);
}

static void
add_log(struct line *l, const struct keep_way *w, const struct plain_service *s)
{
	const char *log = plain_value(s, "log");
	const char *level = plain_value(s, "log-level");

	log = log != NULL && !w->log_said ? log : w->log;
	level = level != NULL && !w->level_said ? level : w->level;
	if (log != NULL)
		add(l, "--log=%s", log);
	if (level != NULL)
		add(l, "--log-level=%s", level);
}

static void
add_control(struct line *l, const struct keep_way *w, const struct keep *k)
{
	static const char *const words[] = {
		"control-mode", "control-owner", "control-look",
		"control-operate", "control-own"
	};

	if (k->control[0] == '\0')
		return;
	add(l, "--control=%s", k->control);
	for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
		if (plain_global(w->plain, words[i]) != NULL)
			add(l, "--%s=%s", words[i],
			    plain_global(w->plain, words[i]));
}

static char **
command_line(const struct keep_way *w, const struct plain_service *s,
    const struct keep *k)
{
	struct line l = { .n = 0 };
	bool builtin = strncmp(s->kind, "inline", 6) == 0;

	add(&l, "brood");
	add(&l, "--name=%s", s->name);
	if (builtin)
		add(&l, "--inline=%s", s->program[0]);
	add(&l, "--kind=%s", s->kind);
	add_words(&l, s, &k->limits);
	add_limits(&l, &k->limits);
	add_log(&l, w, s);
	add_control(&l, w, k);
	add(&l, "--");
	add(&l, "fd:*");
	for (unsigned i = 0; !builtin && i < s->nprogram; i++)
		add(&l, "%s", s->program[i]);
	return l.v;
}

/* ---- the child ---- */

/* First all above where they shall be, so that none is overwritten. */
static void
place_sockets(const struct sockets *v, const struct plain_service *s)
{
	int n = (int)s->naddresses;
	int fd[256];

	for (int i = 0; i < n && i < 256; i++) {
		fd[i] = fcntl(sockets_find(v, s, (unsigned)i)->listener.fd,
		    F_DUPFD_CLOEXEC, 3 + n);
		if (fd[i] == -1)
			_exit(EXIT_SYSTEM);
	}
	for (int i = 0; i < n && i < 256; i++)
		if (dup2(fd[i], 3 + i) == -1)
			_exit(EXIT_SYSTEM);
	closefrom(3 + n);
}

static void
set_variables(const struct keep_way *w, const struct plain_service *s)
{
	char number[16], names[256 * 48];
	size_t n = 0;

	for (unsigned i = 0; i < s->naddresses && i < 256; i++)
		n += (size_t)snprintf(names + n, sizeof names - n, "%s%s",
		    i > 0 ? ":" : "", s->name);
	snprintf(number, sizeof number, "%d", (int)getpid());
	setenv("LISTEN_PID", number, 1);
	snprintf(number, sizeof number, "%u", s->naddresses);
	setenv("LISTEN_FDS", number, 1);
	setenv("LISTEN_FDNAMES", names, 1);
	unsetenv("LISTEN_PIDFDID");
	unsetenv("WATCHDOG_USEC");
	unsetenv("WATCHDOG_PID");
	setenv("NOTIFY_SOCKET", w->notify, 1);
	setenv("BROOD_SUPERVISED", "1", 1);
}

/* Ours, not one that only USR2 makes ours.  The path is for those who look at
 * processes, and where the kernel knows only who interprets us (valgrind). */
static void
become_binary(const struct keep_way *w, char **argv)
{
	struct stat st;

	if (stat(w->binary, &st) == 0 && st.st_dev == w->binary_dev &&
	    st.st_ino == w->binary_ino)
		execv(w->binary, argv);
	execv("/proc/self/exe", argv);
	execv(w->binary, argv);
}

static void __attribute__((noreturn))
become_master(const struct keep_way *w, const struct sockets *v,
    const struct plain_service *s, const struct keep *k, pid_t parent)
{
	char **argv = command_line(w, s, k);

	/* Ours alone: a terminal's ^C is the supervisor's to hear. */
	setsid();
	prctl(PR_SET_PDEATHSIG, SIGTERM);
	if (getppid() != parent)
		_exit(EXIT_STOPPED);
	set_variables(w, s);
	place_sockets(v, s);
	if (w->descriptors.rlim_max != 0)
		setrlimit(RLIMIT_NOFILE, &w->descriptors);
	oom_set(w->oom_score);
	become_binary(w, argv);
	dprintf(2, "brood: cannot execute %s: %s\n", w->binary, strerror(errno));
	_exit(EXIT_UNAVAILABLE);
}

/* ---- the supervisor ---- */

static void
name_control(struct keep *k, const char *ours, pid_t pid)
{
	char copy[KEEP_PATH];
	int n;

	k->control[0] = '\0';
	if (ours == NULL || strlcpy(copy, ours, sizeof copy) >= sizeof copy)
		return;
	n = snprintf(k->control, sizeof k->control, "%s/%s.%d", dirname(copy),
	    k->name, (int)pid);
	if (n >= KEEP_PATH)
		k->control[0] = '\0';
}

struct keep *
keep_start(const struct keep_way *w, const struct sockets *v,
    const struct plain_service *s, const struct keep_limits *limits,
    unsigned serial, int64_t now)
{
	struct keep *k = calloc(1, sizeof *k);
	pid_t us = getpid();

	if (k == NULL)
		return NULL;
	strlcpy(k->name, s->name, sizeof k->name);
	k->serial = serial;
	k->born_ms = now;
	k->state = KEEP_STARTING;
	if (limits != NULL)
		k->limits = *limits;
	k->pid = fork();
	if (k->pid == 0) {
		log_child();
		name_control(k, w->control, getpid());
		become_master(w, v, s, k, us);
	}
	if (k->pid > 0) {
		name_control(k, w->control, k->pid);
		return k;
	}
	free(k);
	return NULL;
}

void
keep_tell(struct keep *k, int number)
{
	/* One that was stopped shall hear it, too.  CONT comes first: behind
	 * the other it may come when that one ends, and take the stop away
	 * that a leak checker waits for then. */
	kill(k->pid, SIGCONT);
	kill(k->pid, number);
}

void
keep_finish(struct keep *k, int64_t until_ms)
{
	k->state = KEEP_FINISHING;
	k->until_ms = until_ms;
	keep_tell(k, SIGQUIT);
}

const char *
keep_end(int status, char buf[KEEP_END])
{
	if (WIFEXITED(status))
		snprintf(buf, KEEP_END, "ended with status %d",
		    WEXITSTATUS(status));
	else
		snprintf(buf, KEEP_END, "was ended by signal %d",
		    WTERMSIG(status));
	return buf;
}

void
keep_bury(struct keep *k)
{
	/* Its own user may not have the right to. */
	if (k->control[0] != '\0' && unlink(k->control) == -1 && errno != ENOENT)
		log_warn("unlink-failed path=%s errno=%s", k->control,
		    strerrorname_np(errno));
	LIST_REMOVE(k, next);
	free(k);
}
