/* supervisor.c - news comes, is answered, and then it sleeps. */
#include "config.h"
#include "brood/supervisor.h"

#include <errno.h>
#include <limits.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "brood/change.h"
#include "brood/keeps.h"
#include "brood/life.h"
#include "brood/resume.h"
#include "brood/stopping.h"
#include "brood/super.h"
#include "brood/unit.h"
#include "brood/upgrade.h"
#include "brood/verbs.h"
#include "os/launch.h"
#include "os/oom.h"
#include "os/title.h"
#include "tools/clock.h"
#include "tools/log.h"

enum {
	TWICE_MS = 21,		/* a second signal so soon is the first's echo */
	READY_AGAIN_MS = 20	/* READY=1 found no room */
};

/* ---- start ---- */

static bool
is_us(const char *path)
{
	struct stat us, st;

	return stat("/proc/self/exe", &us) == 0 && stat(path, &st) == 0 &&
	    us.st_dev == st.st_dev && us.st_ino == st.st_ino;
}

/* As we were called, if that leads here: of a link that is to lead to the next
 * version, the link.  Else as the kernel has it, who adds a word if another is
 * there already. */
static void
find_binary(char path[PATH_MAX])
{
	static const char gone[] = " (deleted)";
	const char *called = (const char *)(uintptr_t)getauxval(AT_EXECFN);
	struct err e;
	ssize_t n;
	char *end;

	if (called != NULL && strncmp(called, "/proc/", 6) != 0 &&
	    strncmp(called, "/dev/", 5) != 0 &&
	    life_absolute("binary", called, path, &e) == 0 &&
	    is_us(path))
		return;
	n = readlink("/proc/self/exe", path, PATH_MAX - 1);
	path[n > 0 ? n : 0] = '\0';
	end = n > (ssize_t)sizeof gone ? path + n - (sizeof gone - 1) : path;
	if (strcmp(end, gone) == 0)
		*end = '\0';
}

/* Many services need many descriptors; masters start with the limit that we
 * were given. */
static void
raise_descriptors(struct super *s)
{
	struct rlimit r;

	if (getrlimit(RLIMIT_NOFILE, &s->way.descriptors) == -1)
		return;
	r = s->way.descriptors;
	r.rlim_cur = r.rlim_max;
	setrlimit(RLIMIT_NOFILE, &r);
}

/* What an image before us has open already, or what we must open. */
static int
open_own(struct super *s, struct err *e)
{
	if (s->o->handover != NULL)
		return resume_take(s, s->o->handover, e);
	if (notify_open(&s->notify, e) == -1)
		return -1;
	ready_open(&s->ready, s->o->ready_fd);
	return inherit_take(&s->sockets.in, e);
}

static int
open_all(struct super *s, struct err *e)
{
	static char binary[PATH_MAX];
	struct stat st = { .st_ino = 0 };

	find_binary(binary);
	stat(binary, &st);
	raise_descriptors(s);
	if (loop_open(&s->loop, launch_signal(), false, e) == -1 ||
	    open_own(s, e) == -1)
		return -1;
	if (loop_add(&s->loop, s->notify.fd, EPOLLIN, SUPER_TAG_NOTIFY) == -1) {
		err_sys(e, EXIT_SYSTEM, "cannot wait for notifications");
		return -1;
	}
	if (verbs_open(s, e) == -1 || (s->o->handover != NULL &&
	    resume_clients(s, s->o->handover, e) == -1))
		return -1;
	s->way = (struct keep_way){
		.binary = binary, .binary_dev = st.st_dev,
		.binary_ino = st.st_ino,
		.notify = s->notify.name, .log = s->o->log,
		.level = s->o->level, .log_said = s->o->log_said,
		.level_said = s->o->level_said, .plain = &s->plain,
		.control = s->control_path[0] != '\0' ? s->control_path : NULL,
		.descriptors = s->way.descriptors, .oom_score = oom_shield(),
	};
	return 0;
}

static int
start_all(struct super *s, struct err *e)
{
	for (unsigned i = 0; i < s->plain.nservices; i++) {
		struct unit *u = unit_add(s, &s->plain.service[i]);

		if (u == NULL) {
			err_sys(e, EXIT_SYSTEM, "cannot keep a service");
			return -1;
		}
		if (s->o->handover != NULL)
			u->now = resume_find(s, s->o->handover, u->name);
		if (u->now == NULL)
			unit_try(s, u);
	}
	return 0;
}

