/* xinetd_lack.c - attributes and flags without an equal. */
#include "brood/xinetd_lack.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

/* What flags may have: XINETD_HONOUR is looked for elsewhere, or always so. */
static const struct xinetd_attribute flags[] = {
	{ "IPv4",           XINETD_SERVICE,  false, 0,    0,    XINETD_HONOUR, NULL },
	{ "IPv6",           XINETD_SERVICE,  false, 0,    0,    XINETD_HONOUR, NULL },
	{ "NAMEINARGS",     XINETD_SERVICE,  false, 0,    0,    XINETD_HONOUR, NULL },
	{ "DISABLE",        XINETD_SERVICE,  false, 0,    0,    XINETD_HONOUR, NULL },
	{ "REUSE",          XINETD_SERVICE,  false, 0,    0,    XINETD_HONOUR, NULL },
	{ "NOLIBWRAP",      XINETD_SERVICE,  false, 0,    0,    XINETD_HONOUR, NULL },
	{ "INTERCEPT",      XINETD_SERVICE,  false, 0,    0,    XINETD_NOTE,   "there are no access rules to look for" },
	{ "NORETRY",        XINETD_SERVICE,  false, 0,    0,    XINETD_NOTE,   "brood tries again, ever more slowly" },
	{ "NODELAY",        XINETD_SERVICE,  false, 0,    0,    XINETD_NOTE,   "the program can set it itself" },
	{ "KEEPALIVE",      XINETD_SERVICE,  false, 0,    0,    XINETD_NOTE,   "the program can set it itself" },
	{ "IDONLY",         XINETD_SERVICE,  false, 0,    0,    XINETD_REFUSE, "brood asks nobody who he is" },
	{ "SENSOR",         XINETD_SERVICE,  false, 0,    0,    XINETD_REFUSE, "brood has no sensors" },
	{ "LABELED",        XINETD_SERVICE,  false, 0,    0,    XINETD_REFUSE, "brood sets no security context" },
};
#define NFLAGS (sizeof flags / sizeof flags[0])

static const char *
join(const struct xinetd_given *g, char buf[200])
{
	size_t n = 0;

	buf[0] = '\0';
	for (unsigned i = 0; i < g->n && n < 200; i++)
		n += (size_t)snprintf(buf + n, 200 - n, " %s",
		    g->value[i].text);
	return buf;
}

/* Does it ask for what is so anyway? */
static bool
is_empty(const struct xinetd_given *g)
{
	const char *first = g->n > 0 ? g->value[0].text : "";

	return strcasecmp(first, "UNLIMITED") == 0 ||
	    (strcmp(g->a->name, "mdns") == 0 && strcasecmp(first, "no") == 0) ||
	    (strcmp(g->a->name, "no_access") == 0 && g->n == 0);
}

static void
note_own(struct old_service *s, const struct xinetd_entry *e)
{
	const struct xinetd_given *g;
	char buf[200];

	STAILQ_FOREACH(g, &e->given, next)
		if (g->a->how == XINETD_REFUSE && !is_empty(g))
			old_refuse(s, &g->at, "%s: %s; expected none",
			    g->a->name, g->a->why);
		else if (g->a->how == XINETD_NOTE && !is_empty(g))
			old_note(s, "%s%s: no equal; %s.", g->a->name,
			    join(g, buf), g->a->why);
}

/* A mistake of the defaults is told once, not for each service. */
static void
refuse_by_defaults(struct old_service *s, const struct xinetd_file *x,
    const struct xinetd_entry *e, bool *told)
{
	const struct xinetd_given *g;
	bool silent = *told && !s->off;

	if (x->defaults == NULL)
		return;
	STAILQ_FOREACH(g, &x->defaults->given, next) {
		if (g->a->how != XINETD_REFUSE || is_empty(g) || silent ||
		    xinetd_given(e, g->a->name) != NULL)
			continue;
		*told |= !x->o.convert && !s->off;
		old_refuse(s, &g->at, "%s of the defaults: %s; expected none",
		    g->a->name, g->a->why);
	}
}

static void
note_flags(struct old_service *s, const struct xinetd_entry *e)
{
	const struct xinetd_given *g = xinetd_given(e, "flags");
	char buf[80];

	for (unsigned i = 0; g != NULL && i < g->n; i++) {
		const char *name = g->value[i].text;
		const struct xinetd_attribute *f = xinetd_row(flags, NFLAGS, name,
		    buf);

		if (f == NULL)
			old_wrong(s, &g->value[i].at, "flag %.60s: expected one "
			    "of xinetd.conf(5)%s", name, buf);
		else if (f->how == XINETD_REFUSE)
			old_refuse(s, &g->value[i].at, "flag %s: %s; expected "
			    "none", name, f->why);
		else if (f->how == XINETD_NOTE)
			old_note(s, "flag %s: no equal; %s.", name, f->why);
	}
}

void
xinetd_lack(struct old_service *s, const struct xinetd_file *x,
    const struct xinetd_entry *e, bool *told)
{
	note_flags(s, e);
	note_own(s, e);
	refuse_by_defaults(s, x, e, told);
}

void
xinetd_lack_defaults(struct directive *head,
    const struct xinetd_entry *defaults)
{
	const struct xinetd_given *g;
	char buf[200];

	STAILQ_FOREACH(g, &defaults->given, next)
		if (g->a->how == XINETD_NOTE && !is_empty(g))
			old_comment(head, "%s%s: no equal; %s.", g->a->name,
			    join(g, buf), g->a->why);
}
