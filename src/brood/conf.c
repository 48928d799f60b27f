/* conf.c - directives become services. */
#include "brood/conf.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "brood/builtin.h"
#include "brood/where.h"
#include "brood/whole.h"
#include "brood/words.h"
#include "lib/who.h"
#include "tools/err.h"
#include "tools/log.h"

/* "file:line" of another directive, for a message. */
static const char *
place(const struct directive *d, char buf[512])
{
	snprintf(buf, 512, "%s:%u", d->file, d->line);
	return buf;
}

/* ---- words ---- */

static void
keep(const struct directive ***list, unsigned *n, const struct directive *d)
{
	if ((*n & (*n - 1)) == 0) {
		const struct directive **more = tree_make((*n == 0 ? 1 :
		    2 * *n) * sizeof *more);

		if (*n > 0)
			memcpy(more, *list, *n * sizeof *more);
		*list = more;
	}
	(*list)[(*n)++] = d;
}

static void
complain_unknown(struct conf *c, const struct directive *d,
    enum words_place here)
{
	const char *name = d->word[0].text;
	/* Not for those that are only counted. */
	const char *near = c->m->n < MISTAKES_MOST ? words_near(name, here) :
	    NULL;
	struct words_word w;

	if (words_find(name, &w))
		mistake_at(c->m, d, 0, here == WORDS_TOP ?
		    "%s: expected in a service's block" :
		    "%s: expected outside of the services' blocks", name);
	else if (near != NULL)
		mistake_at(c->m, d, 0, "%.60s: no such word, expected one of "
		    "brood.conf(5); did you mean \"%s\"?", name, near);
	else
		mistake_at(c->m, d, 0, "%.60s: no such word, expected one of "
		    "brood.conf(5)", name);
}

/* Has it as many values as it takes? */
static bool
check_values(struct conf *c, const struct directive *d,
    const struct words_word *w)
{
	bool any = w->is.many || w->kind == WORDS_HANDLER;
	unsigned least = w->is.value == NULL ? 1 : 2;
	unsigned most = any ? d->n + 1 : 2;

	if (strcmp(w->is.name, "on") == 0)
		least = 3;
	if (strncmp(w->is.name, "inline", 6) == 0) {
		any = false;
		most = 2;
	}
	if (d->block) {
		mistake_at(c->m, d, 0, "%s: expected no block", w->is.name);
		return false;
	}
	if (d->n >= least && d->n <= most)
		return true;
	mistake_at(c->m, d, d->n > most ? most : 0, "%s: expected %s %s",
	    w->is.name, any ? "at least one" : most == 1 ? "no" : "one",
	    w->is.value != NULL ? w->is.value : "yes or no");
	return false;
}

/* Said before in the same place?  Only some words may be. */
static bool
check_first(struct conf *c, const struct directive *d,
    const struct words_word *w, const struct directive *before)
{
	char buf[512];

	if (before == NULL || w->is.many)
		return true;
	mistake_at(c->m, d, 0, "%s: expected once; the first is at %s",
	    w->is.name, place(before, buf));
	return false;
}

static bool
is_folder(const char *path)
{
	struct stat st;

	return path[strlen(path) - 1] == '/' ||
	    (stat(path, &st) == 0 && S_ISDIR(st.st_mode));
}

static void
check_log(struct conf *c, const struct directive *d)
{
	const char *value = d->word[1].text;
	enum log_level level;

	if (strcmp(d->word[0].text, "log") == 0) {
		if (value[0] == '/' && is_folder(value))
			mistake_at(c->m, d, 1, "log %.60s: is a folder, expected "
			    "a file", value);
		if (value[0] != '/' && strcmp(value, "stderr") != 0 &&
		    strcmp(value, "syslog") != 0)
			mistake_at(c->m, d, 1, "log %.60s: expected stderr, "
			    "syslog or an absolute path", value);
		return;
	}
	if (!log_level_of(value, &level))
		mistake_at(c->m, d, 1, "log-level %.60s: expected error, warn, "
		    "info or debug", value);
}

