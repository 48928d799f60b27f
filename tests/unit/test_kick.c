/* test_kick.c - whose session is meant? */
#include <criterion/criterion.h>
#include <string.h>

#include "pool/kick.h"

static const struct {
	const char *text;
	enum kick_by by;
	bool v6;
	uint8_t last;		/* of the address, as far as it has one */
	unsigned number;	/* pid, uid or port */
} good[] = {
	{ "1",                      KICK_PID,     false, 0, 1          },
	{ "2147483647",             KICK_PID,     false, 0, 2147483647 },
	{ "uid=0",                  KICK_USER,    false, 0, 0          },
	{ "uid=4294967294",         KICK_USER,    false, 0, 4294967294 },
	{ "10.0.0.1",               KICK_ADDRESS, false, 1, 0          },
	{ "10.0.0.1:80",            KICK_END,     false, 1, 80         },
	{ "::1",                    KICK_ADDRESS, true,  1, 0          },
	{ "[::1]",                  KICK_ADDRESS, true,  1, 0          },
	{ "[::1]:65535",            KICK_END,     true,  1, 65535      },
	{ "fe80::7%lo",             KICK_ADDRESS, true,  7, 0          },
	{ "[fe80::7%lo]:1",         KICK_END,     true,  7, 1          },
	{ "::ffff:10.0.0.9",        KICK_ADDRESS, false, 9, 0          },
	{ "[::ffff:10.0.0.9]:9",    KICK_END,     false, 9, 9          },
};

Test(kick, reads_what_connections_tells)
{
	for (size_t i = 0; i < sizeof good / sizeof good[0]; i++) {
		struct kick k;

		cr_assert_eq(kick_read(&k, good[i].text), 0, "%s", good[i].text);
		cr_assert_eq(k.by, good[i].by, "%s", good[i].text);
		if (k.by == KICK_PID)
			cr_assert_eq((unsigned)k.pid, good[i].number);
		if (k.by == KICK_USER)
			cr_assert_eq(k.uid, good[i].number);
		if (k.by == KICK_ADDRESS || k.by == KICK_END) {
			cr_assert_eq(k.end.v6, good[i].v6, "%s", good[i].text);
			cr_assert_eq(k.end.ip[k.end.v6 ? 15 : 3], good[i].last);
			cr_assert_eq(k.end.port, good[i].number);
		}
	}
}

Test(kick, refuses_all_else)
{
	static const char *const bad[] = {
		"", "0", "-1", "2147483648", "uid=", "uid=-1", "uid=root",
		"uid=4294967296", "localhost", "10.0.0", "10.0.0.1:",
		"10.0.0.1:65536", "10.0.0.1:-1", "10.0.0.1:80:80", "[10.0.0.1",
		"[]", "[]:1", "::1]", "[::1]80", "[::1]:", "%lo", "1 2", "*",
		"10.0.0.1%lo:80", "unix:", ":80", "[::1]:99999999999999999999",
		"1111:2222:3333:4444:5555:6666:7777:8888:9999:aaaa:bbbb:cccc:dd",
	};

	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
		struct kick k;

		cr_assert_eq(kick_read(&k, bad[i]), -1, "%s", bad[i]);
	}
}
