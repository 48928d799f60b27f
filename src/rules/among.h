/* among.h - is a word one of a list of words in a text?  Pure.
 * Floor 1 (rules). */
#ifndef RULES_AMONG_H
#define RULES_AMONG_H

#include <stdbool.h>

/* The words of a list have blanks, or commas and blanks, between them: "exec
 * worker", "exec, env".  No word is empty. */
bool among(const char *list, const char *word);

#endif
