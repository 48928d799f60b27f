/* builtin_tcpmux.c - asks which service it shall be, and is that. */
#include "brood/builtin_tcpmux.h"

#include <stdbool.h>
#include <strings.h>

#include "brood/builtin_small.h"
#include "brood/builtin_talk.h"
#include "tools/text.h"

enum {
	NAME_BYTES = 64,	/* a longest name, with its CR LF */
	HELP_BYTES = 512	/* all names */
};

/* Read a line and cut its CR LF, or LF.  false: it is longer than size, or has
 * a NUL, or did not come.  A byte at a time, for what is behind it is the
 * service's. */
static bool
read_line(const struct talk *t, char *line, size_t size)
{
	for (size_t n = 0; n < size; n++) {
		if (talk_read(t, line + n, 1) != 1 || line[n] == '\0')
			return false;
		if (line[n] == '\n') {
			line[n > 0 && line[n - 1] == '\r' ? n - 1 : n] = '\0';
			return true;
		}
	}
	return false;
}

static const struct builtin *
find_named(const char *name)
{
	for (size_t i = 0; i < BUILTIN_SMALL; i++)
		if (strcasecmp(builtin_small[i].name, name) == 0)
			return &builtin_small[i];
	return NULL;
}

/* One name a line. */
static size_t
write_help(char *buf, size_t size)
{
	struct text t = text_over(buf, size);

	for (size_t i = 0; i < BUILTIN_SMALL; i++) {
		text_str(&t, builtin_small[i].name);
		text_str(&t, "\r\n");
	}
	return (size_t)(t.at - buf);
}

/* The last words. */
static void
say(struct brood_client *c, const struct talk *t, const char *text, size_t n)
{
	talk_write(t, text, n);
	brood_finish(c);
}

void
builtin_tcpmux(struct brood_client *c, int fd, void *arg)
{
	static const char no[] = "-No such service; help lists them\r\n";
	static const char yes[] = "+Go\r\n";
	/* All of the line, however slowly it drips, in the time of a wait. */
	struct talk t = talk_begin(fd, TALK_HASTY_MS, TALK_HASTY_MS);
	const struct builtin *s = NULL;
	char name[NAME_BYTES], help[HELP_BYTES];
	bool read = read_line(&t, name, sizeof name);

	t = talk_begin(fd, TALK_HASTY_MS, TALK_HASTY_MS);
	if (read && strcasecmp(name, "help") == 0)
		say(c, &t, help, write_help(help, sizeof help));
	else if (!read || (s = find_named(name)) == NULL)
		say(c, &t, no, sizeof no - 1);
	else if (talk_write(&t, yes, sizeof yes - 1) == 0)
		s->stream(c, fd, arg);
}
