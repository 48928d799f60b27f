/* verbs.c - lines asked of the supervisor. */
#include "brood/verbs.h"

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "brood/change.h"
#include "brood/preview.h"
#include "brood/unit.h"
#include "lib/control.h"
#include "lib/usual.h"
#include "tools/fd.h"
#include "tools/log.h"

enum { WAITING = 16 };		/* clients that wait for a reload */

struct verbs {
	struct control control;
	struct control_handle reload[WAITING];
	unsigned nreload;
	unsigned served;	/* of them by the reload under way */
	struct preview preview;
};

/* ---- look ---- */

static void
say_version(struct control_client *k, int argc, const char *const argv[],
    void *arg)
{
	(void)argc, (void)argv, (void)arg;
	usual_version(k, "supervisor");
}

static const char *
state_of(const struct super *s)
{
	if (s->stopping)
		return "stopping";
	if (!s->is_ready)
		return "starting";
	return s->change.stage != CHANGE_NONE ? "reloading" : "running";
}

static void
say_status(struct control_client *k, int argc, const char *const argv[],
    void *arg)
{
	static const char *const reloads[] = {
		[RELOAD_NONE] = "none", [RELOAD_OK] = "ok",
		[RELOAD_REFUSED] = "refused"
	};
	struct super *s = arg;
	unsigned all = 0, running = 0, failed = 0;
	char file[PATH_MAX * 4], reason[SUPER_REASON * 4];
	struct unit *u;

	(void)argc, (void)argv;
	LIST_FOREACH(u, &s->units, next) {
		if (u->spec == NULL)
			continue;	/* it may come */
		all++;
		running += u->now != NULL && u->now->state == KEEP_RUNNING;
		failed += u->now == NULL;
	}
	control_say(k, "supervisor=1 pid=%d generation=%u state=%s services=%u "
	    "running=%u failed=%u file=%s reload=%s reason=%s uptime=%.3f",
	    (int)getpid(), s->generation, state_of(s), all, running, failed,
	    log_value(s->o->source.path, file, sizeof file),
	    reloads[s->reload], log_value(s->reload == RELOAD_REFUSED ?
	    s->last.text : "", reason, sizeof reason),
	    (double)(s->now - s->started_ms) / 1000);
	control_ok(k);
}

static void
say_keep(struct control_client *k, const struct super *s,
    const struct unit *u, const struct keep *p)
{
	char path[KEEP_PATH * 4], reason[SUPER_REASON * 4];

	control_say(k, "service=%s state=%s pid=%d serial=%u control=%s age=%.3f "
	    "restarts=%u reason=%s", p != NULL ? p->name : u->name,
	    p != NULL ? keep_word(p->state) : unit_word(s, u),
	    p != NULL ? (int)p->pid : 0, p != NULL ? p->serial : 0,
	    p != NULL && p->control[0] != '\0' ?
	    log_value(p->control, path, sizeof path) : "none",
	    p != NULL ? (double)(s->now - p->born_ms) / 1000 : 0.0,
	    u != NULL ? u->restarts : 0,
	    log_value(p == NULL ? u->reason : "", reason, sizeof reason));
}

/* Who serves, then who is on the way in or out. */
static void
say_services(struct control_client *k, int argc, const char *const argv[],
    void *arg)
{
	struct super *s = arg;
	struct unit *u;
	struct keep *p;

	(void)argc, (void)argv;
	LIST_FOREACH(u, &s->units, next)
		if (u->spec != NULL)
			say_keep(k, s, u, u->now);
	LIST_FOREACH(p, &s->keeps, next) {
		u = unit_find(s, p->name);
		if (u == NULL || u->now != p || u->spec == NULL)
			say_keep(k, s, u, p);
	}
	control_ok(k);
}

/* The answer would be another image's. */
static bool
is_refused(struct control_client *k, const struct super *s)
{
	if (s->upgrade.stage == UPGRADE_NONE && !s->upgrade.asked)
		return false;
	control_error(k, EXIT_RUNNING, "it is becoming another binary: try "
	    "again");
	return true;
}

static void
plan(struct control_client *k, int argc, const char *const argv[], void *arg)
{
	struct super *s = arg;

	if (!is_refused(k, s))
		preview_ask(&s->verbs->preview, s, k, argc > 1 ? argv[1] : NULL);
}

/* ---- operate ---- */

static void
reload(struct control_client *k, int argc, const char *const argv[], void *arg)
{
	struct super *s = arg;
	struct verbs *v = s->verbs;

	(void)argc, (void)argv;
	if (!s->stopping && is_refused(k, s))
		return;
	if (s->stopping || v->nreload == WAITING) {
		control_error(k, s->stopping ? 1 : EXIT_RUNNING, s->stopping ?
		    "it is told to stop" : "too many wait for a reload");
		return;
	}
	if (s->change.stage != CHANGE_NONE || s->change.asked)
		control_say(k, "waits=1");
	v->reload[v->nreload++] = control_defer(k);
	change_ask(s);
}

