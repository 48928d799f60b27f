/* inetd.c - lines, and the entries that they are. */
#include "brood/inetd.h"

#include <stdlib.h>
#include <string.h>

#include "brood/inetd_entry.h"
#include "brood/old_service.h"

struct inetd {
	struct old o;
	struct old_text t;
	struct inetd_entry e;		/* that is read */
	bool open;			/* there is one */
	bool broken;			/* it has a mistake already */
	bool full;			/* read no further */
};

/* ---- entries ---- */

/* "hosts:" alone: for all entries below that have none. */
static bool
read_hosts(struct inetd *i)
{
	const struct old_word *w = &i->e.w.word[0];
	size_t n = strlen(w->text);
	char *text;

	if (i->e.w.n > 1 || n < 2 || w->text[n - 1] != ':')
		return false;
	text = tree_copy(w->text);
	text[n - 1] = '\0';
	i->e.hosts = (struct old_word){ strcmp(text, "*") == 0 ? NULL : text,
	    w->at };
	return true;
}

static void
end_entry(struct inetd *i)
{
	const struct file_place *at = &i->e.w.word[0].at;

	if (!i->open)
		return;
	i->open = false;
	if (i->broken || i->e.w.n == 0 || read_hosts(i))
		return;
	if (i->e.w.n < INETD_FIELDS)
		mistake(i->o.m, at->file, at->line, at->column, "%u fields: "
		    "expected SERVICE TYPE PROTOCOL WAIT USER PROGRAM and its "
		    "arguments", i->e.w.n);
	else if (old_room(&i->o, at))
		inetd_entry(&i->o, &i->e);
	else
		i->full = true;
}

/* ---- lines ---- */

/* From this word on, is it an entry of its own? */
static bool
looks_whole(const struct old_words *w, unsigned from)
{
	static const char *const types[] = {
		"stream", "dgram", "seqpacket", "raw", "rdm"
	};

	if (w->n < from + INETD_FIELDS ||
	    (strncmp(w->word[from + INETD_WAIT].text, "wait", 4) != 0 &&
	    strncmp(w->word[from + INETD_WAIT].text, "nowait", 6) != 0))
		return false;
	for (size_t i = 0; i < sizeof types / sizeof types[0]; i++)
		if (strcmp(w->word[from + INETD_TYPE].text, types[i]) == 0)
			return true;
	return false;
}

static void
read_words(struct inetd *i, const char *line, size_t n, bool more)
{
	unsigned before = more ? i->e.w.n : 0;

	if (!more) {
		i->broken = i->e.quoted = false;
		i->e.w.n = 0;
	}
	i->open = true;
	if (!old_check(&i->o, &i->t, line, n) ||
	    !old_split(&i->o, &i->t, line, n, &i->e.quoted, &i->e.w)) {
		i->broken = true;
	} else if (more && looks_whole(&i->e.w, before)) {
		mistake(i->o.m, i->t.file, i->t.line, 1, "a blank at the start: to "
		    "some inetds an entry, to others more words of the one "
		    "above; expected none");
		i->broken = true;
	}
}

/* "#@ in ipsec ah/require": of the entries below; "#@" ends it. */
static void
read_policy(struct inetd *i, const char *line, size_t n)
{
	char *text;

	if (n < 2 || line[1] != '@')
		return;
	text = tree_make(n + 1);
	memcpy(text, line, n);
	text += 2 + strspn(text + 2, " \t");
	if (*text == '\0')
		i->e.policy.line = 0;
	else if (strstr(text, "ipsec") != NULL || strstr(text, "ah/") != NULL ||
	    strstr(text, "esp/") != NULL)
		i->e.policy = (struct file_place){ i->t.file, i->t.line, 1 };
}

static void
read_line(struct inetd *i, const char *line, size_t n)
{
	bool blank = n > 0 && (line[0] == ' ' || line[0] == '\t');
	size_t first = 0;

	while (first < n && (line[first] == ' ' || line[first] == '\t'))
		first++;
	if (!blank)
		end_entry(i);
	if (n > 0 && line[0] == '#')
		read_policy(i, line, n);
	if (first < n && line[first] != '#' && !i->full)
		read_words(i, line, n, i->open);
}

void
inetd_read_text(const char *name, const char *text, size_t size,
    struct directives *list, struct mistakes *m, bool convert)
{
	struct inetd *i = tree_make(sizeof *i);
	const char *line;
	size_t n;

	name = tree_copy(name);
	old_begin(&i->o, list, m, convert);
	tree_comment(tree_add(list, name, 1),
	    "Made of an inetd.conf.  Programs have their client as 0 and 1; what\n"
	    "they write to 2 goes to the log, where inetd gave it to the client.");
	if (old_open(&i->o, &i->t, name, text, size)) {
		while (!i->full && old_line(&i->t, &line, &n))
			read_line(i, line, n);
		end_entry(i);
	}
	old_families(&i->o);
	old_finish(&i->o);
	free(i);
}

void
inetd_read(const char *path, struct directives *list, struct mistakes *m,
    bool convert)
{
	size_t size;
	char *text = file_load(path, &size, NULL, m);

	if (text != NULL)
		inetd_read_text(path, text, size, list, m, convert);
	free(text);
}
