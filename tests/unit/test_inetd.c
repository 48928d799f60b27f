/* Every form an inetd.conf may have, as our own grammar says it. */
#include "brood/inetd.h"

#define OLD_READ_TEXT inetd_read_text
#define OLD_READ inetd_read
#define OLD_HEAD "# Made of an inetd.conf.  Programs have their client as 0 and 1; what\n" \
	"# they write to 2 goes to the log, where inetd gave it to the client.\n"

#include "old.h"

/* A service that needs no more than these words, and more of them. */
#define SERVICE(name, listen, more) "service " name " {\n\tlisten " listen \
	"\n\texec /bin/x\n\tuser root\n" more "}\n"

Test(inetd, nothing_is_no_service)
{
	becomes("", "");
	becomes("\n\n# finger stream tcp nowait nobody /bin/x x\n", "");
	becomes("#<off># sane-port\tstream\ttcp\tnowait\tsaned:saned\t"
	    "/usr/sbin/saned saned\n", "");
	becomes("   \t\n \n  # x", "");
}

Test(inetd, a_program_gets_a_connection)
{
	becomes("finger stream tcp nowait nobody /usr/bin/x x -l a\n",
	    "service finger-tcp {\n"
	    "\tlisten *:finger\n"
	    "\texec /usr/bin/x -l a\n"
	    "\targv0 x\n"
	    "\tuser nobody\n"
	    "}\n");
}

Test(inetd, its_name_is_said_only_where_it_is_another)
{
	becomes("7 stream tcp nowait root /bin/x /bin/x",
	    SERVICE("7-tcp", "*:7", ""));
	becomes("7 stream tcp nowait root /bin/x",
	    "service 7-tcp {\n"
	    "\tlisten *:7\n"
	    "\texec /bin/x\n"
	    "\targv0 x\n"
	    "\tuser root\n"
	    "}\n");
}

Test(inetd, wait_is_for_a_program_that_gets_the_listener)
{
	becomes("a dgram udp wait root /bin/x x\n"
	    "b stream tcp wait root /bin/x x\n",
	    "service a-udp {\n"
	    "\tlisten udp:*:a\n"
	    "\texec-wait /bin/x\n"
	    "\targv0 x\n"
	    "\tuser root\n"
	    "}\n\n"
	    "service b-tcp {\n"
	    "\tlisten *:b\n"
	    "\texec-wait /bin/x\n"
	    "\targv0 x\n"
	    "\tuser root\n"
	    "}\n");
}

Test(inetd, a_datagram_program_without_wait_gets_one_datagram)
{
	becomes("tftp dgram udp nowait root /bin/x x\n",
	    "# A program for each datagram, with that alone as 0; one that\n"
	    "# wants the socket needs wait, which is exec-wait.\n"
	    "service tftp-udp {\n"
	    "\tlisten udp:*:tftp\n"
	    "\texec /bin/x\n"
	    "\targv0 x\n"
	    "\tuser root\n"
	    "}\n");
}

/* The words of the one service there is, but for what does not matter. */
static void
listens(const char *where, const char *proto, const char *listen)
{
	const char *type = strncmp(proto, "udp", 3) == 0 ? "dgram" : "stream";
	char text[256], line[256], *at;
	struct result r;

	snprintf(text, sizeof text, "%s %s %s wait root /bin/x /bin/x", where,
	    type, proto);
	snprintf(line, sizeof line, "\tlisten %s\n", listen);
	r = read_sized(text, strlen(text), false);
	cr_assert_eq(r.mistakes, 0, "%s: %s", text, r.wrong);
	at = strstr(r.tree, "\tlisten ");
	cr_assert_not_null(at);
	cr_assert_eq(strncmp(at, line, strlen(line)), 0, "%s: %s", text, at);
}

Test(inetd, protocols_say_of_which_family)
{
	static const struct { const char *proto, *listen; } rows[] = {
		{ "tcp",      "*:x"           },
		{ "tcp4",     "0.0.0.0:x"     },
		{ "tcp6",     "[::]:x"        },
		{ "tcp46",    "*:x"           },
		{ "tcp6only", "[::]:x"        },
		{ "udp",      "udp:*:x"       },
		{ "udp4",     "udp:0.0.0.0:x" },
		{ "udp6",     "udp:[::]:x"    },
		{ "udp46",    "udp:*:x"       },
		{ "udp6only", "udp:[::]:x"    },
		{ "tcp,sndbuf=64k,rcvbuf=1m", "*:x" },
		{ "udp,rcvbuf=16384", "udp:*:x" },
	};

	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
		listens("x", rows[i].proto, rows[i].listen);
}

