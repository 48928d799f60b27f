/* fuzz_control.c - whatever bytes a client of a control socket sends, in
 * whatever pieces; see driver.h.
 *
 * The first byte is the client's class.  All else is sent through a socket:
 * no verb above the class is ever run, and each line gets one answer.
 *
 *	clang -DFUZZING -g -O1 -fsanitize=fuzzer,address,undefined \
 *	    -iquote src -o fuzz tests/fuzz/fuzz_control.c libparts.a ...
 *	./fuzz CORPUS tests/fuzz/corpus/control */
#include "driver.h"

#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "lib/control.h"

enum { TAG = 100, PIECE = 37 };

static struct control control;
static struct loop loop;
static enum control_class class;
static unsigned answered, ran;
static struct control_handle later;
static bool waits;
static char path[64];

static void
answer(struct control_client *k, int argc, const char *const argv[], void *arg)
{
	const struct control_verb *v = arg;

	require(v == NULL, "the argument is handed on");
	require(argv[argc] == NULL, "the words have an end");
	for (int i = 0; i < argc; i++)
		require(strlen(argv[i]) < REQUEST_BYTES, "words are in bounds");
	ran++;
	control_say(k, "words=%d", argc);
	control_ok(k);
}

static void
operate(struct control_client *k, int argc, const char *const argv[], void *arg)
{
	require(class >= CONTROL_OPERATE, "who may look cannot operate");
	answer(k, argc, argv, arg);
}

static void
own(struct control_client *k, int argc, const char *const argv[], void *arg)
{
	require(class >= CONTROL_OWN, "who does not own cannot end it");
	answer(k, argc, argv, arg);
}

static void
defer(struct control_client *k, int argc, const char *const argv[], void *arg)
{
	(void)argc, (void)argv, (void)arg;
	require(!waits, "a client is asked one thing at a time");
	control_say(k, "waits=1");
	later = control_defer(k);
	waits = true;
	ran++;
}

static const struct control_verb verbs[] = {
	{ "look",    CONTROL_LOOK,    0, 9, answer,  "" },
	{ "later",   CONTROL_LOOK,    0, 9, defer,   "" },
	{ "operate", CONTROL_OPERATE, 1, 3, operate, "" },
	{ "own",     CONTROL_OWN,     0, 1, own,     "" },
	{ .word = NULL }
};

static void
clean(void)
{
	control_close(&control);
	loop_close(&loop);
	*strrchr(path, '/') = '\0';
	rmdir(path);
}

static void
prepare(void)
{
	struct control_spec s = {
		.path = path, .mode = 0600, .uid = (uid_t)-1,
		.gid = (gid_t)-1, .tag = TAG, .verbs = verbs,
	};
	struct err e;

	strcpy(path, "/tmp/brood-fuzz.XXXXXX");
	require(mkdtemp(path) != NULL, "there is a folder");
	strcat(path, "/s");
	require(control_open(&control, &s, &e) == 0 &&
	    loop_open(&loop, 0, true, &e) == 0 &&
	    control_begin(&control, &loop, &e) == 0, "there is a socket");
	atexit(clean);
}

static int
come(void)
{
	struct sockaddr_un un = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

	strcpy(un.sun_path, path);
	require(fd != -1 && connect(fd, (struct sockaddr *)&un,
	    sizeof un) == 0, "one can connect");
	control_hear(&control, TAG, 0);
	require(control.nclients == 1, "one client is there");
	control.client[0].came.class = class;
	return fd;
}

/* Count the last lines of answers; a line may come in parts. */
static void
take(int fd)
{
	static char text[REQUEST_BYTES];
	static size_t used;
	ssize_t n;
	char *end;

	if (fd == -1)
		used = 0;
	while (fd != -1 && (n = recv(fd, text + used, sizeof text - used,
	    MSG_DONTWAIT)) > 0) {
		used += (size_t)n;
		while ((end = memchr(text, '\n', used)) != NULL) {
			size_t len = (size_t)(end - text) + 1;

			answered += (len == 3 && memcmp(text, "ok", 2) == 0) ||
			    (len > 6 && memcmp(text, "error ", 6) == 0);
			used -= len;
			memmove(text, end + 1, used);
		}
		require(used < sizeof text, "a line of an answer has an end");
	}
}

/* All that follows from the last news. */
static void
turn(int fd)
{
	struct control_client *k;

	if (control.nclients > 0)
		control_hear(&control, TAG + CONTROL_FIRST, 0);
	do {
		take(fd);
		if (!waits)
			continue;
		k = control_client_alive(&control, later);
		if (k != NULL)
			control_ok(k);
		waits = false;
	} while (control_turn(&control, 0) == 0 || waits);
	take(fd);
}

/* What must be answered: lines, as far as they are text. */
static unsigned
count_lines(const uint8_t *data, size_t size)
{
	unsigned lines = 0;
	size_t len = 0;

	for (size_t i = 0; i < size; i++) {
		if (data[i] != '\n') {
			if (++len == REQUEST_BYTES)
				return lines + 1;
			continue;
		}
		lines++;
		for (; len > 0; len--)
			if (data[i - len] < ' ' || data[i - len] == 0x7f)
				return lines;
	}
	return lines;
}

static bool
try_one(const uint8_t *data, size_t size)
{
	unsigned lines;
	int fd;

	if (size == 0)
		return false;
	if (path[0] == '\0')
		prepare();
	class = CONTROL_LOOK + data[0] % 3;
	answered = ran = 0;
	lines = count_lines(++data, --size);
	take(-1);
	fd = come();
	for (size_t at = 0; at < size; at += PIECE) {
		send(fd, data + at, size - at < PIECE ? size - at : PIECE,
		    MSG_NOSIGNAL | MSG_DONTWAIT);
		turn(fd);
	}
	shutdown(fd, SHUT_WR);
	turn(fd);
	require(control.nclients == 0, "at its end it is forgotten");
	require(answered == lines, "each line has one answer");
	close(fd);
	return ran > 0;
}

static const char *const words[] = {
	"look", "later", "operate a", "own", "\n", " ", "\"", "'", "\\",
	"{", "}", "#", "\0", "\t", "\x7f", "\xc3\xa4", "look\n",
	"own\n", "\"own\"\n", "operate a\n", "later\n", NULL
};

static const struct fuzz target = {
	"control", "requests", 20000, words, try_one
};