/* Of those whose sockets are asked. */
static bool
is_list(const char *name)
{
	return strcmp(name, "control-look") == 0 ||
	    strcmp(name, "control-operate") == 0 ||
	    strcmp(name, "control-own") == 0;
}

static void
check_global(struct conf *c, const struct directive *d, struct brood *scratch)
{
	const char *name = d->word[0].text, *value = d->word[1].text;
	struct who who;
	struct err e;

	if ((strcmp(name, "control") == 0 && strcmp(value, "none") == 0))
		return;
	if ((strcmp(name, "control") == 0 || strcmp(name, "pidfile") == 0) &&
	    value[0] != '/')
		mistake_at(c->m, d, 1, "%s %.60s: expected an absolute path",
		    name, value);
	else if (value[0] == '/' && is_folder(value))
		mistake_at(c->m, d, 1, "%s %.60s: is a folder, expected the path "
		    "of a %s", name, value, name[0] == 'p' ? "file" : "socket");
	else if (strcmp(name, "control") == 0 && strlen(value) > CONF_CONTROL)
		mistake_at(c->m, d, 1, "control %.60s: too long, expected at most "
		    "%d bytes, as names of services are added", value,
		    CONF_CONTROL);
	else if (strcmp(name, "pidfile") != 0 &&
	    brood_set(scratch, name, value) == -1)
		mistake_at(c->m, d, 1, "%s", brood_error(scratch));
	else if (is_list(name) && who_read(&who, value, &e) == -1)
		mistake_at(c->m, d, 1, "%s: %s", name, e.text);
}

static void
check_generations(struct conf *c, const struct directive *d)
{
	const char *why;

	strtonum(d->word[1].text, WORDS_LEAST, WORDS_MOST, &why);
	if (why != NULL)
		mistake_at(c->m, d, 1, "%s %.60s: %s, expected %d to %d",
		    d->word[0].text, d->word[1].text, why, WORDS_LEAST,
		    WORDS_MOST);
}

/* ---- one service ---- */

static const char *
join(const struct directive *d, unsigned from)
{
	size_t size = 1;
	char *text;

	for (unsigned i = from; i < d->n; i++)
		size += strlen(d->word[i].text) + 1;
	text = tree_make(size);
	for (unsigned i = from; i < d->n; i++) {
		if (i > from)
			strcat(text, " ");
		strcat(text, d->word[i].text);
	}
	return text;
}

static void
set(struct conf *c, struct brood *b, const struct directive *d, unsigned word,
    const char *value)
{
	if (brood_set(b, d->word[0].text, value) == -1)
		mistake_at(c->m, d, word, "%s", brood_error(b));
}

static void
set_word(struct conf *c, struct brood *b, const struct directive *d)
{
	const char *name = d->word[0].text;

	if (d->n == 1)
		set(c, b, d, 0, "yes");
	else if (strcmp(name, "on") == 0)
		set(c, b, d, 1, join(d, 1));
	else if (strcmp(name, "chdir") == 0 && d->word[1].text[0] != '/')
		mistake_at(c->m, d, 1, "chdir %.60s: expected an absolute path",
		    d->word[1].text);
	else
		for (unsigned i = 1; i < d->n; i++)
			set(c, b, d, i, d->word[i].text);
}

static void
set_handler(struct conf *c, struct conf_service *s)
{
	const struct directive *d = s->handler;
	const char *kind = d->word[0].text, *what = d->word[1].text;
	char **argv;

	if (strncmp(kind, "inline", 6) == 0) {
		if (builtin_install(s->brood, what) == -1)
			mistake_at(c->m, d, 1, "%s %.60s: no such service, "
			    "expected echo, discard, daytime, chargen, time, qotd "
			    "or tcpmux", kind, what);
		brood_set(s->brood, "kind", kind);
		return;
	}
	if (what[0] == '\0') {
		mistake_at(c->m, d, 1, "%s: expected a program", kind);
		return;
	}
	if (strchr(what, '/') != NULL && what[0] != '/') {
		mistake_at(c->m, d, 1, "%s %.60s: expected an absolute path, or "
		    "a name to be looked for in PATH", kind, what);
		return;
	}
	argv = tree_make(d->n * sizeof *argv);
	for (unsigned i = 1; i < d->n; i++)
		argv[i - 1] = tree_copy(d->word[i].text);
	brood_set(s->brood, "kind", kind);
	if (brood_program(s->brood, argv) == -1)
		mistake_at(c->m, d, 1, "%s", brood_error(s->brood));
}