/* Sockets of masters whose supervisor was killed.  Not at the start only:
 * those that serve on then end later, when their clients have. */
static void
clean_folder(const char *folder)
{
	DIR *d = opendir(folder);
	struct dirent *each;
	struct stat st;

	while (d != NULL && (each = readdir(d)) != NULL) {
		const char *dot = strrchr(each->d_name, '.');
		long pid = dot != NULL && isdigit((unsigned char)dot[1]) ?
		    strtol(dot + 1, NULL, 10) : 0;

		if (pid <= 0 || kill((pid_t)pid, 0) == 0 || errno != ESRCH ||
		    fstatat(dirfd(d), each->d_name, &st,
		    AT_SYMLINK_NOFOLLOW) == -1 || !S_ISSOCK(st.st_mode))
			continue;
		if (unlinkat(dirfd(d), each->d_name, 0) == 0)
			log_info("removed path=%s/%s", folder, each->d_name);
	}
	if (d != NULL)
		closedir(d);
}

void
verbs_reloads(struct super *s)
{
	if (s->verbs != NULL)
		s->verbs->served = s->verbs->nreload;
}

void
verbs_reloaded(struct super *s, const struct err *e)
{
	struct verbs *v = s->verbs;
	char copy[KEEP_PATH];

	if (v == NULL)
		return;
	for (unsigned i = 0; i < v->served; i++) {
		struct control_client *k = control_client_alive(&v->control,
		    v->reload[i]);

		if (k == NULL)
			continue;
		if (e == NULL) {
			control_ok(k);
			continue;
		}
		preview_mistakes(k, &s->change.loader);
		control_error(k, e->status != 0 ? e->status : 1, "%s", e->text);
	}
	/* Who asked since then waits for the next. */
	v->nreload -= v->served;
	memmove(v->reload, v->reload + v->served,
	    v->nreload * sizeof v->reload[0]);
	v->served = 0;
	strlcpy(copy, s->control_path, sizeof copy);
	clean_folder(dirname(copy));
}

/* ---- own ---- */

static void
stop(struct control_client *k, int argc, const char *const argv[], void *arg)
{
	struct super *s = arg;

	if (argc > 1 && strcmp(argv[1], "now") != 0) {
		control_error(k, EXIT_USAGE, "expected `stop' or `stop now'");
		return;
	}
	control_ok(k);
	control_stay(k);
	s->stop_asked = argc > 1 ? 2 : 1;
}

static void
drain(struct control_client *k, int argc, const char *const argv[], void *arg)
{
	struct super *s = arg;

	(void)argc, (void)argv;
	control_ok(k);
	control_stay(k);
	s->drain_asked = true;
}

static const struct control_verb verbs[] = {
	/* word      class            least most function      usage */
	{ "ping",     CONTROL_LOOK,    0,    0,   usual_ping,   "" },
	{ "version",  CONTROL_LOOK,    0,    0,   say_version,  "" },
	{ "status",   CONTROL_LOOK,    0,    0,   say_status,   "" },
	{ "services", CONTROL_LOOK,    0,    0,   say_services, "" },
	{ "plan",     CONTROL_LOOK,    0,    1,   plan,         "[FILE]" },
	{ "reload",   CONTROL_OPERATE, 0,    0,   reload,       "" },
	{ "log",      CONTROL_OPERATE, 1,    1,   usual_log,    "LEVEL" },
	{ "stop",     CONTROL_OWN,     0,    1,   stop,         "[now]" },
	{ "drain",    CONTROL_OWN,     0,    0,   drain,        "" },
	{ NULL,       CONTROL_NOBODY,  0,    0,   NULL,         NULL },
};

/* ---- the socket ---- */

/* Where it is: as said on the command line, or in the file, or by habit. */
static int
choose_path(struct super *s, bool *asked_r, struct err *e)
{
	const char *path = s->o->control != NULL ? s->o->control :
	    plain_global(&s->plain, "control");
	const char *user = getenv("XDG_RUNTIME_DIR");
	int n = 0;

	*asked_r = path != NULL;
	if (path != NULL && strcmp(path, "none") != 0)
		n = snprintf(s->control_path, KEEP_PATH, "%s", path);
	else if (path == NULL && geteuid() == 0)
		n = snprintf(s->control_path, KEEP_PATH,
		    "/run/brood/control.sock");
	else if (path == NULL && user != NULL && user[0] == '/')
		n = snprintf(s->control_path, KEEP_PATH,
		    "%s/brood/control.sock", user);
	/* Those of masters have the service's name and a number. */
	if (n < KEEP_PATH - 56)
		return 0;
	err_set(e, EXIT_CONFIG, "control %s: too long, expected at most %d bytes",
	    path != NULL ? path : user, KEEP_PATH - 57);
	return -1;
}

