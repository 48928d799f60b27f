/* log.c - lines in a bounded buffer; nothing here blocks. */
#include "tools/log.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <syslog.h>
#include <time.h>
#include <unistd.h>
#include <vis.h>

#include "tools/clock.h"
#include "tools/devlog.h"
#include "tools/fd.h"

enum sort { TO_FILE, TO_SOCKET, TO_POLLED, TO_SYSLOG };

static struct {
	enum log_level most;
	enum sort sort;
	int fd;			/* -1: nowhere */
	char path[256];		/* what log_reopen() opens; "" = nothing */
	char service[48];	/* ends each line; "" = nothing */
	char buf[LOG_BUFFER];
	size_t used;
	unsigned long dropped;	/* lines that nobody was told of */
	unsigned long telling;	/* ... and of these a line tells, ... */
	size_t told_at;		/* ... which ends here in buf */
} the = { .most = LOG_LEVEL_NONE, .fd = -1 };

static const struct {
	const char *word;
	int priority;
} levels[] = {
	[LOG_LEVEL_ERROR] = { "error", LOG_ERR     },
	[LOG_LEVEL_WARN]  = { "warn",  LOG_WARNING },
	[LOG_LEVEL_INFO]  = { "info",  LOG_INFO    },
	[LOG_LEVEL_DEBUG] = { "debug", LOG_DEBUG   },
};

static int
open_path(const char *path)
{
	return fd_high(open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC |
	    O_NOCTTY | O_NONBLOCK, 0640));
}

/* A descriptor for what 2 is now that never blocks, and how to write to it.
 * O_NONBLOCK on 2 itself would be forced on the shell that started us. */
static int
open_stderr(enum sort *sort_r)
{
	struct stat st;
	mode_t sort = fstat(2, &st) == 0 ? st.st_mode & S_IFMT : 0;
	int fd;

	/* A file never blocks, and its offset is shared with other writers. */
	*sort_r = sort == S_IFSOCK ? TO_SOCKET : TO_FILE;
	if (sort == S_IFSOCK || sort == S_IFREG)
		return fcntl(2, F_DUPFD_CLOEXEC, 3);
	fd = fd_reopen_nonblock(2, O_WRONLY | O_APPEND);
	if (fd != -1)
		return fd;
	*sort_r = TO_POLLED;
	return fcntl(2, F_DUPFD_CLOEXEC, 3);
}

int
log_open(const char *where, enum log_level most)
{
	enum sort sort = TO_FILE;
	int fd = -1;

	the.most = most;
	the.path[0] = '\0';
	if (strcmp(where, "syslog") == 0) {
		fd = devlog_open();
		sort = TO_SYSLOG;
	} else if (strcmp(where, "stderr") == 0) {
		fd = open_stderr(&sort);
	} else {
		fd = open_path(where);
		if (strlcpy(the.path, where, sizeof the.path) >= sizeof the.path) {
			errno = ENAMETOOLONG;
			fd_close(&fd);
		}
	}
	if (fd == -1)
		return -1;
	fd_close(&the.fd);
	the.fd = fd;
	the.sort = sort;
	return 0;
}

int
log_reopen(void)
{
	int fd;

	if (the.path[0] == '\0' && the.sort != TO_SYSLOG)
		return 0;
	log_flush();
	fd = the.sort == TO_SYSLOG ? devlog_open() : open_path(the.path);
	if (fd == -1)
		return -1;
	fd_close(&the.fd);
	the.fd = fd;
	return 0;
}

bool
log_level_of(const char *word, enum log_level *level_r)
{
	for (int i = LOG_LEVEL_ERROR; i <= LOG_LEVEL_DEBUG; i++)
		if (strcmp(levels[i].word, word) == 0) {
			*level_r = (enum log_level)i;
			return true;
		}
	return false;
}

bool
log_set_level(enum log_level most)
{
	if (the.most == LOG_LEVEL_NONE)
		return false;
	the.most = most;
	return true;
}

bool
log_shows(enum log_level level)
{
	return level <= the.most;
}

/* One write that does not block; -1 with EAGAIN if it would. */
static ssize_t
put(const char *s, size_t n)
{
	struct pollfd p = { .fd = the.fd, .events = POLLOUT };

	switch (the.sort) {
	case TO_SOCKET:
		return send(the.fd, s, n, MSG_DONTWAIT | MSG_NOSIGNAL);
	case TO_POLLED:
		/* A pipe that polls writable takes PIPE_BUF bytes. */
		if (poll(&p, 1, 0) != 1 || !(p.revents & POLLOUT)) {
			errno = EAGAIN;
			return -1;
		}
		return write(the.fd, s, n < 512 ? n : 512);
	case TO_SYSLOG:
		return devlog_put(the.fd, s, n);
	case TO_FILE:
		break;
	}
	return write(the.fd, s, n);
}

static void
forget(size_t n)
{
	memmove(the.buf, the.buf + n, the.used - n);
	the.used -= n;
	if (n >= the.told_at)
		the.telling = 0;
	the.told_at -= n < the.told_at ? n : the.told_at;
}

static void
count_lines_lost(void)
{
	for (size_t i = 0; i < the.used; i++)
		the.dropped += the.buf[i] == '\n';
	/* The line that would have told is none that anybody misses. */
	if (the.telling > 0)
		the.dropped += the.telling - 1;
	the.telling = 0;
	the.used = 0;
}

int
log_fd(void)
{
	return the.used > 0 ? the.fd : -1;
}

