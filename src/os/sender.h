/* sender.h - bytes from a unix socket, and who sent them.
 *
 * The kernel tells it of every piece, and never makes one piece of what two
 * processes wrote (SCM_CREDENTIALS, unix(7)).  It is the sender's real user,
 * unless he has the right to claim another.
 * Floor 2 (os). */
#ifndef OS_SENDER_H
#define OS_SENDER_H

#include <sys/socket.h>
#include <sys/types.h>

/* Let the kernel tell it of all that is sent from now on.  Of a socket that
 * will listen: of the first byte that a client sends, too, as connections
 * inherit it.  0, or -1 with errno. */
int sender_ask(int fd);

/* recv(2) of a socket that was asked, never waiting.  *cred_r has pid 0 and
 * uid -1 if nothing was told.  Descriptors that are sent along are never ours:
 * there is no room for them, so the kernel closes them. */
ssize_t sender_take(int fd, void *buf, size_t size, struct ucred *cred_r);

#endif
