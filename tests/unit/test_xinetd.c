/* Attributes of a xinetd.conf: honoured, noted or refused, each by name. */
#include "brood/xinetd.h"

#define OLD_READ_TEXT xinetd_read_text
#define OLD_READ xinetd_read
#define OLD_HEAD "# Made of a xinetd.conf.  Programs have their client as 0 and 1; what\n" \
	"# they write to 2 goes to the log, where xinetd gave it to the client.\n" \
	"# xinetd asks hosts.allow and hosts.deny about each client; brood does not:\n" \
	"# let it exec tcpd(8) if they count.\n"

#include "old.h"

/* A service with these attributes more, and what comes of it without more. */
#define SERVICE(more) "service a\n{\n" more "socket_type = stream\nwait = no\n" \
	"user = nobody\nserver = /bin/x\n}\n"
#define BLOCK(more) "service a-tcp {\n\tlisten *:a\n\texec /bin/x\n\targv0 x\n" \
	"\tuser nobody\n\tgroups none\n" more "}\n"

/* ---- honoured ---- */

Test(xinetd, nothing_is_no_service)
{
	becomes("", "");
	becomes("# x\n\n \t# y\ndefaults\n{\n}\n", "");
}

Test(xinetd, a_program_gets_a_connection)
{
	becomes(SERVICE(""), BLOCK(""));
	becomes("service a\n{\n\tsocket_type\t= stream\n"
	    "\tprotocol\t=tcp\n\twait = NO\n\tuser = 65534\n"
	    "\tserver = /usr/bin/x\n\tserver_args = -l \"a b\"\n\tgroups = yes\n}",
	    "service a-tcp {\n"
	    "\tlisten *:a\n"
	    "\texec /usr/bin/x -l \"\\\"a\" \"b\\\"\"\n"
	    "\targv0 x\n"
	    "\tuser 65534\n"
	    "}\n");
}

Test(xinetd, wait_is_for_a_program_that_gets_the_listener)
{
	becomes("service talk\n{\nsocket_type = dgram\nwait = yes\nuser = nobody\n"
	    "group = tty\nserver = /usr/sbin/in.talkd\ninstances = 1\n}\n",
	    "service talk-udp {\n"
	    "\tlisten udp:*:talk\n"
	    "\texec-wait /usr/sbin/in.talkd\n"
	    "\targv0 in.talkd\n"
	    "\tuser nobody:tty\n"
	    "\tgroups none\n"
	    "}\n");
	becomes("service tftp\n{\nsocket_type = dgram\nwait = no\nuser = nobody\n"
	    "server = /bin/x\n}\n",
	    "# A program for each datagram, with that alone as 0; one that\n"
	    "# wants the socket needs wait = yes, which is exec-wait.\n"
	    "service tftp-udp {\n"
	    "\tlisten udp:*:tftp\n"
	    "\texec /bin/x\n"
	    "\targv0 x\n"
	    "\tuser nobody\n"
	    "\tgroups none\n"
	    "}\n");
}

Test(xinetd, names_in_args_are_the_program_s_own)
{
	becomes("service finger\n{\nflags = NAMEINARGS NOLIBWRAP REUSE\n"
	    "socket_type = stream\nwait = no\nuser = nobody\n"
	    "server = /usr/sbin/tcpd\nserver_args = /usr/sbin/in.fingerd -l\n}\n",
	    "service finger-tcp {\n"
	    "\tlisten *:finger\n"
	    "\texec /usr/sbin/tcpd -l\n"
	    "\targv0 /usr/sbin/in.fingerd\n"
	    "\tuser nobody\n"
	    "\tgroups none\n"
	    "}\n");
	is_refused(SERVICE("flags = NAMEINARGS\n"), "f:1:9: service a has no "
	    "server_args, and the flag NAMEINARGS: expected one\n");
}

