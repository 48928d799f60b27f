/* control.c - clients come, send lines, and take answers. */
#include "lib/control.h"

#include <errno.h>
#include <poll.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "tools/log.h"

enum {
	BACKLOG  = 64,
	REQUESTS = 8,		/* of one client, before others have a turn */
	ACCEPTS  = BACKLOG + 1	/* likewise; a whole queue */
};

/* ---- open and close ---- */

int
control_open(struct control *c, const struct control_spec *s, struct err *e)
{
	const struct listen_spec spec = {
		.type = SOCK_STREAM, .backlog = BACKLOG, .mode = s->mode,
		.uid = s->uid, .gid = s->gid, .tells_senders = true,
	};

	memset(c, 0, sizeof *c);
	for (unsigned i = 0; i < CONTROL_FDS; i++)
		c->fd[i] = -1;
	c->tag = s->tag;
	c->verbs = s->verbs;
	c->arg = s->arg;
	if (callers_read(&c->callers, s->look, s->operate, s->own, e) == -1)
		return -1;
	c->request = malloc(sizeof *c->request);
	if (c->request == NULL) {
		err_sys(e, EXIT_SYSTEM, "cannot make a control socket");
		return -1;
	}
	if ((s->kept != NULL ? gate_resume(&c->gate, s->kept, &spec, c->fd, e) :
	    gate_open(&c->gate, s->path, &spec, c->fd, e)) == -1) {
		free(c->request);
		c->request = NULL;
		return -1;
	}
	return 0;
}

int
control_begin(struct control *c, struct loop *l, struct err *e)
{
	c->loop = l;
	if (gate_begin(&c->gate, l, c->tag) == 0)
		return 0;
	err_sys(e, EXIT_SYSTEM, "cannot watch the control socket");
	return -1;
}

void
control_guard(struct control *c)
{
	if (gate_guard(&c->gate) == -1)
		log_debug("control-unguarded errno=%s", strerrorname_np(errno));
}

static bool
is_in_the_middle(const struct control_client *k)
{
	return k->in.used > 0 || k->out.text != NULL || k->asked || k->closing;
}

bool
control_is_busy(const struct control *c)
{
	for (unsigned i = 0; i < CONTROL_CLIENTS; i++)
		if (c->client[i].control != NULL &&
		    is_in_the_middle(&c->client[i]))
			return true;
	return false;
}

unsigned
control_note(const struct control *c, int fd[CONTROL_CLIENTS])
{
	unsigned n = 0;

	for (unsigned i = 0; i < CONTROL_CLIENTS; i++)
		if (c->client[i].control != NULL &&
		    !is_in_the_middle(&c->client[i]))
			fd[n++] = c->fd[CONTROL_FIRST + i];
	return n;
}

static unsigned
place_of(const struct control_client *k)
{
	return (unsigned)(k - k->control->client);
}

static int
fd_of(const struct control_client *k)
{
	return k->control->fd[CONTROL_FIRST + place_of(k)];
}

/* A child that was just born may have a copy for a moment; the loop and the
 * client must not notice. */
static void
leave(struct control_client *k)
{
	struct control *c = k->control;
	int fd = fd_of(k);

	loop_del(c->loop, fd);
	c->fd[CONTROL_FIRST + place_of(k)] = -1;
	shutdown(fd, SHUT_RDWR);
	close(fd);
	reply_drop(&k->out);
	memset(k, 0, sizeof *k);
	c->nclients--;
}

void
control_close(struct control *c)
{
	if (c->request == NULL)
		return;
	for (unsigned i = 0; i < CONTROL_CLIENTS; i++)
		if (c->client[i].control != NULL && !c->client[i].stays)
			leave(&c->client[i]);
		else
			reply_drop(&c->client[i].out);
	gate_close(&c->gate);
	free(c->request);
	c->request = NULL;
}

/* ---- what is sent ---- */

void
control_say(struct control_client *k, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	reply_add(&k->out, fmt, ap);
	va_end(ap);
}

/* Half an answer could be taken for a whole one; a part that was sent cannot
 * be taken back. */
static void
end(struct control_client *k)
{
	k->asked = false;
	k->again = true;
	if (!k->out.lost)
		return;
	k->closing = k->out.sent > 0;
	reply_drop(&k->out);
	k->out_ms = 0;
	if (k->closing)
		return;
	control_say(k, "error %d \"no memory for the answer\"", EXIT_RUNNING);
	k->closing = k->out.lost;
}

void
control_ok(struct control_client *k)
{
	control_say(k, "ok");
	end(k);
}

void
control_error(struct control_client *k, int status, const char *fmt, ...)
{
	char text[1024], value[4 * sizeof text];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof text, fmt, ap);
	va_end(ap);
	control_say(k, "error %d %s", status,
	    log_value(text, value, sizeof value));
	end(k);
}

struct control_handle
control_defer(const struct control_client *k)
{
	return (struct control_handle){ place_of(k), k->serial };
}