/* It is where it was, whatever the file says by now. */
static void
resume_path(struct super *s)
{
	const struct sockaddr_un *un = (const struct sockaddr_un *)
	    &s->verbs->control.gate.listener.bound.ss;

	strlcpy(s->control_path, un->sun_path, KEEP_PATH);
}

static int
open_socket(struct super *s, const struct listen_kept *kept, struct err *e)
{
	const char *mode = plain_global(&s->plain, "control-mode");
	char copy[KEEP_PATH];
	struct control_spec spec = {
		.path = s->control_path,
		.kept = kept,
		.mode = mode != NULL ? (mode_t)strtoul(mode, NULL, 8) : 0600,
		.look = plain_global(&s->plain, "control-look"),
		.operate = plain_global(&s->plain, "control-operate"),
		.own = plain_global(&s->plain, "control-own"),
		.tag = SUPER_TAG_CONTROL, .verbs = verbs, .arg = s,
	};

	plain_owner(plain_global(&s->plain, "control-owner"), &spec.uid,
	    &spec.gid);
	if (kept == NULL) {
		strlcpy(copy, s->control_path, sizeof copy);
		mkdir(dirname(copy), 0755);	/* it may be there */
		clean_folder(copy);
	}
	if (control_open(&s->verbs->control, &spec, e) == -1 ||
	    control_begin(&s->verbs->control, &s->loop, e) == -1)
		return -1;
	if (kept != NULL)
		resume_path(s);
	control_guard(&s->verbs->control);
	return 0;
}

int
verbs_open(struct super *s, struct err *e)
{
	const struct handover *h = s->o->handover;
	char text[SUPER_REASON * 4];
	bool asked = h != NULL;

	if (h == NULL && choose_path(s, &asked, e) == -1)
		return -1;
	if (h != NULL ? h->control.fd == -1 : s->control_path[0] == '\0')
		return 0;
	s->verbs = calloc(1, sizeof *s->verbs);
	if (s->verbs == NULL) {
		err_sys(e, EXIT_SYSTEM, "cannot make a control socket");
		return -1;
	}
	preview_open(&s->verbs->preview);
	if (open_socket(s, h != NULL ? &h->control : NULL, e) == 0)
		return 0;
	control_close(&s->verbs->control);
	free(s->verbs);
	s->verbs = NULL;
	if (asked || e->status == EXIT_RUNNING)
		return -1;
	/* Nobody asked for it: serving is more important. */
	log_warn("control-failed reason=%s", log_value(e->text, text,
	    sizeof text));
	s->control_path[0] = '\0';
	return 0;
}

void
verbs_close(struct super *s)
{
	if (s->verbs == NULL)
		return;
	control_close(&s->verbs->control);
	preview_close(&s->verbs->preview);
	free(s->verbs);
	s->verbs = NULL;
}

void
verbs_hear(struct super *s, uint32_t tag)
{
	struct verbs *v = s->verbs;

	if (v == NULL)
		return;
	if (tag >= SUPER_TAG_CONTROL)
		control_hear(&v->control, tag, s->now);
	else
		preview_hear(&v->preview, s);
}

int64_t
verbs_turn(struct super *s)
{
	struct verbs *v = s->verbs;
	int64_t next;

	if (v == NULL)
		return LOOP_NEVER;
	next = preview_turn(&v->preview, s);
	return loop_sooner(next, control_turn(&v->control, s->now));
}

bool
verbs_is_reading(const struct super *s)
{
	return s->verbs != NULL && s->verbs->preview.loader.pid != 0;
}

bool
verbs_is_busy(const struct super *s)
{
	return s->verbs != NULL && control_is_busy(&s->verbs->control);
}

int
verbs_note(const struct super *s, struct listen_kept *k,
    int client[CONTROL_CLIENTS], unsigned *nclients)
{
	*k = (struct listen_kept){ .fd = -1 };
	*nclients = 0;
	if (s->verbs == NULL)
		return 0;
	*nclients = control_note(&s->verbs->control, client);
	return listen_note(&s->verbs->control.gate.listener, k);
}

void
verbs_resume(struct super *s, int fd)
{
	if (s->verbs != NULL)
		control_resume(&s->verbs->control, fd, s->now);
	else
		fd_close(&fd);
}

bool
verbs_owns(const struct super *s, pid_t pid)
{
	return s->verbs != NULL && s->verbs->preview.loader.pid == pid;
}
