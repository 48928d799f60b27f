/* handover.c - facts become lines, lines become facts. */
#include "brood/handover.h"

#include <errno.h>
#include <inttypes.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <vis.h>

#include "brood/keep.h"
#include "rules/scfg.h"

#define MAGIC "brood-handover"

enum { NUMBERS = 8, TEXTS = 4, HEAD_SIZE = 64 };

/* FNV-1a: against accidents, not against enemies. */
static uint64_t
checksum(const char *text, size_t size)
{
	uint64_t sum = 0xcbf29ce484222325u;

	for (size_t i = 0; i < size; i++)
		sum = (sum ^ (unsigned char)text[i]) * 0x100000001b3u;
	return sum;
}

static void
name_body(const char *body, size_t size, char head[HEAD_SIZE])
{
	snprintf(head, HEAD_SIZE, MAGIC " %d %zu %016" PRIx64 "\n",
	    HANDOVER_VERSION, size, checksum(body, size));
}

/* ---- writing ---- */

/* Paths and names have any byte but NUL; a line is text.  None is longer. */
static void
put_text(FILE *f, const char *text)
{
	char cut[PATH_MAX], plain[4 * PATH_MAX], quoted[2 * sizeof plain + 3];

	strlcpy(cut, text, sizeof cut);
	strvis(plain, cut, VIS_OCTAL | VIS_WHITE);
	scfg_quote(plain, quoted, sizeof quoted);
	fprintf(f, " %s", quoted);
}

static void
put_fd(FILE *f, const char *name, const struct handover_fd *at)
{
	fprintf(f, "%s %d %ju", name, at->fd, (uintmax_t)at->id);
}

static void
put_kept(FILE *f, const char *name, const struct listen_kept *k)
{
	fprintf(f, "%s %d %ju %ju %ju %u %d %d", name, k->fd, (uintmax_t)k->id,
	    (uintmax_t)k->dev, (uintmax_t)k->ino, k->backlog, k->blocking,
	    k->inherited);
	put_text(f, k->text);
}