struct control_client *
control_client_alive(struct control *c, struct control_handle h)
{
	struct control_client *k;

	if (h.place >= CONTROL_CLIENTS)
		return NULL;
	k = &c->client[h.place];
	return k->control != NULL && k->serial == h.serial ? k : NULL;
}

void
control_stay(struct control_client *k)
{
	k->stays = true;
}

/* Only while something waits: each answer that is taken would wake us. */
static void
watch_out(struct control_client *k, bool out)
{
	struct loop *l = k->control->loop;
	uint32_t events = EPOLLIN | EPOLLRDHUP | EPOLLET | (out ? EPOLLOUT : 0);

	if (out == k->out_watched)
		return;
	k->out_watched = out;
	loop_del(l, fd_of(k));
	if (loop_add(l, fd_of(k), events, k->control->tag + CONTROL_FIRST +
	    place_of(k)) == -1)
		k->closing = true;
}

/* False: there is more than goes now, or nobody to take it (then it left). */
static bool
send_out(struct control_client *k, int64_t now)
{
	/* Who has his answer finds in the log what led to it. */
	log_flush();
	switch (reply_send(&k->out, fd_of(k))) {
	case REPLY_SENT:
		k->out_ms = 0;
		watch_out(k, false);
		return true;
	case REPLY_WAITS:
		if (k->out_ms == 0)
			k->out_ms = now + CONTROL_MS;
		watch_out(k, true);
		return false;
	case REPLY_FAILED:
		break;
	}
	leave(k);
	return false;
}

/* ---- requests ---- */

static void
refuse(struct control_client *k, const struct control_verb *v, int64_t now)
{
	const struct caller *who = &k->in.by;
	const char *needs = caller_word(v->class);
	unsigned repeated;

	if (episode_tell(&k->control->refusals, now, &repeated))
		log_warn("control-refused verb=%s uid=%u pid=%d needs=%s "
		    "repeated=%u", v->word, (unsigned)who->uid, (int)who->pid,
		    needs, repeated);
	control_error(k, EXIT_PRIVILEGE, "%s is not allowed to uid %u, expected "
	    "one of %s", v->word, (unsigned)who->uid, needs);
}

static void
tell(const struct control_client *k, const char *line, size_t n)
{
	char text[256], value[4 * sizeof text];

	if (!log_shows(LOG_LEVEL_INFO))
		return;
	snprintf(text, sizeof text, "%.*s", (int)n, line);
	log_info("control request=%s uid=%u pid=%d",
	    log_value(text, value, sizeof value), (unsigned)k->in.by.uid,
	    (int)k->in.by.pid);
}

static const struct control_verb *
find_verb(const struct control *c, const char *word)
{
	const struct control_verb *v;

	for (v = c->verbs; v->word != NULL; v++)
		if (strcmp(v->word, word) == 0)
			return v;
	return NULL;
}

/* The one place where it is decided whether a verb may be said. */
static void
judge(struct control_client *k, const char *line, size_t n, int64_t now)
{
	struct control *c = k->control;
	const struct request *r = c->request;
	const struct control_verb *v = find_verb(c, r->word[0]);
	int words = (int)r->n - 1;

	if (v == NULL) {
		control_error(k, EXIT_USAGE, "%.60s: no such verb", r->word[0]);
	} else if (k->in.by.class < v->class) {
		refuse(k, v, now);
	} else if (words < v->least || words > v->most) {
		control_error(k, EXIT_USAGE, "%s: expected %s", v->word,
		    v->most == 0 ? "no more words" : v->usage);
	} else {
		if (v->class > CONTROL_LOOK)
			tell(k, line, n);
		v->fn(k, (int)r->n, r->word, c->arg);
	}
}

static void
run_line(struct control_client *k, const char *line, size_t n, int64_t now)
{
	const char *why;

	k->asked = true;
	switch (request_read(k->control->request, line, n, &why)) {
	case REQUEST_GOOD:
		judge(k, line, n, now);
		return;
	case REQUEST_FOUL:
		k->closing = true;
		break;
	case REQUEST_BAD:
		break;
	}
	control_error(k, EXIT_USAGE, "%s", why);
}

/* True: there was one, or there never will be. */
static bool
take_line(struct control_client *k, int64_t now)
{
	ssize_t n = lines_first(&k->in);

	if (n == -1 && lines_are_full(&k->in)) {
		k->closing = true;
		control_error(k, EXIT_USAGE, "a line too long, expected at most "
		    "%d bytes", REQUEST_BYTES);
		return true;
	}
	if (n == -1) {
		if (k->in.used > 0 && k->line_ms == 0)
			k->line_ms = now + CONTROL_MS;
		return false;
	}
	run_line(k, k->in.text, (size_t)n, now);
	k->line_ms = 0;
	lines_drop(&k->in, (size_t)n);
	return true;
}

/* False: nothing came. */
static bool
receive(struct control_client *k, int64_t now)
{
	enum lines_came came = lines_take(&k->in, fd_of(k),
	    &k->control->callers, &k->came);

	k->eof = came == LINES_END;
	if (came != LINES_NOTHING)
		k->heard_ms = now;
	return came != LINES_NOTHING;
}

