/* handover.c - facts become lines, lines become facts. */
#include "brood/handover.h"

#include <errno.h>
#include <inttypes.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "rules/scfg.h"

#define MAGIC "brood-handover"

enum { NUMBERS = 12, TEXTS = 3, HEAD_SIZE = 64 };

/* FNV-1a: against accidents, not against enemies. */
static uint64_t
checksum(const char *text, size_t size)
{
	uint64_t sum = 0xcbf29ce484222325u;

	for (size_t i = 0; i < size; i++)
		sum = (sum ^ (unsigned char)text[i]) * 0x100000001b3u;
	return sum;
}

/* ---- writing ---- */

/* Paths, names and addresses: none is longer. */
static void
put_text(FILE *f, const char *text)
{
	char quoted[2 * PATH_MAX + 3];

	scfg_quote(text, quoted, sizeof quoted);
	fprintf(f, " %s", quoted);
}

static void
put_kept(FILE *f, const char *name, const struct listen_kept *k)
{
	fprintf(f, "%s %d %ju %ju %ju %u %d %d", name, k->fd, (uintmax_t)k->id,
	    (uintmax_t)k->dev, (uintmax_t)k->ino, k->backlog, k->blocking,
	    k->inherited);
}

static void
put_alone(FILE *f, const struct handover *h)
{
	fputs("file", f);
	put_text(f, h->file);
	fprintf(f, "\ncounts %u %u %d\n", h->generation, h->serials, h->reload);
	fprintf(f, "descriptors %" PRIu64 " %" PRIu64 "\n", h->soft, h->hard);
	fprintf(f, "notify %d %ju\n", h->notify.fd, (uintmax_t)h->notify.id);
	if (h->ready.fd != -1)
		fprintf(f, "ready %d %ju %jd %d\n", h->ready.fd,
		    (uintmax_t)h->ready.id, (intmax_t)h->watchdog_ms,
		    h->wants_status);
	if (h->lock.fd != -1) {
		fprintf(f, "pidfile %d %ju", h->lock.fd, (uintmax_t)h->lock.id);
		put_text(f, h->pidfile);
		putc('\n', f);
	}
	if (h->control.fd != -1) {
		put_kept(f, "control", &h->control);
		putc('\n', f);
	}
}

static void
put_lists(FILE *f, const struct handover *h)
{
	for (unsigned i = 0; i < h->nsockets; i++) {
		put_kept(f, "socket", &h->socket[i].kept);
		put_text(f, h->socket[i].text);
		put_text(f, h->socket[i].service);
		put_text(f, h->socket[i].interface);
		putc('\n', f);
	}
	for (unsigned i = 0; i < h->ninherited; i++) {
		fprintf(f, "inherited %d %ju", h->inherited[i].at.fd,
		    (uintmax_t)h->inherited[i].at.id);
		put_text(f, h->inherited[i].name);
		putc('\n', f);
	}
	for (unsigned i = 0; i < h->nmasters; i++) {
		const struct handover_master *m = &h->master[i];

		fprintf(f, "master %d %u %u %d %jd %jd", (int)m->pid, m->serial,
		    m->state, m->serves, (intmax_t)m->born_ms,
		    (intmax_t)m->until_ms);
		put_text(f, m->name);
		put_text(f, m->control);
		putc('\n', f);
	}
}

int
handover_write(const struct handover *h, FILE *out)
{
	char *body = NULL;
	size_t size = 0;
	FILE *f = open_memstream(&body, &size);
	int r;

	if (f == NULL)
		return -1;
	put_alone(f, h);
	put_lists(f, h);
	fputs("plain\n", f);
	fwrite(h->plain, 1, h->plain_size, f);
	r = fclose(f);
	if (r == 0) {
		fprintf(out, MAGIC " %d %zu %016" PRIx64 "\n", HANDOVER_VERSION,
		    size, checksum(body, size));
		fwrite(body, 1, size, out);
	}
	free(body);
	return r == 0 && fflush(out) == 0 && !ferror(out) ? 0 : -1;
}

/* ---- reading ---- */

struct fact {
	const char *name;
	unsigned numbers, texts;
	bool many;
	int (*take)(struct handover *h, const int64_t *n,
	    const char *const *text);
};

