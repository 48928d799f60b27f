/* whole.c - the words of a service, seen together. */
#include "brood/whole.h"

#include <string.h>
#include <unistd.h>

#include "rules/address.h"
#include "rules/among.h"

/* ---- what stands in the block ---- */

enum {
	IS_UDP      = 1 << ADDRESS_UDP,
	IS_FD       = 1 << ADDRESS_FD,
	IS_DATAGRAM = 1 << ADDRESS_UDP | 1 << ADDRESS_UNIX_DGRAM,
	IS_ANY      = -1
};

static const struct directive *
find_kind(const struct conf_service *s, enum words_kind kind)
{
	const struct directive *d;
	struct words_word w;

	STAILQ_FOREACH(d, &s->at->children, next)
		if (words_find(d->word[0].text, &w) && w.kind == kind)
			return d;
	return NULL;
}

/* Are all its addresses of these kinds? */
static bool
listens_only(const struct conf_service *s, int kinds)
{
	const struct directive *d;
	struct address a;

	STAILQ_FOREACH(d, &s->at->children, next)
		for (unsigned i = 1; i < d->n; i++)
			if (strcmp(d->word[0].text, "listen") == 0 &&
			    address_parse(d->word[i].text,
			    strlen(d->word[i].text), &a) == NULL &&
			    (1 << a.kind & kinds) == 0)
				return false;
	return true;
}

/* A pool of fixed size has no use for the limits of others. */
static bool
is_fixed(const struct conf_service *s)
{
	const struct directive *d;

	STAILQ_FOREACH(d, &s->at->children, next)
		if (strcmp(d->word[0].text, "children") == 0)
			return true;
	return false;
}

static bool
can_share(const struct conf_service *s, const char *kind)
{
	return strncmp(kind, "inline", 6) != 0 && (strcmp(kind, "exec") != 0 ||
	    listens_only(s, IS_ANY & ~IS_DATAGRAM));
}

/* Clients of a worker are not known; others are not counted in time. */
static bool
can_recycle(const struct directive *d, const char *kind)
{
	const char *value = d->word[1].text;

	return (value[strspn(value, "0123456789")] == '\0') !=
	    (strcmp(kind, "worker") == 0);
}

bool
whole_suits(const struct conf_service *s, const struct directive *d,
    const struct words_word *w)
{
	const struct directive *handler = find_kind(s, WORDS_HANDLER);
	const char *kind = handler != NULL ? handler->word[0].text : "";
	const char *name = w->is.name;

	if (handler == NULL)
		return false;
	if (strcmp(name, "peer-session") == 0 && !listens_only(s, IS_UDP))
		return false;
	if (strcmp(name, "memory") == 0 &&
	    strcmp(d->word[1].text, "shared") == 0 && !can_share(s, kind))
		return false;
	if (strcmp(name, "recycle-after") == 0 && !can_recycle(d, kind))
		return false;
	if ((w->is.live || strcmp(name, "idle-time") == 0) && is_fixed(s))
		return false;
	return w->is.kinds[0] == '\0' || among(w->is.kinds, kind);
}

/* ---- checks ---- */

void
whole_check(struct conf *c, const struct conf_service *s)
{
	if (s->handler == NULL)
		mistake_at(c->m, s->at, 1, "service %s serves nothing: "
		    "expected exec, exec-wait, worker, inline or inline-wait", s->name);
	else if (conf_word(s, "listen") == NULL)
		mistake_at(c->m, s->at, 1, "service %s listens nowhere: "
		    "expected `listen ADDRESS...'", s->name);
}

struct spot {
	const struct directive *d;
	unsigned word;
};

/* The value of a directive that a message names: "limit nofile: ...". */
static unsigned
value_of(const struct directive *d, const char *said)
{
	size_t n = strcspn(said, " :");

	for (unsigned i = 1; n > 0 && i < d->n; i++)
		if (strncmp(d->word[i].text, said, n) == 0)
			return i;
	return 0;
}

/* "groups" of a group that is one of them, else "user". */
static const char *
word_of_group(const struct conf_service *s, const char *name)
{
	const struct directive *d = conf_word(s, "groups");
	size_t n = strcspn(name, ",");

	for (const char *at = d != NULL ? d->word[1].text : ""; *at != '\0';) {
		size_t len = strcspn(at, ",");

		if (len == n && strncmp(at, name, n) == 0)
			return "groups";
		at += len + (at[len] == ',');
	}
	return "user";
}

/* The word that a message is about, where it does not begin with it. */
static const char *
meant_by(const struct conf_service *s, const char *text)
{
	static const char group[] = "unknown group: ";
	static const struct { const char *says, *word; } hints[] = {
		{ "unknown user", "user" }, { "become", "user" },
		{ "change to", "chdir" },
	};

	if (strncmp(text, group, sizeof group - 1) == 0)
		return word_of_group(s, text + sizeof group - 1);
	for (size_t i = 0; i < sizeof hints / sizeof hints[0]; i++)
		if (strstr(text, hints[i].says) != NULL)
			return hints[i].word;
	return "";
}

