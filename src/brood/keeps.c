/* keeps.c - all masters that live, of whatever generation. */
#include "brood/keeps.h"

#include <sys/wait.h>
#include <unistd.h>

#include "brood/change.h"
#include "brood/limits.h"
#include "brood/unit.h"
#include "brood/upgrade.h"
#include "brood/verbs.h"
#include "tools/log.h"

/* ---- heard ---- */

static struct keep *
keep_of(const struct super *s, pid_t pid)
{
	struct keep *k;

	LIST_FOREACH(k, &s->keeps, next)
		if (k->pid == pid)
			return k;
	return NULL;
}

/* Whoever wrote is known by the kernel; strangers write in vain. */
void
keeps_hear(struct super *s)
{
	char text[NOTIFY_TEXT_SIZE];
	struct keep *k;
	pid_t pid;

	while (notify_take(&s->notify, text, &pid)) {
		k = keep_of(s, pid);
		if (k != NULL)
			limits_note(k, text);
		if (k == NULL || k->state != KEEP_STARTING ||
		    !notify_says(text, "READY=1"))
			continue;
		k->state = KEEP_RUNNING;
		k->until_ms = 0;
		log_info("master-ready service=%s pid=%d serial=%u", k->name,
		    (int)k->pid, k->serial);
		change_ready(s, k);
	}
}

/* ---- waited for ---- */

static void
ended(struct super *s, struct keep *k, int status)
{
	bool came = change_died(s, k, status);	/* which may forget a unit */
	struct unit *u = unit_find(s, k->name);

	if (came || u == NULL || u->now != k || s->stopping) {
		log_info("master-end service=%s pid=%d serial=%u", k->name,
		    (int)k->pid, k->serial);
		if (u != NULL && u->now == k)
			u->now = NULL;
	} else {
		unit_died(s, u, k, status);
	}
	keep_bury(k);
}

/* As process 1 of a container we get every orphan. */
static void
reap_strangers(const struct super *s)
{
	siginfo_t si = { .si_pid = 0 };

	while (getpid() == 1 && waitid(P_ALL, 0, &si, WEXITED | WNOHANG |
	    WNOWAIT) == 0 && si.si_pid != 0 && keep_of(s, si.si_pid) == NULL &&
	    si.si_pid != s->change.loader.pid &&
	    si.si_pid != s->upgrade.pid && !verbs_owns(s, si.si_pid)) {
		waitpid(si.si_pid, NULL, 0);
		log_debug("reaped-stranger pid=%d", (int)si.si_pid);
		si.si_pid = 0;
	}
}

/* By pid: the ends of those that read files are looked for elsewhere. */
void
keeps_reap(struct super *s)
{
	struct keep *k, *after;
	int status;

	loop_heard_ended(&s->loop);
	LIST_FOREACH_SAFE(k, &s->keeps, next, after)
		if (waitpid(k->pid, &status, WNOHANG) == k->pid)
			ended(s, k, status);
	upgrade_reap(s);
	reap_strangers(s);
}
