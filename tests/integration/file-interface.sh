#!/bin/sh
# A listener's network interface is changed by a reload: it stays the socket it
# was, with all who wait at it, and hears on the other interface only.
[ -n "${INSIDE-}" ] || ! unshare -n true 2>/dev/null ||
    INSIDE=1 exec unshare -n sh "$0"
. "${srcdir:-.}/tests/integration/lib.sh"
[ -n "${INSIDE-}" ] || skip_all "no network namespaces"
need ip ss nc

ip link set lo up
ip link add other type dummy 2>/dev/null ||
    ip link add other type bridge 2>/dev/null || skip_all "no other interface"
ip addr add 192.0.2.1/24 dev other
ip link set other up

conf() {	# [WORDS] [LISTEN]
	cat <<CONF
user root
service one {
	listen ${2-0.0.0.0:7001 udp:0.0.0.0:7001 unix:$T/one.sock}
	exec cat
	${1-}
}
CONF
}
# What a reload and a plan say of listeners, and which sockets there are.
sockets() {
	ss -Htulne 'sport = 7001' | sed 's/.*ino:\([0-9]*\).*/\1/' | sort | xargs
}
bound() {
	ss -Htuln 'sport = 7001' | awk '{ print $1 $5 }' | sort | xargs
}
asks() {
	echo question | timeout 5 nc -N -w 2 "$1" 7001 2>/dev/null
}
changes() {	# NAME BOUND WORDS
	conf "$3" >"$CONF"
	is "$1: the plan" "$(ctl plan | grep -v ' (one)$' | grep -E '^(open|close)')" ""
	check "$1: a reload" ctl reload
	is "$1: bound so" "$(bound)" "$2"
	is "$1: the same sockets" "$(sockets)" "$before"
	is "$1: the unix one serves" "$(echo x | nc -NU "$T/one.sock")" x
}

conf >"$CONF"
file_begin
before=$(sockets)
is "two are bound to all" "$(bound)" "tcp0.0.0.0:7001 udp0.0.0.0:7001"
changes "to lo" "tcp0.0.0.0%lo:7001 udp0.0.0.0%lo:7001" 'interface lo'
is "who asks on lo is answered" "$(asks 127.0.0.1)" question

# Held, so that nobody accepts: who waits then is not lost.
ctl pause >/dev/null
nc -N -w 20 127.0.0.1 7001 >"$T/late" <<'X' &
waits
X
late=$!
HELD="$HELD $late"
queued() {
	[ "$(ss -Htln 'sport = 7001' | awk '{ print $2 }')" = 1 ]
}
wait_until queued
changes "to another" "tcp0.0.0.0%other:7001 udp0.0.0.0%other:7001" \
    'interface other'
ctl resume >/dev/null
wait "$late"
is "who had waited is served" "$(cat "$T/late")" waits
is "who asks on lo is not heard any more" "$(asks 127.0.0.1)" ""
changes "to all again" "tcp0.0.0.0:7001 udp0.0.0.0:7001" ''
is "who asks on lo is answered again" "$(asks 127.0.0.1)" question

# ---- what cannot be had changes nothing
conf 'interface nosuch' >"$CONF"
ctl reload 2>"$T/said"
is "an interface that is not there" $? 69
check "is named" grep -q 'one: cannot bind .* to the interface nosuch: No such device' "$T/said"
is "nothing has changed" "$(bound) $(sockets)" "tcp0.0.0.0:7001 udp0.0.0.0:7001 $before"

# ---- two at one port
{ conf 'interface lo' 0.0.0.0:7001
  conf 'interface other' 0.0.0.0:7001 | sed -e 1d -e s/one/two/; } >"$CONF"
ctl reload 2>"$T/said"
is "one for all cannot become two at once" $? 69
conf 'interface lo' 0.0.0.0:7001 >"$CONF"
check "but the one" ctl reload
{ conf 'interface lo' 0.0.0.0:7001
  conf 'interface other' 0.0.0.0:7001 | sed -e 1d -e s/one/two/; } >"$CONF"
check "and then the other" ctl reload
is "there are both" "$(bound)" "tcp0.0.0.0%lo:7001 tcp0.0.0.0%other:7001"
before=$(sockets)
{ conf 'interface other' 0.0.0.0:7001
  conf 'interface lo' 0.0.0.0:7001 | sed -e 1d -e s/one/two/; } >"$CONF"
check "they change places" ctl reload
is "with the same sockets" "$(sockets)" "$before"
is "who asks on lo is answered then" "$(asks 127.0.0.1)" question
is "a port 0 is the same one, too" "$(
	conf '' 127.0.0.1:0 >"$CONF"
	ctl reload && first=$(port_of_service one)
	conf 'interface lo' 127.0.0.1:0 >"$CONF"
	ctl reload && [ "$(port_of_service one)" = "$first" ] && echo same)" same
check "it stops with 0" brood_stop
finish
