/* readers.c - a reader for each word that is no plain number or text. */
#include "lib/readers.h"

#include <limits.h>
#include <net/if.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "lib/settings.h"
#include "rules/ucspi.h"

/* What a reader says when the range of the table does. */
static const char in_range[] = "";

const char *
read_name(struct settings *o, const char *value)
{
	size_t n = strspn(value, "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
	    "abcdefghijklmnopqrstuvwxyz0123456789_.-");

	if (n < 1 || n > 40 || value[n] != '\0')
		return in_range;
	o->name = value;
	return NULL;
}

const char *
read_user(struct settings *o, const char *value)
{
	size_t n = strcspn(value, ":");

	if (n == 0 || (value[n] == ':' && value[n + 1] == '\0'))
		return in_range;
	o->user = value;
	return NULL;
}

/* What the kernel takes for a name (dev_valid_name()), which may come later. */
const char *
read_interface(struct settings *o, const char *value)
{
	size_t n = strlen(value);

	if (n < 1 || n >= IFNAMSIZ || value[strcspn(value, "/: \t\n")] != '\0' ||
	    strcmp(value, ".") == 0 || strcmp(value, "..") == 0)
		return in_range;
	o->service.interface = value;
	return NULL;
}

/* One of a few words, up to one without a name. */
struct choice {
	const char *name;
	int value;
};

static const char *
read_choice(const char *value, const struct choice *c, int *value_r)
{
	for (; c->name != NULL; c++)
		if (strcmp(value, c->name) == 0) {
			*value_r = c->value;
			return NULL;
		}
	return in_range;
}

const char *
read_memory(struct settings *o, const char *value)
{
	static const struct choice memories[] = {
		{ "shared", MEMORY_SHARED },
		{ "own", MEMORY_OWN },
		{ NULL, 0 }
	};
	int memory = MEMORY_BEST;
	const char *why = read_choice(value, memories, &memory);

	o->service.memory = (enum memory)memory;
	return why;
}

const char *
read_kill_mode(struct settings *o, const char *value)
{
	static const struct choice modes[] = {
		{ "none", HANDLER_KILL_NONE },
		{ "group", HANDLER_KILL_GROUP },
		{ "all", HANDLER_KILL_ALL },
		{ NULL, 0 }
	};
	int mode = HANDLER_KILL_NONE;
	const char *why = read_choice(value, modes, &mode);

	o->service.handler.kill_mode = (enum handler_kill)mode;
	return why;
}

const char *
read_kind(struct settings *o, const char *value)
{
	const struct handler_kind *k = handler_kind(value);

	if (k == NULL)
		return in_range;
	o->service.handler.kind = k;
	return NULL;
}

const char *
read_env(struct settings *o, const char *value)
{
	size_t n = strcspn(value, "=");

	if (n == 0)
		return in_range;
	if (ucspi_owns(value, n))
		return "a variable that brood does not set itself";
	if (o->nenv == SETTINGS_ENV)
		return "at most 256 of them";
	o->env[o->nenv++] = value;
	return NULL;
}

static const char *
read_octal(const char *value, mode_t *mode_r)
{
	char *end;
	long mode;

	if (*value < '0' || *value > '7' || strlen(value) > 4)
		return in_range;
	mode = strtol(value, &end, 8);
	if (*end != '\0' || mode > 0777)
		return in_range;
	*mode_r = (mode_t)mode;
	return NULL;
}

const char *
read_umask(struct settings *o, const char *value)
{
	mode_t mode = 0;
	const char *why = read_octal(value, &mode);

	o->service.costume.umask = (int)mode;
	return why;
}

const char *
read_mode(struct settings *o, const char *value)
{
	return read_octal(value, &o->service.socket_mode);
}

const char *
read_control_mode(struct settings *o, const char *value)
{
	return read_octal(value, &o->service.control_mode);
}

static const char *
read_id(const char *value, uid_t *uid_r, gid_t *gid_r)
{
	struct costume c;

	if (costume_find(&c, value, "none", NULL) == -1)
		return in_range;
	*uid_r = c.uid;
	*gid_r = c.gid;
	return NULL;
}

const char *
read_owner(struct settings *o, const char *value)
{
	return read_id(value, &o->service.socket_uid, &o->service.socket_gid);
}

const char *
read_control_owner(struct settings *o, const char *value)
{
	return read_id(value, &o->service.control_uid,
	    &o->service.control_gid);
}

