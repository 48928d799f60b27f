/* datagram.c - answers a datagram with its text in capitals and the address
 * it came from.
 *
 *	cc -o datagram datagram.c -lbrood
 *	./datagram udp:localhost:7000 &
 *	echo hello | nc -u -w 1 localhost 7000
 *
 * The sender's address is what the sender wrote.  brood_reply() refuses the
 * ports where an answer would be answered, but an answer ought never to be
 * much longer than what asked for it: this one adds an address. */
#include <brood.h>
#include <ctype.h>
#include <netdb.h>
#include <stdio.h>
#include <string.h>

enum { TEXT_BYTES = 1024 };

/* "127.0.0.1 port 7000"; "nobody" if it has no such address. */
static void
name_peer(struct brood_client *c, char *text, size_t size)
{
	char host[NI_MAXHOST], port[NI_MAXSERV];
	socklen_t len = 0;
	const struct sockaddr *sa = brood_peer(c, &len);

	if (sa != NULL && sa->sa_family != AF_UNIX &&
	    getnameinfo(sa, len, host, sizeof host, port, sizeof port,
	    NI_NUMERICHOST | NI_NUMERICSERV) == 0)
		snprintf(text, size, "%s port %s", host, port);
	else
		snprintf(text, size, "nobody");
}

static void
shout(struct brood_client *c, const void *data, size_t n, void *arg)
{
	const unsigned char *in = data;
	char peer[NI_MAXHOST + NI_MAXSERV + 8];
	char out[TEXT_BYTES + sizeof peer + 8];
	size_t len = 0;

	(void)arg;
	while (len < n && len < TEXT_BYTES && in[len] != '\n') {
		out[len] = (char)toupper(in[len]);
		len++;
	}
	name_peer(c, peer, sizeof peer);
	len += (size_t)snprintf(out + len, sizeof out - len, " from %s\n",
	    peer);
	/* Its errors are the network's, or a forged sender's: nobody waits. */
	brood_reply(c, out, len);
}

int
main(int argc, char **argv)
{
	struct brood *b = brood_new();

	brood_on_datagram(b, shout, NULL);
	return brood_serve(b, argc > 1 ? argv[1] : "udp:localhost:7000");
}
