/* answer.c - the verbs of a master. */
#include "lib/answer.h"

#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "lib/state.h"
#include "lib/usual.h"
#include "pool/census.h"
#include "pool/kick.h"
#include "pool/view.h"
#include "tools/clock.h"
#include "tools/log.h"

enum {
	STATUS_REFUSED = 1,
	STATUS_LATER   = EXIT_RUNNING,
	VALUE_SIZE     = 4 * ADDR_TEXT_SIZE
};

/* ---- look ---- */

static void
say_version(struct control_client *k, int argc, const char *const argv[],
    void *arg)
{
	(void)argc, (void)argv, (void)arg;
	usual_version(k, "master");
}

static const char *
state_word(const struct master *m)
{
	switch (m->stage) {
	case STAGE_LISTENING:
	case STAGE_STARTING:
		return "starting";
	case STAGE_RUNNING:
		return m->pool.paused ? "paused" : "running";
	case STAGE_DRAINING:
	case STAGE_ENDING:
	case STAGE_OVER:
		return "stopping";
	}
	return "";
}

static bool
is_renewing(const struct master *m)
{
	return m->renew_asked || m->renewing || m->rolling;
}

static void
say_status(struct control_client *k, int argc, const char *const argv[],
    void *arg)
{
	const struct master *m = arg;
	const struct plan_limits *l = &m->s->spec.limits;
	struct view v = view_count(&m->pool);
	char name[1024];

	(void)argc, (void)argv;
	control_say(k, "service=%s pid=%d generation=%u state=%s kind=%s "
	    "minimum-available=%u maximum-available=%u maximum-connected=%u "
	    "children=%u available=%u connected=%u starting=%u leaving=%u "
	    "served=%lu deaths=%lu renewing=%d wanted=%u uptime=%.3f",
	    log_value(m->s->name, name, sizeof name), (int)getpid(),
	    m->pool.now->number, state_word(m), m->s->handler.kind->word,
	    l->min_idle, l->max_idle, l->max, l->fixed, v.available,
	    v.connected, v.starting, v.leaving, census_served(&m->pool),
	    m->pool.deaths, is_renewing(m), v.wanted,
	    (double)(clock_ms() - m->started_ms) / 1000);
	control_ok(k);
}

static void
say_children(struct control_client *k, int argc, const char *const argv[],
    void *arg)
{
	const struct pool *p = &((struct master *)arg)->pool;
	int64_t now = clock_ms();

	(void)argc, (void)argv;
	for (unsigned i = 0; i < p->board->high; i++) {
		const struct pool_seat *s = &p->seats[i];

		if (s->pid != 0)
			control_say(k, "pid=%d state=%s generation=%u age=%.3f "
			    "served=%u", (int)s->pid, view_word(view_state(p, i)),
			    s->born_in, (double)(now - s->born_ms) / 1000,
			    atomic_load(&p->board->seats[i].served));
	}
	control_ok(k);
}

/* What a child wrote is read once, and is text at most. */
static void
say_connection(struct control_client *k, const struct pool *p, unsigned i,
    int64_t now_ns)
{
	const struct seat b = p->board->seats[i];
	char name[ADDR_TEXT_SIZE], peer[VALUE_SIZE], local[VALUE_SIZE];
	double age = now_ns > b.begun_ns ? (double)(now_ns - b.begun_ns) / 1e9 :
	    0;

	log_value(b.peer.len > 0 ? addr_text(&b.peer, name) : "none", peer,
	    sizeof peer);
	log_value(b.local.len > 0 ? addr_text(&b.local, name) : "unknown",
	    local, sizeof local);
	if (b.peer.ss.ss_family == AF_UNIX)
		control_say(k, "pid=%d peer=%s local=%s age=%.3f uid=%u",
		    (int)p->seats[i].pid, peer, local, age, b.uid);
	else
		control_say(k, "pid=%d peer=%s local=%s age=%.3f",
		    (int)p->seats[i].pid, peer, local, age);
}

static void
say_connections(struct control_client *k, int argc, const char *const argv[],
    void *arg)
{
	const struct pool *p = &((struct master *)arg)->pool;
	int64_t now_ns = clock_ns();

	(void)argc, (void)argv;
	/* Whom a worker serves is its own affair. */
	for (unsigned i = 0; i < p->board->high; i++)
		if (view_state(p, i) == SLOT_BUSY)
			say_connection(k, p, i, now_ns);
	control_ok(k);
}

