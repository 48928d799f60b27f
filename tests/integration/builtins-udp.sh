#!/bin/sh
# The built-in services over datagrams: what their RFCs say, and what keeps
# them from being turned against others.
. "${srcdir:-.}/tests/integration/lib.sh"
. "${srcdir:-.}/tests/integration/builtins-lib.sh"
need python3

# start NAME [OPTION...]: on 127.0.0.1, streams and datagrams.
start() {
	service=$1
	shift
	brood_start --inline "$service" "$@" 'tcp:127.0.0.1:0,udp:127.0.0.1:0'
	UDP=$(port_of_udp)
}

port_of_udp() {
	sed -n 's/.* info listen addr=udp:[^ ]*:\([0-9]*\) .*/\1/p' "$LOG" |
	    tail -n 1
}

port_of_tcp() {
	sed -n 's/.* info listen addr=[0-9.]*:\([0-9]*\) .*/\1/p' "$LOG" |
	    tail -n 1
}

# either NAME COMMAND...: a point; skipped if it says that it cannot be seen.
either() {
	point=$1
	shift
	"$@"
	case $? in
	0)	ok "$point" ;;
	77)	skip "$point: not permitted here" ;;
	*)	not_ok "$point" ;;
	esac
}

facts_of_each() {
	start echo
	for n in 0 1 512 1472 65507; do
		check "echo: $n bytes come back (RFC 862)" \
		    fact udp_echo 127.0.0.1 "$UDP" "$n"
	done
	check "echo: the same service has streams" \
	    fact echo 127.0.0.1 "$(port_of_tcp)"
	if command -v nc >/dev/null 2>&1; then
		is "echo: nc agrees" \
		    "$(echo hello | nc -u -w 60 -W 1 127.0.0.1 "$UDP")" hello
	else
		skip "no nc"
	fi
	brood_stop

	start discard --children 1
	check "discard: is silent (RFC 863)" \
	    fact udp_silent 127.0.0.1 "$UDP" "$(port_of_tcp)"
	brood_stop

	start daytime
	check "daytime: a line, also for nothing (RFC 867)" \
	    fact udp_daytime 127.0.0.1 "$UDP"
	brood_stop

	start time
	check "time: seconds since 1900 (RFC 868)" fact udp_time 127.0.0.1 "$UDP"
	rdate_point -u -o "$UDP"
	brood_stop

	start qotd
	check "qotd: a short quote (RFC 865)" fact udp_qotd 127.0.0.1 "$UDP"
	brood_stop

	start chargen --reply-rate 0
	check "chargen: 0 to 512 bytes (RFC 864)" \
	    fact udp_chargen 127.0.0.1 "$UDP" 1000 512
	check "chargen: three times what asked for it, at most" \
	    fact udp_chargen 127.0.0.1 "$UDP" 10 30
	check "chargen: nothing for nothing" fact udp_chargen 127.0.0.1 "$UDP" 0 0
	brood_stop
}

# One child, so that one datagram is served after the other.
guards() {
	for service in echo chargen daytime time qotd; do
		start "$service" --children 1
		either "$service: no reply to ports that would answer it" \
		    fact guards 127.0.0.1 "$UDP"
		brood_stop
	done
	start echo --children 1
	either "echo: no reply to port 0" fact guards_forged 127.0.0.1 "$UDP" 0
	either "echo: no reply to itself" fact guards_forged 127.0.0.1 "$UDP" own
	[ "$(id -u)" -ne 0 ] || soon "which is told" log_has ' reply-refused '
	brood_stop
}

over_ip6() {
	brood_start --inline echo --children 1 'udp:[::1]:0'
	UDP=$(port_of_udp)
	check "echo over IPv6" fact udp_echo ::1 "$UDP" 65507
	either "echo: no reply to ports that would answer, over IPv6" \
	    fact guards ::1 "$UDP"
	brood_stop
}

facts_of_each
guards
if grep -q ^00000000000000000000000000000001 /proc/net/if_inet6 2>/dev/null; then
	over_ip6
else
	skip "no ::1"
fi
# It has no such form, RFC 1078.
brood_fails 64 'datagram' --inline tcpmux udp:127.0.0.1:0
finish