/* All that serves is of the image before: by masters of ours it is replaced,
 * as in a reload. */
static void
renew_all(struct super *s)
{
	log_info("upgraded version=%s pid=%d", PACKAGE_VERSION, (int)getpid());
	s->change.asked = s->o->handover->reload;
	resume_finish(s);
	change_renew(s, RENEW_ALL);
}

/* All have been tried: those that cannot start do not stop the others. */
static void
become_ready(struct super *s)
{
	unsigned running = 0, failed = 0;
	struct unit *u;

	LIST_FOREACH(u, &s->units, next) {
		if (!unit_is_decided(s, u))
			return;
		*(u->now != NULL ? &running : &failed) += 1;
	}
	if (failed > 0 && s->o->require_all) {
		LIST_FOREACH(u, &s->units, next)
			if (u->now == NULL && s->status == 0) {
				s->status = EXIT_UNAVAILABLE;
				err_set(&s->last, s->status, "service %s: %s",
				    u->name, u->reason);
			}
		raise(SIGTERM);
	}
	s->is_ready = true;
	s->generation = 1;
	log_info("ready pid=%d services=%u running=%u failed=%u", (int)getpid(),
	    running + failed, running, failed);
	if (s->status != 0)
		return;
	ready_now(&s->ready);
	if (s->o->ready != NULL)
		s->o->ready(s->o->arg);
}

/* ---- stop ---- */

static void
stop(struct super *s, int number)
{
	bool hurry = s->patient && number != SIGQUIT;
	struct unit *u;

	if (s->stopping && !hurry && s->now - s->stopped_ms < TWICE_MS)
		return;
	log_info("stop signal=%s", sigabbrev_np(number));
	if (!s->stopping) {
		change_abort(s, "the supervisor is told to stop");
		upgrade_abort(s, "the supervisor is told to stop");
		ready_tell(&s->ready, "STOPPING=1");
		/* Masters serve who waits in the queue, and then nobody can
		 * connect any more. */
		sockets_close(&s->sockets);
	}
	if (!s->stopping || hurry)
		s->stopped_ms = s->now;
	s->patient = number == SIGQUIT && (!s->stopping || s->patient);
	s->stopping = true;
	LIST_FOREACH(u, &s->units, next)
		u->again_ms = 0;
	stopping_all(s, number);
}

/* ---- news ---- */

static void
hear_signal(struct super *s, int number)
{
	switch (number) {
	case SIGHUP:
		change_ask(s);
		break;
	case SIGTERM:
	case SIGINT:
	case SIGQUIT:
		stop(s, number);
		break;
	case SIGUSR1:
		if (log_reopen() == -1)
			log_warn("log-reopen-failed errno=%s",
			    strerrorname_np(errno));
		else
			log_info("log-reopened");
		change_renew(s, RENEW_LOGS);
		break;
	case SIGUSR2:
		upgrade_ask(s);
		break;
	}
}

static void
hear_ready(struct super *s, uint32_t tag)
{
	struct unit *u;

	if (tag == SUPER_TAG_NOTIFY)
		keeps_hear(s);
	else if (tag == SUPER_TAG_CHANGE)
		change_hear(s);
	else if (tag == SUPER_TAG_UPGRADE)
		upgrade_hear(s);
	else if (tag == SUPER_TAG_PLAN || tag >= SUPER_TAG_CONTROL)
		verbs_hear(s, tag);
	else if (tag >= SUPER_TAG_ASK && (u = unit_numbered(s,
	    tag - SUPER_TAG_ASK)) != NULL && u->ask_fd != -1)
		change_answered(s, u);
}

static void
hear(struct super *s, const struct loop_news *news)
{
	for (unsigned i = 0; i < news->nready; i++)
		hear_ready(s, news->ready[i]);
	/* A master that said READY and died did both, in this order. */
	if (news->ended) {
		keeps_hear(s);
		keeps_reap(s);
	}
	for (unsigned i = 0; i < news->nsignals; i++)
		hear_signal(s, news->signals[i]);
}

static int64_t
say_ready(struct super *s)
{
	if (s->ready.owed)
		ready_now(&s->ready);
	return s->ready.owed ? s->now + READY_AGAIN_MS : LOOP_NEVER;
}

static int64_t
watchdog(struct super *s)
{
	if (s->ready.watchdog_ms == 0)
		return LOOP_NEVER;
	if (s->now >= s->watchdog_ms) {
		ready_tell(&s->ready, "WATCHDOG=1");
		s->watchdog_ms = s->now + s->ready.watchdog_ms;
	}
	return s->watchdog_ms;
}

