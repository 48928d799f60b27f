/* print.h - the plain form: the same words, only numbers and literals, one
 * value a line; what the supervisor reads.
 *
 *	control /run/brood/control.sock
 *	service git {
 *		listen 0.0.0.0:9418 [::]:9418
 *		exec /usr/lib/git-core/git-daemon --inetd
 *		user 998:998
 *		groups 998
 *		env HOME=/srv/git
 *		minimum-available 8
 *	}
 *
 * It reads back to itself.  Floor 5 (brood). */
#ifndef BROOD_PRINT_H
#define BROOD_PRINT_H

#include <stdio.h>

#include "brood/conf.h"

/* Mistakes may still come up: a name is looked up here. */
void print_plain(struct conf *c, FILE *out);

#endif
