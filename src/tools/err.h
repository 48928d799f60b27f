/* err.h - what went wrong, as one line, carried up to whoever decides.
 *
 * Floor 0 (tools). */
#ifndef TOOLS_ERR_H
#define TOOLS_ERR_H

/* Exit statuses, the same in every tool (sysexits.h has their names). */
enum exit_status {
	EXIT_STOPPED     = 0,	/* asked to stop */
	EXIT_USAGE       = 64,
	EXIT_UNAVAILABLE = 69,	/* an address or a program cannot be had */
	EXIT_INTERNAL    = 70,
	EXIT_SYSTEM      = 71,	/* the system refused something at start */
	EXIT_RUNNING     = 75,	/* another instance runs */
	EXIT_PRIVILEGE   = 77,
	EXIT_CONFIG      = 78
};

struct err {
	int status;		/* what a start should end with; enum exit_status */
	char text[512];		/* one line, or several separated by newlines */
};

/* Set text and status; errno is kept.  e may be NULL. */
void err_set(struct err *e, int status, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));

/* The same followed by ": strerror(errno)"; EACCES and EPERM give
 * EXIT_PRIVILEGE whatever the status. */
void err_sys(struct err *e, int status, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));

/* Append what else went wrong to *all (at first all zero) as one more line,
 * behind "who: " unless that is NULL; the first status stays. */
void err_add(struct err *all, const char *who, const struct err *one);

#endif