static void
put_alone(FILE *f, const struct handover *h)
{
	fputs("file", f);
	put_text(f, h->file);
	fprintf(f, "\ncounts %d %u %u %d\n", (int)h->pid, h->generation,
	    h->serials, h->reload);
	fprintf(f, "descriptors %" PRIu64 " %" PRIu64 "\n", h->soft, h->hard);
	put_fd(f, "notify", &h->notify);
	putc('\n', f);
	if (h->ready.fd != -1) {
		put_fd(f, "ready", &h->ready);
		fprintf(f, " %jd %d\n", (intmax_t)h->watchdog_ms,
		    h->wants_status);
	}
	if (h->lock.fd != -1) {
		put_fd(f, "pidfile", &h->lock);
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
	for (unsigned i = 0; i < h->nclients; i++) {
		put_fd(f, "client", &h->client[i]);
		putc('\n', f);
	}
	for (unsigned i = 0; i < h->nsockets; i++) {
		put_kept(f, "socket", &h->socket[i].kept);
		put_text(f, h->socket[i].text);
		put_text(f, h->socket[i].service);
		put_text(f, h->socket[i].interface);
		putc('\n', f);
	}
	for (unsigned i = 0; i < h->ninherited; i++) {
		put_fd(f, "inherited", &h->inherited[i].at);
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
	char *body = NULL, head[HEAD_SIZE];
	size_t size = 0;
	FILE *f = open_memstream(&body, &size);
	int r;

	if (f == NULL)
		return -1;
	put_alone(f, h);
	put_lists(f, h);
	fputs("plain\n", f);
	fwrite(h->plain, 1, h->plain_size, f);
	r = ferror(f) ? -1 : 0;
	r = fclose(f) == 0 ? r : -1;
	if (r == 0) {
		name_body(body, size, head);
		fputs(head, out);
		fwrite(body, 1, size, out);
	}
	free(body);
	return r == 0 && fflush(out) == 0 && !ferror(out) ? 0 : -1;
}

/* ---- reading ---- */

/* Its words by a letter each, numbers first:
 *	d  a descriptor, not one of the first three
 *	p  a process
 *	u  unsigned
 *	n  64 bits
 *	m  milliseconds
 *	b  0 or 1
 *	t  a text */
struct fact {
	const char *name;
	const char *words;
	bool many;
	int (*take)(struct handover *h, const uint64_t *n,
	    const char *const *text);
};

#define FD   "dn"
#define KEPT "dnnnubbt"		/* its text is the first */

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

static struct handover_fd
fd_of(const uint64_t *n)
{
	return (struct handover_fd){ (int)n[0], (ino_t)n[1] };
}

static int
take_kept(struct listen_kept *k, const uint64_t *n, const char *const *text)
{
	*k = (struct listen_kept){
		.fd = (int)n[0], .id = (ino_t)n[1], .dev = (dev_t)n[2],
		.ino = (ino_t)n[3], .backlog = (unsigned)n[4],
		.blocking = n[5] != 0, .inherited = n[6] != 0,
	};
	return strlcpy(k->text, text[0], sizeof k->text) < sizeof k->text ? 0 :
	    -1;
}

static int
take_file(struct handover *h, const uint64_t *n, const char *const *text)
{
	(void)n;
	h->file = text[0];
	return 0;
}

static int
take_counts(struct handover *h, const uint64_t *n, const char *const *text)
{
	(void)text;
	h->pid = (pid_t)n[0];
	h->generation = (unsigned)n[1];
	h->serials = (unsigned)n[2];
	h->reload = n[3] != 0;
	return 0;
}

static int
take_descriptors(struct handover *h, const uint64_t *n,
    const char *const *text)
{
	(void)text;
	h->soft = n[0];
	h->hard = n[1];
	return 0;
}

static int
take_notify(struct handover *h, const uint64_t *n, const char *const *text)
{
	(void)text;
	h->notify = fd_of(n);
	return 0;
}

static int
take_ready(struct handover *h, const uint64_t *n, const char *const *text)
{
	(void)text;
	h->ready = fd_of(n);
	h->watchdog_ms = (int64_t)n[2];
	h->wants_status = n[3] != 0;
	return 0;
}

static int
take_pidfile(struct handover *h, const uint64_t *n, const char *const *text)
{
	h->lock = fd_of(n);
	h->pidfile = text[0];
	return 0;
}

static int
take_control(struct handover *h, const uint64_t *n, const char *const *text)
{
	return take_kept(&h->control, n, text);
}

static int
take_client(struct handover *h, const uint64_t *n, const char *const *text)
{
	(void)text;
	if (grow(&h->client, h->nclients, sizeof *h->client) == -1)
		return -1;
	h->client[h->nclients++] = fd_of(n);
	return 0;
}

static int
take_socket(struct handover *h, const uint64_t *n, const char *const *text)
{
	struct handover_socket *k;

	if (grow(&h->socket, h->nsockets, sizeof *h->socket) == -1)
		return -1;
	k = &h->socket[h->nsockets++];
	*k = (struct handover_socket){ .text = text[1], .service = text[2],
	    .interface = text[3] };
	return take_kept(&k->kept, n, text);
}

static int
take_inherited(struct handover *h, const uint64_t *n, const char *const *text)
{
	if (grow(&h->inherited, h->ninherited, sizeof *h->inherited) == -1)
		return -1;
	h->inherited[h->ninherited++] = (struct handover_inherited){
		fd_of(n), text[0]
	};
	return 0;
}

/* Twice the same could be waited for once only. */
static bool
has_master(const struct handover *h, pid_t pid)
{
	for (unsigned i = 0; i < h->nmasters; i++)
		if (h->master[i].pid == pid)
			return true;
	return false;
}

static int
take_master(struct handover *h, const uint64_t *n, const char *const *text)
{
	errno = EINVAL;
	if (n[0] < 2 || n[2] > KEEP_STOPPING || has_master(h, (pid_t)n[0]) ||
	    grow(&h->master, h->nmasters, sizeof *h->master) == -1)
		return -1;
	h->master[h->nmasters++] = (struct handover_master){
		.pid = (pid_t)n[0], .serial = (unsigned)n[1],
		.state = (unsigned)n[2], .serves = n[3] != 0,
		.born_ms = (int64_t)n[4], .until_ms = (int64_t)n[5],
		.name = text[0], .control = text[1],
	};
	return 0;
}

static const struct fact facts[] = {
	/* name          words       many   takes it */
	{ "file",        "t",        false, take_file        },
	{ "counts",      "puub",     false, take_counts      },
	{ "descriptors", "nn",       false, take_descriptors },
	{ "notify",      FD,         false, take_notify      },
	{ "ready",       FD "mb",    false, take_ready       },
	{ "pidfile",     FD "t",     false, take_pidfile     },
	{ "control",     KEPT,       false, take_control     },
	{ "client",      FD,         true,  take_client      },
	{ "socket",      KEPT "ttt", true,  take_socket      },
	{ "inherited",   FD "t",     true,  take_inherited   },
	{ "master",      "puubmmtt", true,  take_master      },
};
#define NFACTS (sizeof facts / sizeof facts[0])

struct reader {
	struct handover *h;
	size_t used;		/* of h->kept */
	bool seen[NFACTS];
};

/* Plain bytes of a text: unquoted and decoded, it is no longer than it was, so
 * there is room.  NULL: it cannot be decoded. */
static const char *
keep(struct reader *r, const char *text)
{
	char *at = r->h->kept + r->used;
	int n = strunvis(at, text);

	if (n == -1)
		return NULL;
	r->used += (size_t)n + 1;
	return at;
}

/* Digits only: strtoull(3) would take a sign, and blanks. */
static int
read_number(const char *text, char kind, uint64_t *n_r)
{
	uint64_t least = kind == 'd' ? 3 : kind == 'p' ? 1 : 0;
	uint64_t most = kind == 'd' || kind == 'p' ? INT_MAX :
	    kind == 'u' ? UINT_MAX : kind == 'm' ? INT64_MAX :
	    kind == 'b' ? 1 : UINT64_MAX;

	errno = 0;
	*n_r = strtoull(text, NULL, 10);
	return errno == 0 && text[0] != '\0' &&
	    text[strspn(text, "0123456789")] == '\0' && *n_r >= least &&
	    *n_r <= most ? 0 : -1;
}

static int
read_fact(struct reader *r, const struct fact *f, const struct scfg_line *l)
{
	const char *text[TEXTS];
	uint64_t n[NUMBERS];
	unsigned numbers = 0, texts = 0;

	if (l->block || l->n != 1 + strlen(f->words) ||
	    (!f->many && r->seen[f - facts]))
		return -1;
	r->seen[f - facts] = true;
	for (unsigned i = 1; i < l->n; i++) {
		const char *word = l->word[i].text;

		if (f->words[i - 1] != 't') {
			if (read_number(word, f->words[i - 1],
			    &n[numbers++]) == -1)
				return -1;
		} else if ((text[texts++] = keep(r, word)) == NULL) {
			return -1;
		}
	}
	return f->take(r->h, n, text);
}

/* Up to the line `plain', which says that all has been said. */
static int
read_facts(struct reader *r, const char *text, size_t size,
    struct scfg_line *l)
{
	struct scfg s;

	l->line = 0;	/* of an empty body the head is to blame */
	scfg_begin(&s, text, size);
	while (scfg_next(&s, l) == SCFG_DIRECTIVE) {
		size_t i = 0;

		if (strcmp(l->word[0].text, "plain") == 0) {
			r->h->plain = text + s.at;
			r->h->plain_size = size - s.at;
			return l->n == 1 && !l->block ? 0 : -1;
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
read_body(struct handover *h, const char *text, size_t size, struct err *e)
{
	struct reader r = { .h = h };
	struct scfg_line *l = malloc(sizeof *l);
	int end = -1;

	h->kept = malloc(2 * size + 1);
	if (l == NULL || h->kept == NULL) {
		err_sys(e, EXIT_SYSTEM, "cannot read the handover");
	} else if (read_facts(&r, text, size, l) == -1) {
		errno = EINVAL;
		err_set(e, EXIT_CONFIG, "handover: line %u is not as expected",
		    l->line + 1);
	} else if (!is_whole(&r)) {
		errno = EINVAL;
		err_set(e, EXIT_CONFIG, "handover: not all is said");
	} else {
		/* What was read may be given back. */
		h->plain = memcpy(h->kept + size, h->plain, h->plain_size);
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
	char head[HEAD_SIZE] = "", want[HEAD_SIZE];
	const char *end = memchr(text, '\n', size < HEAD_SIZE ? size :
	    HEAD_SIZE - 1);
	size_t at = end != NULL ? (size_t)(end - text) + 1 : 0;
	long version;

	memcpy(head, text, at);
	version = strncmp(head, MAGIC " ", sizeof MAGIC) == 0 ?
	    strtol(head + sizeof MAGIC, NULL, 10) : 0;
	name_body(text + at, size - at, want);
	errno = EINVAL;
	if (version == 0)
		err_set(e, EXIT_CONFIG, "handover: expected `" MAGIC "'");
	else if (version != HANDOVER_VERSION)
		err_set(e, EXIT_CONFIG, "handover: version %ld, expected %d",
		    version, HANDOVER_VERSION);
	else if (strcmp(head, want) != 0)
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
	if (read_body(h, text + at, size - at, e) == 0)
		return 0;
	handover_free(h);
	return -1;
}

void
handover_free(struct handover *h)
{
	free(h->client);
	free(h->socket);
	free(h->inherited);
	free(h->master);
	free(h->kept);
	*h = (struct handover){ .nsockets = 0 };
}