static bool
is_hung_up(const struct control_client *k)
{
	struct pollfd p = { .fd = fd_of(k) };

	return poll(&p, 1, 0) == 1;
}

/* As far as it goes, within reason. */
static void
work(struct control_client *k, int64_t now)
{
	k->again = false;
	for (int i = 0; i < REQUESTS; i++) {
		if (!send_out(k, now))
			return;
		if (k->asked) {
			if (is_hung_up(k))
				leave(k);
			return;
		}
		if (!k->closing && take_line(k, now))
			continue;
		if (k->closing || k->eof) {
			leave(k);
			return;
		}
		if (!receive(k, now))
			return;
	}
	k->again = true;
}

/* ---- clients come ---- */

/* All places are taken: whoever owns the server gets one of those who do not,
 * or they could lock him out. */
static struct control_client *
make_place(struct control *c)
{
	struct control_client *found = NULL;

	for (unsigned i = 0; i < CONTROL_CLIENTS; i++) {
		struct control_client *k = &c->client[i];

		if (k->came.class < CONTROL_OWN && (found == NULL ||
		    k->heard_ms < found->heard_ms))
			found = k;
	}
	if (found != NULL)
		leave(found);
	return found;
}

static struct control_client *
find_place(struct control *c, enum control_class class)
{
	for (unsigned i = 0; i < CONTROL_CLIENTS; i++)
		if (c->client[i].control == NULL)
			return &c->client[i];
	return class == CONTROL_OWN ? make_place(c) : NULL;
}

static void
tell_stranger(struct control *c, const struct caller *who, int64_t now)
{
	unsigned repeated;

	if (episode_tell(&c->strangers, now, &repeated))
		log_warn("control-stranger uid=%u pid=%d repeated=%u",
		    (unsigned)who->uid, (int)who->pid, repeated);
}

static void
welcome(struct control *c, int fd, int64_t now)
{
	struct caller who = caller_connected(&c->callers, fd);
	struct control_client *k;

	if (who.class == CONTROL_NOBODY) {
		tell_stranger(c, &who, now);
		gate_turn_away(fd, EXIT_PRIVILEGE, "you are not among those who may "
		    "use this");
		return;
	}
	k = find_place(c, who.class);
	if (k == NULL || loop_add(c->loop, fd, EPOLLIN | EPOLLRDHUP | EPOLLET,
	    c->tag + CONTROL_FIRST + (uint32_t)(k - c->client)) == -1) {
		gate_turn_away(fd, EXIT_RUNNING, "too many clients");
		return;
	}
	*k = (struct control_client){
		.control = c, .serial = ++c->serial, .came = who,
		.heard_ms = now,
	};
	c->fd[CONTROL_FIRST + place_of(k)] = fd;
	c->nclients++;
}

void
control_resume(struct control *c, int fd, int64_t now)
{
	welcome(c, fd, now);
}

static void
accept_some(struct control *c, int64_t now)
{
	for (int i = 0; i < ACCEPTS; i++) {
		int fd = gate_accept(&c->gate);

		if (fd != -1) {
			welcome(c, fd, now);
			continue;
		}
		if (errno == EINTR || errno == ECONNABORTED)
			continue;
		if (errno != EAGAIN)
			gate_rest(&c->gate, now);
		return;
	}
}

/* ---- news ---- */

void
control_hear(struct control *c, uint32_t tag, int64_t now)
{
	uint32_t place = tag - c->tag - CONTROL_FIRST;

	if (tag >= c->tag + CONTROL_FIRST) {
		if (c->client[place].control != NULL)
			work(&c->client[place], now);
		return;
	}
	accept_some(c, now);	/* also before the listener is another */
	if (tag > c->tag)
		gate_heard(&c->gate, now);
}

static int64_t
turn_client(struct control_client *k, int64_t now)
{
	int64_t next;

	if (k->again)
		work(k, now);
	if (k->control == NULL)
		return LOOP_NEVER;
	if ((k->out_ms != 0 && now >= k->out_ms) ||
	    (k->line_ms != 0 && now >= k->line_ms && !k->asked)) {
		log_debug("control-late uid=%u pid=%d", (unsigned)k->came.uid,
		    (int)k->came.pid);
		leave(k);
		return LOOP_NEVER;
	}
	if (k->again)
		return now;
	next = k->out_ms != 0 ? k->out_ms : LOOP_NEVER;
	return k->asked || k->line_ms == 0 ? next :
	    loop_sooner(next, k->line_ms);
}

int64_t
control_turn(struct control *c, int64_t now)
{
	int64_t next = gate_turn(&c->gate, now);

	for (unsigned i = 0; c->nclients > 0 && i < CONTROL_CLIENTS; i++)
		if (c->client[i].control != NULL)
			next = loop_sooner(next, turn_client(&c->client[i], now));
	return next;
}
