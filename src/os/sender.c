/* sender.c - recvmsg with credentials. */
#include "os/sender.h"

#include <string.h>

int
sender_ask(int fd)
{
	int one = 1;

	return setsockopt(fd, SOL_SOCKET, SO_PASSCRED, &one, sizeof one);
}

ssize_t
sender_take(int fd, void *buf, size_t size, struct ucred *cred_r)
{
	union {
		struct cmsghdr align;
		char bytes[CMSG_SPACE(sizeof(struct ucred))];
	} control;
	struct iovec iov = { buf, size };
	struct msghdr m = {
		.msg_iov = &iov, .msg_iovlen = 1,
		.msg_control = &control, .msg_controllen = sizeof control,
	};
	ssize_t n = recvmsg(fd, &m, MSG_DONTWAIT | MSG_CMSG_CLOEXEC);
	const struct cmsghdr *h = n != -1 ? CMSG_FIRSTHDR(&m) : NULL;

	*cred_r = (struct ucred){ 0, (uid_t)-1, (gid_t)-1 };
	if (h != NULL && h->cmsg_level == SOL_SOCKET &&
	    h->cmsg_type == SCM_CREDENTIALS)
		memcpy(cred_r, CMSG_DATA(h), sizeof *cred_r);
	return n;
}