Test(inetd, addresses_stand_before_the_service)
{
	static const struct { const char *where, *proto, *listen; } rows[] = {
		{ "127.0.0.1:x",       "tcp",  "127.0.0.1:x" },
		{ "127.0.0.1,::1:x",   "tcp",  "127.0.0.1:x [::1]:x" },
		{ "[::1]:80",          "tcp6", "[::1]:80" },
		{ "[::1],[::2]:80",    "tcp",  "[::1]:80 [::2]:80" },
		{ "::1:80",            "tcp",  "[::1]:80" },
		{ "*:x",               "tcp4", "0.0.0.0:x" },
		{ "a.example:x",       "udp",  "udp:a.example:x" },
		{ "localhost:x",       "tcp",  "localhost:x" },
		{ "localhost:x",       "tcp4", "127.0.0.1:x" },
		{ "localhost:x",       "tcp6", "[::1]:x" },
		{ "1.2.3.4,1.2.3.4:x", "tcp",  "1.2.3.4:x" },
	};

	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
		listens(rows[i].where, rows[i].proto, rows[i].listen);
}

Test(inetd, an_address_alone_holds_for_the_lines_below)
{
	becomes("127.0.0.1,[::1]:\n"
	    "a stream tcp nowait root /bin/x /bin/x\n"
	    "*:b stream tcp nowait root /bin/x /bin/x\n"
	    "*:\n"
	    "c stream tcp nowait root /bin/x /bin/x\n",
	    SERVICE("a-tcp", "127.0.0.1:a [::1]:a", "") "\n"
	    SERVICE("b-tcp", "*:b", "") "\n"
	    SERVICE("c-tcp", "*:c", ""));
}

Test(inetd, tcp_beside_tcp6_is_the_other_family)
{
	becomes("a stream tcp nowait root /bin/x /bin/x\n"
	    "a stream tcp6 nowait root /bin/x /bin/x\n",
	    SERVICE("a-tcp", "0.0.0.0:a", "") "\n"
	    "# tcp6 is IPv6 alone; GNU inetd means both: tcp46.\n"
	    SERVICE("a-tcp-2", "[::]:a", ""));
	becomes("a dgram udp4 wait root /bin/x /bin/x\n"
	    "a dgram udp wait root /bin/x /bin/x\n",
	    "service a-udp {\n"
	    "\tlisten udp:0.0.0.0:a\n"
	    "\texec-wait /bin/x\n"
	    "\tuser root\n"
	    "}\n\n"
	    "service a-udp-2 {\n"
	    "\tlisten udp:[::]:a\n"
	    "\texec-wait /bin/x\n"
	    "\tuser root\n"
	    "}\n");
}

Test(inetd, unix_sockets_are_known_by_their_path)
{
	becomes("/run/a.sock stream unix nowait root /bin/x /bin/x",
	    "# Everybody may connect to the socket, as with OpenBSD's inetd;\n"
	    "# socket-mode 0600: root alone.\n"
	    SERVICE("a.sock-unix", "unix:/run/a.sock", ""));
	becomes(":news:adm:0660:/run/a:b dgram unix wait root /bin/x /bin/x",
	    "service a_b-unix {\n"
	    "\tsocket-owner news:adm\n"
	    "\tsocket-mode 0660\n"
	    "\tlisten unix-dgram:/run/a:b\n"
	    "\texec-wait /bin/x\n"
	    "\tuser root\n"
	    "}\n");
	becomes(":a:b:200:/run/echo seqpacket unix nowait root /bin/x /bin/x",
	    "service echo-unix {\n"
	    "\tsocket-owner a:b\n"
	    "\tsocket-mode 200\n"
	    "\tlisten unix-seqpacket:/run/echo\n"
	    "\texec /bin/x\n"
	    "\tuser root\n"
	    "}\n");
	becomes(":a:b:200:/run/echo stream unix nowait root internal",
	    "service echo-unix {\n"
	    "\tsocket-owner a:b\n"
	    "\tsocket-mode 200\n"
	    "\tlisten unix:/run/echo\n"
	    "\tinline echo\n"
	    "\tuser root\n"
	    "}\n");
}