/* We may work in another folder by the time it is removed.  The abstract
 * namespace has no modes, so it would be everybody's. */
const char *
read_control(struct settings *o, const char *value)
{
	char here[PATH_MAX] = "", whole[PATH_MAX + ADDRESS_PATH_SIZE];

	if (value[0] == '\0' || value[0] == '@' ||
	    strlen(value) >= sizeof o->control)
		return in_range;
	if (value[0] != '/' && getcwd(here, sizeof here) == NULL)
		return "an absolute path, as the present folder is gone";
	snprintf(whole, sizeof whole, "%s%s%s", here,
	    value[0] != '/' ? "/" : "", value);
	if (strlen(whole) >= sizeof o->control)
		return "a path of at most 107 bytes with its folder";
	strlcpy(o->control, whole, sizeof o->control);
	o->service.control = o->control;
	return NULL;
}

/* Only how it is written; whether they exist shows when it is used. */
static bool
is_who(const char *s, size_t n, bool any)
{
	if (any && n == 1 && s[0] == '*')
		return true;
	if (any && n > 0 && s[0] == ':')
		s++, n--;
	if (n < 1 || n > 64 || s[0] == '-')
		return false;
	for (size_t i = 0; i < n; i++)
		if (s[i] <= ' ' || s[i] == 127 || strchr("*:\"'", s[i]) != NULL)
			return false;
	return true;
}

static bool
is_list(const char *s, bool any)
{
	for (;; s++) {
		size_t n = strcspn(s, ",");

		if (!is_who(s, n, any))
			return false;
		s += n;
		if (*s == '\0')
			return true;
	}
}

static const char *
read_list(const char *value, const char **list_r)
{
	if (!is_list(value, true))
		return in_range;
	*list_r = value;
	return NULL;
}

const char *
read_look(struct settings *o, const char *value)
{
	return read_list(value, &o->service.control_look);
}

const char *
read_operate(struct settings *o, const char *value)
{
	return read_list(value, &o->service.control_operate);
}

const char *
read_own(struct settings *o, const char *value)
{
	return read_list(value, &o->service.control_own);
}

const char *
read_groups(struct settings *o, const char *value)
{
	if (!is_list(value, false))
		return in_range;
	o->groups = value;
	return NULL;
}

const char *
read_on(struct settings *o, const char *value)
{
	struct service *s = &o->service;
	size_t n = strcspn(value, " \t");
	const char *command = value + n + strspn(value + n, " \t");
	int event = hook_event(value, n);

	if (event == -1 || command[0] == '\0')
		return in_range;
	if (s->nhooks == HOOK_MOST)
		return "at most 32 of them";
	s->hook[s->nhooks++] = (struct hook_order){
	    (enum hook_event)event, command };
	return NULL;
}
_Static_assert(HOOK_MOST == 32, "as the text above says");

const char *
read_yes(const char *value, bool *yes_r)
{
	*yes_r = strcmp(value, "yes") == 0;
	return *yes_r || strcmp(value, "no") == 0 ? NULL : in_range;
}

const char *
read_privs(struct settings *o, const char *value)
{
	bool yes;
	const char *why = read_yes(value, &yes);

	o->no_new_privs = yes;
	return why;
}

const char *
read_stderr(struct settings *o, const char *value)
{
	static const struct choice ways[] = {
		{ "log", STDERR_LOG },
		{ "pass", STDERR_PASS },
		{ NULL, 0 }
	};
	int way = STDERR_LOG;
	const char *why = read_choice(value, ways, &way);

	o->service.err = (enum service_stderr)way;
	return why;
}

const char *
read_number(const char *value, long long min, long long max, long long *n_r)
{
	const char *why = NULL;

	/* strtonum(3) itself would take blanks and a sign. */
	if (*value < '0' || *value > '9')
		return "not a number";
	*n_r = strtonum(value, min, max, &why);
	return why;
}

const char *
read_fd(struct settings *o, const char *value)
{
	long long n;

	if (read_number(value, 1, 1 << 20, &n) != NULL)
		return in_range;
	o->service.ready_fd = (int)n;
	return NULL;
}

