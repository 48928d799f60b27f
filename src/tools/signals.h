/* signals.h - signals as brood needs them, whatever was inherited.
 *
 * Floor 0 (tools). */
#ifndef TOOLS_SIGNALS_H
#define TOOLS_SIGNALS_H

/* Every signal has its default action, and all that can be are blocked. */
void signals_own(void);

#endif
