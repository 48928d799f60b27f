/* packet.c - recvmsg and sendmsg with the address that was asked. */
#include "os/packet.h"

#include <errno.h>
#include <linux/sockios.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "os/sender.h"

union control {
	struct cmsghdr align;
	char bytes[CMSG_SPACE(sizeof(struct in6_pktinfo)) +
	    CMSG_SPACE(sizeof(struct ucred)) + CMSG_SPACE(sizeof(uint32_t))];
};

static int
family_of(int fd)
{
	int family = -1;
	socklen_t len = sizeof family;

	getsockopt(fd, SOL_SOCKET, SO_DOMAIN, &family, &len);
	return family;
}

int
packet_prepare(int fd)
{
	int one = 1;
	int r = -1;

	switch (family_of(fd)) {
	case AF_INET:
		r = setsockopt(fd, IPPROTO_IP, IP_PKTINFO, &one, sizeof one);
		break;
	case AF_INET6:
		r = setsockopt(fd, IPPROTO_IPV6, IPV6_RECVPKTINFO, &one,
		    sizeof one);
		break;
	case AF_UNIX:
		return sender_ask(fd);
	default:
		errno = EAFNOSUPPORT;
	}
	if (r == 0)
		setsockopt(fd, SOL_SOCKET, SO_RXQ_OVFL, &one, sizeof one);
	return r;
}

void
packet_remember_times(int fd)
{
	struct timespec ts;

	/* Asking is what makes it begin; there is nothing to be told yet. */
	if (ioctl(fd, SIOCGSTAMPNS, &ts) == -1)
		return;
}

/* ipi_addr is where it was sent, perhaps to many; ipi_spec_dst is who we
 * are there. */
static void
note_asked4(struct packet *p, const void *data)
{
	struct sockaddr_in *in = (struct sockaddr_in *)&p->local.ss;
	struct in_pktinfo info;

	memcpy(&info, data, sizeof info);
	in->sin_family = AF_INET;
	in->sin_port = 0;
	in->sin_addr = info.ipi_spec_dst;
	p->local.len = sizeof *in;
	p->interface = (unsigned)info.ipi_ifindex;
}

static void
note_asked6(struct packet *p, const void *data)
{
	struct sockaddr_in6 *in6 = (struct sockaddr_in6 *)&p->local.ss;
	struct in6_pktinfo info;

	memcpy(&info, data, sizeof info);
	p->interface = info.ipi6_ifindex;
	/* One that was sent to many has the kernel's choice as its source. */
	if (IN6_IS_ADDR_MULTICAST(&info.ipi6_addr))
		return;
	memset(in6, 0, sizeof *in6);
	in6->sin6_family = AF_INET6;
	in6->sin6_addr = info.ipi6_addr;
	if (IN6_IS_ADDR_LINKLOCAL(&info.ipi6_addr))
		in6->sin6_scope_id = info.ipi6_ifindex;
	p->local.len = sizeof *in6;
}

static void
note_user(struct packet *p, const void *data)
{
	struct ucred cred;

	memcpy(&cred, data, sizeof cred);
	p->uid = cred.uid;
	p->gid = cred.gid;
	p->pid = (uint32_t)cred.pid;
}

/* Who sends descriptors fills our table with them. */
static void
close_sent(const struct cmsghdr *c)
{
	const int *fd = (const int *)(const void *)CMSG_DATA(c);

	for (size_t n = (c->cmsg_len - CMSG_LEN(0)) / sizeof *fd; n > 0; n--)
		close(fd[n - 1]);
}