Test(inetd, users_have_groups)
{
	static const struct { const char *field, *user; } rows[] = {
		{ "nobody",            "nobody"         },
		{ "nobody.tty",        "nobody:tty"     },
		{ "nobody:tty",        "nobody:tty"     },
		{ "a.b.tty",           "a.b:tty"        },
		{ "a.b:tty",           "a.b:tty"        },
		{ "65534.5",           "65534:5"        },
		{ "0:0",               "0:0"            },
		{ "a.b@c",             "a.b@c"          },
		{ "www-data.www-data", "www-data:www-data" },
		{ "root:wheel/daemon", "root:wheel"     },
		{ "root/daemon",       "root"           },
	};
	char text[128], line[64];

	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		struct result r;

		snprintf(text, sizeof text, "a stream tcp nowait %s /bin/x x",
		    rows[i].field);
		snprintf(line, sizeof line, "\tuser %s\n", rows[i].user);
		r = read_sized(text, strlen(text), false);
		cr_assert_eq(r.mistakes, 0, "%s", r.wrong);
		cr_assert_not_null(strstr(r.tree, line), "%s: %s", text, r.tree);
	}
}

Test(inetd, so_many_children_are_so_many_connections)
{
	becomes("a stream tcp nowait/10 root /bin/x /bin/x",
	    SERVICE("a-tcp", "*:a", "\tmaximum-connected 10\n"));
	becomes("a stream tcp nowait/3/60/2 root/daemon /bin/x /bin/x",
	    "# 60 a minute from one address: no equal yet.\n"
	    "# 2 at once from one address: no equal yet.\n"
	    "# login class daemon: no equal; see limit and umask.\n"
	    SERVICE("a-tcp", "*:a", "\tminimum-available 3\n"
	    "\tmaximum-connected 3\n"));
	becomes("a stream tcp nowait/0//4 root /bin/x /bin/x",
	    "# 4 at once from one address: no equal yet.\n"
	    SERVICE("a-tcp", "*:a", "\tmaximum-connected 32768\n"));
	becomes("a dgram udp wait/4 root /bin/x /bin/x",
	    "# wait/4: with wait there is one program at a time.\n"
	    "service a-udp {\n"
	    "\tlisten udp:*:a\n"
	    "\texec-wait /bin/x\n"
	    "\tuser root\n"
	    "}\n");
}

Test(inetd, rates_and_buffers_are_noted)
{
	becomes("a stream tcp,sndbuf=64k nowait.100 root /bin/x /bin/x\n"
	    "b stream tcp nowait:7 root /bin/x /bin/x\n",
	    "# sndbuf=64k: no equal; the system sizes the buffers.\n"
	    "# 100 starts a minute at most: no equal; brood never switches a "
	    "service off.\n"
	    SERVICE("a-tcp", "*:a", "") "\n"
	    "# 7 starts a minute at most: no equal; brood never switches a "
	    "service off.\n"
	    SERVICE("b-tcp", "*:b", ""));
}

Test(inetd, old_tcp_for_transactions_is_tcp)
{
	becomes("a stream tcp/ttcp nowait root /bin/x /bin/x",
	    "# tcp/ttcp: no equal; no system has T/TCP any more.\n"
	    "service a-tcp {\n"
	    "\tlisten *:a\n"
	    "\texec /bin/x\n"
	    "\tuser root\n"
	    "}\n");
}

/* What no other test here has of OpenBSD's, FreeBSD's and GNU's. */
Test(inetd, every_form_of_a_system_is_taken)
{
	static const char *const rows[] = {
		"a stream tcp nowait root.0 /bin/x x",
		"a stream tcp nowait.0 root /bin/x x",
		"a stream tcp nowait/ root /bin/x x",
		"a stream tcp nowait//5 root /bin/x x",
		"a stream tcp nowait/5//5 root:daemon/class /bin/x x",
		"a stream tcp wait.40 root /bin/x x",
		"a dgram udp46,rcvbuf=1m,sndbuf=5 wait root /bin/x x",
		"a stream tcp6only nowait root /bin/x x",
		"a dgram udp6only nowait root /bin/x x",
		"[::1],1.2.3.4,*:a stream tcp46 nowait root /bin/x x",
		":root:0:0660:/run/a stream unix nowait root /bin/x x",
		"*:/run/a stream unix nowait root /bin/x x",
		"/run/a seqpacket unix wait root /bin/x x",
		"/run/a dgram unix wait root /bin/x x",
		"a stream tcp nowait root /bin/x x \"a # b\" c # d",
		"1.2.3.4:\na stream tcp nowait root /bin/x x\n*:\n",
	};

	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		struct result r = read_sized(rows[i], strlen(rows[i]), false);

		cr_assert_eq(r.mistakes, 0, "%s: %s", rows[i], r.wrong);
		cr_assert_not_null(strstr(r.tree, "\tlisten "), "%s", rows[i]);
	}
}

