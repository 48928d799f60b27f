/* save.c - find the file, write another beside it, and rename. */
#include "ctl/save.h"

#include <errno.h>
#include <fcntl.h>
#include <glob.h>
#include <libgen.h>
#include <limits.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "ctl/attributes.h"
#include "ctl/edit.h"
#include "ctl/record.h"
#include "rules/beside.h"
#include "tools/clock.h"
#include "tools/fd.h"

enum {
	MOST_BYTES = 16 << 20,	/* of a file, as brood reads it */
	MOST_FILES = 4096,
	MOST_DEPTH = 8,
	NAME_TRIES = 100,
	LOCK_MS    = 5
};

/* ---- reading ---- */

static int
refuse(struct err *e, const char *file, const char *why)
{
	err_set(e, 1, "%.200s: %s", file, why);
	return -1;
}

static int
refuse_place(struct err *e, const char *file, const struct edit_why *why)
{
	err_set(e, 1, "%.200s:%u:%u: %s", file, why->line, why->column,
	    why->text);
	return -1;
}

static int
fail(struct err *e, const char *file, const char *what)
{
	err_sys(e, 1, "%.200s: cannot be %s", file, what);
	return -1;
}

/* All bytes of an open file; NULL with *e. */
static char *
read_all(int fd, const char *file, struct stat *st_r, struct err *e)
{
	char *text;
	size_t n = 0, size;
	ssize_t got;

	if (fstat(fd, st_r) == -1 || !S_ISREG(st_r->st_mode) ||
	    st_r->st_size > MOST_BYTES) {
		refuse(e, file, "expected a file of at most 16 megabytes");
		return NULL;
	}
	size = (size_t)st_r->st_size;
	text = record_memory(NULL, size + 1, 1);
	while ((got = pread(fd, text + n, size + 1 - n, (off_t)n)) > 0)
		n += (size_t)got;
	if (got == 0 && n == size) {
		text[n] = '\0';
		return text;
	}
	if (got == -1)
		fail(e, file, "read");
	else
		refuse(e, file, "it changes while it is read");
	free(text);
	return NULL;
}

/* ---- which file it is ---- */

struct search {
	const char *service;
	const char *file;	/* being looked at */
	char *found;
	unsigned files, depth;
	struct err *e;
};

static int search_file(struct search *s, const char *file);

static int
search_include(const char *pattern, void *arg)
{
	struct search *s = arg;
	char *whole = record_memory(NULL, beside_size(s->file, pattern), 1);
	glob_t g = { 0 };
	int end = 0;

	if (glob(beside(s->file, pattern, whole), 0, NULL, &g) == 0)
		for (size_t i = 0; i < g.gl_pathc && end == 0; i++)
			end = search_file(s, g.gl_pathv[i]);
	globfree(&g);
	free(whole);
	return end;
}

/* What is in it, and in what it includes; -1 with *e. */
static int
search_text(struct search *s, const char *text, size_t size)
{
	const char *file = s->file;
	struct edit_why why = { 0 };
	enum edit_end end = edit_look(text, size, s->service, search_include, s,
	    &why);

	s->file = file;
	if (end == EDIT_BAD)
		return why.line != 0 ? refuse_place(s->e, file, &why) : -1;
	if (end == EDIT_NO_SERVICE)
		return 0;
	if (s->found != NULL)
		return refuse(s->e, file, "the service is in another file, "
		    "too: expected it once");
	s->found = record_copy(file);
	return 0;
}

static int
search_file(struct search *s, const char *file)
{
	const char *outer = s->file;
	struct stat st;
	char *text;
	int fd, end;

	if (s->depth > MOST_DEPTH || ++s->files > MOST_FILES)
		return refuse(s->e, file, "too many includes");
	fd = open(file, O_RDONLY | O_NONBLOCK | O_CLOEXEC | O_NOCTTY);
	if (fd == -1)
		return fail(s->e, file, "read");
	text = read_all(fd, file, &st, s->e);
	close(fd);
	if (text == NULL)
		return -1;
	s->depth++;
	s->file = file;
	end = search_text(s, text, (size_t)st.st_size);
	s->file = outer;
	s->depth--;
	free(text);
	return end;
}

/* ---- its replacement ---- */

struct job {
	const char *service;
	unsigned n;
	char *const *words;
	const char *file;	/* no symlink */
	const char *base;	/* its name in the folder */
	int folder;
	int was_fd;		/* the file that was read */
	struct stat was;
	char temporary[NAME_MAX + 1];
	int fd;
	struct err *e;
};

/* One at a time writes in a folder, or a change could be lost. */
static int
lock_folder(struct job *j, int64_t deadline)
{
	while (flock(j->folder, LOCK_EX | LOCK_NB) == -1) {
		if (errno != EWOULDBLOCK)
			return 0;	/* there are no locks here */
		if (clock_ms() >= deadline)
			return refuse(j->e, j->file,
			    "somebody else is writing it");
		poll(NULL, 0, LOCK_MS);
	}
	return 0;
}