Test(xinetd, attributes_become_words)
{
	becomes(SERVICE("instances = 10\numask = 027\nrlimit_as = 8M\n"
	    "rlimit_cpu = 20\nrlimit_data = 64k\nrlimit_files = 32\n"
	    "rlimit_stack = UNLIMITED\n"),
	    "# rlimit_stack UNLIMITED: programs have the limit that brood has.\n"
	    BLOCK("\tmaximum-connected 10\n\tumask 027\n\tlimit as=8388608\n"
	    "\tlimit cpu=20\n\tlimit data=65536\n\tlimit nofile=32\n"));
	becomes(SERVICE("instances = UNLIMITED\n"),
	    BLOCK("\tmaximum-connected 32768\n"));
	becomes(SERVICE("instances = 2\n"),
	    BLOCK("\tminimum-available 2\n\tmaximum-connected 2\n"));
	becomes(SERVICE("instances = 40000\n"),
	    "# 40000 at once is more than brood has children: 32768.\n"
	    BLOCK("\tmaximum-connected 32768\n"));
}

Test(xinetd, ports_addresses_and_families_are_where_it_listens)
{
	static const struct { const char *more, *listen; } rows[] = {
		{ "",                                   "*:a"             },
		{ "port = 79",                          "*:79"            },
		{ "flags = IPv4",                       "0.0.0.0:a"       },
		{ "flags = IPv6",                       "*:a"             },
		{ "flags = IPv4 IPv6",                  "*:a"             },
		{ "flags = IPv6\nv6only = yes",         "[::]:a"          },
		{ "bind = 127.0.0.1",                   "127.0.0.1:a"     },
		{ "interface = ::1\nport = 7",          "[::1]:7"         },
		{ "bind = a.example",                   "a.example:a"     },
		{ "bind = localhost\nflags = IPv4",     "127.0.0.1:a"     },
		{ "type = UNLISTED\nprotocol = tcp\nport = 9", "*:9"      },
	};
	char text[256], tree[256];

	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		snprintf(text, sizeof text, "service a\n{\n%s\nsocket_type = stream\n"
		    "wait = no\nuser = x\ngroups = yes\nserver = /bin/x\n}\n",
		    rows[i].more);
		snprintf(tree, sizeof tree, "service a-tcp {\n\tlisten %s\n"
		    "\texec /bin/x\n\targv0 x\n\tuser x\n}\n", rows[i].listen);
		becomes(text, tree);
	}
}

Test(xinetd, ipv6_beside_ipv4_is_the_other_family)
{
	struct result r;
	static const char text[] = SERVICE("flags = IPv4\n")
	    SERVICE("flags = IPv6\n");

	r = read_sized(text, strlen(text), false);
	cr_assert_not_null(strstr(r.tree, "\tlisten 0.0.0.0:a\n"), "%s", r.tree);
	cr_assert_not_null(strstr(r.tree, "service a-tcp-2 {\n\tlisten [::]:a\n"),
	    "%s", r.tree);
}

Test(xinetd, built_ins_are_built_in)
{
	becomes("service echo\n{\ntype = INTERNAL\nid = echo-stream\n"
	    "socket_type = stream\nprotocol = tcp\nuser = root\nwait = no\n}\n"
	    "service echo\n{\ntype = INTERNAL UNLISTED\nid = echo-dgram\nport = 7\n"
	    "socket_type = dgram\nprotocol = udp\nwait = yes\ngroup = adm\n}\n",
	    "service echo-stream {\n"
	    "\tlisten *:echo\n"
	    "\tinline echo\n"
	    "\tuser root\n"
	    "}\n\n"
	    "service echo-dgram {\n"
	    "\tlisten udp:*:7\n"
	    "\tinline echo\n"
	    "\tuser nobody:adm\n"
	    "}\n");
	is_refused("service servers\n{\ntype = INTERNAL\nsocket_type = stream\n"
	    "wait = no\n}\n", "f:1:9: internal servers: brood has no such built-in "
	    "of xinetd; expected echo, discard, daytime, chargen or time\n");
}

