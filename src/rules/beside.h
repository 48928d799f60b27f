/* beside.h - where is what a file includes?  Pure.  Floor 1 (rules).
 *
 * For the reader of a file (brood) and the one who edits it (broodctl): they
 * must mean the same files. */
#ifndef RULES_BESIDE_H
#define RULES_BESIDE_H

#include <stddef.h>

/* Room for it, with its NUL. */
size_t beside_size(const char *file, const char *pattern);

/* A pattern for glob(3): an absolute one as it is, another in the folder of
 * the file that has it.  What that is called is no pattern.  Returns to. */
char *beside(const char *file, const char *pattern, char *to);

#endif
