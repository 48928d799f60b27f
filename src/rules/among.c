/* among.c - word by word. */
#include "rules/among.h"

#include <string.h>

bool
among(const char *list, const char *word)
{
	static const char between[] = ", ";
	size_t n = strlen(word);

	while (*list != '\0') {
		size_t length = strcspn(list, between);

		if (length > 0 && length == n && strncmp(list, word, n) == 0)
			return true;
		list += length;
		list += strspn(list, between);
	}
	return false;
}
