/* title.h - what the process list shows of us. */
#ifndef OS_TITLE_H
#define OS_TITLE_H

/* First of all in main(): the room of arguments and environment is taken for
 * titles; both are copied. */
void title_begin(int argc, char **argv);

/* Show "PROGRAM: ROLE NAME STATE", 255 bytes at most, 48 of them STATE, which
 * is formatted.  Who looks meanwhile finds role and name in any case.  Without
 * title_begin() that is not so; without setproctitle_init(3bsd), which a
 * library's caller may have called instead, nothing is shown. */
void title_set(const char *role, const char *name, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));

#endif
