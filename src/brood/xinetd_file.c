/* xinetd_file.c - lines become entries. */
#include "brood/xinetd_file.h"

#include <dirent.h>
#include <errno.h>
#include <libgen.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "rules/near.h"

/* ---- attributes ---- */

enum { NONE = 0, MANY = OLD_WORDS };

#define RULES "brood has no access rules yet"

static const struct xinetd_attribute attributes[] = {
	/* name            place            set    values      how */
	{ "id",             XINETD_SERVICE,  false, 1,    1,    XINETD_HONOUR, NULL },
	{ "type",           XINETD_SERVICE,  false, 1,    MANY, XINETD_HONOUR, NULL },
	{ "flags",          XINETD_SERVICE,  false, NONE, MANY, XINETD_HONOUR, NULL },
	{ "disable",        XINETD_SERVICE,  false, 1,    1,    XINETD_HONOUR, NULL },
	{ "socket_type",    XINETD_SERVICE,  false, 1,    1,    XINETD_HONOUR, NULL },
	{ "protocol",       XINETD_SERVICE,  false, 1,    1,    XINETD_HONOUR, NULL },
	{ "wait",           XINETD_SERVICE,  false, 1,    1,    XINETD_HONOUR, NULL },
	{ "user",           XINETD_SERVICE,  false, 1,    1,    XINETD_HONOUR, NULL },
	{ "group",          XINETD_SERVICE,  false, 1,    1,    XINETD_HONOUR, NULL },
	{ "groups",         XINETD_BOTH,     false, 1,    1,    XINETD_HONOUR, NULL },
	{ "umask",          XINETD_BOTH,     false, 1,    1,    XINETD_HONOUR, NULL },
	{ "instances",      XINETD_BOTH,     false, 1,    1,    XINETD_HONOUR, NULL },
	{ "server",         XINETD_SERVICE,  false, 1,    1,    XINETD_HONOUR, NULL },
	{ "server_args",    XINETD_SERVICE,  false, NONE, MANY, XINETD_HONOUR, NULL },
	{ "port",           XINETD_SERVICE,  false, 1,    1,    XINETD_HONOUR, NULL },
	{ "bind",           XINETD_BOTH,     false, 1,    1,    XINETD_HONOUR, NULL },
	{ "interface",      XINETD_BOTH,     false, 1,    1,    XINETD_HONOUR, NULL },
	{ "v6only",         XINETD_BOTH,     false, 1,    1,    XINETD_HONOUR, NULL },
	{ "env",            XINETD_SERVICE,  true,  NONE, MANY, XINETD_HONOUR, NULL },
	{ "passenv",        XINETD_BOTH,     true,  NONE, MANY, XINETD_HONOUR, NULL },
	{ "rlimit_as",      XINETD_SERVICE,  false, 1,    1,    XINETD_HONOUR, NULL },
	{ "rlimit_cpu",     XINETD_SERVICE,  false, 1,    1,    XINETD_HONOUR, NULL },
	{ "rlimit_data",    XINETD_SERVICE,  false, 1,    1,    XINETD_HONOUR, NULL },
	{ "rlimit_files",   XINETD_SERVICE,  false, 1,    1,    XINETD_HONOUR, NULL },
	{ "rlimit_stack",   XINETD_SERVICE,  false, 1,    1,    XINETD_HONOUR, NULL },
	{ "enabled",        XINETD_DEFAULTS, true,  NONE, MANY, XINETD_HONOUR, NULL },
	{ "disabled",       XINETD_DEFAULTS, true,  NONE, MANY, XINETD_HONOUR, NULL },
	{ "rlimit_rss",     XINETD_SERVICE,  false, 1,    1,    XINETD_NOTE,   "Linux has no such limit" },
	{ "nice",           XINETD_SERVICE,  false, 1,    1,    XINETD_NOTE,   "programs run with brood's own" },
	{ "cps",            XINETD_BOTH,     false, 1,    2,    XINETD_NOTE,   "brood never switches a service off" },
	{ "max_load",       XINETD_BOTH,     false, 1,    1,    XINETD_NOTE,   "brood never switches a service off" },
	{ "per_source",     XINETD_BOTH,     false, 1,    1,    XINETD_NOTE,   "brood does not count by address yet" },
	{ "mdns",           XINETD_SERVICE,  false, 1,    1,    XINETD_NOTE,   "brood announces nothing" },
	{ "log_type",       XINETD_BOTH,     true,  1,    MANY, XINETD_NOTE,   "brood has one log, see --log" },
	{ "log_on_success", XINETD_BOTH,     true,  NONE, MANY, XINETD_NOTE,   "brood logs in its own way" },
	{ "log_on_failure", XINETD_BOTH,     true,  NONE, MANY, XINETD_NOTE,   "brood logs in its own way" },
	{ "banner_fail",    XINETD_BOTH,     false, 1,    1,    XINETD_NOTE,   "nobody is turned away" },
	{ "rpc_version",    XINETD_SERVICE,  false, 1,    1,    XINETD_NOTE,   "brood has no RPC" },
	{ "rpc_number",     XINETD_SERVICE,  false, 1,    1,    XINETD_NOTE,   "brood has no RPC" },
	{ "only_from",      XINETD_BOTH,     true,  NONE, MANY, XINETD_REFUSE, RULES },
	{ "no_access",      XINETD_BOTH,     true,  NONE, MANY, XINETD_REFUSE, RULES },
	{ "access_times",   XINETD_BOTH,     true,  NONE, MANY, XINETD_REFUSE, RULES },
	{ "libwrap",        XINETD_SERVICE,  false, 1,    1,    XINETD_REFUSE, "brood does not ask hosts.allow; server tcpd does" },
	{ "deny_time",      XINETD_SERVICE,  false, 1,    1,    XINETD_REFUSE, "brood has no sensors" },
	{ "redirect",       XINETD_SERVICE,  false, 2,    2,    XINETD_REFUSE, "brood passes no connections on" },
	{ "banner",         XINETD_BOTH,     false, 1,    1,    XINETD_REFUSE, "brood sends no banners" },
	{ "banner_success", XINETD_BOTH,     false, 1,    1,    XINETD_REFUSE, "brood sends no banners" },
};
#define NATTRIBUTES (sizeof attributes / sizeof attributes[0])