Test(inetd, quotes_hold_words_together)
{
	becomes("a stream tcp nowait root /bin/sh sh -c \"echo 'a b'\" '' a'b",
	    "# Quotes hold words together, as with FreeBSD's inetd.\n"
	    "service a-tcp {\n"
	    "\tlisten *:a\n"
	    "\texec /bin/sh -c \"echo 'a b'\" \"\" \"a'b\"\n"
	    "\targv0 sh\n"
	    "\tuser root\n"
	    "}\n");
}

Test(inetd, a_line_may_go_on_in_the_next)
{
	becomes("a stream tcp nowait root\n"
	    "\t/bin/x /bin/x 1\n"
	    "   # no\n"
	    " \n"
	    " 2 # 3\n"
	    "b stream tcp nowait root /bin/x /bin/x\n"
	    "#\n"
	    "  c stream tcp nowait root /bin/x /bin/x\n",
	    "service a-tcp {\n"
	    "\tlisten *:a\n"
	    "\texec /bin/x 1 2 \"#\" 3\n"
	    "\tuser root\n"
	    "}\n\n"
	    SERVICE("b-tcp", "*:b", "") "\n"
	    SERVICE("c-tcp", "*:c", ""));
	is_refused("a stream tcp nowait root /bin/x\n"
	    " b stream tcp nowait root /bin/y\n",
	    "f:2:1: a blank at the start: to some inetds an entry, to others "
	    "more words of the one above; expected none\n");
}

Test(inetd, built_ins_are_built_in)
{
	static const char *const names[] = {
		"echo", "discard", "daytime", "chargen", "time"
	};
	char text[128], tree[256];

	for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
		snprintf(text, sizeof text, "%s stream tcp nowait root internal",
		    names[i]);
		snprintf(tree, sizeof tree, "service %s-tcp {\n\tlisten *:%s\n"
		    "\tinline %s\n\tuser root\n}\n", names[i], names[i],
		    names[i]);
		becomes(text, tree);
		snprintf(text, sizeof text, "%s dgram udp wait root internal "
		    "internal\n", names[i]);
		snprintf(tree, sizeof tree, "service %s-udp {\n"
		    "\tlisten udp:*:%s\n\tinline %s\n\tuser root\n}\n",
		    names[i], names[i], names[i]);
		becomes(text, tree);
	}
	is_refused("auth stream tcp nowait root internal auth -r -f",
	    "f:1:29: internal auth: brood has no such built-in of inetd; "
	    "expected echo, discard, daytime, chargen or time\n");
	is_refused("tcpmux stream tcp nowait root internal",
	    "f:1:31: internal tcpmux: brood has no such built-in of inetd; "
	    "expected echo, discard, daytime, chargen or time\n");
}

Test(inetd, names_are_numbered)
{
	becomes("a stream tcp4 nowait root /bin/x /bin/x\n"
	    "1.2.3.4:a stream tcp nowait root /bin/x /bin/x\n"
	    "1.2.3.5:a stream tcp nowait root /bin/x /bin/x\n",
	    SERVICE("a-tcp", "0.0.0.0:a", "") "\n"
	    SERVICE("a-tcp-2", "1.2.3.4:a", "") "\n"
	    SERVICE("a-tcp-3", "1.2.3.5:a", ""));
	becomes("/run/1234567890123456789012345678901234567890+ stream unix "
	    "nowait root /bin/x /bin/x",
	    "# Everybody may connect to the socket, as with OpenBSD's inetd;\n"
	    "# socket-mode 0600: root alone.\n"
	    SERVICE("123456789012345678901234567890-unix",
	    "unix:/run/1234567890123456789012345678901234567890+", ""));
}

/* ---- what is not served ---- */

