/* fuzz_xinetd.c - whatever bytes a xinetd.conf is made of, but for includes.
 * See driver.h. */
#include <string.h>

#include "brood/xinetd.h"

/* Other files are not what is tried: they would be found by chance. */
static void
read_alone(const char *name, const char *text, size_t size,
    struct directives *list, struct mistakes *m, bool convert)
{
	if (memmem(text, size, "include", 7) != NULL)
		size = 0;
	xinetd_read_text(name, text, size, list, m, convert);
}

#define OLD_NAME "xinetd"
#define OLD_SOURCE "brood/xinetd.c"
#define OLD_READ read_alone
#define OLD_WORDS_OF "service ", "defaults", "{\n", "}\n", "socket_type", \
	"stream", "dgram", "wait", "yes", "no", "user", "group", "server", \
	"/bin/x", "flags", "IPv4", "IPv6", "NAMEINARGS", "type", "INTERNAL", \
	"UNLISTED", "port", "bind", "instances", "UNLIMITED", "only_from", \
	"passenv", "env", "disabled", "rlimit_as", "8M", " = ", " += ", " -= "

#include "old.h"
