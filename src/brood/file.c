/* file.c - bytes to directives, through includes. */
#include "brood/file.h"

#include <errno.h>
#include <fcntl.h>
#include <glob.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "rules/beside.h"
#include "rules/scfg.h"

struct reader {
	struct mistakes *m;
	struct scfg_line *line;
	size_t bytes;		/* of all files so far */
	unsigned lines;
	struct file_trail trail;
};

/* ---- bytes ---- */

static bool
is_same(const struct stat *a, const struct stat *b)
{
	return a->st_size == b->st_size &&
	    a->st_mtim.tv_sec == b->st_mtim.tv_sec &&
	    a->st_mtim.tv_nsec == b->st_mtim.tv_nsec;
}

/* What is wrong with it, or NULL. */
static const char *
check_kind(const struct stat *st)
{
	if (S_ISDIR(st->st_mode))
		return "is a folder: expected a file";
	if (!S_ISREG(st->st_mode))
		return "is no regular file: expected one";
	if (st->st_size > FILE_BYTES)
		return "is too big: expected at most 16 megabytes";
	if (geteuid() != 0)
		return NULL;
	if (st->st_uid != 0)
		return "does not belong to root: expected that, as root reads it";
	if ((st->st_mode & (S_IWGRP | S_IWOTH)) != 0)
		return "can be written by others than root: expected a mode "
		    "like 0644";
	return NULL;
}

/* All bytes, if it did not change meanwhile; NULL with *why_r. */
static char *
read_once(int fd, size_t *size_r, const char **why_r)
{
	struct stat before, after;
	char *text;
	size_t n = 0;
	ssize_t got = -1;

	*why_r = NULL;
	if (fstat(fd, &before) == -1 || (*why_r = check_kind(&before)) != NULL)
		return NULL;
	text = tree_make((size_t)before.st_size + 2);
	while (n <= (size_t)before.st_size && (got = pread(fd, text + n,
	    (size_t)before.st_size + 1 - n, (off_t)n)) > 0)
		n += (size_t)got;
	if (got == -1 || fstat(fd, &after) == -1) {
		free(text);
		return NULL;
	}
	if (n == (size_t)before.st_size && is_same(&before, &after)) {
		text[n] = '\0';
		*size_r = n;
		return text;
	}
	*why_r = "changes while it is read: expected a file at rest";
	free(text);
	return NULL;
}

static void
complain(const char *path, const char *why, const struct file_place *by,
    struct mistakes *m)
{
	mistake(m, by != NULL ? by->file : path, by != NULL ? by->line : 0,
	    by != NULL ? by->column : 0, "%s%s%s", by != NULL ? path : "",
	    by != NULL ? " " : "", why);
}

char *
file_load(const char *path, size_t *size_r, const struct file_place *by,
    struct mistakes *m)
{
	/* Without waiting for the other end of a FIFO. */
	int fd = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC | O_NOCTTY);
	char *text = NULL, reason[128];
	const char *why = NULL;

	for (int i = 0; fd != -1 && text == NULL && i < 2; i++)
		text = read_once(fd, size_r, &why);
	if (text == NULL) {
		snprintf(reason, sizeof reason, "cannot be read: %s",
		    strerror(errno));
		complain(path, why != NULL ? why : reason, by, m);
	}
	if (fd != -1)
		close(fd);
	return text;
}

/* ---- files in each other ---- */

/* Is it being read already?  Else it is noted. */
static bool
is_open(struct file_trail *t, const char *path)
{
	struct stat st;

	if (stat(path, &st) == -1)
		return false;
	for (unsigned i = 0; i < t->depth; i++)
		if (t->open[i].dev == st.st_dev && t->open[i].ino == st.st_ino)
			return true;
	t->open[t->depth].dev = st.st_dev;
	t->open[t->depth].ino = st.st_ino;
	return false;
}

const char *
file_enter(struct file_trail *t, const char *path)
{
	if (t->depth > FILE_DEPTH)
		return "is included too deeply: expected at most 8 in each "
		    "other";
	if (is_open(t, path))
		return "includes itself: expected an end";
	if (++t->files > FILE_MOST)
		return "is one file too many: expected at most 4096";
	t->depth++;
	return NULL;
}

void
file_leave(struct file_trail *t)
{
	t->depth--;
}

/* ---- directives ---- */

static void read_file(struct reader *r, const char *path,
    const struct file_place *by, struct directives *to);

/* A folder that is not there has no files; one that cannot be read might. */
static int
is_serious(const char *folder, int error)
{
	(void)folder;
	errno = error;
	return error != ENOENT && error != ENOTDIR;
}

