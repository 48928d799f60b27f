/* pause.c - all are told to leave, and later there are others. */
#include "pool/pause.h"

#include <signal.h>
#include <stdatomic.h>

#include "pool/pool.h"
#include "pool/session.h"
#include "pool/worker.h"

void
pause_begin(struct pool *p, bool refuses, int64_t now)
{
	if (p->paused)
		return;
	decide_note(&p->decide, DECIDE_PAUSE, now, 1, p->counts.busy, refuses);
	p->paused = true;
	if (handler_is_worker(p->handler))
		worker_dismiss(p, now);
	else	/* not more than there may be: some will be taken back */
		wait_farewell(&p->now->task.wait, p->board->high);
	if (handler_becomes_wait(p->handler))
		session_tell(p, SIGTERM);
	/* Who has served shall not take another one: see child_done(). */
	atomic_store(&p->board->above, UINT32_MAX);
}

void
pause_end(struct pool *p, int64_t now)
{
	if (!p->paused)
		return;
	decide_note(&p->decide, DECIDE_RESUME, now, 1, 0, 0);
	p->paused = false;
	atomic_store(&p->board->above, 0);
	wait_take_back(&p->now->task.wait);
	/* Those that left have had the news of who waits. */
	wait_pass_all(&p->now->task.wait);
}
