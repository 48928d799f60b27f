/* err.c - one line about what went wrong. */
#include "tools/err.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

void
err_set(struct err *e, int status, const char *fmt, ...)
{
	int keep = errno;
	va_list ap;

	if (e == NULL)
		return;
	e->status = status;
	va_start(ap, fmt);
	vsnprintf(e->text, sizeof e->text, fmt, ap);
	va_end(ap);
	errno = keep;
}

void
err_sys(struct err *e, int status, const char *fmt, ...)
{
	int keep = errno;
	size_t n;
	va_list ap;

	if (e == NULL)
		return;
	e->status = keep == EACCES || keep == EPERM ? EXIT_PRIVILEGE : status;
	va_start(ap, fmt);
	vsnprintf(e->text, sizeof e->text, fmt, ap);
	va_end(ap);
	n = strlen(e->text);
	snprintf(e->text + n, sizeof e->text - n, ": %s", strerror(keep));
	errno = keep;
}

void
err_add(struct err *all, const char *who, const struct err *one)
{
	size_t n = strlen(all->text);

	if (n == 0)
		all->status = one->status;
	snprintf(all->text + n, sizeof all->text - n, "%s%s%s%s",
	    n > 0 ? "\n" : "", who != NULL ? who : "",
	    who != NULL ? ": " : "", one->text);
}