static const char *
listener_state(const struct master *m, const struct listener *l)
{
	if (m->stage >= STAGE_ENDING || l->unwanted)
		return "closing";
	if (m->refusing && !pause_listens(l))
		return "refusing";
	return m->pool.paused ? "paused" : "listening";
}

/* Of other sockets the kernel tells only whether somebody waits. */
static void
ask_queue(const struct listener *l, unsigned *queued_r, unsigned *backlog_r)
{
	struct tcp_info info;
	socklen_t len = sizeof info;

	*queued_r = 0;
	*backlog_r = l->backlog;
	if (!pause_listens(l) || getsockopt(l->fd, IPPROTO_TCP, TCP_INFO, &info,
	    &len) == -1) {
		*queued_r = listen_queued(l);
		return;
	}
	*queued_r = info.tcpi_unacked;
	*backlog_r = info.tcpi_sacked;
}

static void
say_addresses(struct control_client *k, int argc, const char *const argv[],
    void *arg)
{
	const struct master *m = arg;
	char name[LISTEN_TEXT_SIZE], value[VALUE_SIZE];
	unsigned queued, backlog;

	(void)argc, (void)argv;
	for (unsigned i = 0; i < m->door.n; i++) {
		const struct listener *l = &m->door.listener[i];

		ask_queue(l, &queued, &backlog);
		control_say(k, "addr=%s state=%s queued=%u backlog=%u "
		    "inherited=%d", log_value(listen_text(l, name), value,
		    sizeof value), listener_state(m, l), queued, backlog,
		    l->inherited);
	}
	control_ok(k);
}

static void
say_why(struct control_client *k, int argc, const char *const argv[],
    void *arg)
{
	const struct decide *d = &((struct master *)arg)->pool.decide;
	char text[DECIDE_TEXT], value[4 * DECIDE_TEXT];
	const struct decision *one;
	int64_t now = clock_ms();

	(void)argc, (void)argv;
	for (unsigned i = 0; (one = decide_at(d, i)) != NULL; i++)
		control_say(k, "age=%.3f what=%s count=%u because=%s",
		    (double)(now - one->at_ms) / 1000,
		    decide_word(one->what), one->count,
		    log_value(decide_because(one, text), value, sizeof value));
	control_ok(k);
}

/* ---- operate ---- */

/* Not before the service is ready, nor when it ends. */
static bool
is_running(struct control_client *k, const struct master *m)
{
	if (m->stage == STAGE_RUNNING)
		return true;
	if (m->stage < STAGE_RUNNING)
		control_error(k, STATUS_LATER, "it is starting, expected a "
		    "service that runs");
	else
		control_error(k, STATUS_REFUSED, "it is stopping, expected a "
		    "service that runs");
	return false;
}

static void
do_set(struct control_client *k, int argc, const char *const argv[],
    void *arg)
{
	const char *words[REQUEST_WORDS], *values[REQUEST_WORDS];
	struct master *m = arg;
	unsigned n = (unsigned)(argc - 1) / 2;
	struct err e;

	if (argc % 2 == 0) {
		control_error(k, EXIT_USAGE, "%s: a value is missing, expected "
		    "WORD VALUE ...", argv[argc - 1]);
		return;
	}
	for (unsigned i = 0; i < n; i++) {
		words[i] = argv[1 + 2 * i];
		values[i] = argv[2 + 2 * i];
	}
	errno = 0;
	if (m->s->set == NULL || m->s->set(n, words, values, &e, m->s->arg) == -1) {
		control_error(k, errno == EBUSY || m->s->set == NULL ?
		    STATUS_REFUSED : EXIT_USAGE, "%s", m->s->set == NULL ?
		    "nothing can be set here" : e.text);
		return;
	}
	pool_settle(&m->pool, m->now);
	report_limits(m);	/* before who asked can ask the supervisor */
	control_ok(k);
}

static void
do_pause(struct control_client *k, int argc, const char *const argv[],
    void *arg)
{
	struct master *m = arg;
	bool refuse = argc > 1 && strcmp(argv[1], "refuse") == 0;
	struct err e;

	if (argc > 1 && !refuse && strcmp(argv[1], "keep") != 0)
		control_error(k, EXIT_USAGE, "pause %.60s: expected keep or "
		    "refuse", argv[1]);
	else if (!is_running(k, m))
		return;
	else if (pause_asked(m, refuse, &e) == -1)
		control_error(k, STATUS_REFUSED, "%s", e.text);
	else
		control_ok(k);
}

