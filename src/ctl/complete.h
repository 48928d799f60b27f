/* complete.h - completion for shells, from the table of verbs.
 *
 * Floor 5 (ctl). */
#ifndef CTL_COMPLETE_H
#define CTL_COMPLETE_H

#include "tools/err.h"

/* Print that of `bash' or `zsh'.  EXIT_USAGE: it is none of them. */
int complete_print(const char *shell, struct err *e);

#endif