Test(inetd, what_brood_does_not_have_is_left_out)
{
	static const struct { const char *text, *wrong, *tree; } rows[] = {
		{ "rstatd/1-5 dgram rpc/udp wait nobody /bin/x x",
		  "f:1:18: rpc/udp: brood has no RPC; expected none\n",
		  "# Left out: rstatd_1-5-rpc, line 1.\n"
		  "# Not served: rpc/udp: brood has no RPC.\n" },
		{ "tcpmux/+date stream tcp nowait root /bin/date date",
		  "f:1:1: tcpmux/+date: brood's tcpmux has no programs; expected "
		  "none\n",
		  "# Left out: tcpmux__date-tcp, line 1.\n"
		  "# Not served: tcpmux/+date: brood's tcpmux has no programs.\n" },
		{ "a raw icmp nowait root /bin/x x",
		  "f:1:3: socket type raw: brood has none of that; expected "
		  "stream, dgram or seqpacket\n",
		  "# Left out: a, line 1.\n"
		  "# Not served: socket type raw: brood has none of that.\n" },
		{ "auth stream tcp nowait root internal",
		  "f:1:29: internal auth: brood has no such built-in of inetd; "
		  "expected echo, discard, daytime, chargen or time\n",
		  "# Left out: auth-tcp, line 1.\n"
		  "# Not served: internal auth: brood has no such built-in of "
		  "inetd.\n" },
	};

	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		is_refused(rows[i].text, rows[i].wrong);
		converts_to(rows[i].text, rows[i].tree);
	}
}

Test(inetd, what_would_be_open_wider_is_off)
{
	is_refused("a seqpacket tcp nowait root /bin/x /bin/x",
	    "f:1:13: seqpacket: brood has it of unix sockets only; expected "
	    "stream or dgram\n");
	converts_to("#@ in ipsec ah/require\n"
	    "a stream tcp nowait root /bin/x /bin/x\n"
	    "#@\n"
	    "b stream tcp nowait root /bin/x /bin/x\n",
	    "# Not served: #@ has a policy of IPsec for a: brood has none.\n"
	    SERVICE("a-tcp", "*:a", "\tenabled no\n") "\n"
	    SERVICE("b-tcp", "*:b", ""));
	is_refused("#@ in ipsec ah/require\n"
	    "a stream tcp nowait root /bin/x /bin/x\n",
	    "f:1:1: #@ has a policy of IPsec for a: brood has none; expected "
	    "none\n");
}

/* ---- mistakes ---- */

Test(inetd, mistakes_are_told_with_their_place)
{
	static const struct { const char *text, *wrong; } rows[] = {
		{ "a stream tcp nowait root", "f:1:1: 5 fields: expected SERVICE "
		  "TYPE PROTOCOL WAIT USER PROGRAM and its arguments\n" },
		{ "a strm tcp nowait root /bin/x", "f:1:3: socket type strm: "
		  "expected stream, dgram or seqpacket\n" },
		{ "a stream tcpx nowait root /bin/x", "f:1:10: protocol tcpx: "
		  "expected tcp, udp, tcp4, udp4, tcp6, udp6, tcp46, udp46 or "
		  "unix, perhaps with ,sndbuf=N or ,rcvbuf=N\n" },
		{ "a stream tcp,sndbuf=k nowait root /bin/x", "f:1:10: protocol "
		  "tcp,sndbuf=k: expected tcp, udp, tcp4, udp4, tcp6, udp6, tcp46, "
		  "udp46 or unix, perhaps with ,sndbuf=N or ,rcvbuf=N\n" },
		{ "a stream udp nowait root /bin/x", "f:1:10: udp: expected a "
		  "protocol of type stream\n" },
		{ "a dgram tcp nowait root /bin/x", "f:1:9: tcp: expected a "
		  "protocol of type dgram\n" },
		{ "a stream tcp nowai root /bin/x", "f:1:14: nowai: expected wait "
		  "or nowait, perhaps with .MAX, :MAX or /MAX[/MAX[/MAX]]\n" },
		{ "a stream tcp nowait.x root /bin/x", "f:1:14: nowait.x: expected "
		  "wait or nowait, perhaps with .MAX, :MAX or /MAX[/MAX[/MAX]]\n" },
		{ "a stream tcp nowait/1/2/3/4 root /bin/x", "f:1:14: "
		  "nowait/1/2/3/4: expected wait or nowait, perhaps with .MAX, "
		  ":MAX or /MAX[/MAX[/MAX]]\n" },
		{ "a stream tcp nowait :x /bin/x", "f:1:21: :x: expected USER, "
		  "USER:GROUP or USER.GROUP\n" },
		{ "a stream tcp nowait x: /bin/x", "f:1:21: x:: expected USER, "
		  "USER:GROUP or USER.GROUP\n" },
		{ "a stream tcp nowait root bin/x", "f:1:26: bin/x: expected the "
		  "absolute path of a program\n" },
		{ "a/b stream tcp nowait root /bin/x", "f:1:1: address `*:a/b': "
		  "bad port: expected a number or a service name\n" },
		{ "70000 stream tcp nowait root /bin/x", "f:1:1: address "
		  "`*:70000': bad port: expected a number from 0 to 65535\n" },
		{ "::1:a stream tcp4 nowait root /bin/x", "f:1:1: ::1: expected an "
		  "address of IPv4\n" },
		{ "1.2.3.4:a stream tcp6 nowait root /bin/x", "f:1:1: 1.2.3.4: "
		  "expected an address of IPv6\n" },
		{ "x.org:a stream tcp4 nowait root /bin/x", "f:1:1: x.org: "
		  "expected an address of IPv4\n" },
		{ ",x:a stream tcp nowait root /bin/x", "f:1:1: ,x:a: expected an "
		  "address, or a list with commas, before the colon\n" },
		{ "a: stream tcp nowait root /bin/x", "f:1:1: a:: expected a "
		  "service behind the colon, or nothing behind the address in its "
		  "line\n" },
		{ "a stream unix nowait root /bin/x", "f:1:1: a: expected the "
		  "absolute path of a socket\n" },
		{ ":a:b:/run/x stream unix nowait root /bin/x", "f:1:1: "
		  ":a:b:/run/x: expected :USER:GROUP:MODE:PATH\n" },
		{ "a stream tcp nowait root /bin/x 'x", "f:1:33: a quote that is "
		  "not closed: expected its other end in the same line\n" },
		{ "a stream tcp nowait root /bin/x\r\n", "f:1:32: a carriage return: "
		  "expected lines that end with a newline alone\n" },
		{ "a stream tcp nowait root /bin/\x01", "f:1:31: a control byte: "
		  "expected text\n" },
		{ "a stream tcp nowait root /bin/\xff", "f:1:31: not UTF-8: "
		  "expected text\n" },
	};

	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
		is_refused(rows[i].text, rows[i].wrong);
}