static void
include(struct reader *r, const struct directive *d, struct directives *to)
{
	const struct file_place by = { d->file, d->line,
	    d->word[d->n > 2 ? 2 : d->n - 1].column };
	const char *pattern = d->n == 2 && !d->block &&
	    d->word[1].text[0] != '\0' ? d->word[1].text : NULL;
	char *whole;
	glob_t g;
	int end;

	if (pattern == NULL) {
		mistake(r->m, by.file, by.line, by.column,
		    "include: expected one pattern of file names");
		return;
	}
	whole = tree_make(beside_size(d->file, pattern));
	end = glob(beside(d->file, pattern, whole), 0, is_serious, &g);
	if (end == GLOB_NOMATCH && strpbrk(pattern, "*?[") == NULL)
		mistake(r->m, by.file, by.line, by.column,
		    "include %s: no such file", pattern);
	else if (end != 0 && end != GLOB_NOMATCH)
		mistake(r->m, by.file, by.line, by.column,
		    "include %s: cannot be looked for: %s", pattern,
		    strerror(errno));
	for (size_t i = 0; end == 0 && i < g.gl_pathc; i++)
		read_file(r, g.gl_pathv[i], &by, to);
	if (end == 0)
		globfree(&g);
}

static void
add(struct reader *r, const char *file, struct directives *to)
{
	const struct scfg_line *l = r->line;
	struct directive *d = tree_add(to, file, l->line);

	for (unsigned i = 0; i < l->n; i++)
		tree_word(d, l->word[i].text, l->word[i].column);
	d->block = l->block;
}

/* `service a{' is a mistake, but it opens a block all the same: else each line
 * of it would be one, too. */
static void
mend_brace(struct reader *r, struct scfg *s, const char *file)
{
	struct scfg_line *l = r->line;
	const struct scfg_word *last = &l->word[l->n - 1];
	size_t n = strlen(last->text);

	if (l->block || s->depth > 0 || l->n < 2 || n < 2 ||
	    strcmp(l->word[0].text, "service") != 0 ||
	    s->text[last->end - 1] != '{' || s->text[last->end - 2] == '\\')
		return;
	mistake(r->m, file, l->line, last->column + (unsigned)(last->end -
	    last->at) - 1, "service: expected a blank before `{'");
	l->text[(size_t)(last->text - l->text) + n - 1] = '\0';
	l->block = true;
	s->opened[s->depth++] = l->line;
}

static void
read_text(struct reader *r, const char *file, const char *text, size_t size,
    struct directives *to)
{
	struct directives *at[SCFG_DEPTH + 1] = { to };
	struct directives scrap = STAILQ_HEAD_INITIALIZER(scrap);
	enum scfg_what what;
	struct scfg s;

	scfg_begin(&s, text, size);
	while ((what = scfg_next(&s, r->line)) != SCFG_END) {
		unsigned depth;

		if (what == SCFG_DIRECTIVE)
			mend_brace(r, &s, file);
		depth = s.depth - (what == SCFG_DIRECTIVE && r->line->block);
		if (what == SCFG_BAD) {
			mistake(r->m, file, s.bad_line, s.bad_column, "%s",
			    s.why);
			/* A block whose beginning was wrong goes nowhere. */
			for (unsigned i = 0; i <= SCFG_DEPTH; i++)
				if (i > s.depth)
					at[i] = NULL;
				else if (at[i] == NULL)
					at[i] = &scrap;
			continue;
		}
		for (unsigned i = depth + 1; i <= SCFG_DEPTH; i++)
			at[i] = NULL;
		if (what == SCFG_CLOSE || depth > SCFG_DEPTH ||
		    r->lines > FILE_LINES)
			continue;
		if (++r->lines > FILE_LINES) {
			mistake(r->m, file, r->line->line, r->line->word[0].column,
			    "too many directives: expected at most %d in all",
			    FILE_LINES);
			continue;
		}
		add(r, file, at[depth]);
		if (r->line->block)
			at[depth + 1] = &STAILQ_LAST(at[depth], directive,
			    next)->children;
		else if (depth == 0 && strcmp(r->line->word[0].text,
		    "include") == 0)
			include(r, STAILQ_LAST(to, directive, next), to);
	}
}

static void
read_file(struct reader *r, const char *path, const struct file_place *by,
    struct directives *to)
{
	const char *why;
	size_t size = 0;
	char *text;

	/* Once is enough. */
	if (r->trail.files > FILE_MOST || r->bytes > FILE_BYTES ||
	    r->lines > FILE_LINES)
		return;
	why = file_enter(&r->trail, path);
	if (why != NULL) {
		complain(path, why, by, r->m);
		return;
	}
	text = file_load(path, &size, by, r->m);
	r->bytes += size;
	if (text != NULL && r->bytes > FILE_BYTES)
		complain(path, "is too much: expected at most 16 megabytes in "
		    "all", by, r->m);
	else if (text != NULL)
		read_text(r, tree_copy(path), text, size, to);
	file_leave(&r->trail);
	free(text);
}

void
file_read(const char *path, struct directives *to, struct mistakes *m)
{
	struct reader r = { .m = m, .line = tree_make(sizeof *r.line) };

	read_file(&r, path, NULL, to);
	free(r.line);
}

void
file_read_text(const char *name, const char *text, size_t size,
    struct directives *to, struct mistakes *m)
{
	struct reader r = { .m = m, .line = tree_make(sizeof *r.line) };

	read_text(&r, tree_copy(name), text, size, to);
	free(r.line);
}
