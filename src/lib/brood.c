/* brood.c - the library's functions for a service. */
#include "lib/brood.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lib/fits.h"
#include "lib/service.h"
#include "lib/words.h"
#include "os/launch.h"
#include "os/listen.h"
#include "pool/client.h"
#include "tools/log.h"
#include "tools/signals.h"

/* ---- what can be wrong with any call ---- */

static int
fail(struct brood *b, int error, const char *text)
{
	if (b != NULL)
		err_set(&b->err, EXIT_USAGE, "%s", text);
	errno = error;
	return -1;
}

/* err has the reason; errno may, too. */
static int
fail_err(int before)
{
	if (errno == before || errno == 0)
		errno = EINVAL;
	return -1;
}

static int
check_new(struct brood *b)
{
	if (b == NULL)
		return fail(NULL, EINVAL, "");
	b->err.text[0] = '\0';
	if (b->master != NULL)
		return fail(b, EBUSY, "it listens already");
	return 0;
}

/* A child has a copy of the service, with which it could do its brothers
 * harm. */
static bool
is_copy(const struct brood *b)
{
	return b->started && b->pid != getpid();
}

static int
check_running(struct brood *b)
{
	if (b == NULL)
		return fail(NULL, EINVAL, "");
	if (is_copy(b))
		return fail(b, EPERM, "a child has no say");
	b->err.text[0] = '\0';
	if (b->over)
		return fail(b, ESHUTDOWN, "it has ended");
	if (b->master == NULL || !b->started)
		return fail(b, EINVAL, "it does not run");
	return 0;
}

/* ---- making ---- */

struct brood *
brood_new(void)
{
	struct brood *b = calloc(1, sizeof *b);

	if (b != NULL)
		settings_init(&b->settings);
	return b;
}

void
brood_free(struct brood *b)
{
	int keep = errno;

	if (b == NULL || is_copy(b))
		return;
	master_free(b->master);
	settings_free(&b->settings);
	free(b);
	errno = keep;
}

const char *
brood_error(const struct brood *b)
{
	return b != NULL ? b->err.text : "no service";
}

int
brood_exit_status(const struct brood *b)
{
	if (b == NULL)
		return EXIT_USAGE;
	return b->err.text[0] != '\0' ? (int)b->err.status : 0;
}

bool
brood_can_share(void)
{
	return launch_can_share();
}

/* ---- what is done ---- */

static void
become_inline(struct brood *b)
{
	struct handler *h = &b->settings.service.handler;

	if (!handler_is_inline(h))
		h->kind = handler_kind("inline");
}

int
brood_on_stream(struct brood *b, brood_stream_fn *fn, void *arg)
{
	if (check_new(b) == -1)
		return -1;
	if (fn == NULL)
		return fail(b, EINVAL, "no function");
	become_inline(b);
	b->settings.service.handler.calls.stream = fn;
	b->settings.service.handler.calls.stream_arg = arg;
	return 0;
}

int
brood_on_datagram(struct brood *b, brood_datagram_fn *fn, void *arg)
{
	if (check_new(b) == -1)
		return -1;
	if (fn == NULL)
		return fail(b, EINVAL, "no function");
	become_inline(b);
	b->settings.service.handler.calls.datagram = fn;
	b->settings.service.handler.calls.datagram_arg = arg;
	return 0;
}

int
brood_program(struct brood *b, char *const argv[])
{
	int before = errno = 0;

	if (check_new(b) == -1)
		return -1;
	if (argv == NULL || argv[0] == NULL)
		return fail(b, EINVAL, "no program");
	return settings_program(&b->settings, argv, &b->err) == 0 ? 0 :
	    fail_err(before);
}

/* ---- settings ---- */

int
brood_set(struct brood *b, const char *word, const char *value)
{
	if (b == NULL)
		return fail(NULL, EINVAL, "");
	b->err.text[0] = '\0';
	if (is_copy(b))
		return fail(b, EPERM, "a child has no say");
	if (b->master == NULL)
		return settings_set(&b->settings, word, value, &b->err);
	if (settings_live(&b->settings, 1, &word, &value, &b->err) == -1)
		return -1;
	if (b->started)
		master_look(b->master);
	return 0;
}

const struct brood_word *
brood_word(unsigned i)
{
	return word_at(i);
}

int
brood_check(struct brood *b, bool program)
{
	int before = errno = 0;

	if (check_new(b) == -1)
		return -1;
	if (settings_check(&b->settings, program, &b->err) == -1)
		return fail_err(before);
	/* Of the folders in which the program was not. */
	b->err.text[0] = '\0';
	return 0;
}