const struct xinetd_attribute *
xinetd_row(const struct xinetd_attribute *row, size_t n, const char *name,
    char buf[80])
{
	const char *nearest = NULL;
	unsigned least = NEAR_FAR;

	for (size_t i = 0; i < n; i++) {
		unsigned d = near_distance(name, row[i].name);

		if (strcmp(row[i].name, name) == 0)
			return &row[i];
		if (d < least) {
			least = d;
			nearest = row[i].name;
		}
	}
	buf[0] = '\0';
	if (nearest != NULL)
		snprintf(buf, 80, "; did you mean \"%s\"?", nearest);
	return NULL;
}

/* ---- entries ---- */

const struct xinetd_given *
xinetd_given(const struct xinetd_entry *e, const char *name)
{
	const struct xinetd_given *g;

	if (e != NULL)
		STAILQ_FOREACH(g, &e->given, next)
			if (strcmp(g->a->name, name) == 0)
				return g;
	return NULL;
}

bool
xinetd_has(const struct xinetd_entry *e, const char *name, const char *value)
{
	const struct xinetd_given *g;

	STAILQ_FOREACH(g, &e->given, next)
		for (unsigned i = 0; strcmp(g->a->name, name) == 0 && i < g->n;
		    i++)
			if (strcmp(g->value[i].text, value) == 0)
				return true;
	return false;
}

/* ---- reading a line ---- */

static void __attribute__((format(printf, 4, 5)))
wrong(struct xinetd_file *x, struct xinetd_entry *e,
    const struct file_place *at, const char *fmt, ...)
{
	char text[512];
	va_list ap;

	if (e != NULL)
		e->broken = true;
	va_start(ap, fmt);
	vsnprintf(text, sizeof text, fmt, ap);
	va_end(ap);
	mistake(x->o.m, at->file, at->line, at->column, "%s", text);
}

static const struct xinetd_attribute *
find_attribute(struct xinetd_file *x, struct xinetd_entry *e)
{
	const struct old_word *w = &x->w.word[0];
	unsigned here = e == x->defaults ? XINETD_DEFAULTS : XINETD_SERVICE;
	char buf[80];
	const struct xinetd_attribute *a = xinetd_row(attributes, NATTRIBUTES,
	    w->text, buf);

	if (strchr(w->text, '=') != NULL)
		wrong(x, e, &w->at, "%.60s: expected ATTRIBUTE = VALUE, with a "
		    "blank before the =", w->text);
	else if (a == NULL)
		wrong(x, e, &w->at, "%.60s: expected an attribute of "
		    "xinetd.conf(5)%s", w->text, buf);
	else if (((unsigned)a->place & here) == 0)
		wrong(x, e, &w->at, "%s: expected in %s", a->name,
		    here == XINETD_SERVICE ? "defaults" : "a service");
	else
		return a;
	return NULL;
}