static void
note(struct packet *p, const struct cmsghdr *c)
{
	const void *data = CMSG_DATA(c);

	if (c->cmsg_level == IPPROTO_IP && c->cmsg_type == IP_PKTINFO)
		note_asked4(p, data);
	else if (c->cmsg_level == IPPROTO_IPV6 && c->cmsg_type == IPV6_PKTINFO)
		note_asked6(p, data);
	else if (c->cmsg_level == SOL_SOCKET && c->cmsg_type == SCM_CREDENTIALS)
		note_user(p, data);
	else if (c->cmsg_level == SOL_SOCKET && c->cmsg_type == SCM_RIGHTS)
		close_sent(c);
	else if (c->cmsg_level == SOL_SOCKET && c->cmsg_type == SO_RXQ_OVFL)
		memcpy(&p->dropped, data, sizeof p->dropped);
}

ssize_t
packet_receive(int fd, void *buf, size_t size, struct packet *p)
{
	union control control;
	struct iovec iov = { buf, size };
	struct msghdr m = {
		.msg_name = &p->peer.ss, .msg_namelen = sizeof p->peer.ss,
		.msg_iov = &iov, .msg_iovlen = 1,
		.msg_control = &control, .msg_controllen = sizeof control,
	};
	ssize_t n = recvmsg(fd, &m, MSG_DONTWAIT | MSG_CMSG_CLOEXEC);

	if (n == -1)
		return -1;
	p->peer.len = m.msg_namelen;
	p->local.len = 0;
	p->local.ss.ss_family = AF_UNSPEC;
	p->interface = 0;
	p->dropped = 0;
	p->truncated = (m.msg_flags & MSG_TRUNC) != 0;
	for (struct cmsghdr *c = CMSG_FIRSTHDR(&m); c != NULL;
	    c = CMSG_NXTHDR(&m, c))
		note(p, c);
	return n;
}

/* The interface is left open but where the address is no one's without it:
 * for IPv4 it would override the address (ip(7)). */
static size_t
say_source(const struct packet *p, union control *control, struct msghdr *m)
{
	const struct sockaddr_in *in = (const struct sockaddr_in *)&p->local.ss;
	const struct sockaddr_in6 *in6 =
	    (const struct sockaddr_in6 *)&p->local.ss;
	struct in_pktinfo info = { .ipi_ifindex = 0 };
	struct in6_pktinfo info6 = { .ipi6_ifindex = 0 };
	bool v6 = p->peer.ss.ss_family == AF_INET6;
	const void *data = v6 ? (const void *)&info6 : &info;
	size_t n = v6 ? sizeof info6 : sizeof info;
	struct cmsghdr *c;

	if (v6 && p->local.len > 0) {
		info6.ipi6_addr = in6->sin6_addr;
		info6.ipi6_ifindex = in6->sin6_scope_id;
	} else if (v6) {
		info6.ipi6_ifindex = p->interface;
	} else {
		info.ipi_spec_dst = in->sin_addr;
	}
	m->msg_control = control;
	m->msg_controllen = CMSG_SPACE(n);
	c = CMSG_FIRSTHDR(m);
	c->cmsg_len = CMSG_LEN(n);
	c->cmsg_level = v6 ? IPPROTO_IPV6 : IPPROTO_IP;
	c->cmsg_type = v6 ? IPV6_PKTINFO : IP_PKTINFO;
	memcpy(CMSG_DATA(c), data, n);
	return CMSG_SPACE(n);
}

int
packet_reply(int fd, const struct packet *p, const void *data, size_t n)
{
	union control control;
	struct iovec iov = { (void *)(uintptr_t)data, n };
	struct msghdr m = {
		.msg_name = (void *)(uintptr_t)&p->peer.ss,
		.msg_namelen = p->peer.len,
		.msg_iov = &iov, .msg_iovlen = 1,
	};

	if (p->peer.len == 0) {
		errno = ENOTCONN;
		return -1;
	}
	if (p->peer.ss.ss_family == AF_INET6 ||
	    (p->peer.ss.ss_family == AF_INET && p->local.len > 0))
		m.msg_controllen = say_source(p, &control, &m);
	return sendmsg(fd, &m, MSG_NOSIGNAL) == -1 ? -1 : 0;
}
