/* launch.c - clone3(CLONE_VM) on a stack of its own, or fork. */
#include "config.h"
#include "os/launch.h"

#include <errno.h>
#include <sched.h>
#include <signal.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>
#ifdef HAVE_SHARED_MEMORY
#include <linux/sched.h>
#endif

#include "os/sys.h"

/* The environment of a program is put together on this stack; what is not
 * touched costs nothing. */
#define STACK_BYTES ((size_t)32768)
#define GUARD_BYTES ((size_t)4096)

int
launch_signal(void)
{
	/* Not a real-time signal: these are lost when their queue is full. */
	return SIGURG;
}

#ifdef HAVE_SHARED_MEMORY
/* The child comes back from the kernel on another stack, so everything it
 * needs is in registers that the kernel keeps. */
static long
clone_on(struct clone_args *args, launch_fn *fn, const void *task,
    unsigned seat)
{
	register const void *r12 __asm__("r12") = task;
	register unsigned long r13 __asm__("r13") = seat;
	register launch_fn *r14 __asm__("r14") = fn;
	long r;

	__asm__ volatile(
	    "syscall\n\t"
	    "test %%rax, %%rax\n\t"
	    "jnz 1f\n\t"
	    "xor %%ebp, %%ebp\n\t"	/* the outermost frame */
	    "mov %%r12, %%rdi\n\t"
	    "mov %%r13, %%rsi\n\t"
	    "call *%%r14\n\t"
	    "hlt\n"
	    "1:"
	    : "=a"(r)
	    : "a"((long)SYS_clone3), "D"(args), "S"(sizeof *args),
	      "r"(r12), "r"(r13), "r"(r14)
	    : "rcx", "r11", "rdx", "memory");
	return r;
}

static char *
stack_of(struct launch *l, unsigned seat)
{
	char *low = l->stacks + seat * l->stack_bytes;

	for (; l->made <= seat; l->made++) {
		char *s = l->stacks + l->made * l->stack_bytes;

		if (mprotect(s + GUARD_BYTES, l->stack_bytes - GUARD_BYTES,
		    PROT_READ | PROT_WRITE) == -1)
			return NULL;
	}
	return low;
}

static pid_t
launch_shared(struct launch *l, launch_fn *fn, const void *task, unsigned seat)
{
	struct clone_args args = {
		.flags = CLONE_VM | CLONE_CLEAR_SIGHAND | CLONE_CHILD_CLEARTID,
		.child_tid = (uint64_t)(uintptr_t)&l->using[seat],
		.exit_signal = (uint64_t)launch_signal(),
		.stack_size = l->stack_bytes - GUARD_BYTES,
	};
	char *stack = stack_of(l, seat);
	long r;

	if (stack == NULL)
		return -1;
	args.stack = (uint64_t)(uintptr_t)(stack + GUARD_BYTES);
	l->using[seat] = 1;
	r = clone_on(&args, fn, task, seat);
	if (r < 0) {
		l->using[seat] = 0;
		errno = (int)-r;
		return -1;
	}
	return (pid_t)r;
}

static void
trial(const void *task, unsigned seat)
{
	sys_exit(task == NULL && seat == 0 ? 42 : 1);
}

bool
launch_can_share(void)
{
	struct launch l;
	int status = 0;
	pid_t pid;

	if (launch_open(&l, true, false, 1, NULL) == -1)
		return false;
	pid = launch_shared(&l, trial, NULL, 0);
	if (pid != -1)
		while (waitpid(pid, &status, __WALL) == -1 && errno == EINTR)
			;
	launch_close(&l);
	return pid != -1 && WIFEXITED(status) && WEXITSTATUS(status) == 42;
}
#else
static pid_t
launch_shared(struct launch *l, launch_fn *fn, const void *task, unsigned seat)
{
	(void)l, (void)fn, (void)task, (void)seat;
	errno = ENOSYS;
	return -1;
}

bool
launch_can_share(void)
{
	return false;
}
#endif

int
launch_open(struct launch *l, bool shared, bool embedded, unsigned nseats,
    struct err *e)
{
	memset(l, 0, sizeof *l);
	l->shared = shared;
	l->embedded = embedded;
	if (!shared)
		return 0;
	l->stack_bytes = STACK_BYTES + GUARD_BYTES;
	l->nstacks = nseats;
	l->stacks = mmap(NULL, l->stack_bytes * nseats, PROT_NONE,
	    MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	l->using = calloc(nseats, sizeof *l->using);
	if (l->stacks != MAP_FAILED && l->using != NULL)
		return 0;
	err_sys(e, EXIT_SYSTEM, "cannot reserve %u stacks", nseats);
	if (l->stacks == MAP_FAILED)
		l->stacks = NULL;
	launch_close(l);
	return -1;
}

bool
launch_uses(const struct launch *l, unsigned seat)
{
	return l->shared && l->using[seat] != 0;
}

void
launch_close(struct launch *l)
{
	if (l->stacks != NULL)
		munmap(l->stacks, l->stack_bytes * l->nstacks);
	free((void *)l->using);
	l->stacks = NULL;
	l->using = NULL;
}

/* The caller's handlers are not for its children. */
static void
forget_handlers(void)
{
	static const unsigned long dfl[8];

	for (int i = 1; i < NSIG; i++)
		sys_call6(SYS_rt_sigaction, i, SYS_LONG(dfl), 0, 8, 0, 0);
}

pid_t
launch_child(struct launch *l, launch_fn *fn, const void *task, unsigned seat)
{
	unsigned long before[1];
	pid_t pid;

	if (l->shared)
		return launch_shared(l, fn, task, seat);
	if (l->embedded)
		sys_call6(SYS_rt_sigprocmask, SIG_SETMASK,
		    SYS_LONG(sys_all_signals), SYS_LONG(before), 8, 0, 0);
	pid = fork();
	if (pid == 0) {
		if (l->embedded)
			forget_handlers();
		fn(task, seat);
		_exit(EXIT_INTERNAL);
	}
	if (l->embedded)
		sys_sigmask(SIG_SETMASK, before);
	return pid;
}
