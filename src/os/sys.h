/* sys.h - system calls as the kernel has them: a value, or minus an errno.
 *
 * For a child that shares memory with its parent, and with it the thread
 * pointer and so errno: libc's wrappers would write into the parent's.  On
 * other processors, where every child has its own memory, libc's syscall(2)
 * is as good.  Floor 2 (os). */
#ifndef OS_SYS_H
#define OS_SYS_H

#include <errno.h>
#include <signal.h>
#include <stddef.h>
#include <sys/syscall.h>
#include <unistd.h>

static inline long
sys_call6(long nr, long a, long b, long c, long d, long e, long f)
{
#ifdef __x86_64__
	register long r10 __asm__("r10") = d;
	register long r8 __asm__("r8") = e;
	register long r9 __asm__("r9") = f;
	long r;

	__asm__ volatile("syscall" : "=a"(r)
	    : "a"(nr), "D"(a), "S"(b), "d"(c), "r"(r10), "r"(r8), "r"(r9)
	    : "rcx", "r11", "memory");
	return r;
#else
	long r = syscall(nr, a, b, c, d, e, f);

	return r == -1 ? -errno : r;
#endif
}

#define SYS_LONG(x) ((long)(x))

static inline long
sys_call3(long nr, long a, long b, long c)
{
	return sys_call6(nr, a, b, c, 0, 0, 0);
}

static inline long
sys_accept4(int fd, void *sa, void *len, int flags)
{
	return sys_call6(SYS_accept4, fd, SYS_LONG(sa), SYS_LONG(len), flags, 0, 0);
}

static inline long
sys_epoll_pwait(int fd, void *events, int most, int ms, const void *mask)
{
	return sys_call6(SYS_epoll_pwait, fd, SYS_LONG(events), most, ms,
	    SYS_LONG(mask), 8);
}

static inline long
sys_epoll_ctl(int ep, int op, int fd, void *event)
{
	return sys_call6(SYS_epoll_ctl, ep, op, fd, SYS_LONG(event), 0, 0);
}

static inline long
sys_ppoll(void *fds, unsigned n, const void *timeout, const void *mask)
{
	return sys_call6(SYS_ppoll, SYS_LONG(fds), n, SYS_LONG(timeout),
	    SYS_LONG(mask), 8, 0);
}

static inline long
sys_getsockname(int fd, void *sa, void *len)
{
	return sys_call3(SYS_getsockname, fd, SYS_LONG(sa), SYS_LONG(len));
}

static inline long
sys_getsockopt(int fd, int level, int name, void *value, void *len)
{
	return sys_call6(SYS_getsockopt, fd, level, name, SYS_LONG(value),
	    SYS_LONG(len), 0);
}

static inline long
sys_read(int fd, void *buf, size_t n)
{
	return sys_call3(SYS_read, fd, SYS_LONG(buf), SYS_LONG(n));
}

static inline long
sys_write(int fd, const void *buf, size_t n)
{
	return sys_call3(SYS_write, fd, SYS_LONG(buf), SYS_LONG(n));
}

static inline long
sys_recv(int fd, void *buf, size_t n, int flags)
{
	return sys_call6(SYS_recvfrom, fd, SYS_LONG(buf), SYS_LONG(n), flags, 0, 0);
}

static inline long
sys_shutdown(int fd, int how)
{
	return sys_call3(SYS_shutdown, fd, how, 0);
}

static inline long
sys_ioctl(int fd, unsigned long request, void *arg)
{
	return sys_call3(SYS_ioctl, fd, SYS_LONG(request), SYS_LONG(arg));
}

/* Of the kernel's: none blocked, and all that can be. */
static const unsigned long sys_no_signals[1] = { 0 };
static const unsigned long sys_all_signals[1] = { ~0UL };

static inline long
sys_getpid(void)
{
	return sys_call3(SYS_getpid, 0, 0, 0);
}

static inline long
sys_dup3(int from, int to, int flags)
{
	return sys_call3(SYS_dup3, from, to, flags);
}

static inline long
sys_close(int fd)
{
	return sys_call3(SYS_close, fd, 0, 0);
}

static inline long
sys_close_range(unsigned first, unsigned last)
{
	return sys_call3(SYS_close_range, first, last, 0);
}

static inline long
sys_setsid(void)
{
	return sys_call3(SYS_setsid, 0, 0, 0);
}

static inline long
sys_setrlimit(int resource, const void *limit)
{
	return sys_call6(SYS_prlimit64, 0, resource, SYS_LONG(limit), 0, 0, 0);
}

static inline long
sys_sigmask(int how, const void *set)
{
	return sys_call6(SYS_rt_sigprocmask, how, SYS_LONG(set), 0, 8, 0, 0);
}

/* A child with its own copy of the memory, told by SIGCHLD. */
static inline long
sys_fork(void)
{
#ifdef __x86_64__
	return sys_call6(SYS_clone, SIGCHLD, 0, 0, 0, 0, 0);
#else
	long r = fork();

	return r == -1 ? -errno : r;
#endif
}

static inline long
sys_wait4(long pid, int *status, int options)
{
	return sys_call6(SYS_wait4, pid, SYS_LONG(status), options, 0, 0, 0);
}

static inline long
sys_getppid(void)
{
	return sys_call3(SYS_getppid, 0, 0, 0);
}

static inline long
sys_kill_self(int number)
{
	return sys_call3(SYS_kill, sys_getpid(), number, 0);
}

static inline long
sys_execve(const char *path, char *const *argv, char *const *envp)
{
	return sys_call3(SYS_execve, SYS_LONG(path), SYS_LONG(argv), SYS_LONG(envp));
}

static inline _Noreturn void
sys_exit(int status)
{
	for (;;)
		sys_call3(SYS_exit_group, status, 0, 0);
}

#endif