Test(inetd, a_mistake_does_not_hide_the_next)
{
	struct result r = read_sized("a x tcp nowait root /bin/x\n"
	    "b stream tcp nowait root /bin/x\nc\n", 60, false);

	cr_assert_eq(r.mistakes, 2, "%s", r.wrong);
	cr_assert_not_null(strstr(r.wrong, "f:3:1: 1 fields"), "%s", r.wrong);
	cr_assert_not_null(strstr(r.tree, "service b-tcp {"), "%s", r.tree);
}

Test(inetd, a_nul_byte_is_found)
{
	struct result r = read_sized("# x\na\0b", 7, false);

	cr_assert_str_eq(r.wrong, "f:2:2: a NUL byte: expected text\n");
}

Test(inetd, has_bounds)
{
	char *text = keep(malloc(1500 * 64)), *p = text;
	struct result r;

	for (int i = 0; i < 1200; i++)
		p += sprintf(p, "1.2.3.4:%d stream tcp nowait root /bin/x x\n", i);
	r = read_sized(text, (size_t)(p - text), false);
	cr_assert_str_eq(r.wrong, "f:1001:1: too many services: expected at most "
	    "1000\n");
	p = text + sprintf(text, "a stream tcp nowait root /bin/x");
	for (int i = 0; i < 600; i++)
		p += sprintf(p, " x");
	r = read_sized(text, (size_t)(p - text), false);
	cr_assert_str_eq(r.wrong, "f:1:1021: too many words: expected at most "
	    "500 of one entry, 100000 in all\n");
	p = text;
	for (int i = 0; i < 300; i++)
		p += sprintf(p, "%s10.1.%d.%d", i > 0 ? "," : "", i / 256, i % 256);
	p += sprintf(p, ":a stream tcp nowait root /bin/x");
	r = read_sized(text, (size_t)(p - text), false);
	cr_assert_str_eq(r.wrong, "f:1:1: too many addresses: expected at most "
	    "256\n");
}

/* ---- files ---- */

Test(inetd, files_that_are_none_are_refused)
{
	char folder[] = "/tmp/inetd.XXXXXX", path[64];

	cr_assert_not_null(mkdtemp(folder));
	snprintf(path, sizeof path, "%s/fifo", folder);
	cr_assert_eq(mkfifo(path, 0600), 0);
	cr_assert_not_null(strstr(read_path(path).wrong, "no regular file"));
	cr_assert_not_null(strstr(read_path(folder).wrong, "is a folder"));
	unlink(path);
	cr_assert_not_null(strstr(read_path(path).wrong, "cannot be read"));
	rmdir(folder);
}