/* "=" may stand before the first value without a blank. */
static bool
read_op(struct xinetd_file *x, struct xinetd_entry *e,
    const struct xinetd_attribute *a, int *op_r)
{
	struct old_word *w = &x->w.word[1];
	size_t n = 1;

	if (x->w.n > 1 && w->text[0] == '=') {
		*op_r = XINETD_SET;
	} else if (x->w.n > 1 && (strncmp(w->text, "+=", 2) == 0 ||
	    strncmp(w->text, "-=", 2) == 0)) {
		*op_r = w->text[0] == '+' ? XINETD_ADD : XINETD_TAKE;
		n = 2;
	} else {
		wrong(x, e, &x->w.word[0].at, "%s: expected =, += or -= behind it",
		    a->name);
		return false;
	}
	if (*op_r != XINETD_SET && (!a->set ||
	    (*op_r == XINETD_TAKE && strcmp(a->name, "env") == 0))) {
		wrong(x, e, &w->at, "%s %.2s: expected =%s", a->name, w->text,
		    a->set ? " or +=" : "");
		return false;
	}
	w->text += n;
	w->at.column += (unsigned)n;
	return true;
}

static void
keep(struct xinetd_file *x, struct xinetd_entry *e,
    const struct xinetd_attribute *a, int op)
{
	unsigned first = x->w.word[1].text[0] == '\0' ? 2 : 1;
	struct xinetd_given *g = tree_make(sizeof *g);
	struct old_word *value;

	*g = (struct xinetd_given){ .a = a, .op = op, .at = x->w.word[0].at,
	    .n = x->w.n - first };
	g->value = value = tree_make((g->n + 1) * sizeof *value);
	memcpy(value, &x->w.word[first], g->n * sizeof *value);
	if (g->n >= a->least && g->n <= a->most)
		STAILQ_INSERT_TAIL(&e->given, g, next);
	else
		wrong(x, e, &g->at, a->least == a->most ? "%s: %u values, expected "
		    "%u" : "%s: %u values, expected at least %u", a->name, g->n,
		    g->n < a->least ? a->least : a->most);
}

static void
read_attribute(struct xinetd_file *x, struct xinetd_entry *e)
{
	const struct xinetd_attribute *a = find_attribute(x, e);
	const struct xinetd_given *before;
	int op = XINETD_SET;

	if (a == NULL || !read_op(x, e, a, &op))
		return;
	before = xinetd_given(e, a->name);
	if (before != NULL && !a->set)
		wrong(x, e, &x->w.word[0].at, "%s: expected once; the first is in "
		    "line %u", a->name, before->at.line);
	else
		keep(x, e, a, op);
}

/* ---- reading a text ---- */

struct reading {
	struct old_text t;
	struct xinetd_entry *e;	/* whose block it is, or NULL */
	bool opened;		/* its { was there */
};

static struct xinetd_entry *
new_entry(const struct file_place *at, const char *name)
{
	struct xinetd_entry *e = tree_make(sizeof *e);

	STAILQ_INIT(&e->given);
	e->at = *at;
	e->name = name;
	return e;
}

static void
begin(struct xinetd_file *x, struct reading *r)
{
	const struct old_word *w = &x->w.word[x->w.n - 1];
	bool defaults = strcmp(x->w.word[0].text, "defaults") == 0;
	struct xinetd_entry *e = r->e = new_entry(&w->at, w->text);

	r->opened = x->w.n > 1 && strcmp(w->text, "{") == 0;
	if (x->w.n != (defaults ? 1 : 2)) {
		wrong(x, e, &x->w.word[0].at, "%s: expected %s, and `{' alone in "
		    "the next line", x->w.word[0].text,
		    defaults ? "nothing" : "a name");
	} else if (!defaults) {
		x->full = !old_room(&x->o, &e->at);
		STAILQ_INSERT_TAIL(&x->entries, e, next);
	} else if (x->defaults == NULL) {
		x->defaults = e;
	} else {
		wrong(x, e, &e->at, "defaults: expected once; the first are at "
		    "%.200s:%u", x->defaults->at.file, x->defaults->at.line);
	}
}

static const char *
join(const char *folder, const char *name)
{
	size_t n = strlen(folder), most = strlen(name) + 1;
	char *path = tree_make(n + 1 + most);

	memcpy(path, folder, n);
	path[n] = '/';
	memcpy(path + n + 1, name, most);
	return path;
}

static int
by_bytes(const struct dirent **a, const struct dirent **b)
{
	return strcmp((*a)->d_name, (*b)->d_name);
}

static int
is_read(const struct dirent *d)
{
	size_t n = strlen(d->d_name);

	return strchr(d->d_name, '.') == NULL && d->d_name[n - 1] != '~';
}

