/* chat-client.c - many clients at once, to see a server of brood at work.
 *
 *	cc -o chat-client chat-client.c
 *	./chat-client localhost 7000 50
 *
 * All connect and are greeted before the first one says something: so the
 * server has that many at once.  Then each sends a line and "bye", and all is
 * printed that comes, with the number of the client before it.  The exit
 * status is 0 if each was greeted, answered and told goodbye.
 *
 * Plain sockets; nothing of brood. */
#include <errno.h>
#include <netdb.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum {
	CLIENTS = 50,		/* unless told otherwise */
	CLIENTS_MOST = 1000,
	LINE_BYTES = 512,
	LINES = 3,		/* the greeting, an answer, goodbye */
	PATIENCE_MS = 20000
};

struct client {
	int fd;			/* -1: it has ended */
	unsigned lines;		/* whole ones that came */
	size_t used;
	char line[LINE_BYTES];	/* one that has begun */
};

static int
dial(const struct addrinfo *list)
{
	int fd = -1;

	for (const struct addrinfo *a = list; a != NULL; a = a->ai_next) {
		fd = socket(a->ai_family, a->ai_socktype, a->ai_protocol);
		if (fd != -1 && connect(fd, a->ai_addr, a->ai_addrlen) == 0)
			return fd;
		if (fd != -1)
			close(fd);
	}
	return -1;
}

static int
dial_all(struct client *clients, unsigned n, const char *host, const char *port)
{
	struct addrinfo hints = { .ai_socktype = SOCK_STREAM }, *list;
	int r = getaddrinfo(host, port, &hints, &list);

	if (r != 0) {
		fprintf(stderr, "chat-client: %s port %s: %s\n", host, port,
		    gai_strerror(r));
		return -1;
	}
	for (unsigned i = 0; i < n && r == 0; i++) {
		clients[i].fd = dial(list);
		if (clients[i].fd == -1) {
			perror("chat-client: cannot connect");
			r = -1;
		}
	}
	freeaddrinfo(list);
	return r;
}

/* Print what came, line by line. */
static void
print_part(struct client *c, unsigned number, const char *part, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (part[i] != '\n' && c->used < sizeof c->line) {
			c->line[c->used++] = part[i];
			continue;
		}
		if (c->used > 0 && c->line[c->used - 1] == '\r')
			c->used--;
		printf("%u: %.*s\n", number, (int)c->used, c->line);
		c->used = 0;
		c->lines++;
	}
}

static void
hear(struct client *c, unsigned number)
{
	char part[LINE_BYTES];
	ssize_t n = read(c->fd, part, sizeof part);

	if (n > 0) {
		print_part(c, number, part, (size_t)n);
		return;
	}
	if (n == -1)
		fprintf(stderr, "chat-client: %u: %s\n", number,
		    strerror(errno));
	close(c->fd);
	c->fd = -1;
}

/* Hear all that say something until each has said so many lines or has ended.
 * false: they were too slow. */
static bool
hear_all(struct client *clients, unsigned n, unsigned lines)
{
	static struct pollfd polled[CLIENTS_MOST];

	for (;;) {
		bool missing = false;

		for (unsigned i = 0; i < n; i++) {
			bool wanted = clients[i].fd != -1 &&
			    clients[i].lines < lines;

			polled[i].fd = wanted ? clients[i].fd : -1;
			polled[i].events = POLLIN;
			missing |= wanted;
		}
		if (!missing)
			return true;
		if (poll(polled, n, PATIENCE_MS) <= 0)
			return false;
		for (unsigned i = 0; i < n; i++)
			if (polled[i].revents != 0)
				hear(&clients[i], i + 1);
	}
}

static void
speak_all(struct client *clients, unsigned n)
{
	for (unsigned i = 0; i < n; i++)
		if (clients[i].fd != -1)
			dprintf(clients[i].fd, "this is %u\r\nbye\r\n", i + 1);
}

static unsigned
count_served(const struct client *clients, unsigned n)
{
	unsigned served = 0;

	for (unsigned i = 0; i < n; i++)
		served += clients[i].lines == LINES;
	return served;
}

int
main(int argc, char **argv)
{
	static struct client clients[CLIENTS_MOST];
	unsigned long n = argc > 3 ? strtoul(argv[3], NULL, 10) : CLIENTS;

	if (argc > 4 || argc == 2 || n == 0 || n > CLIENTS_MOST) {
		fprintf(stderr, "usage: chat-client [HOST PORT [N]]; N is 1 "
		    "to %d\n", CLIENTS_MOST);
		return 64;
	}
	/* A server that has gone is to be told, not to be died of. */
	signal(SIGPIPE, SIG_IGN);
	if (dial_all(clients, (unsigned)n, argc > 1 ? argv[1] : "localhost",
	    argc > 2 ? argv[2] : "7000") == -1)
		return 69;
	if (!hear_all(clients, (unsigned)n, 1))
		fprintf(stderr, "chat-client: not all were greeted\n");
	speak_all(clients, (unsigned)n);
	if (!hear_all(clients, (unsigned)n, LINES + 1))
		fprintf(stderr, "chat-client: not all came to an end\n");
	printf("%u of %lu served\n", count_served(clients, (unsigned)n), n);
	return count_served(clients, (unsigned)n) == n ? 0 : 1;
}