static int
make_temporary(struct job *j)
{
	for (int i = 0; i < NAME_TRIES && j->fd == -1; i++) {
		int n = snprintf(j->temporary, sizeof j->temporary,
		    ".%s.%08x", j->base, arc4random());

		if (n >= (int)sizeof j->temporary)
			errno = ENAMETOOLONG;
		else
			j->fd = openat(j->folder, j->temporary, O_RDWR |
			    O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
		if (j->fd == -1 && errno != EEXIST)
			break;
	}
	if (j->fd == -1)
		j->temporary[0] = '\0';
	return j->fd != -1 ? 0 :
	    fail(j->e, j->file, "written again beside itself");
}

static int
write_all(int fd, const char *p, size_t n)
{
	while (n > 0) {
		ssize_t put = write(fd, p, n);

		if (put == -1 && errno != EINTR)
			return -1;
		p += put > 0 ? put : 0;
		n -= put > 0 ? (size_t)put : 0;
	}
	return 0;
}

static int
check_temporary(struct job *j)
{
	struct edit_why why;
	struct stat st;
	char *text = read_all(j->fd, j->file, &st, j->e);
	enum edit_end end;

	if (text == NULL)
		return -1;
	end = edit_check(text, (size_t)st.st_size, j->service, j->n, j->words,
	    &why);
	free(text);
	return end == EDIT_DONE ? 0 :
	    refuse(j->e, j->file, "it would not read back");
}

static int
check_unchanged(struct job *j)
{
	struct stat now;

	if (fstatat(j->folder, j->base, &now, AT_SYMLINK_NOFOLLOW) == 0 &&
	    now.st_dev == j->was.st_dev && now.st_ino == j->was.st_ino &&
	    now.st_size == j->was.st_size &&
	    now.st_ctim.tv_sec == j->was.st_ctim.tv_sec &&
	    now.st_ctim.tv_nsec == j->was.st_ctim.tv_nsec)
		return 0;
	return refuse(j->e, j->file, "somebody changed it meanwhile");
}

/* The mode is last: it opens what an access list says of others, who must not
 * be those of a list that the folder gave. */
static int
make_alike(struct job *j)
{
	struct err why;

	if (fchown(j->fd, j->was.st_uid, j->was.st_gid) == -1)
		return fail(j->e, j->file, "given its owner and mode");
	if (attributes_copy(j->was_fd, j->fd, &why) == -1)
		return refuse(j->e, j->file, why.text);
	return fchmod(j->fd, j->was.st_mode & 07777) == 0 ? 0 :
	    fail(j->e, j->file, "given its owner and mode");
}

static int
replace(struct job *j, const char *text, size_t size)
{
	if (make_temporary(j) == -1 || make_alike(j) == -1)
		return -1;
	if (write_all(j->fd, text, size) == -1 || fsync(j->fd) == -1)
		return fail(j->e, j->file, "written");
	if (check_temporary(j) == -1 || check_unchanged(j) == -1)
		return -1;
	if (renameat(j->folder, j->temporary, j->folder, j->base) == -1)
		return fail(j->e, j->file, "replaced");
	j->temporary[0] = '\0';
	return fsync(j->folder) == 0 ? 0 :
	    fail(j->e, j->file, "made safe on its disk; it is changed");
}

static int
edit(struct job *j, const char *text)
{
	struct edit_why why = { 0 };
	size_t size = 0, old = (size_t)j->was.st_size;
	char *new = NULL;
	int end = 0;

	switch (edit_words(text, old, j->service, j->n, j->words, &new, &size,
	    &why)) {
	case EDIT_DONE:
		break;
	case EDIT_NO_SERVICE:
		return refuse(j->e, j->file, "somebody changed it meanwhile");
	case EDIT_BAD:
		return refuse_place(j->e, j->file, &why);
	}
	if (size != old || memcmp(new, text, size) != 0)
		end = replace(j, new, size);
	free(new);
	return end;
}

static int
read_and_edit(struct job *j)
{
	char *text;
	int end;

	j->was_fd = openat(j->folder, j->base, O_RDONLY | O_NOFOLLOW |
	    O_NONBLOCK | O_CLOEXEC | O_NOCTTY);
	if (j->was_fd == -1)
		return fail(j->e, j->file, "read");
	text = read_all(j->was_fd, j->file, &j->was, j->e);
	if (text == NULL)
		return -1;
	end = edit(j, text);
	free(text);
	return end;
}

static int
work(struct job *j, int64_t deadline)
{
	char *for_dirname = record_copy(j->file);
	char *for_basename = record_copy(j->file);
	int end = -1;

	j->base = basename(for_basename);
	j->folder = fd_high(open(dirname(for_dirname), O_RDONLY | O_DIRECTORY |
	    O_CLOEXEC));
	if (j->folder == -1)
		fail(j->e, j->file, "found");
	else if (lock_folder(j, deadline) == 0)
		end = read_and_edit(j);
	if (j->temporary[0] != '\0')
		unlinkat(j->folder, j->temporary, 0);
	fd_close(&j->fd);
	fd_close(&j->was_fd);
	fd_close(&j->folder);
	free(for_dirname);
	free(for_basename);
	return end;
}

int
save_words(const char *file, const char *service, unsigned n,
    char *const *words, int64_t deadline, struct err *e)
{
	struct search s = { .service = service, .e = e };
	struct job j = { .service = service, .n = n, .words = words, .fd = -1,
	    .was_fd = -1, .folder = -1, .e = e };
	char *real = NULL;
	int end = search_file(&s, file);

	if (end == 0 && s.found == NULL) {
		err_set(e, 1, "%.200s: it has no `service %.60s {'", file,
		    service);
		end = -1;
	}
	if (end == 0) {
		real = realpath(s.found, NULL);
		j.file = real;
		end = real != NULL ? work(&j, deadline) :
		    fail(e, s.found, "found");
	}
	free(s.found);
	free(real);
	return end;
}
