/* files.c - a small HTTP/1.0 server for the files of one folder.
 *
 *	cc -o files files.c -lbrood
 *	./files localhost:7000 /usr/share/doc &
 *	curl http://localhost:7000/brood/README
 *
 * GET and HEAD.  A folder is its index.html; there is no listing.  Nothing
 * outside of the folder can be had: a path is opened name by name, no name may
 * begin with a dot, and no symbolic link is followed.
 *
 * The request may have 8 KB and take 10 seconds; a client that takes 10
 * seconds for 16 KB of the answer is left; nobody stays for more than 10
 * minutes. */
#include <brood.h>
#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

enum {
	REQUEST_BYTES = 8192,
	PATH_BYTES    = REQUEST_BYTES + sizeof "index.html",
	REQUEST_MS    = 10000,
	PART_BYTES    = 16384,	/* in WRITE_S, at least */
	WRITE_S       = 10
};

struct request {
	bool head;		/* HEAD: no body */
	char *target;		/* as sent, without its query */
	char path[PATH_BYTES];	/* decoded; begins with a slash */
};

/* ---- what is said ---- */

static const struct {
	int code;
	const char *text;
} statuses[] = {
	{ 200, "OK" },
	{ 301, "Moved Permanently" },
	{ 400, "Bad Request" },
	{ 403, "Forbidden" },
	{ 404, "Not Found" },
	{ 408, "Request Timeout" },
	{ 431, "Request Header Fields Too Large" },
	{ 500, "Internal Server Error" },
	{ 501, "Not Implemented" },
	{ 505, "HTTP Version Not Supported" },
};

static const char *
status_text(int code)
{
	for (size_t i = 0; i < sizeof statuses / sizeof statuses[0]; i++)
		if (statuses[i].code == code)
			return statuses[i].text;
	return "Unknown";
}

/* What a browser must know to show it; all else is to be saved. */
static const char *
type_of(const char *path)
{
	static const char *const types[][2] = {
		{ ".html", "text/html"       },
		{ ".css",  "text/css"        },
		{ ".js",   "text/javascript" },
		{ ".txt",  "text/plain"      },
		{ ".png",  "image/png"       },
		{ ".jpg",  "image/jpeg"      },
		{ ".svg",  "image/svg+xml"   },
		{ ".pdf",  "application/pdf" },
	};
	const char *dot = strrchr(path, '.');

	for (size_t i = 0; i < sizeof types / sizeof types[0]; i++)
		if (dot != NULL && strcasecmp(dot, types[i][0]) == 0)
			return types[i][1];
	return "application/octet-stream";
}

/* An answer that is not a file.  r is NULL if the request was none. */
static void
send_status(int fd, const struct request *r, int code)
{
	char body[64];
	int n = snprintf(body, sizeof body, "%d %s\n", code, status_text(code));

	dprintf(fd, "HTTP/1.0 %d %s\r\nContent-Type: text/plain\r\n"
	    "Content-Length: %d\r\n", code, status_text(code), n);
	if (code == 301)
		dprintf(fd, "Location: %s/\r\n", r->target);
	dprintf(fd, "\r\n%s", r != NULL && r->head ? "" : body);
}

/* As many bytes as were promised, or the end.  A part that is not sent whole
 * was not in time. */
static void
send_file(int fd, int file, off_t size)
{
	char part[PART_BYTES];

	while (size > 0) {
		size_t left = size < PART_BYTES ? (size_t)size : PART_BYTES;
		ssize_t n = read(file, part, left);

		if (n <= 0 || write(fd, part, (size_t)n) != n)
			return;
		size -= n;
	}
}

/* ---- what is asked ---- */

/* How a request's head can end. */
static bool
is_whole(const char *request)
{
	return strstr(request, "\r\n\r\n") != NULL ||
	    strstr(request, "\n\n") != NULL;
}

static int64_t
now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

/* The head of a request, as a string.  0, or the status that says what is
 * wrong with it; -1 if the client is gone. */
static int
read_request(int fd, char buf[REQUEST_BYTES])
{
	int64_t until = now_ms() + REQUEST_MS;
	struct pollfd p = { .fd = fd, .events = POLLIN };
	size_t used = 0;

	for (;;) {
		int64_t left = until - now_ms();
		ssize_t n;

		if (left <= 0 || poll(&p, 1, (int)left) <= 0)
			return 408;
		n = read(fd, buf + used, REQUEST_BYTES - 1 - used);
		if (n <= 0)
			return -1;
		used += (size_t)n;
		buf[used] = '\0';
		if (strlen(buf) < used)
			return 400;
		if (is_whole(buf))
			return 0;
		if (used == REQUEST_BYTES - 1)
			return 431;
	}
}

static int
hex(char c)
{
	const char *digits = "0123456789abcdef";
	const char *at = c != '\0' ? strchr(digits, tolower((unsigned char)c)) :
	    NULL;

	return at != NULL ? (int)(at - digits) : -1;
}