static void
read_folder(struct xinetd_file *x, const char *path,
    const struct file_place *by)
{
	struct dirent **names;
	struct stat st;
	int n = scandir(path, &names, is_read, by_bytes);

	if (n == -1)
		wrong(x, NULL, by, "includedir %.200s: cannot be read: %s", path,
		    strerror(errno));
	for (int i = 0; i < n; i++) {
		const char *file = join(path, names[i]->d_name);

		if ((stat(file, &st) == -1 || !S_ISDIR(st.st_mode)) && !x->full)
			xinetd_file_read(x, file, by);
		free(names[i]);
	}
	if (n != -1)
		free(names);
}

static void
include(struct xinetd_file *x)
{
	const struct old_word *w = &x->w.word[1];
	bool folder = strcmp(x->w.word[0].text, "includedir") == 0;
	struct file_place by;
	const char *path;

	if (x->w.n != 2) {
		wrong(x, NULL, &x->w.word[0].at, "%s: expected the name of a %s",
		    x->w.word[0].text, folder ? "folder" : "file");
		return;
	}
	by = w->at;
	path = w->text[0] == '/' ? w->text :
	    join(dirname(tree_copy(by.file)), w->text);
	if (folder)
		read_folder(x, path, &by);
	else
		xinetd_file_read(x, path, &by);
}

static void
read_outside(struct xinetd_file *x, struct reading *r)
{
	static const struct xinetd_attribute words[] = {
		{ .name = "service" }, { .name = "defaults" },
		{ .name = "include" }, { .name = "includedir" },
	};
	const struct old_word *w = &x->w.word[0];
	char buf[80];
	const struct xinetd_attribute *a = xinetd_row(words, 4, w->text, buf);

	if (a == NULL) {
		/* A block may follow; it is nobody's. */
		r->e = new_entry(&w->at, w->text);
		r->opened = false;
		wrong(x, r->e, &w->at, "%.60s: expected service, defaults, include "
		    "or includedir%s", w->text, buf);
	} else if (strncmp(w->text, "include", 7) == 0) {
		include(x);
	} else {
		begin(x, r);
	}
}

static void
read_words(struct xinetd_file *x, struct reading *r)
{
	const struct old_word *w = &x->w.word[0];

	if (r->e == NULL || (r->e->broken && !r->opened &&
	    strcmp(w->text, "{") != 0)) {
		r->e = NULL;
		read_outside(x, r);
	} else if (!r->opened) {
		r->opened = true;
		if (strcmp(w->text, "{") == 0 && x->w.n == 1)
			return;
		wrong(x, r->e, &w->at, "%.60s: expected `{' alone in its line",
		    w->text);
		r->e = NULL;
	} else if (strcmp(w->text, "}") == 0) {
		if (x->w.n > 1)
			wrong(x, r->e, &w[1].at, "a word behind `}': expected the end "
			    "of the line");
		r->e = NULL;
	} else {
		read_attribute(x, r->e);
	}
}

void
xinetd_file_text(struct xinetd_file *x, const char *name, const char *text,
    size_t size)
{
	struct reading r = { .e = NULL };
	const char *line;
	size_t n, first;

	if (!old_open(&x->o, &r.t, name, text, size))
		return;
	while (!x->full && old_line(&r.t, &line, &n)) {
		for (first = 0; first < n && (line[first] == ' ' ||
		    line[first] == '\t'); first++)
			;
		if (first == n || line[first] == '#')
			continue;
		x->w.n = 0;
		if (old_check(&x->o, &r.t, line, n) &&
		    old_split(&x->o, &r.t, line, n, NULL, &x->w))
			read_words(x, &r);
		else if (r.e != NULL)
			r.e->broken = true;
	}
	if (r.e != NULL && !r.e->broken && !x->full)
		wrong(x, r.e, &r.e->at, "%.60s: a block that is not closed: "
		    "expected `}' before the end", r.e->name);
}

void
xinetd_file_read(struct xinetd_file *x, const char *path,
    const struct file_place *by)
{
	const char *why = file_enter(&x->trail, path);
	size_t size = 0;
	char *text;

	if (why != NULL) {
		wrong(x, NULL, by, "%.200s %s", path, why);
		return;
	}
	text = file_load(path, &size, by, x->o.m);
	x->bytes += size;
	if (text != NULL && x->bytes > FILE_BYTES) {
		wrong(x, NULL, &(struct file_place){ path, 0, 0 }, "is too much: "
		    "expected at most 16 megabytes in all");
		x->full = true;
	} else if (text != NULL) {
		xinetd_file_text(x, tree_copy(path), text, size);
	}
	file_leave(&x->trail);
	free(text);
}

void
xinetd_file_begin(struct xinetd_file *x, struct directives *to,
    struct mistakes *m, bool convert)
{
	*x = (struct xinetd_file){ .defaults = NULL };
	old_begin(&x->o, to, m, convert);
	STAILQ_INIT(&x->entries);
}