Test(inetd, a_file_is_read)
{
	char path[] = "/tmp/inetd.XXXXXX";
	int fd = mkstemp(path);
	static const char text[] = "a stream tcp nowait root /bin/x x\n";

	cr_assert_neq(fd, -1);
	cr_assert_eq(write(fd, text, sizeof text - 1), sizeof text - 1);
	close(fd);
	cr_assert_eq(read_path(path).mistakes, 0);
	unlink(path);
}

/* ---- as Debian has it ---- */

/* The lines that packages register by update-inetd(8). */
Test(inetd, entries_of_debian_are_taken)
{
	static const struct { const char *text, *tree; } rows[] = {
		{ "talk\t\tdgram\tudp\twait\tnobody.tty\t/usr/sbin/in.talkd\t"
		  "in.talkd",
		  "service talk-udp {\n\tlisten udp:*:talk\n"
		  "\texec-wait /usr/sbin/in.talkd\n\targv0 in.talkd\n"
		  "\tuser nobody:tty\n}\n" },
		{ "finger\t\tstream\ttcp\tnowait\tnobody\t/usr/sbin/tcpd\t"
		  "/usr/sbin/in.fingerd",
		  "service finger-tcp {\n\tlisten *:finger\n"
		  "\texec /usr/sbin/tcpd\n\targv0 /usr/sbin/in.fingerd\n"
		  "\tuser nobody\n}\n" },
		{ "tftp\t\tdgram\tudp\twait\troot\t/usr/sbin/in.tftpd\t"
		  "/usr/sbin/in.tftpd -s /srv/tftp",
		  "service tftp-udp {\n\tlisten udp:*:tftp\n"
		  "\texec-wait /usr/sbin/in.tftpd -s /srv/tftp\n"
		  "\tuser root\n}\n" },
		{ "rsync stream tcp nowait root /usr/bin/rsync rsync --daemon",
		  "service rsync-tcp {\n\tlisten *:rsync\n"
		  "\texec /usr/bin/rsync --daemon\n\targv0 rsync\n"
		  "\tuser root\n}\n" },
		{ "cvspserver\tstream\ttcp\tnowait.400\troot\t/usr/sbin/tcpd\t"
		  "/usr/sbin/cvs-pserver",
		  "# 400 starts a minute at most: no equal; brood never switches a "
		  "service off.\n"
		  "service cvspserver-tcp {\n\tlisten *:cvspserver\n"
		  "\texec /usr/sbin/tcpd\n\targv0 /usr/sbin/cvs-pserver\n"
		  "\tuser root\n}\n" },
		{ "swat\t\tstream\ttcp\tnowait.400\troot\t/usr/sbin/tcpd\t"
		  "/usr/sbin/swat",
		  "# 400 starts a minute at most: no equal; brood never switches a "
		  "service off.\n"
		  "service swat-tcp {\n\tlisten *:swat\n"
		  "\texec /usr/sbin/tcpd\n\targv0 /usr/sbin/swat\n"
		  "\tuser root\n}\n" },
		{ "ident\t\tstream\ttcp\tnowait\tidentd /usr/sbin/ident2 ident2 "
		  "-i -n",
		  "service ident-tcp {\n\tlisten *:ident\n"
		  "\texec /usr/sbin/ident2 -i -n\n\targv0 ident2\n"
		  "\tuser identd\n}\n" },
		{ "nrpe stream tcp nowait nagios /usr/sbin/tcpd /usr/sbin/nrpe "
		  "-c /etc/nagios/nrpe.cfg --inetd",
		  "service nrpe-tcp {\n\tlisten *:nrpe\n"
		  "\texec /usr/sbin/tcpd -c /etc/nagios/nrpe.cfg --inetd\n"
		  "\targv0 /usr/sbin/nrpe\n\tuser nagios\n}\n" },
		{ "ftp\tstream\ttcp\tnowait\troot /usr/sbin/tcpd "
		  "/usr/sbin/proftpd",
		  "service ftp-tcp {\n\tlisten *:ftp\n"
		  "\texec /usr/sbin/tcpd\n\targv0 /usr/sbin/proftpd\n"
		  "\tuser root\n}\n" },
		{ "sane-port\tstream\ttcp\tnowait\tsaned:saned\t/usr/sbin/saned "
		  "saned",
		  "service sane-port-tcp {\n\tlisten *:sane-port\n"
		  "\texec /usr/sbin/saned\n\targv0 saned\n"
		  "\tuser saned:saned\n}\n" },
		{ "nbd stream tcp nowait nbd /usr/bin/nbd-server nbd-server 0 "
		  "/srv/disk -r",
		  "service nbd-tcp {\n\tlisten *:nbd\n"
		  "\texec /usr/bin/nbd-server 0 /srv/disk -r\n"
		  "\targv0 nbd-server\n\tuser nbd\n}\n" },
		{ "ircd stream tcp nowait bitlbee /usr/sbin/bitlbee bitlbee -I",
		  "service ircd-tcp {\n\tlisten *:ircd\n"
		  "\texec /usr/sbin/bitlbee -I\n\targv0 bitlbee\n"
		  "\tuser bitlbee\n}\n" },
		{ "git stream tcp nowait nobody /usr/bin/git git daemon --inetd "
		  "/srv/git",
		  "service git-tcp {\n\tlisten *:git\n"
		  "\texec /usr/bin/git daemon --inetd /srv/git\n\targv0 git\n"
		  "\tuser nobody\n}\n" },
		{ "uucp\t\tstream\ttcp\tnowait\troot\t/usr/sbin/tcpd\t"
		  "/usr/sbin/in.uucpd",
		  "service uucp-tcp {\n\tlisten *:uucp\n"
		  "\texec /usr/sbin/tcpd\n\targv0 /usr/sbin/in.uucpd\n"
		  "\tuser root\n}\n" },
		{ "amanda stream tcp nowait backup /usr/lib/amanda/amandad amandad "
		  "-auth=bsdtcp amdump amindexd amidxtaped",
		  "service amanda-tcp {\n\tlisten *:amanda\n"
		  "\texec /usr/lib/amanda/amandad -auth=bsdtcp amdump amindexd "
		  "amidxtaped\n\targv0 amandad\n\tuser backup\n}\n" },
		{ "vtun stream tcp nowait root /usr/sbin/vtund vtund -i",
		  "service vtun-tcp {\n\tlisten *:vtun\n"
		  "\texec /usr/sbin/vtund -i\n\targv0 vtund\n"
		  "\tuser root\n}\n" },
		{ "nntp\tstream\ttcp\tnowait\tnews\t/usr/sbin/tcpd\t"
		  "/usr/sbin/leafnode",
		  "service nntp-tcp {\n\tlisten *:nntp\n"
		  "\texec /usr/sbin/tcpd\n\targv0 /usr/sbin/leafnode\n"
		  "\tuser news\n}\n" },
		{ "pop3\tstream\ttcp\tnowait\troot.mail\t/usr/sbin/tcpd\t"
		  "/usr/sbin/solid-pop3d",
		  "service pop3-tcp {\n\tlisten *:pop3\n"
		  "\texec /usr/sbin/tcpd\n\targv0 /usr/sbin/solid-pop3d\n"
		  "\tuser root:mail\n}\n" },
		{ "bootps\t\tdgram\tudp\twait\troot\t/usr/sbin/bootpd\tbootpd -i "
		  "-t 120",
		  "service bootps-udp {\n\tlisten udp:*:bootps\n"
		  "\texec-wait /usr/sbin/bootpd -i -t 120\n\targv0 bootpd\n"
		  "\tuser root\n}\n" },
		{ "printer stream tcp nowait lp /usr/lib/cups/daemon/cups-lpd "
		  "cups-lpd",
		  "service printer-tcp {\n\tlisten *:printer\n"
		  "\texec /usr/lib/cups/daemon/cups-lpd\n\targv0 cups-lpd\n"
		  "\tuser lp\n}\n" },
	};

	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
		becomes(rows[i].text, rows[i].tree);
}

Test(inetd, a_new_file_of_debian_is_empty)
{
	becomes("# Internet super-server\n"
	    "#:LABEL: and #<off># begin lines of update-inetd\n"
	    "#\n"
	    "# <service_name> <sock_type> <proto> <flags> <user> <server_path> "
	    "<args>\n"
	    "#\n"
	    "#:INTERNAL: Internal services\n"
	    "#echo\t\tstream\ttcp\tnowait\troot\tinternal\n"
	    "#discard\t\tdgram\tudp\twait\troot\tinternal\n"
	    "\n"
	    "#:STANDARD: These are standard services.\n"
	    "\n"
	    "#:BOOT: TFTP service\n"
	    "#       run this only on boot servers\n"
	    "\n"
	    "#<off># telnet\tstream\ttcp\tnowait\troot\t/usr/sbin/tcpd\t"
	    "/usr/sbin/telnetd\n", "");
}