/* %41 is A.  path: as long as target at least.  false: nonsense, or a NUL. */
static bool
decode(const char *target, char *path)
{
	for (; *target != '\0'; target++) {
		int high, low;

		*path++ = *target;
		if (*target != '%')
			continue;
		high = hex(target[1]);
		low = high != -1 ? hex(target[2]) : -1;
		if (low == -1 || high + low == 0)
			return false;
		path[-1] = (char)(high << 4 | low);
		target += 2;
	}
	*path = '\0';
	return true;
}

/* 0, or the status that says what is wrong. */
static int
parse_request(char *text, struct request *r)
{
	char *end = text + strcspn(text, "\r\n");
	char *method = text, *version;

	*end = '\0';
	r->target = strchr(method, ' ');
	version = r->target != NULL ? strchr(r->target + 1, ' ') : NULL;
	if (version == NULL || strncmp(version + 1, "HTTP/", 5) != 0)
		return 400;
	*r->target++ = '\0';
	*version++ = '\0';
	r->head = strcmp(method, "HEAD") == 0;
	if (strncmp(version, "HTTP/1.", 7) != 0)
		return 505;
	if (!r->head && strcmp(method, "GET") != 0)
		return 501;
	r->target[strcspn(r->target, "?#")] = '\0';
	/* What is not printable would be in Location as it is. */
	for (const char *c = r->target; *c != '\0'; c++)
		if (!isgraph((unsigned char)*c))
			return 400;
	return r->target[0] == '/' && decode(r->target, r->path) ? 0 : 400;
}

/* ---- what is found ---- */

/* Open a path below a folder: a descriptor, or -1 with errno.  path is cut to
 * pieces. */
static int
open_below(int folder, char *path)
{
	char *rest = path, *name;
	int fd = openat(folder, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	while (fd != -1 && (name = strsep(&rest, "/")) != NULL) {
		int above = fd;

		if (name[0] == '\0')
			continue;
		errno = ENOENT;
		/* O_NONBLOCK: it may be a pipe, and nobody writes. */
		fd = name[0] == '.' ? -1 : openat(above, name,
		    O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
		close(above);
	}
	return fd;
}

static int
status_of_errno(void)
{
	switch (errno) {
	case EACCES:
		return 403;
	case ENOENT:
	case ENOTDIR:
	case ELOOP:
	case ENAMETOOLONG:
	case ENXIO:
		return 404;
	default:
		return 500;
	}
}

/* What a request means: an open file, with its size, as 200; or else. */
static int
find_file(int folder, struct request *r, int *file_r, off_t *size_r)
{
	size_t n = strlen(r->path);
	bool is_folder = r->path[n - 1] == '/';
	char path[PATH_BYTES];
	struct stat st;

	/* Two slashes in a Location would begin the name of another host. */
	if (strstr(r->path, "//") != NULL)
		return 404;
	if (is_folder)
		strcpy(r->path + n, "index.html");
	strcpy(path, r->path);
	*file_r = open_below(folder, path);
	if (*file_r == -1)
		return status_of_errno();
	if (fstat(*file_r, &st) == -1)
		return 500;
	*size_r = st.st_size;
	if (S_ISDIR(st.st_mode))
		return is_folder ? 404 : 301;
	return S_ISREG(st.st_mode) ? 200 : 403;
}

static void
answer(int fd, int folder, struct request *r)
{
	int file = -1;
	off_t size = 0;
	int code = find_file(folder, r, &file, &size);

	if (code == 200) {
		dprintf(fd, "HTTP/1.0 200 OK\r\nContent-Type: %s\r\n"
		    "Content-Length: %lld\r\n\r\n", type_of(r->path),
		    (long long)size);
		if (!r->head)
			send_file(fd, file, size);
	} else
		send_status(fd, r, code);
	if (file != -1)
		close(file);
}

static void
serve(struct brood_client *c, int fd, void *arg)
{
	const int *folder = arg;
	struct timeval t = { .tv_sec = WRITE_S };
	char text[REQUEST_BYTES];
	struct request r = { .head = false };
	int wrong;

	setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &t, sizeof t);
	wrong = read_request(fd, text);
	if (wrong == -1)
		return;
	if (wrong == 0)
		wrong = parse_request(text, &r);
	if (wrong != 0)
		send_status(fd, &r, wrong);
	else
		answer(fd, *folder, &r);
	brood_finish(c);
}

int
main(int argc, char **argv)
{
	const char *name = argc > 2 ? argv[2] : ".";
	int folder = open(name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	struct brood *b = brood_new();

	if (folder == -1) {
		perror(name);
		return 66;
	}
	brood_on_stream(b, serve, &folder);
	brood_set(b, "session-time", "600s");
	return brood_serve(b, argc > 1 ? argv[1] : "localhost:7000");
}
