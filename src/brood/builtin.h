/* builtin.h - the small services that brood has in itself.
 *
 * echo (RFC 862), discard (863), chargen (864), qotd (865), daytime (867) and
 * time (868) over streams and datagrams, tcpmux (1078) over streams: it has
 * no other form.  Written against brood.h alone, as anybody's service would
 * be.
 *
 * None can be held for ever: see builtin_talk.h for the bounds.  No datagram
 * is answered with one that is much longer than it; brood_reply() and the word
 * reply-rate keep them from answering each other.
 *
 * ident (RFC 1413) is left out on purpose: it tells whose another program's
 * connection is, and a child without rights can tell that of its own user's
 * only.  systat (866) and netstat would tell strangers what runs here.
 *
 * Floor 5 (brood). */
#ifndef BROOD_BUILTIN_H
#define BROOD_BUILTIN_H

struct brood;

/* Have b serve as the named service, by brood_on_stream() and, where there is
 * that form, brood_on_datagram().  0; or -1 with errno: EINVAL if there is no
 * such name, else as these two set it, with a line in brood_error(). */
int builtin_install(struct brood *b, const char *name);

/* The i-th name, counted from 0; NULL behind the last one. */
const char *builtin_name(unsigned i);

#endif
