/* resume.c - nothing is believed that can be looked at. */
#include "brood/resume.h"

#include <errno.h>
#include <limits.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "brood/unit.h"
#include "brood/verbs.h"
#include "tools/fd.h"
#include "tools/log.h"

static int
read_whole(int fd, char *text, size_t size)
{
	size_t at = 0;
	ssize_t n = 1;

	while (at < size && (n = pread(fd, text + at, size - at,
	    (off_t)at)) > 0)
		at += (size_t)n;
	return at == size ? 0 : -1;
}

int
resume_read(struct handover *h, const char *number, struct err *e)
{
	const char *why;
	int fd = (int)strtonum(number, 3, INT_MAX, &why);
	struct stat st;
	char *text = NULL;
	int r = -1;

	errno = EINVAL;
	if (why != NULL || fstat(fd, &st) == -1 || st.st_size <= 0 ||
	    st.st_size > HANDOVER_MOST ||
	    (text = malloc((size_t)st.st_size)) == NULL ||
	    read_whole(fd, text, (size_t)st.st_size) == -1)
		err_sys(e, EXIT_CONFIG, "cannot read the handover from "
		    "descriptor %s", number);
	else
		r = handover_read(h, text, (size_t)st.st_size, e);
	free(text);
	if (why == NULL)
		fd_close(&fd);
	return r;
}

/* ---- descriptors ---- */

/* fd_r: it, close-on-exec; -1 where there is none. */
static int
take_socket(const struct handover_fd *from, const char *what, int *fd_r,
    struct err *e)
{
	*fd_r = -1;
	if (from->fd == -1)
		return 0;
	if (!fd_is_socket(from->fd, from->id) ||
	    fd_pass(from->fd, false) == -1) {
		err_set(e, EXIT_CONFIG, "handover: descriptor %d is not %s",
		    from->fd, what);
		return -1;
	}
	*fd_r = from->fd;
	return 0;
}

static int
take_inherited(struct inherit *in, const struct handover *h, struct err *e)
{
	if (h->ninherited > INHERIT_MOST) {
		err_set(e, EXIT_CONFIG, "handover: %u inherited listeners",
		    h->ninherited);
		return -1;
	}
	for (in->n = 0; in->n < h->ninherited; in->n++) {
		const struct handover_inherited *from = &h->inherited[in->n];

		strlcpy(in->at[in->n].name, from->name, INHERIT_NAME_SIZE);
		if (take_socket(&from->at, "the inherited listener",
		    &in->at[in->n].fd, e) == -1)
			return -1;
	}
	return 0;
}

static int
take_listeners(struct super *s, const struct handover *h, struct err *e)
{
	for (unsigned i = 0; i < h->nsockets; i++) {
		const struct handover_socket *from = &h->socket[i];

		if (sockets_resume(&s->sockets, &from->kept, from->text,
		    from->service, from->interface, e) == -1)
			return -1;
	}
	return 0;
}

/* ---- masters ---- */

/* Signals go to children of ours only.  Who rehearses has none. */
static bool
is_ours(pid_t pid)
{
	siginfo_t si;

	return waitid(P_PID, (id_t)pid, &si, WEXITED | WNOHANG | WNOWAIT) == 0;
}

static int
take_masters(struct super *s, const struct handover *h, struct err *e)
{
	for (unsigned i = h->nmasters; i-- > 0;) {
		const struct handover_master *from = &h->master[i];
		struct keep *k;

		if (!s->o->rehearse && !is_ours(from->pid)) {
			log_warn("master-lost service=%s pid=%d", from->name,
			    (int)from->pid);
			continue;
		}
		k = calloc(1, sizeof *k);
		if (k == NULL) {
			err_sys(e, EXIT_SYSTEM, "cannot keep master %d",
			    (int)from->pid);
			return -1;
		}
		strlcpy(k->name, from->name, sizeof k->name);
		strlcpy(k->control, from->control, sizeof k->control);
		k->pid = from->pid;
		k->serial = from->serial;
		k->state = (enum keep_state)from->state;
		k->born_ms = from->born_ms;
		k->until_ms = from->until_ms;
		LIST_INSERT_HEAD(&s->keeps, k, next);
	}
	return 0;
}

struct keep *
resume_find(const struct super *s, const struct handover *h,
    const char *service)
{
	struct keep *k;

	LIST_FOREACH(k, &s->keeps, next)
		for (unsigned i = 0; i < h->nmasters; i++)
			if (h->master[i].serves && h->master[i].pid == k->pid &&
			    k->state == KEEP_RUNNING &&
			    strcmp(k->name, service) == 0)
				return k;
	return NULL;
}

void
resume_finish(struct super *s)
{
	struct keep *k;

	LIST_FOREACH(k, &s->keeps, next) {
		const struct unit *u = unit_find(s, k->name);

		if (k->state >= KEEP_FINISHING || (u != NULL && u->now == k))
			continue;
		/* It keeps until_ms: it may hang. */
		keep_finish(k, k->until_ms);
	}
}

/* ---- all of it ---- */

int
resume_clients(struct super *s, const struct handover *h, struct err *e)
{
	for (unsigned i = 0; i < h->nclients; i++) {
		int fd;

		if (take_socket(&h->client[i], "a client's", &fd, e) == -1)
			return -1;
		verbs_resume(s, fd);
	}
	return 0;
}

int
resume_take(struct super *s, const struct handover *h, struct err *e)
{
	int notify_fd;

	if (take_socket(&h->notify, "the one masters write to", &notify_fd,
	    e) == -1 || notify_resume(&s->notify, notify_fd, e) == -1 ||
	    take_socket(&h->ready, "the one that hears of us",
	    &s->ready.notify_fd, e) == -1 ||
	    take_inherited(&s->sockets.in, h, e) == -1 ||
	    take_listeners(s, h, e) == -1 || take_masters(s, h, e) == -1)
		return -1;
	s->ready.watchdog_ms = h->watchdog_ms;
	s->ready.wants_status = h->wants_status;
	s->way.descriptors.rlim_cur = h->soft;
	s->way.descriptors.rlim_max = h->hard;
	s->generation = h->generation;
	s->serials = h->serials;
	s->is_ready = true;
	return 0;
}

void
resume_rehearsed(void)
{
	static const char ready[] = "READY=1\n";

	if (write(1, ready, sizeof ready - 1) == -1)
		_exit(EXIT_SYSTEM);
	/* A shell may be between us and who started it. */
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	for (;;)
		pause();
}
