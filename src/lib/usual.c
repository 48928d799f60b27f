/* usual.c - the verbs that need to know nothing of whom they are asked. */
#include "config.h"
#include "lib/usual.h"

#include <unistd.h>

#include "tools/log.h"

enum { STATUS_REFUSED = 1 };

void
usual_ping(struct control_client *k, int argc, const char *const argv[],
    void *arg)
{
	(void)argc, (void)argv, (void)arg;
	control_ok(k);
}

void
usual_log(struct control_client *k, int argc, const char *const argv[],
    void *arg)
{
	enum log_level level;

	(void)argc, (void)arg;
	if (!log_level_of(argv[1], &level))
		control_error(k, EXIT_USAGE, "log %.60s: expected error, warn, "
		    "info or debug", argv[1]);
	else if (!log_set_level(level))
		control_error(k, STATUS_REFUSED, "there is no log, expected a "
		    "service that has one");
	else
		control_ok(k);
}

void
usual_version(struct control_client *k, const char *kind)
{
	control_say(k, "version=%s kind=%s pid=%d", PACKAGE_VERSION, kind,
	    (int)getpid());
	control_ok(k);
}