Test(xinetd, environments_are_sets)
{
	becomes("defaults\n{\npassenv = PATH TZ\npassenv += LANG\n}\n"
	    SERVICE("env = A=1 B=x=y\nenv += A=3\npassenv -= TZ\npassenv += FOO\n"),
	    BLOCK("\tenv PATH\n\tenv LANG\n\tenv FOO\n\tenv A=1\n\tenv B=x=y\n"
	    "\tenv A=3\n"));
	becomes("defaults\n{\npassenv = PATH TZ\n}\n" SERVICE("passenv =\n"),
	    BLOCK(""));
	is_refused(SERVICE("passenv = A=1\n"), "f:3:11: passenv A=1: expected the "
	    "name of a variable\n");
	is_refused(SERVICE("env = A\n"), "f:3:7: env A: expected NAME=VALUE\n");
	is_refused(SERVICE("env -= A=1\n"), "f:3:5: env -=: expected = or +=\n");
}

/* Of xinetd.conf(5), 2.3.15; and v6only, which SUSE has. */
Test(xinetd, every_attribute_is_known_by_name)
{
	static const struct { const char *name, *value; } rows[] = {
		{ "id", "b" }, { "flags", "REUSE" },
		{ "type", "UNLISTED\nprotocol = tcp\nport = 7" },
		{ "disable", "no" }, { "socket_type", "stream" },
		{ "protocol", "tcp" }, { "wait", "no" }, { "user", "nobody" },
		{ "group", "daemon" }, { "instances", "5" }, { "nice", "5" },
		{ "server", "/bin/x" }, { "server_args", "a" },
		{ "libwrap", "x" }, { "only_from", "10.0.0.0/8" },
		{ "no_access", "10.0.0.1" }, { "access_times", "2:00-3:00" },
		{ "log_type", "SYSLOG daemon info" },
		{ "log_on_success", "PID HOST USERID EXIT DURATION TRAFFIC" },
		{ "log_on_failure", "HOST USERID ATTEMPT" },
		{ "rpc_version", "1-2" }, { "rpc_number", "5" },
		{ "env", "A=b" }, { "passenv", "A" }, { "port", "7" },
		{ "redirect", "10.0.0.1 80" }, { "bind", "127.0.0.1" },
		{ "interface", "127.0.0.1" }, { "banner", "/x" },
		{ "banner_success", "/x" }, { "banner_fail", "/x" },
		{ "per_source", "5" }, { "cps", "50 10" }, { "max_load", "2.5" },
		{ "groups", "yes" }, { "mdns", "yes" }, { "umask", "022" },
		{ "rlimit_as", "5M" }, { "rlimit_files", "64" },
		{ "rlimit_cpu", "5" }, { "rlimit_data", "5K" },
		{ "rlimit_rss", "5" }, { "rlimit_stack", "UNLIMITED" },
		{ "deny_time", "FOREVER" }, { "v6only", "no" },
	};
	static const char *const needed[] = {
		"socket_type = stream\n", "wait = no\n", "user = nobody\n",
		"server = /bin/x\n"
	};
	char text[512];

	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		size_t n = (size_t)snprintf(text, sizeof text,
		    "service a\n{\n%s = %s\n", rows[i].name, rows[i].value);
		struct result r;

		for (size_t j = 0; j < sizeof needed / sizeof needed[0]; j++)
			if (strncmp(needed[j], rows[i].name,
			    strlen(rows[i].name)) != 0)
				n += (size_t)snprintf(text + n, sizeof text - n,
				    "%s", needed[j]);
		snprintf(text + n, sizeof text - n, "}\n");
		r = read_sized(text, strlen(text), false);
		cr_assert(r.mistakes == 0 || (r.mistakes == 1 &&
		    strncmp(r.wrong, "f:3:1: ", 7) == 0 &&
		    strncmp(r.wrong + 7, rows[i].name,
		    strlen(rows[i].name)) == 0 &&
		    strstr(r.wrong, ": brood ") != NULL), "%s: %s", text, r.wrong);
	}
}