static void
read_word(struct conf *c, struct conf_service *s, const struct directive *d,
    unsigned inherited)
{
	struct words_word w;
	char buf[512];

	/* After a `}' that was forgotten, which was said. */
	if (c->partial && d->block && strcmp(d->word[0].text, "service") == 0)
		return;
	if (!words_find(d->word[0].text, &w) || (w.place & WORDS_SERVICE) == 0) {
		complain_unknown(c, d, WORDS_SERVICE);
		return;
	}
	if (!check_values(c, d, &w) || !check_first(c, d, &w,
	    conf_last(s->word + inherited, s->nwords - inherited, w.is.name)))
		return;
	keep(&s->word, &s->nwords, d);
	if (w.kind == WORDS_LOG)
		check_log(c, d);
	if (w.kind == WORDS_ENABLED) {
		s->enabled = strcmp(d->word[1].text, "no") != 0;
		if (s->enabled && strcmp(d->word[1].text, "yes") != 0)
			mistake_at(c->m, d, 1, "enabled %.60s: expected yes or "
			    "no", d->word[1].text);
	}
	if (w.kind != WORDS_HANDLER)
		return;
	if (s->handler != NULL)
		mistake_at(c->m, d, 0, "%s: expected one program or built-in; "
		    "the first is at %s", w.is.name, place(s->handler, buf));
	else
		s->handler = d;
}

/* The last of those that count once, and each of the others. */
static void
set_words(struct conf *c, struct conf_service *s)
{
	struct words_word w;

	if (s->handler != NULL)
		set_handler(c, s);
	for (unsigned i = 0; i < s->nwords; i++) {
		const struct directive *d = s->word[i];

		if (words_find(d->word[0].text, &w) &&
		    w.kind == WORDS_LIBRARY &&
		    (w.is.many || conf_word(s, w.is.name) == d))
			set_word(c, s->brood, d);
	}
}

/* Defaults that mean nothing to its kind are not its own. */
static void
inherit(const struct conf *c, struct conf_service *s)
{
	struct words_word w;

	for (unsigned i = 0; i < c->ndefaults; i++)
		if (words_find(c->defaults[i]->word[0].text, &w) &&
		    whole_suits(s, c->defaults[i], &w))
			keep(&s->word, &s->nwords, c->defaults[i]);
}

static void
fill_service(struct conf *c, struct conf_service *s)
{
	unsigned before = c->m->n, inherited;
	const struct directive *d;

	s->brood = brood_new();
	if (s->brood == NULL)
		exit(EXIT_SYSTEM);
	inherit(c, s);
	inherited = s->nwords;
	STAILQ_FOREACH(d, &s->at->children, next)
		read_word(c, s, d, inherited);
	set_words(c, s);
	where_read(c, s);
	if (c->m->n == before && !c->partial)
		whole_check(c, s);
	if (c->m->n == before && s->enabled && s->handler != NULL)
		whole_check_words(c, s);
	if (c->m->n == before && s->enabled)
		where_resolve(c, s);
	if (c->m->n == before && s->enabled && s->handler != NULL)
		whole_check_addresses(c, s);
	/* Big, and a child that tries a program would have it, too. */
	brood_free(s->brood);
	s->brood = NULL;
}

static bool
is_name(const char *name)
{
	size_t n = strspn(name, "abcdefghijklmnopqrstuvwxyz"
	    "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_.-");

	return n > 0 && n <= CONF_NAME && name[n] == '\0' && name[0] != '.' &&
	    name[0] != '-';
}

