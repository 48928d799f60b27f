/* handler.c - the table of kinds, and how a child dresses. */
#include "pool/handler.h"

#include <string.h>
#include <sys/prctl.h>

#include "os/sys.h"
#include "pool/child.h"
#include "pool/datagram.h"
#include "pool/exec.h"
#include "pool/inline.h"

const struct handler_kind handler_kinds[] = {
	/* word          becomes a program  waits       connections         datagrams           */
	{ "exec",        HANDLER_AT_WORK,   WAIT_BATON, exec_connection,    datagram_exec       },
	{ "exec-wait",   HANDLER_AT_WORK,   WAIT_CLAIM, exec_listener,      exec_listener       },
	{ "worker",      HANDLER_AT_BIRTH,  WAIT_BATON, NULL,               NULL                },
	{ "inline",      HANDLER_NEVER,     WAIT_OWN,   inline_connection,  inline_datagrams    },
	{ "inline-wait", HANDLER_NEVER,     WAIT_CLAIM, inline_connections, inline_datagrams    },
	{ 0 }
};

const struct handler_kind *
handler_kind(const char *word)
{
	for (const struct handler_kind *k = handler_kinds; k->word != NULL; k++)
		if (strcmp(k->word, word) == 0)
			return k;
	return NULL;
}

long
handler_dress(const struct child *c)
{
	const struct handler *h = c->task->handler;
	long r = sys_setsid();

	if (c->task->stderr_fd != -1 && r >= 0)
		r = sys_dup3(c->task->stderr_fd, 2, 0);
	for (unsigned i = 0; i < h->nlimits && r >= 0; i++)
		r = sys_setrlimit(h->limit[i].resource, &h->limit[i].value);
	/* Those of a program that lives are not the master's. */
	if (handler_ends_all(h) && r >= 0)
		r = sys_call6(SYS_prctl, PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0, 0);
	return r < 0 ? r : 0;
}
