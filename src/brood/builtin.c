/* builtin.c - finds a service by its name. */
#include "brood/builtin.h"

#include <errno.h>
#include <stddef.h>
#include <string.h>

#include "brood/builtin_small.h"
#include "brood/builtin_tcpmux.h"
#include "lib/brood.h"

/* Not among the small ones, for it offers these and not itself. */
static const struct builtin tcpmux = { "tcpmux", builtin_tcpmux, NULL };

/* NULL behind the last one. */
static const struct builtin *
builtin_at(unsigned i)
{
	if (i < BUILTIN_SMALL)
		return &builtin_small[i];
	return i == BUILTIN_SMALL ? &tcpmux : NULL;
}

const char *
builtin_name(unsigned i)
{
	const struct builtin *s = builtin_at(i);

	return s != NULL ? s->name : NULL;
}

int
builtin_install(struct brood *b, const char *name)
{
	const struct builtin *s;
	unsigned i = 0;

	while ((s = builtin_at(i++)) != NULL && strcmp(s->name, name) != 0)
		;
	if (s == NULL) {
		errno = EINVAL;
		return -1;
	}
	if (brood_on_stream(b, s->stream, NULL) == -1)
		return -1;
	if (s->datagram == NULL)
		return 0;
	return brood_on_datagram(b, s->datagram, NULL) == -1 ||
	    brood_set(b, "reply-rate", "40") == -1 ? -1 : 0;
}