Test(xinetd, defaults_hold_where_a_service_says_nothing)
{
	becomes(SERVICE("") SERVICE("id = b\ninstances = 7\nbind = ::1\n")
	    "defaults\n{\ninstances = 5\numask = 022\nbind = 127.0.0.1\n"
	    "groups = yes\nlog_type = SYSLOG daemon info\ncps = 50 10\n"
	    "per_source = UNLIMITED\n}\n",
	    "# log_type SYSLOG daemon info: no equal; brood has one log, see "
	    "--log.\n"
	    "# cps 50 10: no equal; brood never switches a service off.\n\n"
	    "service a-tcp {\n"
	    "\tlisten 127.0.0.1:a\n"
	    "\texec /bin/x\n"
	    "\targv0 x\n"
	    "\tuser nobody\n"
	    "\tmaximum-connected 5\n"
	    "\tumask 022\n"
	    "}\n\n"
	    "service b {\n"
	    "\tlisten [::1]:a\n"
	    "\texec /bin/x\n"
	    "\targv0 x\n"
	    "\tuser nobody\n"
	    "\tmaximum-connected 7\n"
	    "\tumask 022\n"
	    "}\n");
}

Test(xinetd, services_that_are_disabled_are_off)
{
	static const char *const ways[] = {
		SERVICE("disable = yes\n"),
		SERVICE("flags = DISABLE\n"),
		"defaults\n{\ndisabled = x a\n}\n" SERVICE(""),
		"defaults\n{\nenabled = x y\n}\n" SERVICE(""),
	};

	for (size_t i = 0; i < sizeof ways / sizeof ways[0]; i++)
		becomes(ways[i], BLOCK("\tenabled no\n"));
	becomes("defaults\n{\ndisabled = a\n}\n" SERVICE("id = b\n")
	    SERVICE("disable = no\n"),
	    "service b {\n\tlisten *:a\n\texec /bin/x\n\targv0 x\n"
	    "\tuser nobody\n\tgroups none\n}\n\n" BLOCK("\tenabled no\n"));
	becomes("service a\n{\ndisable = yes\n}\n",
	    "# Left out: a, line 1.\n"
	    "# Not served: it has no socket_type.\n"
	    "# Not served: it has no wait.\n"
	    "# Not served: it has no server.\n"
	    "# Not served: it has no user.\n");
}

/* ---- noted ---- */

Test(xinetd, what_is_only_less_strict_is_noted)
{
	static const struct { const char *line, *note; } rows[] = {
		{ "nice = 10", "nice 10: no equal; programs run with brood's own." },
		{ "cps = 50 10", "cps 50 10: no equal; brood never switches a "
		  "service off." },
		{ "max_load = 2.5", "max_load 2.5: no equal; brood never switches "
		  "a service off." },
		{ "per_source = 3", "per_source 3: no equal; brood does not count "
		  "by address yet." },
		{ "log_on_success += HOST PID", "log_on_success HOST PID: no equal; "
		  "brood logs in its own way." },
		{ "log_on_failure -= HOST", "log_on_failure HOST: no equal; brood "
		  "logs in its own way." },
		{ "log_type = FILE /var/log/x", "log_type FILE /var/log/x: no "
		  "equal; brood has one log, see --log." },
		{ "mdns = yes", "mdns yes: no equal; brood announces nothing." },
		{ "rlimit_rss = 8M", "rlimit_rss 8M: no equal; Linux has no such "
		  "limit." },
		{ "banner_fail = /etc/no", "banner_fail /etc/no: no equal; nobody "
		  "is turned away." },
		{ "flags = NODELAY", "flag NODELAY: no equal; the program can set "
		  "it itself." },
		{ "flags = KEEPALIVE", "flag KEEPALIVE: no equal; the program can "
		  "set it itself." },
		{ "flags = NORETRY", "flag NORETRY: no equal; brood tries again, "
		  "ever more slowly." },
		{ "flags = INTERCEPT", "flag INTERCEPT: no equal; there are no "
		  "access rules to look for." },
		{ "nice = \xc3\xa4", "nice ??: no equal; programs run with "
		  "brood's own." },
	};
	char text[256], tree[512];

	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		snprintf(text, sizeof text, "service a\n{\n%s\nsocket_type = stream\n"
		    "wait = no\nuser = nobody\nserver = /bin/x\n}\n",
		    rows[i].line);
		snprintf(tree, sizeof tree, "# %s\n" BLOCK(""), rows[i].note);
		becomes(text, tree);
	}
	becomes(SERVICE("mdns = no\nper_source = UNLIMITED\nno_access =\n"),
	    BLOCK(""));
}