const char *
read_dialect(struct settings *o, const char *value)
{
	static const struct choice dialects[] = {
		{ "listen-fds", HANDLER_LISTEN_FDS },
		{ "server-starter", HANDLER_STARTER },
		{ "einhorn", HANDLER_EINHORN },
		{ NULL, 0 }
	};
	int dialect = HANDLER_LISTEN_FDS;
	const char *why = read_choice(value, dialects, &dialect);

	o->service.handler.dialect = (enum handler_dialect)dialect;
	return why;
}

const char *
read_on_0(struct settings *o, const char *value)
{
	bool yes;
	const char *why = read_yes(value, &yes);

	if (yes)
		o->service.handler.dialect = HANDLER_ON_0;
	return why;
}

const char *
read_ready(struct settings *o, const char *value)
{
	struct handler *h = &o->service.handler;
	long long n = 0;

	if (strcmp(value, "alive") == 0)
		h->ready = HANDLER_READY_ALIVE;
	else if (strcmp(value, "notify") == 0)
		h->ready = HANDLER_READY_NOTIFY;
	else if (strncmp(value, "fd:", 3) == 0 &&
	    read_number(value + 3, 3, 2 * WAIT_LISTENERS - 1, &n) == NULL)
		h->ready = HANDLER_READY_FD;
	else
		return in_range;
	h->ready_fd = (int)n;
	return NULL;
}

const char *
read_signal(struct settings *o, const char *value)
{
	for (int i = 1; i < NSIG; i++) {
		const char *name = sigabbrev_np(i);

		if (name == NULL || strcmp(name, value +
		    (strncmp(value, "SIG", 3) == 0 ? 3 : 0)) != 0)
			continue;
		o->service.handler.stop_signal = i;
		return NULL;
	}
	return in_range;
}

/* A bare number counts clients; with a unit it is a time. */
const char *
read_recycle(struct settings *o, const char *value)
{
	struct spec *s = &o->service.spec;
	long long n;
	int64_t ms;

	if (read_number(value, 1, INT_MAX, &n) == NULL) {
		s->recycle_after = (unsigned)n;
		return NULL;
	}
	ms = spec_duration(value);
	if (ms < 1)
		return in_range;
	s->recycle_ms = ms;
	return NULL;
}

static const struct {
	const char *name;
	int resource;
} limits[] = {
	{ "as", RLIMIT_AS }, { "core", RLIMIT_CORE }, { "cpu", RLIMIT_CPU },
	{ "data", RLIMIT_DATA }, { "fsize", RLIMIT_FSIZE },
	{ "memlock", RLIMIT_MEMLOCK }, { "nofile", RLIMIT_NOFILE },
	{ "nproc", RLIMIT_NPROC }, { "stack", RLIMIT_STACK },
};

#define NLIMITS (sizeof limits / sizeof limits[0])
_Static_assert(NLIMITS <= HANDLER_LIMITS, "each resource has a place");

/* SOFT[:HARD], plain numbers in the units of setrlimit(2). */
static const char *
read_pair(const char *value, struct rlimit *r)
{
	size_t len = strcspn(value, ":");
	char soft[24];
	long long cur, max;

	if (len >= sizeof soft)
		return in_range;
	memcpy(soft, value, len);
	soft[len] = '\0';
	if (read_number(soft, 0, LLONG_MAX, &cur) != NULL)
		return in_range;
	max = cur;
	if (value[len] == ':' &&
	    read_number(value + len + 1, cur, LLONG_MAX, &max) != NULL)
		return in_range;
	*r = (struct rlimit){ (rlim_t)cur, (rlim_t)max };
	return NULL;
}

const char *
read_limit(struct settings *o, const char *value)
{
	struct handler *h = &o->service.handler;
	size_t n = strcspn(value, "=");
	struct rlimit pair;
	unsigned at;
	size_t i;

	for (i = 0; i < NLIMITS; i++)
		if (strlen(limits[i].name) == n &&
		    memcmp(limits[i].name, value, n) == 0)
			break;
	if (i == NLIMITS || value[n] == '\0' ||
	    read_pair(value + n + 1, &pair) != NULL)
		return in_range;
	/* The last word about a resource counts. */
	for (at = 0; at < h->nlimits; at++)
		if (h->limit[at].resource == limits[i].resource)
			break;
	h->nlimits += at == h->nlimits;
	h->limit[at].name = limits[i].name;
	h->limit[at].resource = limits[i].resource;
	h->limit[at].value = pair;
	return NULL;
}
