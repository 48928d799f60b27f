/* print.c - what was checked, without names. */
#include "brood/print.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "brood/words.h"
#include "os/costume.h"
#include "os/program.h"

static struct directive *
say(struct directives *to, const char *name, const char *value)
{
	return tree_say(to, "", 0, 0, name, value, NULL);
}

static void
say_ids(struct directives *to, const char *name, const struct costume *c)
{
	char text[32];

	snprintf(text, sizeof text, "%u:%u", (unsigned)c->uid, (unsigned)c->gid);
	say(to, name, text);
}

static const char *
last_value(const struct conf_service *s, const char *name)
{
	const struct directive *d = conf_word(s, name);

	return d != NULL && d->n > 1 ? d->word[1].text : NULL;
}

/* ---- who it is ---- */

static bool
has_env(const struct conf_service *s, const char *name)
{
	size_t n = strlen(name);

	for (unsigned i = 0; i < s->nwords; i++)
		for (unsigned j = 1; j < s->word[i]->n; j++)
			if (strcmp(s->word[i]->word[0].text, "env") == 0 &&
			    strncmp(s->word[i]->word[j].text, name, n) == 0 &&
			    strchr("=", s->word[i]->word[j].text[n]) != NULL)
				return true;
	return false;
}

static void
say_env(const struct conf_service *s, struct directives *to, const char *name,
    const char *value)
{
	char text[512];

	if (value[0] == '\0' || has_env(s, name))
		return;
	snprintf(text, sizeof text, "%s=%s", name, value);
	say(to, "env", text);
}

static void
say_groups(struct directives *to, const struct costume *c)
{
	char text[COSTUME_GROUPS * 11 + 8] = "";
	size_t n = 0;

	for (int i = 0; i < c->ngroups; i++)
		n += (size_t)snprintf(text + n, sizeof text - n, "%s%u",
		    i > 0 ? "," : "", (unsigned)c->groups[i]);
	say(to, "groups", c->ngroups > 0 ? text : "none");
}

static void
say_user(struct conf *c, const struct conf_service *s, struct directives *to,
    struct directives *env)
{
	const struct directive *d = conf_word(s, "user");
	static struct costume who;	/* big */
	struct err e;

	if (d == NULL)
		return;
	memset(&who, 0, sizeof who);
	if (costume_find(&who, d->word[1].text, last_value(s, "groups"),
	    &e) == -1) {
		mistake_at(c->m, d, 1, "%s", e.text);
		return;
	}
	say_ids(to, "user", &who);
	/* Who is not root has the groups he has. */
	if (geteuid() == 0 || last_value(s, "groups") != NULL)
		say_groups(to, &who);
	say_env(s, env, "HOME", who.home);
	say_env(s, env, "USER", who.name);
	say_env(s, env, "LOGNAME", who.name);
	say_env(s, env, "SHELL", who.shell);
}

static void
say_owner(struct directives *to, const char *name, const char *value)
{
	static struct costume who;	/* big */

	memset(&who, 0, sizeof who);
	if (costume_find(&who, value, NULL, NULL) == 0)
		say_ids(to, name, &who);
}

/* ---- what it does ---- */

static void
say_handler(struct conf *c, const struct conf_service *s, struct directives *to,
    struct directives *argv0)
{
	const struct directive *d = s->handler;
	const char *search = getenv("PATH");
	char path[PATH_MAX];
	struct directive *new;
	struct err e;

	if (strncmp(d->word[0].text, "inline", 6) == 0) {
		say(to, d->word[0].text, d->word[1].text);
		return;
	}
	if (program_find(d->word[1].text, search != NULL ? search : PROGRAM_PATH,
	    path, &e) == -1) {
		mistake_at(c->m, d, 1, "%s", e.text);
		return;
	}
	new = say(to, d->word[0].text, path);
	for (unsigned i = 2; i < d->n; i++)
		tree_word(new, d->word[i].text, 0);
	if (strcmp(path, d->word[1].text) != 0 && conf_word(s, "argv0") == NULL)
		say(argv0, "argv0", d->word[1].text);
}

static void
say_joined(struct directives *to, const struct directive *d)
{
	struct directive *new = tree_add(to, "", 0);

	for (unsigned i = 0; i < d->n; i++)
		tree_word(new, d->word[i].text, 0);
}

static void
say_word(const struct directive *d, const struct words_word *w,
    struct directives *to)
{
	bool flag = w->is.value == NULL;

	if (strcmp(w->is.name, "on") == 0)
		say_joined(to, d);
	else if (strcmp(w->is.name, "socket-owner") == 0)
		say_owner(to, w->is.name, d->word[1].text);
	else if (flag && (d->n == 1 || strcmp(d->word[1].text, "yes") == 0))
		tree_word(tree_add(to, "", 0), w->is.name, 0);
	for (unsigned i = 1; !flag && i < d->n &&
	    strcmp(w->is.name, "on") != 0 &&
	    strcmp(w->is.name, "socket-owner") != 0; i++)
		say(to, w->is.name, d->word[i].text);
}

/* In the order of the table, so that a file put in order is no change; env
 * and argv0: what follows from other words. */
static void
say_words(const struct conf_service *s, struct directives *to,
    struct directives *env, struct directives *argv0)
{
	struct words_word w;

	for (unsigned i = 0; words_get(i, &w); i++) {
		if ((w.kind != WORDS_LIBRARY && w.kind != WORDS_LOG) ||
		    strcmp(w.is.name, "user") == 0 ||
		    strcmp(w.is.name, "groups") == 0)
			continue;
		if (strcmp(w.is.name, "env") == 0)
			STAILQ_CONCAT(to, env);
		if (strcmp(w.is.name, "argv0") == 0)
			STAILQ_CONCAT(to, argv0);
		for (unsigned j = 0; j < s->nwords; j++)
			if (strcmp(s->word[j]->word[0].text, w.is.name) == 0 &&
			    (w.is.many || conf_word(s, w.is.name) == s->word[j]))
				say_word(s->word[j], &w, to);
	}
}

static void
say_service(struct conf *c, const struct conf_service *s, struct directives *to)
{
	struct directive *block = tree_say(to, "", 0, 0, "service", s->name,
	    NULL);
	struct directive *listens = tree_add(&block->children, "", 0);
	struct directives env = STAILQ_HEAD_INITIALIZER(env);
	struct directives argv0 = STAILQ_HEAD_INITIALIZER(argv0);

	block->block = true;
	tree_word(listens, "listen", 0);
	for (unsigned i = 0; i < s->naddresses; i++)
		tree_word(listens, s->address[i].text, 0);
	say_handler(c, s, &block->children, &argv0);
	say_user(c, s, &block->children, &env);
	say_words(s, &block->children, &env, &argv0);
}

void
print_plain(struct conf *c, FILE *out)
{
	struct directives plain = STAILQ_HEAD_INITIALIZER(plain);
	const struct conf_service *s;

	for (unsigned i = 0; i < c->nglobals; i++) {
		const struct directive *d = c->global[i];

		if (strcmp(d->word[0].text, "control-owner") == 0)
			say_owner(&plain, "control-owner", d->word[1].text);
		else
			say_joined(&plain, d);
	}
	STAILQ_FOREACH(s, &c->services, next)
		if (s->enabled)
			say_service(c, s, &plain);
	if (c->m->n == 0)
		tree_print(&plain, out);
}
