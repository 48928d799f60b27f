/* beside.c - a folder, quoted, and what is in it. */
#include "rules/beside.h"

#include <string.h>

size_t
beside_size(const char *file, const char *pattern)
{
	return 2 * strlen(file) + strlen(pattern) + sizeof "./";
}

char *
beside(const char *file, const char *pattern, char *to)
{
	const char *slash = strrchr(file, '/');
	size_t n = slash != NULL ? (size_t)(slash - file) : 0;
	char *at = to;

	if (pattern[0] != '/') {
		for (size_t i = 0; i < n; i++) {
			if (strchr("*?[\\", file[i]) != NULL)
				*at++ = '\\';
			*at++ = file[i];
		}
		if (slash == NULL)
			*at++ = '.';
		*at++ = '/';
	}
	strlcpy(at, pattern, strlen(pattern) + 1);
	return to;
}