/* Where is what a message speaks of?  It begins with its word, and perhaps a
 * value of it. */
static struct spot
spoken_of(const struct conf_service *s, const char *text)
{
	struct spot last = { NULL, 1 };
	size_t n = strcspn(text, " :");

	for (unsigned i = s->nwords; i-- > 0;) {
		const struct directive *d = s->word[i];
		unsigned at;

		if (strlen(d->word[0].text) != n ||
		    strncmp(d->word[0].text, text, n) != 0)
			continue;
		at = text[n] == ' ' ? value_of(d, text + n + 1) : 0;
		if (at > 0)
			return (struct spot){ d, at };
		if (last.d == NULL)
			last.d = d;
	}
	if (last.d == NULL)
		last.d = conf_word(s, meant_by(s, text));
	if (last.d == NULL)
		last.d = s->handler;
	return last;
}

/* A default is wrong for this one only. */
static void
complain(struct conf *c, const struct conf_service *s, const char *text)
{
	struct spot at = spoken_of(s, text);
	const struct directive *own;

	STAILQ_FOREACH(own, &s->at->children, next)
		if (own == at.d) {
			mistake_at(c->m, at.d, at.word, "%s", text);
			return;
		}
	mistake_at(c->m, at.d, at.word, "%s, in service %s", text, s->name);
}

/* What a try of its program depends on; a built-in is none. */
static const char *
rights_of(const struct conf_service *s)
{
	static const char *const words[] = { "user", "groups", "chdir" };
	bool built_in = strncmp(s->handler->word[0].text, "inline", 6) == 0;
	const char *program = built_in ? "" : s->handler->word[1].text;
	const struct directive *d;
	char *text, *end;
	size_t size = strlen(program) + 1;

	for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
		if ((d = conf_word(s, words[i])) != NULL)
			size += strlen(d->word[1].text);
	text = end = tree_make(size + sizeof words / sizeof words[0]);
	for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
		d = conf_word(s, words[i]);
		end = stpcpy(stpcpy(end, d != NULL ? d->word[1].text : ""),
		    "\n");
	}
	strcpy(end, program);
	return text;
}

/* A child tries a program: one is enough where many services have it. */
static int
check_words(const struct conf *c, struct conf_service *s)
{
	const char *rights = rights_of(s);
	const struct conf_service *other;
	bool tried = false;

	STAILQ_FOREACH(other, &c->services, next)
		if (other->tried != NULL && strcmp(other->tried, rights) == 0) {
			tried = true;
			break;
		}
	if (brood_check(s->brood, !tried) == -1)
		return -1;
	s->tried = rights;
	return 0;
}

void
whole_check_words(struct conf *c, struct conf_service *s)
{
	const struct directive *d;

	if (geteuid() == 0 && conf_word(s, "user") == NULL) {
		if (!c->partial)
			mistake_at(c->m, s->at, 1, "service %s has no user: "
			    "expected `user NAME' here or above (`user root' "
			    "if that is meant)", s->name);
		return;
	}
	d = conf_word(s, "peer-session");
	if (d != NULL && !listens_only(s, IS_UDP | IS_FD))
		mistake_at(c->m, d, 1, "peer-session: expected udp addresses "
		    "only");
	else if (check_words(c, s) == -1)
		complain(c, s, brood_error(s->brood));
}

/* The address that a message begins with; NULL: it speaks of none. */
static const struct conf_address *
named(const struct conf_service *s, const char *text)
{
	static const char begin[] = "cannot listen on ";

	if (strncmp(text, begin, sizeof begin - 1) != 0)
		return NULL;
	text += sizeof begin - 1;
	for (unsigned i = 0; i < s->naddresses; i++) {
		size_t n = strlen(s->address[i].text);

		if (strncmp(text, s->address[i].text, n) == 0 && text[n] == ':')
			return &s->address[i];
	}
	return NULL;
}

/* The limits are this process's, which does nothing else. */
void
whole_check_addresses(struct conf *c, const struct conf_service *s)
{
	const char *texts[CONF_LISTENERS];
	const struct conf_address *at;

	for (unsigned i = 0; i < s->naddresses; i++)
		texts[i] = s->address[i].text;
	if (brood_fits(s->brood, texts, s->naddresses) == 0)
		return;
	at = named(s, brood_error(s->brood));
	if (at != NULL)
		mistake(c->m, at->at->file, at->at->line, at->column, "%s",
		    brood_error(s->brood));
	else
		complain(c, s, brood_error(s->brood));
}