/* ---- refused ---- */

Test(xinetd, what_would_open_a_door_is_refused)
{
	static const struct { const char *line, *why; } rows[] = {
		{ "only_from = 10.0.0.0/8", "3:1: only_from: brood has no access "
		  "rules yet" },
		{ "only_from =", "3:1: only_from: brood has no access rules yet" },
		{ "no_access += x.org", "3:1: no_access: brood has no access rules "
		  "yet" },
		{ "access_times = 2:00-9:00", "3:1: access_times: brood has no "
		  "access rules yet" },
		{ "libwrap = x", "3:1: libwrap: brood does not ask hosts.allow; "
		  "server tcpd does" },
		{ "deny_time = 60", "3:1: deny_time: brood has no sensors" },
		{ "banner = /etc/issue", "3:1: banner: brood sends no banners" },
		{ "banner_success = /etc/i", "3:1: banner_success: brood sends no "
		  "banners" },
		{ "redirect = 10.0.0.1 23", "3:1: redirect: brood passes no "
		  "connections on" },
		{ "flags = SENSOR", "3:9: flag SENSOR: brood has no sensors" },
		{ "flags = IPv4 IDONLY", "3:14: flag IDONLY: brood asks nobody who "
		  "he is" },
		{ "flags = LABELED", "3:9: flag LABELED: brood sets no security "
		  "context" },
	};
	char text[256], wrong[256], comment[256];

	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		struct result r;

		snprintf(text, sizeof text, "service a\n{\n%s\nsocket_type = stream\n"
		    "wait = no\nuser = nobody\nserver = /bin/x\n}\n",
		    rows[i].line);
		snprintf(wrong, sizeof wrong, "f:%s; expected none\n",
		    rows[i].why);
		is_refused(text, wrong);
		r = read_sized(text, strlen(text), true);
		cr_assert_eq(r.mistakes, 0, "%s", r.wrong);
		snprintf(comment, sizeof comment, "# Not served: %s.\n",
		    strchr(rows[i].why, ' ') + 1);
		cr_assert_eq(strncmp(r.tree, comment, strlen(comment)), 0, "%s",
		    r.tree);
		cr_assert_not_null(strstr(r.tree, "\tenabled no\n}\n"), "%s",
		    r.tree);
	}
}

Test(xinetd, defaults_that_refuse_are_told_once)
{
	static const char text[] = "defaults\n{\nonly_from = 10.0.0.1\n}\n"
	    SERVICE("") SERVICE("id = b\n");

	is_wrong(text, "f:3:1: only_from of the defaults: brood has no access "
	    "rules yet; expected none\n");
	converts_to(text,
	    "# Not served: only_from of the defaults: brood has no access rules "
	    "yet.\n" BLOCK("\tenabled no\n")
	    "\n# Not served: only_from of the defaults: brood has no access rules "
	    "yet.\n"
	    "service b {\n\tlisten *:a\n\texec /bin/x\n\targv0 x\n"
	    "\tuser nobody\n\tgroups none\n\tenabled no\n}\n");
	/* Nobody is served, nobody is refused. */
	becomes("defaults\n{\nonly_from = 10.0.0.1\n}\n"
	    SERVICE("disable = yes\n"),
	    "# Not served: only_from of the defaults: brood has no access rules "
	    "yet.\n" BLOCK("\tenabled no\n"));
}

