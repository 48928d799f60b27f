/* log.h - what brood tells: one event, one line, `verb key=value ...`.
 *
 * Nothing here ever blocks: lines wait in a bounded buffer, and what does
 * not fit is counted and told when there is room again.  This is one of the
 * two places with file-scope state.  Floor 0 (tools). */
#ifndef TOOLS_LOG_H
#define TOOLS_LOG_H

#include <stdbool.h>
#include <stddef.h>

enum log_level {
	LOG_LEVEL_NONE = -1,	/* until log_open() */
	LOG_LEVEL_ERROR,
	LOG_LEVEL_WARN,		/* --quiet shows up to here */
	LOG_LEVEL_INFO,		/* the default */
	LOG_LEVEL_DEBUG		/* --verbose */
};

/* where: "none", "stderr", "syslog" or an absolute path.  stderr means
 * descriptor 2 as it is now; a copy is kept, so that 2 may be given to the
 * programs.  0, or -1 with errno. */
int log_open(const char *where, enum log_level most);

/* Open a file again, or connect to syslog again.  On failure the old one
 * stays, and -1 with errno is returned. */
int log_reopen(void);

/* The level of that name; false: there is none. */
bool log_level_of(const char *word, enum log_level *level_r);

/* Show more, or less, from now on, and in children that are started from now
 * on.  False: there is no log. */
bool log_set_level(enum log_level most);

/* End each line with ` service=NAME', for logs that several share; "" = do not. */
void log_service(const char *name);

/* Would a line of this level be seen?  To save the making of it. */
bool log_shows(enum log_level level);

void log_error(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
void log_warn(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
void log_info(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
void log_debug(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

/* A line of a program's standard error: any bytes, escaped (vis(3)), cut
 * at LOG_LINE with "...+n". */
void log_program(int pid, const char *bytes, size_t n);

/* Quote and escape a value that came from outside, for a log_*() argument:
 * `"a b"`, `plain`.  Returns buf, always terminated. */
const char *log_value(const char *s, char *buf, size_t size);

enum { LOG_LINE = 1024, LOG_BUFFER = 65536 };

/* Write what waits, as far as it goes without blocking.  Returns true when
 * nothing waits any more. */
bool log_flush(void);

/* The descriptor to poll for writing while log_flush() is false; -1 = none. */
int log_fd(void);

/* After a fork, in the child: what waits is the parent's to write. */
void log_child(void);

/* Write what waits, giving a slow reader up to ms milliseconds, and close. */
void log_close(int ms);

#endif
