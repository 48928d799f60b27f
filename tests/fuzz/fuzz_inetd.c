/* fuzz_inetd.c - whatever bytes an inetd.conf is made of.
 * See driver.h. */
#define OLD_NAME "inetd"
#define OLD_SOURCE "brood/inetd.c"
#define OLD_READ inetd_read_text
#define OLD_WORDS_OF "stream", "dgram", "seqpacket", "tcp", "tcp4", "tcp6", \
	"udp", "unix", "rpc/udp", ",sndbuf=64k", "wait", "nowait", ".256", \
	"/10/20/30", "root", "nobody.tty", ":a:b:0660:", "internal", "echo", \
	"/bin/x", "127.0.0.1:", "[::1]:", "*:", "localhost:", "#@ ipsec"

#include "old.h"