Test(xinetd, what_brood_does_not_have_is_left_out)
{
	static const struct { const char *line, *wrong, *tree; } rows[] = {
		{ "type = RPC", "f:3:8: type RPC: brood has no RPC; expected "
		  "INTERNAL, UNLISTED or none\n",
		  "# Left out: a, line 1.\n"
		  "# Not served: type RPC: brood has no RPC.\n" },
		{ "type = TCPMUXPLUS", "f:3:8: type TCPMUXPLUS: brood's tcpmux has "
		  "no programs; expected INTERNAL, UNLISTED or none\n",
		  "# Left out: a, line 1.\n"
		  "# Not served: type TCPMUXPLUS: brood's tcpmux has no "
		  "programs.\n" },
		{ "type = INTERNAL", "f:1:9: internal a: brood has no such built-in "
		  "of xinetd; expected echo, discard, daytime, chargen or time\n",
		  "# Left out: a-tcp, line 1.\n"
		  "# Not served: internal a: brood has no such built-in of "
		  "xinetd.\n" },
	};
	char text[256];

	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		snprintf(text, sizeof text, "service a\n{\n%s\nsocket_type = stream\n"
		    "wait = no\nuser = nobody\nserver = /bin/x\n}\n",
		    rows[i].line);
		is_refused(text, rows[i].wrong);
		converts_to(text, rows[i].tree);
	}
	converts_to("service a\n{\nsocket_type = raw\nwait = no\nuser = x\n"
	    "server = /bin/x\n}\n",
	    "# Left out: a-tcp, line 1.\n"
	    "# Not served: socket_type raw: brood has none of that.\n");
}

/* ---- mistakes ---- */

Test(xinetd, mistakes_in_services_are_told_with_their_place)
{
	static const struct { const char *text, *wrong; } rows[] = {
		{ SERVICE("servr = x\n"), "f:3:1: servr: expected an attribute of "
		  "xinetd.conf(5); did you mean \"server\"?\n" },
		{ SERVICE("qqqqqq = x\n"), "f:3:1: qqqqqq: expected an attribute "
		  "of xinetd.conf(5)\n" },
		{ SERVICE("flags = IPV4\n"), "f:3:9: flag IPV4: expected one of "
		  "xinetd.conf(5); did you mean \"IPv4\"?\n" },
		{ SERVICE("port=7\n"), "f:3:1: port=7: expected ATTRIBUTE = VALUE, "
		  "with a blank before the =\n" },
		{ SERVICE("port 7\n"), "f:3:1: port: expected =, += or -= behind "
		  "it\n" },
		{ SERVICE("port += 7\n"), "f:3:6: port +=: expected =\n" },
		{ SERVICE("port =\n"), "f:3:1: port: 0 values, expected 1\n" },
		{ SERVICE("port = 7 8\n"), "f:3:1: port: 2 values, expected 1\n" },
		{ SERVICE("port = 0\n"), "f:3:8: port 0: expected a number from 1 "
		  "to 65535\n" },
		{ SERVICE("user = x\n"), "f:6:1: user: expected once; the first is "
		  "in line 3\n" },
		{ SERVICE("enabled = x\n"), "f:3:1: enabled: expected in defaults\n" },
		{ SERVICE("disable = perhaps\n"), "f:3:11: disable perhaps: expected "
		  "yes or no\n" },
		{ SERVICE("type = RCP\n"), "f:3:8: type RCP: expected INTERNAL, "
		  "UNLISTED, RPC, TCPMUX or TCPMUXPLUS\n" },
		{ SERVICE("type = UNLISTED\n"), "f:1:9: service a has no protocol "
		  "and port, and is UNLISTED: expected one\n" },
		{ SERVICE("protocol = udp\n"), "f:3:12: protocol udp: expected "
		  "tcp\n" },
		{ SERVICE("instances = many\n"), "f:3:13: instances many: expected "
		  "a number from 1, or UNLIMITED\n" },
		{ SERVICE("umask = 888\n"), "f:3:9: umask 888: expected an octal "
		  "mode from 0 to 0777\n" },
		{ SERVICE("rlimit_as = 8G\n"), "f:3:13: rlimit_as 8G: expected a "
		  "number, perhaps with K or M behind it, or UNLIMITED\n" },
		{ SERVICE("bind = ::1\nflags = IPv4\n"), "f:3:8: ::1: expected an "
		  "address of IPv4\n" },
		{ SERVICE("bind = ::1\ninterface = ::1\n"), "f:4:1: interface: "
		  "expected no bind beside it, which is the same\n" },
		{ SERVICE("id = \x01\n"), "f:3:6: a control byte: expected text\n" },
		{ "service a\n{\nsocket_type = stream\nwait = no\nuser = x\n}\n",
		  "f:1:9: service a has no server: expected one\n" },
		{ "service a\n{\nsocket_type = stream\nwait = no\nserver = /bin/x\n"
		  "}\n", "f:1:9: service a has no user: expected one\n" },
		{ "service a\n{\nsocket_type = stream\nuser = x\nserver = /bin/x\n"
		  "}\n", "f:1:9: service a has no wait: expected one\n" },
		{ "service a\n{\nwait = no\nuser = x\nserver = /bin/x\n}\n",
		  "f:1:9: service a has no socket_type: expected one\n" },
		{ "service a\n{\nsocket_type = x\nwait = no\nuser = x\n"
		  "server = /bin/x\n}\n", "f:3:15: socket_type x: expected stream "
		  "or dgram\n" },
		{ "service a\n{\nsocket_type = stream\nwait = no\nuser = x\n"
		  "server = bin/x\n}\n", "f:6:10: bin/x: expected the absolute path "
		  "of a program\n" },
	};

	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		struct result r = read_sized(rows[i].text, strlen(rows[i].text),
		    false);

		cr_assert_str_eq(r.wrong, rows[i].wrong, "%s\n%s", rows[i].text,
		    r.wrong);
		cr_assert_str_eq(r.tree, "", "%s", r.tree);
	}
}

