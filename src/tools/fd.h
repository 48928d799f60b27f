/* fd.h - descriptors kept where they belong.
 *
 * Floor 0 (tools). */
#ifndef TOOLS_FD_H
#define TOOLS_FD_H

#include <stdbool.h>
#include <sys/types.h>

/* Make sure that 0, 1 and 2 are open (on /dev/null where they are not), so
 * that nothing else ever gets these numbers by accident (fault A7).  0 or
 * -1; nothing can be said about a failure yet. */
int fd_floor(void);

/* The same descriptor above 2, close-on-exec; closes the old one.  For what
 * was just made: -1 passes through.  -1 with errno on failure (then the old
 * one is closed too). */
int fd_high(int fd);

/* Close *fd unless it is -1, and make it -1; errno is kept. */
void fd_close(int *fd);

/* Shall it be open in a program that we become?  0, or -1 with errno. */
int fd_pass(int fd, bool pass);

/* Is it the socket with that inode number, and no other? */
bool fd_is_socket(int fd, ino_t id);

/* Another open file description of the same file, non-blocking, so that
 * O_NONBLOCK is not forced on others who share it; -1 if there is no way
 * (a socket, no /proc, no permission). */
int fd_reopen_nonblock(int fd, int flags);

#endif