/* As far as it goes; true when nothing waits any more. */
static bool
write_out(void)
{
	size_t done = 0;

	if (the.fd == -1)
		return true;
	while (done < the.used) {
		ssize_t n = put(the.buf + done, the.used - done);

		if (n > 0) {
			done += (size_t)n;
		} else if (n == -1 && errno == EINTR) {
			continue;
		} else {
			break;
		}
	}
	if (done < the.used && errno != EAGAIN) {
		/* Broken or full for good: these are lost, the next may not be. */
		forget(done);
		count_lines_lost();
		return true;
	}
	forget(done);
	return the.used == 0;
}

static void
append(const char *s, size_t n)
{
	if (n > sizeof the.buf - the.used)
		write_out();
	if (n > sizeof the.buf - the.used) {
		the.dropped++;
		return;
	}
	memcpy(the.buf + the.used, s, n);
	the.used += n;
}

static size_t
stamp(enum log_level level, char *buf, size_t size)
{
	struct timespec ts;
	struct tm tm;
	size_t n;

	clock_gettime(CLOCK_REALTIME, &ts);
	gmtime_r(&ts.tv_sec, &tm);
	n = strftime(buf, size, "%Y-%m-%dT%H:%M:%S", &tm);
	return n + (size_t)snprintf(buf + n, size - n, ".%03ldZ %s ",
	    ts.tv_nsec / 1000000, levels[level].word);
}

void
log_service(const char *name)
{
	strlcpy(the.service, name, sizeof the.service);
}

/* Whose line it is, where that is not said already.  Returns its length. */
static size_t
add_service(char *text, size_t n, size_t size)
{
	if (the.service[0] == '\0' || strstr(text, " service=") != NULL ||
	    n + sizeof the.service + 10 >= size)
		return n;
	return n + (size_t)snprintf(text + n, size - n, " service=%s",
	    the.service);
}

static void __attribute__((format(printf, 2, 0)))
line(enum log_level level, const char *fmt, va_list ap)
{
	char text[LOG_LINE + 192];
	size_t most = LOG_LINE + 126, head, n;

	if (level > the.most)
		return;
	head = the.sort == TO_SYSLOG ?
	    devlog_head(levels[level].priority, text, sizeof text) :
	    stamp(level, text, sizeof text);
	n = (size_t)vsnprintf(text + head, most - head + 1, fmt, ap);
	n = n <= most - head ? head + n : most;
	n = add_service(text, n, sizeof text - 1);
	text[n++] = '\n';
	if (the.fd != -1)
		append(text, n);
}

void
log_child(void)
{
	the.used = 0;
	the.dropped = 0;
	the.telling = 0;
}

static void __attribute__((format(printf, 2, 3)))
say(enum log_level level, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	line(level, fmt, ap);
	va_end(ap);
}

/* Before the next line, tell what was lost, once there is room. */
static void
tell_dropped(void)
{
	unsigned long n = the.dropped;

	/* One at a time. */
	if (n == 0 || the.telling > 0 || !log_shows(LOG_LEVEL_WARN) ||
	    sizeof the.buf - the.used < 4 * LOG_LINE)
		return;
	the.dropped = 0;
	say(LOG_LEVEL_WARN, "log-dropped lines=%lu", n);
	the.telling = n;
	the.told_at = the.used;
}

bool
log_flush(void)
{
	if (!write_out())
		return false;
	/* Its reader has caught up: what was lost is told now. */
	if (the.fd == -1 || the.dropped == 0)
		return true;
	tell_dropped();
	return write_out();
}

#define DEFINE_LOG(name, level)						\
void									\
name(const char *fmt, ...)						\
{									\
	va_list ap;							\
									\
	tell_dropped();							\
	va_start(ap, fmt);						\
	line(level, fmt, ap);						\
	va_end(ap);							\
}

DEFINE_LOG(log_error, LOG_LEVEL_ERROR)
DEFINE_LOG(log_warn, LOG_LEVEL_WARN)
DEFINE_LOG(log_info, LOG_LEVEL_INFO)
DEFINE_LOG(log_debug, LOG_LEVEL_DEBUG)

/* Escape bytes into buf, quotes as well; returns how many were taken. */
static size_t
escape(const char *bytes, size_t n, char *buf, size_t size)
{
	size_t used = 0;
	size_t i;

	/* The longest form of one byte has four characters. */
	for (i = 0; i < n && used + 6 < size; i++) {
		if (bytes[i] == '"')
			buf[used++] = '\\';
		used += (size_t)(vis(buf + used, bytes[i],
		    VIS_OCTAL | VIS_CSTYLE | VIS_NL | VIS_TAB, i + 1 < n ? bytes[i + 1] : 0) -
		    (buf + used));
	}
	buf[used] = '\0';
	return i;
}

void
log_program(int pid, const char *bytes, size_t n)
{
	char text[LOG_LINE];
	size_t taken = escape(bytes, n, text, sizeof text);

	if (taken < n)
		log_warn("program pid=%d text=\"%s...+%zu\"", pid, text, n - taken);
	else
		log_warn("program pid=%d text=\"%s\"", pid, text);
}

const char *
log_value(const char *s, char *buf, size_t size)
{
	size_t n = strlen(s);
	bool plain = n > 0;
	size_t used;

	for (size_t i = 0; i < n; i++)
		plain &= s[i] > ' ' && s[i] < 127 && s[i] != '"' &&
		    s[i] != '\\' && s[i] != '=';
	if (plain) {
		escape(s, n, buf, size);
		return buf;
	}
	buf[0] = '"';
	escape(s, n, buf + 1, size - 2);
	used = strlen(buf);
	buf[used] = '"';
	buf[used + 1] = '\0';
	return buf;
}

void
log_close(int ms)
{
	struct pollfd p = { .fd = the.fd, .events = POLLOUT };
	int64_t until = clock_ms() + ms, left = ms;

	tell_dropped();
	while (!log_flush() && left > 0 && poll(&p, 1, (int)left) == 1)
		left = until - clock_ms();
	fd_close(&the.fd);
}