Test(xinetd, mistakes_between_services_are_told)
{
	static const struct { const char *text, *wrong; } rows[] = {
		{ "servce x\n{\nfoo = 1\n}\n", "f:1:1: servce: expected service, "
		  "defaults, include or includedir; did you mean \"service\"?\n"
		  "f:3:1: foo: expected an attribute of xinetd.conf(5)\n" },
		{ "service\n{\n}\n", "f:1:1: service: expected a name, and `{' alone "
		  "in the next line\n" },
		{ "service a {\n}\n", "f:1:1: service: expected a name, and `{' "
		  "alone in the next line\n" },
		{ "service a\nwait = no\n", "f:2:1: wait: expected `{' alone in its "
		  "line\n" },
		{ "service a\n{\n", "f:1:9: a: a block that is not closed: expected "
		  "`}' before the end\n" },
		{ "service a\n{\n} x\n", "f:3:3: a word behind `}': expected the end "
		  "of the line\n" },
		{ "defaults x\n{\n}\n", "f:1:1: defaults: expected nothing, and `{' "
		  "alone in the next line\n" },
		{ "defaults\n{\n}\ndefaults\n{\n}\n", "f:4:1: defaults: expected "
		  "once; the first are at f:1\n" },
		{ "defaults\n{\nuser = x\n}\n", "f:3:1: user: expected in a "
		  "service\n" },
		{ "include\n", "f:1:1: include: expected the name of a file\n" },
		{ "includedir a b\n", "f:1:1: includedir: expected the name of a "
		  "folder\n" },
		{ "}\n", "f:1:1: }: expected service, defaults, include or "
		  "includedir\n" },
		{ "includedir /nonexistent\n", "f:1:12: includedir /nonexistent: "
		  "cannot be read: No such file or directory\n" },
		{ "include /nonexistent\n", "f:1:9: /nonexistent cannot be read: No "
		  "such file or directory\n" },
	};

	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		is_refused(rows[i].text, rows[i].wrong);
	}
}

Test(xinetd, a_nul_byte_is_found)
{
	struct result r = read_sized("# x\na\0b", 7, false);

	cr_assert_str_eq(r.wrong, "f:2:2: a NUL byte: expected text\n");
}

Test(xinetd, has_bounds)
{
	char *text = keep(malloc(1 << 20)), *p = text;
	struct result r;

	for (int i = 0; i < 1200; i++)
		p += sprintf(p, "service a%d\n{\nport = 1\n}\n", i);
	r = read_sized(text, (size_t)(p - text), false);
	cr_assert_not_null(strstr(r.wrong, "f:4001:9: too many services: expected "
	    "at most 1000\n"), "%s", r.wrong);
	p = text + sprintf(text, "service a\n{\nserver_args =");
	for (int i = 0; i < 600; i++)
		p += sprintf(p, " x");
	r = read_sized(text, (size_t)(p - text), false);
	cr_assert_not_null(strstr(r.wrong, "too many words"), "%s", r.wrong);
}