static void
do_resume(struct control_client *k, int argc, const char *const argv[],
    void *arg)
{
	struct master *m = arg;
	struct err e;

	(void)argc, (void)argv;
	if (!is_running(k, m))
		return;
	if (pause_over(m, &e) == -1)
		control_error(k, STATUS_REFUSED, "%s", e.text);
	else
		control_ok(k);
}

static void
do_renew(struct control_client *k, int argc, const char *const argv[],
    void *arg)
{
	struct master *m = arg;

	(void)argc, (void)argv;
	if (m->stage > STAGE_RUNNING) {
		control_error(k, STATUS_REFUSED, "it is stopping, expected a "
		    "service that runs");
		return;
	}
	m->renew_asked = true;
	control_ok(k);
}

static void
do_kick(struct control_client *k, int argc, const char *const argv[],
    void *arg)
{
	struct master *m = arg;
	struct kick who;
	unsigned n;

	(void)argc;
	if (kick_read(&who, argv[1]) == -1) {
		control_error(k, EXIT_USAGE, "kick %.100s: expected a pid, an "
		    "address, address:port or uid=N", argv[1]);
		return;
	}
	n = kick_all(&m->pool, &who, m->now);
	if (n == 0) {
		control_error(k, STATUS_REFUSED, "kick %.100s: no such session, "
		    "expected one of those that connections tells", argv[1]);
		return;
	}
	control_say(k, "kicked=%u", n);
	control_ok(k);
}

/* ---- own ---- */

/* Asking a second time is no second signal: for that there is `now'. */
static void
do_stop(struct control_client *k, int argc, const char *const argv[],
    void *arg)
{
	struct master *m = arg;
	bool now = argc > 1 && strcmp(argv[1], "now") == 0;

	if (argc > 1 && !now) {
		control_error(k, EXIT_USAGE, "stop %.60s: expected now", argv[1]);
		return;
	}
	if (!m->s->embedded)
		control_stay(k);
	if (m->stage < STAGE_DRAINING || m->stop_ms == LOOP_NEVER)
		stop_asked(m, "reason=control", 0);
	if (now)
		stop_asked(m, "reason=control", 0);
	control_ok(k);
}

static void
do_drain(struct control_client *k, int argc, const char *const argv[],
    void *arg)
{
	struct master *m = arg;

	(void)argc, (void)argv;
	if (!m->s->embedded)
		control_stay(k);
	if (m->stage < STAGE_DRAINING)
		stop_drain(m, "reason=control", 0);
	control_ok(k);
}

/* ---- all of them ---- */

static const struct control_verb verbs[] = {
	/* word          class            words     function         which words */
	{ "ping",        CONTROL_LOOK,    0, 0,     usual_ping,      ""             },
	{ "version",     CONTROL_LOOK,    0, 0,     say_version,     ""             },
	{ "status",      CONTROL_LOOK,    0, 0,     say_status,      ""             },
	{ "children",    CONTROL_LOOK,    0, 0,     say_children,    ""             },
	{ "connections", CONTROL_LOOK,    0, 0,     say_connections, ""             },
	{ "addresses",   CONTROL_LOOK,    0, 0,     say_addresses,   ""             },
	{ "why",         CONTROL_LOOK,    0, 0,     say_why,         ""             },
	{ "set",         CONTROL_OPERATE, 2, REQUEST_WORDS, do_set,  "WORD VALUE ..." },
	{ "pause",       CONTROL_OPERATE, 0, 1,     do_pause,        "keep or refuse" },
	{ "resume",      CONTROL_OPERATE, 0, 0,     do_resume,       ""             },
	{ "renew",       CONTROL_OPERATE, 0, 0,     do_renew,        ""             },
	{ "kick",        CONTROL_OPERATE, 1, 1,     do_kick,         "a pid or a peer" },
	{ "log",         CONTROL_OPERATE, 1, 1,     usual_log,       "a level"      },
	{ "stop",        CONTROL_OWN,     0, 1,     do_stop,         "now"          },
	{ "drain",       CONTROL_OWN,     0, 0,     do_drain,        ""             },
	{ .word = NULL }
};

int
answer_open(struct master *m, struct err *e)
{
	const struct service *s = m->s;
	struct control_spec spec = {
		.path = s->control, .mode = s->control_mode,
		.uid = s->control_uid, .gid = s->control_gid,
		.look = s->control_look, .operate = s->control_operate,
		.own = s->control_own, .tag = TAG_CONTROL, .verbs = verbs,
		.arg = m,
	};

	return s->control == NULL ? 0 : control_open(&m->control, &spec, e);
}
