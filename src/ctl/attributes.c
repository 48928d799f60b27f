/* attributes.c - all that are there are given, those that are not are taken. */
#include "ctl/attributes.h"

#include <errno.h>
#include <linux/limits.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/xattr.h>

#include "ctl/record.h"

/* Names, each with its end; the kernel gives no longer list, and no longer
 * value. */
struct names {
	char text[XATTR_LIST_MAX + 1];
	size_t n;
};

struct room {
	struct names from, to;
	char wanted[XATTR_SIZE_MAX], present[XATTR_SIZE_MAX];
};

static int
read_names(int fd, struct names *l)
{
	ssize_t n = flistxattr(fd, l->text, XATTR_LIST_MAX);

	l->n = n > 0 ? (size_t)n : 0;
	return n != -1 || errno == ENOTSUP ? 0 : -1;
}

static const char *
next_name(const struct names *l, const char *name)
{
	name = name == NULL ? l->text : name + strlen(name) + 1;
	return name < l->text + l->n ? name : NULL;
}

static bool
is_among(const struct names *l, const char *wanted)
{
	const char *name = NULL;

	while ((name = next_name(l, name)) != NULL)
		if (strcmp(name, wanted) == 0)
			return true;
	return false;
}

/* A digest or a signature. */
static bool
tells_content(const char *name)
{
	return strcmp(name, "security.ima") == 0 ||
	    strcmp(name, "security.evm") == 0;
}

/* Labels may be right already where nobody may give them. */
static int
give(struct room *r, int from, int to, const char *name)
{
	ssize_t n = fgetxattr(from, name, r->wanted, sizeof r->wanted);
	ssize_t present = fgetxattr(to, name, r->present, sizeof r->present);

	if (n == -1)
		return -1;
	if (n == present && memcmp(r->wanted, r->present, (size_t)n) == 0)
		return 0;
	return fsetxattr(to, name, r->wanted, (size_t)n, 0);
}

static int
fail(struct err *e, const char *name)
{
	err_sys(e, 1, "cannot be given its attribute %.100s", name);
	return -1;
}

static int
copy(struct room *r, int from, int to, struct err *e)
{
	const char *name = NULL;

	if (read_names(from, &r->from) == -1 || read_names(to, &r->to) == -1)
		return fail(e, "list");
	while ((name = next_name(&r->to, name)) != NULL)
		if (strncmp(name, "security.", 9) != 0 &&
		    !is_among(&r->from, name) && fremovexattr(to, name) == -1)
			return fail(e, name);
	while ((name = next_name(&r->from, name)) != NULL)
		if (!tells_content(name) && give(r, from, to, name) == -1)
			return fail(e, name);
	return 0;
}

int
attributes_copy(int from, int to, struct err *e)
{
	struct room *r = record_memory(NULL, 1, sizeof *r);
	int end = copy(r, from, to, e);

	free(r);
	return end;
}
