/* builtin_small.c - each is a stream and a datagram function. */
#include "brood/builtin_small.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "brood/builtin_talk.h"

enum {
	ECHO_BYTES    = 16 * 1024,	/* at once */
	PRINTABLE     = '~' - ' ' + 1,	/* 95 characters */
	LINE_TEXT     = 72,		/* of a line of chargen, RFC 864 */
	LINE_BYTES    = LINE_TEXT + 2,	/* with its CR LF */
	PATTERN_BYTES = PRINTABLE * LINE_BYTES,	/* then it repeats */
	CHARGEN_MOST  = 1 << 30,	/* bytes for one client, about */
	CHARGEN_REPLY = 512,		/* in a datagram, RFC 864 */
	CHARGEN_TIMES = 3,		/* and as often as long as its request */
	DAY_BYTES     = 26		/* ctime(3)'s 24 characters, CR LF */
};

/* Say one thing, and the end. */
static void
say(struct brood_client *c, int fd, const void *data, size_t n)
{
	struct talk t = talk_begin(fd, TALK_HASTY_MS, TALK_MOST_MS);

	talk_write(&t, data, n);
	brood_finish(c);
}

/* ---- echo, RFC 862 ---- */

static void
echo_stream(struct brood_client *c, int fd, void *arg)
{
	struct talk t = talk_begin(fd, TALK_PATIENT_MS, TALK_MOST_MS);
	char buf[ECHO_BYTES];
	ssize_t n;

	(void)arg;
	while ((n = talk_read(&t, buf, sizeof buf)) > 0 &&
	    talk_write(&t, buf, (size_t)n) == 0)
		;
	brood_finish(c);
}

static void
echo_datagram(struct brood_client *c, const void *data, size_t n, void *arg)
{
	(void)arg;
	brood_reply(c, data, n);
}

/* ---- discard, RFC 863 ---- */

static void
discard_stream(struct brood_client *c, int fd, void *arg)
{
	struct talk t = talk_begin(fd, TALK_PATIENT_MS, TALK_MOST_MS);
	char buf[ECHO_BYTES];

	(void)arg;
	while (talk_read(&t, buf, sizeof buf) > 0)
		;
	brood_finish(c);
}

static void
discard_datagram(struct brood_client *c, const void *data, size_t n, void *arg)
{
	(void)c, (void)data, (void)n, (void)arg;
}

/* ---- chargen, RFC 864 ---- */

/* All lines of the usual pattern: each begins one character later. */
static void
make_pattern(char pattern[PATTERN_BYTES])
{
	for (int line = 0; line < PRINTABLE; line++) {
		for (int i = 0; i < LINE_TEXT; i++)
			*pattern++ = (char)(' ' + (line + i) % PRINTABLE);
		*pattern++ = '\r';
		*pattern++ = '\n';
	}
}

static void
chargen_stream(struct brood_client *c, int fd, void *arg)
{
	struct talk t = talk_begin(fd, TALK_HASTY_MS, TALK_MOST_MS);
	char pattern[PATTERN_BYTES];
	size_t sent = 0;

	(void)arg;
	make_pattern(pattern);
	while (sent < CHARGEN_MOST &&
	    talk_write(&t, pattern, sizeof pattern) == 0) {
		sent += sizeof pattern;
		talk_drop(&t);
	}
	brood_finish(c);
}

/* A random length, as the RFC wants; but not one that makes it worth while to
 * ask in another's name. */
static size_t
chargen_length(size_t asked)
{
	size_t most = CHARGEN_REPLY;

	if (asked < most / CHARGEN_TIMES)
		most = asked * CHARGEN_TIMES;
	return arc4random_uniform((uint32_t)most + 1);
}

static void
chargen_datagram(struct brood_client *c, const void *data, size_t n, void *arg)
{
	char pattern[PATTERN_BYTES];

	(void)data, (void)arg;
	make_pattern(pattern);
	brood_reply(c, pattern, chargen_length(n));
}

/* ---- qotd, RFC 865 ---- */

/* Short: one is the answer to a datagram, too, which may be empty. */
static const char *const quotes[] = {
	"Be liberal in what you accept.  (J. Postel)\r\n",
	"Make haste slowly.  (Augustus)\r\n",
	"Nothing is as permanent as a temporary solution.\r\n",
	"Simplicity is prerequisite for reliability.  (E. W. Dijkstra)\r\n",
	"Well begun is half done.  (Aristotle)\r\n",
	"When in doubt, use brute force.  (K. Thompson)\r\n",
	"Do not count your chickens before they are hatched.  (Aesop)\r\n",
};

static const char *
any_quote(void)
{
	return quotes[arc4random_uniform(sizeof quotes / sizeof quotes[0])];
}

static void
qotd_stream(struct brood_client *c, int fd, void *arg)
{
	const char *quote = any_quote();

	(void)arg;
	say(c, fd, quote, strlen(quote));
}

static void
qotd_datagram(struct brood_client *c, const void *data, size_t n, void *arg)
{
	const char *quote = any_quote();

	(void)data, (void)n, (void)arg;
	brood_reply(c, quote, strlen(quote));
}

/* ---- daytime, RFC 867 ---- */

/* "Fri Nov 21 07:52:00 2026" CR LF: no form is laid down, this is BSD's.  The
 * length, or 0 if there is no such text for now. */
static size_t
write_day(char day[DAY_BYTES], time_t now)
{
	char text[64];

	if (ctime_r(&now, text) == NULL || strlen(text) != DAY_BYTES - 1)
		return 0;
	memcpy(day, text, DAY_BYTES - 2);
	memcpy(day + DAY_BYTES - 2, "\r\n", 2);
	return DAY_BYTES;
}

static void
daytime_stream(struct brood_client *c, int fd, void *arg)
{
	char day[DAY_BYTES];

	(void)arg;
	say(c, fd, day, write_day(day, time(NULL)));
}

static void
daytime_datagram(struct brood_client *c, const void *data, size_t n, void *arg)
{
	char day[DAY_BYTES];

	(void)data, (void)n, (void)arg;
	brood_reply(c, day, write_day(day, time(NULL)));
}

/* ---- time, RFC 868 ---- */

/* Seconds since 1900, modulo 2^32: in February 2036 it begins anew. */
static void
write_time(unsigned char word[4], time_t now)
{
	uint32_t seconds = (uint32_t)((uint64_t)now + 2208988800U);

	for (int i = 0; i < 4; i++)
		word[i] = (unsigned char)(seconds >> (24 - 8 * i));
}

static void
time_stream(struct brood_client *c, int fd, void *arg)
{
	unsigned char word[4];

	(void)arg;
	write_time(word, time(NULL));
	say(c, fd, word, sizeof word);
}

static void
time_datagram(struct brood_client *c, const void *data, size_t n, void *arg)
{
	unsigned char word[4];

	(void)data, (void)n, (void)arg;
	write_time(word, time(NULL));
	brood_reply(c, word, sizeof word);
}

const struct builtin builtin_small[BUILTIN_SMALL] = {
	/* name       streams         datagrams        */
	{ "chargen", chargen_stream, chargen_datagram },
	{ "daytime", daytime_stream, daytime_datagram },
	{ "discard", discard_stream, discard_datagram },
	{ "echo",    echo_stream,    echo_datagram    },
	{ "qotd",    qotd_stream,    qotd_datagram    },
	{ "time",    time_stream,    time_datagram    },
};