/* One more element; the room doubles at each power of two. */
static int
grow(void *list, unsigned n, size_t size)
{
	void **at = list;
	void *more;

	if ((n & (n - 1)) != 0)
		return 0;
	more = reallocarray(*at, n == 0 ? 1 : 2 * (size_t)n, size);
	if (more == NULL)
		return -1;
	*at = more;
	return 0;
}

static struct listen_kept
kept_of(const int64_t *n)
{
	return (struct listen_kept){
		.fd = (int)n[0], .id = (ino_t)n[1], .dev = (dev_t)n[2],
		.ino = (ino_t)n[3], .backlog = (unsigned)n[4],
		.blocking = n[5] != 0, .inherited = n[6] != 0,
	};
}

static int
take_file(struct handover *h, const int64_t *n, const char *const *text)
{
	(void)n;
	h->file = text[0];
	return 0;
}

static int
take_counts(struct handover *h, const int64_t *n, const char *const *text)
{
	(void)text;
	h->generation = (unsigned)n[0];
	h->serials = (unsigned)n[1];
	h->reload = n[2] != 0;
	return 0;
}

static int
take_descriptors(struct handover *h, const int64_t *n, const char *const *text)
{
	(void)text;
	h->soft = (uint64_t)n[0];
	h->hard = (uint64_t)n[1];
	return 0;
}

static int
take_notify(struct handover *h, const int64_t *n, const char *const *text)
{
	(void)text;
	h->notify = (struct handover_fd){ (int)n[0], (ino_t)n[1] };
	return 0;
}

static int
take_ready(struct handover *h, const int64_t *n, const char *const *text)
{
	(void)text;
	h->ready = (struct handover_fd){ (int)n[0], (ino_t)n[1] };
	h->watchdog_ms = n[2];
	h->wants_status = n[3] != 0;
	return 0;
}

static int
take_pidfile(struct handover *h, const int64_t *n, const char *const *text)
{
	h->lock = (struct handover_fd){ (int)n[0], (ino_t)n[1] };
	h->pidfile = text[0];
	return 0;
}

static int
take_control(struct handover *h, const int64_t *n, const char *const *text)
{
	(void)text;
	h->control = kept_of(n);
	return 0;
}

static int
take_socket(struct handover *h, const int64_t *n, const char *const *text)
{
	if (grow(&h->socket, h->nsockets, sizeof *h->socket) == -1)
		return -1;
	h->socket[h->nsockets++] = (struct handover_socket){
		kept_of(n), text[0], text[1], text[2]
	};
	return 0;
}

static int
take_inherited(struct handover *h, const int64_t *n, const char *const *text)
{
	if (grow(&h->inherited, h->ninherited, sizeof *h->inherited) == -1)
		return -1;
	h->inherited[h->ninherited++] = (struct handover_inherited){
		{ (int)n[0], (ino_t)n[1] }, text[0]
	};
	return 0;
}

static int
take_master(struct handover *h, const int64_t *n, const char *const *text)
{
	errno = EINVAL;
	if (n[0] < 2 || grow(&h->master, h->nmasters, sizeof *h->master) == -1)
		return -1;
	h->master[h->nmasters++] = (struct handover_master){
		.pid = (pid_t)n[0], .serial = (unsigned)n[1],
		.state = (unsigned)n[2], .serves = n[3] != 0,
		.born_ms = n[4], .until_ms = n[5],
		.name = text[0], .control = text[1],
	};
	return 0;
}

static const struct fact facts[] = {
	/* name          numbers texts many   takes it */
	{ "file",        0,      1,    false, take_file        },
	{ "counts",      3,      0,    false, take_counts      },
	{ "descriptors", 2,      0,    false, take_descriptors },
	{ "notify",      2,      0,    false, take_notify      },
	{ "ready",       4,      0,    false, take_ready       },
	{ "pidfile",     2,      1,    false, take_pidfile     },
	{ "control",     7,      0,    false, take_control     },
	{ "socket",      7,      3,    true,  take_socket      },
	{ "inherited",   2,      1,    true,  take_inherited   },
	{ "master",      6,      2,    true,  take_master      },
};
#define NFACTS (sizeof facts / sizeof facts[0])

struct reader {
	struct handover *h;
	size_t used;		/* of h->kept */
	bool seen[NFACTS];
};

