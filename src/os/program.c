/* program.c - finds the program before the first client does. */
#include "os/program.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

int
program_check(const char *path, struct err *e)
{
	struct stat st;

	if (stat(path, &st) == -1)
		goto fail;
	errno = S_ISDIR(st.st_mode) ? EISDIR : EACCES;
	if (!S_ISREG(st.st_mode))
		goto fail;
	if (faccessat(AT_FDCWD, path, X_OK, AT_EACCESS) == -1)
		goto fail;
	return 0;
fail:
	err_sys(e, EXIT_UNAVAILABLE, "cannot execute %s", path);
	return -1;
}

static int
make_absolute(const char *name, char path_r[PATH_MAX], struct err *e)
{
	char here[PATH_MAX];
	int n;

	if (name[0] == '/') {
		n = snprintf(path_r, PATH_MAX, "%s", name);
	} else {
		if (getcwd(here, sizeof here) == NULL) {
			err_sys(e, EXIT_UNAVAILABLE, "cannot find the present folder");
			return -1;
		}
		n = snprintf(path_r, PATH_MAX, "%s/%s", here, name);
	}
	if (n >= PATH_MAX) {
		errno = ENAMETOOLONG;
		err_sys(e, EXIT_UNAVAILABLE, "cannot execute %.100s...", name);
		return -1;
	}
	return program_check(path_r, e);
}

int
program_find(const char *name, const char *search, char path_r[PATH_MAX],
    struct err *e)
{
	struct err best = { .status = 0 };

	if (strchr(name, '/') != NULL)
		return make_absolute(name, path_r, e);
	while (*search != '\0' && *name != '\0') {
		size_t len = strcspn(search, ":");

		snprintf(path_r, PATH_MAX, "%.*s/%s", (int)len, search, name);
		if (path_r[0] == '/' && program_check(path_r, e) == 0)
			return 0;
		/* One that is there but may not be run says more. */
		if (path_r[0] == '/' && errno != ENOENT && e != NULL)
			best = *e;
		search += len + (search[len] == ':');
	}
	if (best.status != 0) {
		*e = best;
		return -1;
	}
	errno = ENOENT;
	err_set(e, EXIT_UNAVAILABLE, "cannot execute %.200s: not found in PATH",
	    name);
	return -1;
}
