/* life.h - what a child of the pool does from its birth on.
 *
 * Signals are blocked except inside the wait, so none can fall between the
 * kernel's giving of a connection and the program's having it.
 * Floor 3 (pool). */
#ifndef POOL_LIFE_H
#define POOL_LIFE_H

/* A launch_fn: task is a struct child_task. */
_Noreturn void life_main(const void *task, unsigned seat);

#endif