static void
read_service(struct conf *c, const struct directive *d)
{
	struct conf_service *s;
	char buf[512];

	/* Before a block without a name, which was said. */
	if (c->partial && d->n == 2 && !d->block)
		return;
	if (d->n != 2 || !d->block || !is_name(d->word[1].text)) {
		mistake_at(c->m, d, d->n > 2 ? 2 : d->n == 2 && d->block,
		    "service: expected `service NAME {', NAME of letters, digits, "
		    "_ . and -, at most %d", CONF_NAME);
		return;
	}
	STAILQ_FOREACH(s, &c->services, next)
		if (strcmp(s->name, d->word[1].text) == 0) {
			mistake_at(c->m, d, 1, "service %s: expected once; the "
			    "first is at %s", s->name, place(s->at, buf));
			return;
		}
	if (++c->nservices == CONF_SERVICES + 1)
		mistake_at(c->m, d, 1, "service %s is one too many: expected at "
		    "most %d", d->word[1].text, CONF_SERVICES);
	if (c->nservices > CONF_SERVICES)
		return;
	s = tree_make(sizeof *s);
	s->name = d->word[1].text;
	s->at = d;
	s->enabled = true;
	STAILQ_INSERT_TAIL(&c->services, s, next);
	fill_service(c, s);
}

/* ---- the outermost level ---- */

/* Each has a path of its own. */
static void
check_paths(struct conf *c)
{
	char buf[512];

	for (unsigned i = 0; i < c->nglobals; i++)
		for (unsigned j = 0; j < i; j++)
			if (c->global[i]->word[1].text[0] == '/' &&
			    strcmp(c->global[i]->word[1].text,
			    c->global[j]->word[1].text) == 0)
				mistake_at(c->m, c->global[i], 1, "%s %.60s: "
				    "expected a path of its own; %s has it at %s",
				    c->global[i]->word[0].text,
				    c->global[i]->word[1].text,
				    c->global[j]->word[0].text,
				    place(c->global[j], buf));
}

static void
read_top_word(struct conf *c, const struct directive *d, struct brood *scratch)
{
	unsigned before = c->m->n;
	struct words_word w;
	bool global;

	if (!words_find(d->word[0].text, &w) || (w.place & WORDS_TOP) == 0) {
		complain_unknown(c, d, WORDS_TOP);
		c->partial = true;
		return;
	}
	global = w.kind == WORDS_GLOBAL || w.kind == WORDS_LOG ||
	    w.kind == WORDS_GENERATIONS;
	if (!check_values(c, d, &w) || (global && !check_first(c, d, &w,
	    conf_last(c->global, c->nglobals, w.is.name)))) {
		c->partial = true;
		return;
	}
	if (w.kind == WORDS_LOG)
		check_log(c, d);
	if (w.kind == WORDS_GLOBAL)
		check_global(c, d, scratch);
	if (w.kind == WORDS_GENERATIONS)
		check_generations(c, d);
	if (w.kind == WORDS_LIBRARY)
		set_word(c, scratch, d);
	c->partial |= c->m->n > before;
	if (c->m->n > before)
		return;
	if (global)
		c->global[c->nglobals++] = d;
	if (w.kind != WORDS_GLOBAL && w.kind != WORDS_GENERATIONS)
		keep(&c->defaults, &c->ndefaults, d);
}

void
conf_read(struct conf *c, const struct directives *tree, struct mistakes *m)
{
	struct brood *scratch = brood_new();
	const struct directive *d;

	*c = (struct conf){ .m = m, .partial = m->n > 0 };
	STAILQ_INIT(&c->services);
	if (scratch == NULL)
		exit(EXIT_SYSTEM);
	where_begin(c);
	STAILQ_FOREACH(d, tree, next) {
		if (d->n == 0)
			continue;
		if (strcmp(d->word[0].text, "service") == 0)
			read_service(c, d);
		else if (strcmp(d->word[0].text, "include") != 0 || d->block)
			read_top_word(c, d, scratch);
	}
	brood_free(scratch);
	where_end(c);
	check_paths(c);
	where_conflicts(c);
}