static void
title(const struct super *s)
{
	unsigned running = 0, all = 0;
	struct unit *u;

	LIST_FOREACH(u, &s->units, next) {
		all++;
		running += u->now != NULL && u->now->state == KEEP_RUNNING;
	}
	title_set("supervisor", s->o->title, "[%u of %u running]%s", running,
	    all, s->stopping ? " stopping" : "");
}

/* After the answer was written. */
static void
stop_by_verb(struct super *s)
{
	if (s->drain_asked)
		stop(s, SIGQUIT);
	if (s->stop_asked > 0)
		stop(s, SIGTERM);
	/* A second time so soon would be taken for the first one's echo. */
	if (s->stop_asked > 1)
		s->again_ms = s->now + 2 * TWICE_MS;
	s->drain_asked = false;
	s->stop_asked = 0;
	if (s->again_ms != 0 && s->now >= s->again_ms) {
		s->again_ms = 0;
		stopping_all(s, SIGTERM);
	}
}

static void
answer_reloads(struct super *s)
{
	struct change *c = &s->change;

	if (c->began)
		verbs_reloads(s);
	if (c->ended)
		verbs_reloaded(s, c->end.status != 0 ? &c->end : NULL);
	c->began = c->ended = false;
}

static int64_t
turn(struct super *s)
{
	int64_t next;

	stop_by_verb(s);
	next = change_turn(s);
	answer_reloads(s);
	next = loop_sooner(next, upgrade_turn(s));
	next = loop_sooner(next, unit_turn(s));
	if (!s->is_ready && !s->stopping)
		become_ready(s);
	next = loop_sooner(next, stopping_turn(s));
	next = loop_sooner(next, s->again_ms != 0 ? s->again_ms : LOOP_NEVER);
	next = loop_sooner(next, verbs_turn(s));
	/* Also by a verb that was heard just now. */
	if (change_waits(s) || upgrade_waits(s))
		next = s->now;
	next = loop_sooner(next, say_ready(s));
	next = loop_sooner(next, watchdog(s));
	title(s);
	if (!log_flush())
		next = loop_sooner(next, s->now + 1000);
	return next;
}

static bool
is_over(const struct super *s)
{
	return s->stopping && LIST_EMPTY(&s->keeps);
}

static void
close_all(struct super *s)
{
	struct unit *u;

	verbs_close(s);
	sockets_close(&s->sockets);
	while ((u = LIST_FIRST(&s->units)) != NULL)
		unit_remove(u);
	ready_close(&s->ready);
	notify_close(&s->notify);
	loop_close(&s->loop);
	plain_free(&s->plain);
}

static struct super *
make(const struct supervisor_options *o, struct plain *plain, struct err *e)
{
	struct super *s = calloc(1, sizeof *s);

	if (s == NULL) {
		err_sys(e, EXIT_SYSTEM, "cannot make a supervisor");
		return NULL;
	}
	s->o = o;
	s->plain = *plain;
	s->notify.fd = -1;
	s->ready = (struct ready){ .notify_fd = -1, .line_fd = -1 };
	s->change.loader.out_fd = s->change.loader.err_fd = -1;
	s->upgrade.fd = -1;
	s->now = s->started_ms = clock_ms();
	return s;
}

/* Nothing of what it opens is its own: no path may be removed. */
int
supervisor_rehearse(const struct supervisor_options *o, struct plain *plain,
    struct err *e)
{
	struct super *s = make(o, plain, e);

	if (s != NULL && open_all(s, e) == 0)
		resume_rehearsed();
	return -1;
}

int
supervisor_run(const struct supervisor_options *o, struct plain *plain,
    struct err *e)
{
	struct super *s = make(o, plain, e);
	struct loop_news news = { .ended = true };
	int64_t next;
	int status;

	if (s == NULL)
		return e->status;
	if (open_all(s, e) == -1 || start_all(s, e) == -1) {
		status = e->status;
	} else {
		/* Who ended while there was no image to hear of it? */
		hear(s, &news);
		if (o->handover != NULL)
			renew_all(s);
		next = turn(s);
		while (!is_over(s)) {
			loop_turn(&s->loop, next, &news);
			s->now = clock_ms();
			hear(s, &news);
			next = turn(s);
		}
		status = s->status;
		*e = s->last;
		log_info("stopped");
	}
	close_all(s);
	free(s);
	return status;
}
