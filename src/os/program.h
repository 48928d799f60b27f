/* program.h - finds the program before the first client does.
 * Floor 2 (os). */
#ifndef OS_PROGRAM_H
#define OS_PROGRAM_H

#include <limits.h>

#include "tools/err.h"

/* PATH where the environment has none. */
#define PROGRAM_PATH \
	"/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"

/* Where execve would find name: as it is if it has a slash (made absolute
 * from the present folder), else by the folders of search ("PATH" form).
 * 0 and path_r; or -1 with *e. */
int program_find(const char *name, const char *search, char path_r[PATH_MAX],
    struct err *e);

/* Could this process execute it now?  0; or -1 with errno and *e: missing
 * or a folder EXIT_UNAVAILABLE, not permitted EXIT_PRIVILEGE. */
int program_check(const char *path, struct err *e);

#endif
