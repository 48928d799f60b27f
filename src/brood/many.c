/* many.c - from a file to a supervisor. */
#include "brood/many.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "brood/life.h"
#include "brood/loader.h"
#include "brood/resume.h"
#include "brood/supervisor.h"
#include "tools/log.h"

struct many {
	const struct options *o;
	struct life life;
	char path[PATH_MAX];
	char pidfile[PATH_MAX];
	struct handover handover;	/* from the image before; if asked for */
	struct supervisor_options s;
};

static int
find_source(struct many *m, struct err *e)
{
	const struct options *o = m->o;
	const char *path = o->file != NULL ? o->file :
	    o->inetd != NULL ? o->inetd : o->xinetd;

	m->s.source.format = o->file != NULL ? LOADER_BROOD :
	    o->inetd != NULL ? LOADER_INETD : LOADER_XINETD;
	m->s.source.path = m->path;
	m->s.title = m->path;
	if (o->handover != NULL)
		path = m->handover.file;
	return life_absolute("file", path, m->path, e);
}

/* ---- looking only ---- */

static int
look_at(const struct source *s, const struct options *o)
{
	FILE *nowhere;

	if (o->convert)
		return loader_convert(s, stdout, stderr);
	if (o->print)
		return loader_check(s, stdout, stderr);
	nowhere = fopen("/dev/null", "we");
	return nowhere != NULL ? loader_check(s, nowhere, stderr) : EXIT_SYSTEM;
}

/* This process does nothing else, and it may be told to end.  What it made
 * goes with it: brood/tree.h. */
static void __attribute__((noreturn))
look(const struct many *m)
{
	sigset_t none;
	int status;

	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	status = look_at(&m->s.source, m->o);
	_exit(status);
}

/* ---- serving ---- */

static int
load(struct many *m, struct plain *p, struct err *e)
{
	static struct loader l;
	int status = loader_run(&l, &m->s.source, p, e);

	/* All mistakes, as a compiler has them; not the first as our own. */
	if (status != 0 && l.nwhy > 0) {
		fwrite(l.why, 1, l.nwhy, stderr);
		e->text[0] = '\0';
	}
	loader_free(&l);
	return status == 0 ? 0 : -1;
}

static int
open_log(struct many *m, const struct plain *p, struct err *e)
{
	const struct options *o = m->o;

	m->s.log = o->log != NULL ? o->log : plain_global(p, "log");
	if (m->s.log == NULL)
		m->s.log = o->daemon ? "syslog" : "stderr";
	m->s.level = o->leveled || plain_global(p, "log-level") == NULL ?
	    o->level : plain_global(p, "log-level");
	if (brood_log(m->s.log, m->s.level) == -1) {
		err_sys(e, EXIT_SYSTEM, "cannot open the log %s", m->s.log);
		return -1;
	}
	m->life.logging = true;
	m->s.log_said = o->log != NULL;
	m->s.level_said = o->leveled;
	return 0;
}

static int
prepare(struct many *m, struct plain *p, struct err *e)
{
	const struct options *o = m->o;
	const char *pidfile;

	if (load(m, p, e) == -1)
		return -1;
	pidfile = o->pidfile != NULL ? o->pidfile : plain_global(p, "pidfile");
	if (pidfile != NULL && (life_absolute("pid file", pidfile, m->pidfile,
	    e) == -1 || life_lock(&m->life, m->pidfile, e) == -1))
		return -1;
	if (open_log(m, p, e) == -1 ||
	    (o->daemon && life_background(&m->life, e) == -1) ||
	    life_write(&m->life, m->pidfile, e) == -1)
		return -1;
	if (o->daemon)
		life_leave_terminal();
	return o->daemon ? chdir("/") : 0;
}

/* A log that is lost now is no reason to end: there were two seconds ago all
 * that it needs. */
static int
resume_log(struct many *m, const struct plain *p, struct err *e)
{
	if (open_log(m, p, e) == 0)
		return 0;
	if (m->o->rehearse || brood_log("stderr", m->s.level) == -1)
		return -1;
	m->life.logging = true;
	log_warn("log-reopen-failed errno=%s", strerrorname_np(errno));
	return 0;
}

/* The same for an image that goes on with what another had.  Who rehearses is
 * that one's child, and nobody's grandchild. */
static int
resume(struct many *m, struct plain *p, struct err *e)
{
	const struct handover *h = &m->handover;

	if (h->pid != (m->o->rehearse ? getppid() : getpid())) {
		err_set(e, EXIT_CONFIG, "handover: of process %d, which is "
		    "another", (int)h->pid);
		return -1;
	}
	if (plain_read(p, h->plain, h->plain_size, e) == -1 ||
	    (h->lock.fd != -1 && life_resume(&m->life, h->lock.fd, h->lock.id,
	    h->pidfile, e) == -1))
		return -1;
	strlcpy(m->pidfile, h->pidfile, sizeof m->pidfile);
	m->s.handover = h;
	m->s.ready_fd = -1;	/* it has heard */
	return resume_log(m, p, e);
}

/* Only what was handed over may be open: all else was close-on-exec. */
static int
begin(struct many *m, struct plain *p, struct err *e)
{
	if (m->o->handover != NULL)
		return resume(m, p, e);
	return life_close_foreign(m->o->ready_fd, e) == -1 ||
	    prepare(m, p, e) == -1 ? -1 : 0;
}

static void
on_ready(void *arg)
{
	life_tell(arg, &(struct err){ .status = EXIT_STOPPED });
}

static void
set_options(struct many *m)
{
	m->s.require_all = m->o->require_all;
	m->s.ready_fd = m->o->ready_fd;
	m->s.control = m->o->control;
	m->s.ready = on_ready;
	m->s.arg = &m->life;
	m->s.rehearse = m->o->rehearse;
	m->s.argv = m->o->argv;
	m->s.pidfile = m->pidfile;
}

/* Nothing is ours to remove. */
static void __attribute__((noreturn))
rehearse(struct many *m)
{
	struct err e = { .status = 0 };
	struct plain p = { .nservices = 0 };

	if (resume(m, &p, &e) == 0)
		supervisor_rehearse(&m->s, &p, &e);
	life_complain(2, &e);
	_exit(e.status);
}

static int
serve(struct many *m)
{
	struct err e = { .status = 0 };
	struct plain p = { .nservices = 0 };
	int status;

	if (begin(m, &p, &e) == -1) {
		status = e.status;
	} else {
		m->s.lock_fd = life_lock_fd(&m->life);
		status = supervisor_run(&m->s, &p, &e);
	}
	e.status = status;
	life_end(&m->life, &e);
	return status;
}

int
many_run(const struct options *o)
{
	static struct many m;
	struct err e;

	m = (struct many){ .o = o,
	    .life = { .parent_fd = -1, .stderr_fd = -1, .lock_fd = -1 } };
	if ((o->handover != NULL && resume_read(&m.handover, o->handover,
	    &e) == -1) || find_source(&m, &e) == -1) {
		life_complain(2, &e);
		return e.status;
	}
	if (o->check || o->print || o->convert)
		look(&m);
	set_options(&m);
	if (o->rehearse)
		rehearse(&m);
	return serve(&m);
}
