/* main.c - brood: one service from the command line, or those of a file.
 *
 * Order matters here: signals and descriptors first, whatever we inherited;
 * what needs the starter's rights or folder before the library drops them. */
#include "config.h"

#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "brood/life.h"
#include "brood/many.h"
#include "brood/options.h"
#include "lib/brood.h"
#include "os/title.h"
#include "tools/err.h"
#include "tools/fd.h"
#include "tools/inherit.h"
#include "tools/log.h"
#include "tools/signals.h"

static void
on_event(struct brood *b, enum brood_event what, struct brood_client *c,
    const char *text, void *arg)
{
	struct life *life = arg;

	(void)b, (void)c, (void)text;
	if (what != BROOD_EVENT_READY)
		return;
	life_tell(life, &(struct err){ .status = EXIT_STOPPED });
	fd_close(&life->stderr_fd);
}

static bool
mentions_inherited(const char *addresses)
{
	return strncmp(addresses, "fd:", 3) == 0 ||
	    strstr(addresses, ",fd:") != NULL;
}

/* A listener that nobody named would let clients wait for ever. */
static int
close_unwanted(const struct options *o, struct err *e)
{
	char name[INHERIT_NAME_SIZE * 4];
	struct inherit in;

	if (mentions_inherited(o->addresses))
		return 0;
	if (inherit_take(&in, e) == -1)
		return -1;
	for (unsigned i = 0; i < in.n; i++) {
		log_warn("inherited-unused fd=%d name=%s", in.at[i].fd,
		    log_value(in.at[i].name, name, sizeof name));
		close(in.at[i].fd);
	}
	return 0;
}

static int
open_log(const struct options *o, struct life *life, struct err *e)
{
	const char *where = o->log != NULL ? o->log :
	    o->daemon ? "syslog" : "stderr";

	if (brood_log(where, o->level) == -1) {
		err_sys(e, EXIT_SYSTEM, "cannot open the log %s", where);
		return -1;
	}
	/* Else the log is where it is complained anyway. */
	life->logging = o->daemon || o->log != NULL;
	if (o->name != NULL)
		log_service(o->name);
	return 0;
}

static int
listen_on(const struct options *o, struct err *e)
{
	if (brood_listen(o->service, o->addresses) == 0)
		return 0;
	err_set(e, brood_exit_status(o->service), "%s",
	    brood_error(o->service));
	return -1;
}

static int
prepare(struct options *o, struct life *life, struct err *e)
{
	char pidfile[PATH_MAX];

	life->stderr_fd = fcntl(2, F_DUPFD_CLOEXEC, 3);
	if (o->pidfile != NULL && (life_absolute("pid file", o->pidfile, pidfile, e) == -1 ||
	    life_lock(life, pidfile, e) == -1))
		return -1;
	if (o->daemon && o->folder == NULL)
		brood_set(o->service, "chdir", "/");
	brood_on_event(o->service, on_event, life);
	if (open_log(o, life, e) == -1 || close_unwanted(o, e) == -1)
		return -1;
	if (geteuid() == 0 && o->user == NULL)
		log_warn("root reason=\"no --user was given: the program runs "
		    "as root\"");
	if (listen_on(o, e) == -1)
		return -1;
	if (o->daemon && life_background(life, e) == -1)
		return -1;
	if (life_write(life, pidfile, e) == -1)
		return -1;
	/* Waiting children would hold on to it; 2 is enough until then. */
	if (o->daemon || (o->log != NULL && strcmp(o->log, "stderr") != 0))
		fd_close(&life->stderr_fd);
	if (o->daemon)
		life_leave_terminal();
	return 0;
}

static int
run(struct options *o)
{
	struct life life = { .parent_fd = -1, .stderr_fd = -1, .lock_fd = -1 };
	struct err e = { .status = 0 };
	int status;

	if (life_close_foreign(o->ready_fd, &e) == -1 || prepare(o, &life, &e) == -1) {
		status = e.status;
	} else {
		status = brood_run(o->service);
		err_set(&e, status, "%s", brood_error(o->service));
	}
	life_end(&life, &e);
	return status;
}

int
main(int argc, char **argv)
{
	struct options o;
	struct err e;
	int status = EXIT_INTERNAL;

	signals_own();
	if (fd_floor() == -1)
		return EXIT_SYSTEM;
	if (getauxval(AT_SECURE) != 0) {
		fputs("brood: refuses to run set-uid\n", stderr);
		return EXIT_PRIVILEGE;
	}
	/* Executed as /proc/self/exe it would be "exe". */
	prctl(PR_SET_NAME, getprogname());
	title_begin(argc, argv);
	switch (options_read(&o, argc, argv, &e)) {
	case OPTIONS_DONE:
		status = fflush(stdout) == 0 ? 0 : EXIT_SYSTEM;
		break;
	case OPTIONS_WRONG:
		life_complain(2, &e);
		status = e.status;
		break;
	case OPTIONS_RUN:
		status = run(&o);
		break;
	case OPTIONS_FILE:
		status = many_run(&o);
		break;
	}
	brood_free(o.service);
	return status;
}
