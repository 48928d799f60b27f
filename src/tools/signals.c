/* signals.c - dispositions and mask, from scratch. */
#include "tools/signals.h"

#include <signal.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

void
signals_own(void)
{
	/* What says that we are broken must keep its effect; stopping with
	 * the keyboard is the user's right. */
	static const int never[] = {
		SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT, SIGTRAP, SIGSYS,
		SIGTSTP
	};
	/* The kernel's struct sigaction, all zero: the default action. */
	static const unsigned long dfl[8];
	uint64_t mask;
	sigset_t all;

	/* Not by libc: it leaves out signals that it keeps for itself. */
	for (int i = 1; i <= SIGRTMAX; i++)
		syscall(SYS_rt_sigaction, i, dfl, NULL, 8);
	sigfillset(&all);
	for (size_t i = 0; i < sizeof never / sizeof never[0]; i++)
		sigdelset(&all, never[i]);
	memcpy(&mask, &all, sizeof mask);
	mask |= (uint64_t)3 << 31;
	syscall(SYS_rt_sigprocmask, SIG_SETMASK, &mask, NULL, 8);
}