int
brood_fits(struct brood *b, const char *const addresses[], unsigned n)
{
	int before = errno = 0;

	if (b == NULL || addresses == NULL)
		return fail(b, EINVAL, "addresses are missing");
	b->err.text[0] = '\0';
	return fits_addresses(&b->settings.service, addresses, n, &b->err) ==
	    0 ? 0 : fail_err(before);
}

/* ---- events ---- */

static void
say(struct brood *b, enum brood_event what, struct brood_client *c,
    const char *text)
{
	if (b->event != NULL)
		b->event(b, what, c, text, b->event_arg);
}

static void
on_ready(void *arg)
{
	say(arg, BROOD_EVENT_READY, NULL, "ready");
}

static void
on_failure(const char *text, void *arg)
{
	say(arg, BROOD_EVENT_ERROR, NULL, text);
}

static void
on_child(void *arg)
{
	say(arg, BROOD_EVENT_CHILD, NULL, "a child starts");
}

static const char *
name_of(const struct brood_client *c, char buf[ADDR_TEXT_SIZE])
{
	if (c == NULL)
		return "a client of a program";
	return addr_text(&c->child->seat->peer, buf);
}

static void
on_begin(struct brood_client *c, void *arg)
{
	char name[ADDR_TEXT_SIZE];

	say(arg, BROOD_EVENT_BEGIN, c, name_of(c, name));
}

static void
on_end(struct brood_client *c, void *arg)
{
	char name[ADDR_TEXT_SIZE];

	say(arg, BROOD_EVENT_END, c, name_of(c, name));
}

static int
on_set(unsigned n, const char *const words[], const char *const values[],
    struct err *e, void *arg)
{
	struct brood *b = arg;

	return settings_live(&b->settings, n, words, values, e);
}

int
brood_on_event(struct brood *b, brood_event_fn *fn, void *arg)
{
	struct handler_calls *calls;

	if (check_new(b) == -1)
		return -1;
	b->event = fn;
	b->event_arg = arg;
	calls = &b->settings.service.handler.calls;
	calls->child = fn != NULL ? on_child : NULL;
	calls->begin = fn != NULL ? on_begin : NULL;
	calls->end = fn != NULL ? on_end : NULL;
	calls->trouble = fn != NULL ? on_failure : NULL;
	calls->event_arg = b;
	return 0;
}

int
brood_log(const char *where, const char *level)
{
	enum log_level most;

	if (where == NULL || level == NULL || !log_level_of(level, &most))
		return fail(NULL, EINVAL, "");
	if (where[0] != '/' && strcmp(where, "none") != 0 &&
	    strcmp(where, "stderr") != 0 && strcmp(where, "syslog") != 0)
		return fail(NULL, EINVAL, "");
	return log_open(where, strcmp(where, "none") == 0 ? LOG_LEVEL_NONE :
	    most);
}

/* ---- listening ---- */

static bool
wants_inherited(const struct service *s)
{
	for (size_t i = 0; i < s->naddresses; i++)
		if (s->address[i].kind == ADDRESS_FD)
			return true;
	return false;
}

/* We may work in another folder by the time a path is removed. */
static int
make_absolute(struct address *a, struct err *e)
{
	char here[PATH_MAX], whole[PATH_MAX + ADDRESS_PATH_SIZE];

	if (a->kind == ADDRESS_TCP || a->kind == ADDRESS_UDP ||
	    a->kind == ADDRESS_FD || a->path[0] == '/' || a->path[0] == '@')
		return 0;
	if (getcwd(here, sizeof here) == NULL) {
		err_sys(e, EXIT_SYSTEM, "cannot find the present folder");
		return -1;
	}
	snprintf(whole, sizeof whole, "%s/%s", here, a->path);
	if (strlcpy(a->path, whole, sizeof a->path) < sizeof a->path)
		return 0;
	errno = EINVAL;
	err_set(e, EXIT_USAGE, "a unix socket's path is too long: %s, expected "
	    "at most %zu bytes", whole, sizeof a->path - 1);
	return -1;
}

static int
read_addresses(struct brood *b, const char *addresses)
{
	struct service *s = &b->settings.service;
	const char *bad;
	size_t len;
	const char *why = address_list(addresses, s->address, &s->naddresses,
	    &bad, &len);

	if (why != NULL) {
		err_set(&b->err, EXIT_USAGE, "address `%.*s': %s",
		    (int)(len < 200 ? len : 200), bad, why);
		errno = EINVAL;
		return -1;
	}
	for (size_t i = 0; i < s->naddresses; i++)
		if (make_absolute(&s->address[i], &b->err) == -1)
			return -1;
	return 0;
}