/* Unquoted, it is no longer than it was: there is room. */
static const char *
keep(struct reader *r, const char *text)
{
	size_t n = strlen(text) + 1;
	char *at = memcpy(r->h->kept + r->used, text, n);

	r->used += n;
	return at;
}

static int
read_fact(struct reader *r, const struct fact *f, const struct scfg_line *l)
{
	const char *text[TEXTS], *why = NULL;
	int64_t n[NUMBERS];

	errno = EINVAL;
	if (l->block || l->n != 1 + f->numbers + f->texts ||
	    (!f->many && r->seen[f - facts]))
		return -1;
	r->seen[f - facts] = true;
	for (unsigned i = 0; why == NULL && i < f->numbers; i++)
		n[i] = strtonum(l->word[1 + i].text, 0, INT64_MAX, &why);
	if (why != NULL)
		return -1;
	for (unsigned i = 0; i < f->texts; i++)
		text[i] = keep(r, l->word[1 + f->numbers + i].text);
	return f->take(r->h, n, text);
}

/* Up to the line `plain', which says that all has been said. */
static int
read_facts(struct reader *r, const char *text, size_t size,
    struct scfg_line *l)
{
	struct scfg s;

	scfg_begin(&s, text, size);
	while (scfg_next(&s, l) == SCFG_DIRECTIVE) {
		size_t i = 0;

		if (strcmp(l->word[0].text, "plain") == 0) {
			r->h->plain = text + s.at;
			r->h->plain_size = size - s.at;
			return 0;
		}
		while (i < NFACTS && strcmp(facts[i].name, l->word[0].text) != 0)
			i++;
		if (i == NFACTS || read_fact(r, &facts[i], l) == -1)
			break;
	}
	return -1;
}

/* The first four must be there; the others may. */
static bool
is_whole(const struct reader *r)
{
	return r->seen[0] && r->seen[1] && r->seen[2] && r->seen[3];
}

static int
read_body(struct handover *h, const char *text, size_t size)
{
	struct reader r = { .h = h };
	struct scfg_line *l = malloc(sizeof *l);
	int end = -1;

	h->kept = malloc(2 * size + 1);
	if (l != NULL && h->kept != NULL &&
	    read_facts(&r, text, size, l) == 0 && is_whole(&r)) {
		char *plain = h->kept + size;

		/* What was read may be given back. */
		h->plain = memcpy(plain, h->plain, h->plain_size);
		end = 0;
	}
	free(l);
	return end;
}

/* "brood-handover VERSION LENGTH CHECKSUM": where the body begins; or 0, and
 * why. */
static size_t
read_head(const char *text, size_t size, struct err *e)
{
	char head[HEAD_SIZE] = "";
	const char *end = memchr(text, '\n', size < HEAD_SIZE ? size : HEAD_SIZE - 1);
	size_t at = end != NULL ? (size_t)(end - text) + 1 : 0, length;
	uint64_t sum;
	int version, used = 0;

	memcpy(head, text, at);
	if (sscanf(head, MAGIC " %d%n", &version, &used) != 1)
		err_set(e, EXIT_CONFIG, "handover: expected `" MAGIC "'");
	else if (version != HANDOVER_VERSION)
		err_set(e, EXIT_CONFIG, "handover: version %d, expected %d",
		    version, HANDOVER_VERSION);
	else if (sscanf(head + used, " %zu %" SCNx64, &length, &sum) != 2 ||
	    length != size - at || sum != checksum(text + at, size - at))
		err_set(e, EXIT_CONFIG, "handover: damaged");
	else
		return at;
	return 0;
}

int
handover_read(struct handover *h, const char *text, size_t size, struct err *e)
{
	size_t at = read_head(text, size, e);

	*h = (struct handover){
		.pidfile = "", .lock = { .fd = -1 }, .notify = { .fd = -1 },
		.ready = { .fd = -1 }, .control = { .fd = -1 },
	};
	if (at == 0)
		return -1;
	if (read_body(h, text + at, size - at) == 0)
		return 0;
	err_sys(e, EXIT_CONFIG, "handover: not as expected");
	handover_free(h);
	return -1;
}

void
handover_free(struct handover *h)
{
	free(h->socket);
	free(h->inherited);
	free(h->master);
	free(h->kept);
	*h = (struct handover){ .nsockets = 0 };
}
