/* chat-server.c - greets each client, and answers what it says, line by line.
 *
 *	cc -o chat-server chat-server.c -lbrood
 *	./chat-server localhost:7000 &
 *	nc localhost 7000		(or many at once: chat-client)
 *
 * Every client has a process of its own, so this may wait for it in the
 * plainest way there is, and nobody else waits with it. */
#include <brood.h>
#include <stdio.h>
#include <string.h>
#include <sys/time.h>
#include <unistd.h>

enum { LINE_BYTES = 512, PATIENCE_S = 60 };

/* A client that neither talks nor listens is not kept. */
static void
set_patience(int fd)
{
	struct timeval t = { .tv_sec = PATIENCE_S };

	setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &t, sizeof t);
	setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &t, sizeof t);
}

static void
talk(FILE *in, int fd)
{
	char line[LINE_BYTES];
	unsigned n = 0;

	while (fgets(line, sizeof line, in) != NULL) {
		line[strcspn(line, "\r\n")] = '\0';
		if (strcmp(line, "bye") == 0)
			break;
		if (dprintf(fd, "%u: you said \"%s\"\r\n", ++n, line) < 0)
			return;
	}
	dprintf(fd, "goodbye after %u lines\r\n", n);
}

static void
chat(struct brood_client *c, int fd, void *arg)
{
	FILE *in;

	(void)arg;
	set_patience(fd);
	dprintf(fd, "welcome, you talk to process %d; \"bye\" ends it\r\n",
	    (int)getpid());
	/* fclose() closes its descriptor, and fd is not ours to close. */
	in = fdopen(dup(fd), "r");
	if (in == NULL)
		return;
	talk(in, fd);
	fclose(in);
	brood_finish(c);
}

int
main(int argc, char **argv)
{
	struct brood *b = brood_new();

	brood_on_stream(b, chat, NULL);
	brood_set(b, "session-time", "3600s");
	return brood_serve(b, argc > 1 ? argv[1] : "localhost:7000");
}