int
brood_listen(struct brood *b, const char *addresses)
{
	struct service *s;
	int before = errno = 0;

	if (check_new(b) == -1)
		return b == NULL ? -1 : fail(b, EALREADY, "it listens already");
	if (addresses == NULL)
		return fail(b, EINVAL, "no address");
	s = &b->settings.service;
	if (read_addresses(b, addresses) == -1 ||
	    settings_name(&b->settings, addresses, &b->err) == -1 ||
	    settings_finish(&b->settings, &b->err) == -1)
		return fail_err(before);
	b->in.n = 0;
	if (wants_inherited(s) && inherit_take(&b->in, &b->err) == -1)
		return fail_err(before);
	s->ready = on_ready;
	s->failed = on_failure;
	s->set = on_set;
	s->arg = b;
	b->over = false;
	b->master = master_open(s, &b->in, &b->err);
	return b->master != NULL ? 0 : fail_err(before);
}

static void
forget_master(struct brood *b)
{
	master_free(b->master);
	b->master = NULL;
	b->started = false;
}

int
brood_unlisten(struct brood *b)
{
	if (b == NULL)
		return fail(NULL, EINVAL, "");
	if (is_copy(b))
		return fail(b, EPERM, "a child has no say");
	if (!brood_is_listening(b))
		return fail(b, EINVAL, "it does not listen");
	if (b->started)
		master_close_door(b->master);
	else
		forget_master(b);
	return 0;
}

bool
brood_is_listening(const struct brood *b)
{
	return b != NULL && b->master != NULL &&
	    master_listener(b->master, 0) != NULL;
}

int
brood_listener(const struct brood *b, unsigned i, char *text, size_t size,
    unsigned *port_r)
{
	const struct listener *l = b != NULL && b->master != NULL ?
	    master_listener(b->master, i) : NULL;
	char name[LISTEN_TEXT_SIZE];

	if (l == NULL) {
		errno = b == NULL ? EINVAL : ENOENT;
		return -1;
	}
	if (text != NULL && size > 0)
		snprintf(text, size, "%s", listen_text(l, name));
	if (port_r != NULL)
		*port_r = addr_port(&l->bound);
	return l->fd;
}

/* ---- running ---- */

static int
start(struct brood *b, bool embedded)
{
	int before = errno = 0;

	if (b == NULL)
		return fail(NULL, EINVAL, "");
	b->err.text[0] = '\0';
	if (b->over)
		return fail(b, ESHUTDOWN, "it has ended");
	if (b->master == NULL)
		return fail(b, EINVAL, "it does not listen");
	if (b->started)
		return fail(b, EALREADY, "it runs already");
	if (embedded && (b->settings.service.costume.change ||
	    b->settings.service.costume.folder != NULL ||
	    b->settings.service.costume.umask != -1 ||
	    b->settings.service.handler.nlimits > 0 ||
	    handler_ends_all(&b->settings.service.handler)))
		return fail(b, EINVAL, "user, chdir, umask, limit and kill-mode "
		    "all would change the caller: expected none");
	b->settings.service.embedded = embedded;
	b->started = true;
	b->pid = getpid();
	if (master_start(b->master, &b->err) == 0)
		return 0;
	forget_master(b);
	return fail_err(before);
}

int
brood_run(struct brood *b)
{
	int status;

	/* Before anything is made that a signal could leave behind. */
	if (b != NULL && b->master != NULL && !b->started)
		signals_own();
	if (start(b, false) == -1)
		return b != NULL && b->err.status != 0 ? b->err.status : EXIT_USAGE;
	status = master_run(b->master, &b->err);
	if (status != EXIT_STOPPED)
		say(b, BROOD_EVENT_ERROR, NULL, b->err.text);
	forget_master(b);
	b->over = true;
	return status;
}

int
brood_start(struct brood *b)
{
	return start(b, true);
}

int
brood_fd(const struct brood *b)
{
	if (b != NULL && b->master != NULL && b->started)
		return master_fd(b->master);
	errno = EINVAL;
	return -1;
}

int
brood_turn(struct brood *b)
{
	if (check_running(b) == -1)
		return b != NULL && b->over ? 0 : -1;
	if (!b->settings.service.embedded)
		return fail(b, EINVAL, "it was not started by brood_start()");
	if (master_turn(b->master))
		return 1;
	forget_master(b);
	b->over = true;
	return 0;
}

int
brood_stop(struct brood *b)
{
	if (check_running(b) == -1)
		return -1;
	master_stop(b->master);
	return 0;
}

int
brood_renew(struct brood *b)
{
	if (check_running(b) == -1)
		return -1;
	master_renew(b->master);
	return 0;
}

unsigned long
brood_count(const struct brood *b, enum brood_count what)
{
	struct master_counts n;

	if (b == NULL || b->master == NULL)
		return 0;
	n = master_count(b->master);
	switch (what) {
	case BROOD_AVAILABLE: return n.available;
	case BROOD_CONNECTED: return n.connected;
	case BROOD_SERVED:    return n.served;
	case BROOD_DEATHS:    return n.deaths;
	}
	return 0;
}
