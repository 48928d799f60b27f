/* readers.h - how a word's value is read that is no plain number or text.
 * Floor 4 (lib). */
#ifndef LIB_READERS_H
#define LIB_READERS_H

#include <stdbool.h>

struct settings;

/* Read a value, a text of which is not copied.  NULL; or what was expected,
 * empty where the range in the table says it all. */
typedef const char *word_fn(struct settings *o, const char *value);

word_fn read_control, read_control_mode, read_control_owner, read_dialect,
    read_env, read_fd, read_groups, read_interface, read_kill_mode, read_kind,
    read_limit, read_look, read_memory, read_mode, read_name, read_on,
    read_on_0, read_operate, read_own, read_owner, read_privs, read_ready,
    read_recycle, read_signal, read_stderr, read_umask, read_user;

/* What they are made of; likewise. */
const char *read_yes(const char *value, bool *yes_r);
const char *read_number(const char *value, long long min, long long max,
    long long *n_r);

#endif
