#!/bin/sh
# The built-in services over streams: what their RFCs say, and no more.
. "${srcdir:-.}/tests/integration/lib.sh"
. "${srcdir:-.}/tests/integration/builtins-lib.sh"
need python3 nc

# start NAME [ADDRESS]
start() {
	brood_start --inline "$1" "${2:-127.0.0.1:0}"
}

facts_of_each() {
	start echo
	check "echo: what is sent comes back (RFC 862)" fact echo 127.0.0.1 "$PORT"
	check "echo: at once" fact echo_typed 127.0.0.1 "$PORT"
	is "echo: nc agrees" "$(echo hello | ask)" hello
	brood_stop

	start discard
	check "discard: is silent until the end (RFC 863)" \
	    fact discard 127.0.0.1 "$PORT"
	is "discard: nc agrees" "$(echo hello | ask)" ""
	brood_stop

	start daytime
	check "daytime: a line with the time (RFC 867)" fact daytime 127.0.0.1 "$PORT"
	is "daytime: nc agrees" "$(ask </dev/null | wc -l)" 1
	brood_stop

	start time
	check "time: seconds since 1900 (RFC 868)" fact time 127.0.0.1 "$PORT"
	rdate_point -o "$PORT"
	brood_stop

	start qotd
	check "qotd: a short quote, not always the same (RFC 865)" \
	    fact qotd 127.0.0.1 "$PORT"
	brood_stop

	start chargen
	check "chargen: the usual pattern (RFC 864)" fact chargen 127.0.0.1 "$PORT"
	check "chargen: what it hears is dropped" \
	    fact chargen_hears 127.0.0.1 "$PORT"
	is "chargen: nc agrees" "$(nc -d -w 60 127.0.0.1 "$PORT" | head -n 1000 |
	    awk 'length($0) == 73' | wc -l)" 1000
	brood_stop
}

unread_input() {
	for service in daytime time qotd; do
		start "$service"
		check "$service: input that nobody reads cuts nothing" \
		    fact unread 127.0.0.1 "$PORT"
		brood_stop
	done
}

clients_that_vanish() {
	for service in echo discard daytime time qotd chargen tcpmux; do
		start "$service"
		fact gone 127.0.0.1 "$PORT" || not_ok "$service: ten clients go"
		soon "$service: is there after ten clients went in the middle" \
		    log_at_least 10 ' end '
		is "$service: and nobody died of it" \
		    "$(log_count ' child-(died|failed) ')" 0
		brood_stop
	done
}

tcpmux() {
	start tcpmux
	check "tcpmux: help lists the names (RFC 1078)" fact mux_help 127.0.0.1 "$PORT"
	check "tcpmux: echo, with what came at once" \
	    fact mux 127.0.0.1 "$PORT" echo hello hello
	check "tcpmux: a name in any case" fact mux 127.0.0.1 "$PORT" eCHO hello hello
	check "tcpmux: discard" fact mux 127.0.0.1 "$PORT" discard hello ""
	for service in daytime time qotd chargen; do
		check "tcpmux: $service" \
		    fact mux 127.0.0.1 "$PORT" "$service"
	done
	check "tcpmux: LF alone ends a name, too" fact mux_bare 127.0.0.1 "$PORT"
	check "tcpmux: nothing else gets a +" fact mux_refuses 127.0.0.1 "$PORT"
	brood_stop
}

# peak_kb PID: the most memory it ever had.
peak_kb() {
	awk '/^VmHWM/ { print $2 }' "/proc/$1/status"
}

# What takes its time is waited for together.
bounds() {
	start tcpmux
	mux_master=$M
	fact mux_slow 127.0.0.1 "$PORT" &
	slow=$!
	LOG=$T/log.chargen
	start chargen
	fact stare 127.0.0.1 "$PORT" 60 &
	staring=$!
	check "tcpmux: a name that drips is not waited for" wait "$slow"
	check "chargen: a client that never reads is reset" wait "$staring"
	soon "its child is told of" log_has ' end '
	served=$(sed -n 's/.* begin pid=\([0-9]*\) .*/\1/p' "$LOG" | head -n 1)
	check "and goes on" kill -0 "$served"
	other=$(idle_children | grep -vx "$served" | head -n 1)
	check "without having grown" \
	    [ "$(peak_kb "$served")" -lt $(($(peak_kb "$other") + 4096)) ]
	check "chargen: the next one is served" fact chargen 127.0.0.1 "$PORT"
	brood_stop
	M=$mux_master
	LOG=$T/log
	brood_stop
}

over_ip6() {
	brood_start --inline echo 'tcp:[::1]:0'
	check "echo over IPv6" fact echo ::1 "$PORT"
	brood_stop
	brood_start --inline daytime 'tcp:[::1]:0'
	check "daytime over IPv6" fact daytime ::1 "$PORT"
	brood_stop
}

over_unix() {
	brood_start --inline echo "unix:$T/echo"
	is "echo over a unix socket" "$(echo hello | nc -NU -w 60 "$T/echo")" hello
	brood_stop
}

facts_of_each
unread_input
clients_that_vanish
tcpmux
bounds
if grep -q ^00000000000000000000000000000001 /proc/net/if_inet6 2>/dev/null; then
	over_ip6
else
	skip "no ::1"
fi
over_unix
brood_fails 64 'nosuch' --inline nosuch 127.0.0.1:0
finish
