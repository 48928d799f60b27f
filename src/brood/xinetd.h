/* xinetd.h - a xinetd.conf as a tree of our own grammar.
 *
 *	defaults			service NAME
 *	{				{
 *		ATTRIBUTE = VALUE ...		ATTRIBUTE += VALUE ...
 *	}				}
 *	include FILE			includedir FOLDER
 *
 * xinetd.conf(5) of 2.3.15.  Where a service has neither flag, IPv4 or IPv6,
 * it is served with both, as there; and so it is with IPv6, as there, if
 * nobody else has IPv4.  Names of files that are not absolute are looked for
 * beside the file that has them.
 *
 * A service that is disabled comes out with `enabled no'.  What a program
 * finds in its environment is ours (brood(8)), and env and passenv; xinetd
 * passes on all it has itself.  Floor 5 (brood). */
#ifndef BROOD_XINETD_H
#define BROOD_XINETD_H

#include <stdbool.h>
#include <stddef.h>

#include "brood/tree.h"

/* Append the services of a file; what is wrong goes to m.  A service that
 * would be open wider here than there (only_from, say), or that brood does not
 * have (of RPC), is a mistake; with convert it comes out with `enabled no', or
 * if it cannot be written as a comment. */
void xinetd_read(const char *path, struct directives *list,
    struct mistakes *m, bool convert);

/* The same with its text at hand; includes are relative to where we are. */
void xinetd_read_text(const char *name, const char *text, size_t size,
    struct directives *list, struct mistakes *m, bool convert);

#endif