/* ---- files ---- */

static char folder[64];

static void
write_file(const char *name, const char *text)
{
	char path[128];
	FILE *f;

	snprintf(path, sizeof path, "%s/%s", folder, name);
	f = fopen(path, "w");
	cr_assert_not_null(f);
	fputs(text, f);
	fclose(f);
}

static struct result
read_main(const char *text)
{
	char path[128];

	write_file("main", text);
	snprintf(path, sizeof path, "%s/main", folder);
	return read_path(path);
}

static void
make_folder(void)
{
	char path[128];

	umask(022);
	strcpy(folder, "/tmp/xinetd.XXXXXX");
	cr_assert_not_null(mkdtemp(folder));
	snprintf(path, sizeof path, "%s/d", folder);
	cr_assert_eq(mkdir(path, 0700), 0);
}

static void
remove_folder(void)
{
	char command[128];

	snprintf(command, sizeof command, "rm -r %s", folder);
	cr_assert_eq(system(command), 0);
}

Test(xinetd, a_folder_is_read_in_order_without_dots_and_tildes,
    .init = make_folder, .fini = remove_folder)
{
	static const char *const names[] = { "b", "a", "c.rpmsave", "d~", "B" };
	char name[128], text[256];
	struct result r;

	for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
		snprintf(name, sizeof name, "d/%s", names[i]);
		snprintf(text, sizeof text, "service %zu\n{\ntype = INTERNAL\n"
		    "disable = yes\n}\n", i);
		write_file(name, text);
	}
	snprintf(name, sizeof name, "%s/d/sub", folder);
	cr_assert_eq(mkdir(name, 0700), 0);
	r = read_main("includedir d\n");
	cr_assert_eq(r.mistakes, 0, "%s", r.wrong);
	/* B, a, b */
	cr_assert_not_null(strstr(r.tree, "out: 4, line 1"), "%s", r.tree);
	cr_assert(strstr(r.tree, "out: 4,") < strstr(r.tree, "out: 1,"));
	cr_assert(strstr(r.tree, "out: 1,") < strstr(r.tree, "out: 0,"));
	cr_assert_null(strstr(r.tree, "out: 2,"));
	cr_assert_null(strstr(r.tree, "out: 3,"));
}

Test(xinetd, a_file_that_includes_itself_is_found,
    .init = make_folder, .fini = remove_folder)
{
	struct result r;

	write_file("d/a", "include ../main\n");
	r = read_main("includedir d\n" SERVICE(""));
	cr_assert_eq(r.mistakes, 1, "%s", r.wrong);
	cr_assert_not_null(strstr(r.wrong, "/d/a:1:9: "), "%s", r.wrong);
	cr_assert_not_null(strstr(r.wrong, " includes itself: expected an end"),
	    "%s", r.wrong);
	cr_assert_str_eq(r.tree, BLOCK(""), "%s", r.tree);
}

Test(xinetd, includes_have_a_depth, .init = make_folder, .fini = remove_folder)
{
	char name[16], text[32];
	struct result r;

	for (int i = 0; i < 20; i++) {
		snprintf(name, sizeof name, "%d", i);
		snprintf(text, sizeof text, "include %d\n", i + 1);
		write_file(name, text);
	}
	r = read_main("include 0\n");
	cr_assert_eq(r.mistakes, 1, "%s", r.wrong);
	cr_assert_not_null(strstr(r.wrong, "is included too deeply: expected at "
	    "most 8 in each other"), "%s", r.wrong);
}

Test(xinetd, files_that_are_none_are_refused,
    .init = make_folder, .fini = remove_folder)
{
	char path[128];
	struct result r;

	snprintf(path, sizeof path, "%s/d/fifo", folder);
	cr_assert_eq(mkfifo(path, 0600), 0);
	r = read_main("includedir d\ninclude d\n");
	cr_assert_eq(r.mistakes, 2, "%s", r.wrong);
	cr_assert_not_null(strstr(r.wrong, "fifo is no regular file"), "%s",
	    r.wrong);
	cr_assert_not_null(strstr(r.wrong, "/d is a folder"), "%s", r.wrong);
}
