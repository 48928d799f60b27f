#!/bin/sh
# A wildcard socket for datagrams on a host with two interfaces: each reply
# leaves from the address that was asked, by the interface the question came
# from; what was asked of all (broadcast, multicast) is answered from one's own.
[ -n "${INSIDE-}" ] || ! unshare -n true 2>/dev/null ||
    INSIDE=1 exec unshare -n sh "$0"
. "${srcdir:-.}/tests/integration/lib.sh"
[ -n "${INSIDE-}" ] || skip_all "no network namespaces"
need ip nsenter python3

# The client is a host of its own.
unshare -n sleep 300 &
HOST=$!
MASTERS="$MASTERS $HOST"
is_another() {
	[ "$(readlink "/proc/$HOST/ns/net")" != "$(readlink /proc/self/ns/net)" ]
}
wait_until is_another
there() { nsenter -t "$HOST" -n "$@"; }

# wire N: interface sN here and cN there, with addresses of both families; the
# link-local ones are the same on both.
wire() {
	ip link add "s$1" type veth peer name "c$1" netns "$HOST" || return
	for end in "s$1 1" "c$1 9"; do
		name=${end% *}
		case $name in s*) at= ;; *) at=there ;; esac
		$at ip link set "$name" addrgenmode none
		$at ip addr add "10.9.$1.${end#* }/24" brd + dev "$name" &&
		$at ip addr add "fd09:$1::${end#* }/64" dev "$name" nodad &&
		$at ip addr add "fe80::${end#* }/64" dev "$name" nodad &&
		$at ip link set "$name" up || return
	done
}
ip link set lo up
if ! wire 1 2>"$T/why" || ! wire 2 2>>"$T/why"; then
	skip_all "no pairs of interfaces: $(cat "$T/why")"
fi
ip addr add 10.9.1.2/24 dev s1
# Addresses and routes count from then on.
are_up() {
	[ "$(ip -o link show up | grep -c 's[12]@.* state UP')" -eq 2 ] &&
	    [ "$(there ip -o link show up | grep -c 'c[12]@.* state UP')" -eq 2 ] &&
	    [ "$(there ip -6 route show table all | grep -c 'ff00::/8 dev c')" -eq 2 ]
}
wait_until are_up
# Asked for the second network's address by way of the first.
there ip route add 10.9.2.1/32 via 10.9.1.1 dev c1

# ask_all PORT4 PORT6: what was wrong, a line each.
ask_all() {
	there python3 - "$1" "$2" <<'PY'
import socket
import struct
import sys

port4, port6 = int(sys.argv[1]), int(sys.argv[2])


def index(name):
    return socket.if_nametoindex(name)


def ask(what, family, to, wanted, bind=None, prepare=None):
    s = socket.socket(family, socket.SOCK_DGRAM)
    s.settimeout(60)
    if bind:
        s.bind(bind)
    if prepare:
        prepare(s)
    text = what.encode()
    try:
        s.sendto(text, to)
        got, peer = s.recvfrom(100)
    except OSError as e:
        print(what, e)
        return
    if got != text or peer[:len(wanted)] != wanted:
        print(what, "came from", peer, "expected", wanted)


def broadcast(s):
    s.setsockopt(socket.SOL_SOCKET, socket.SO_BROADCAST, 1)


def out_of(name):
    def prepare(s):
        s.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_MULTICAST_IF, index(name))
    return prepare


V4, V6 = socket.AF_INET, socket.AF_INET6
for a in "10.9.1.1", "10.9.1.2", "10.9.2.1":
    ask("to " + a, V4, (a, port4), (a, port4))
ask("over the other interface", V4, ("10.9.2.1", port4), ("10.9.2.1", port4),
    ("10.9.1.9", 0))
for a in "fd09:1::1", "fd09:2::1":
    ask("to " + a, V6, (a, port6), (a, port6))
for name in "c1", "c2":
    i = index(name)
    ask("link-local over " + name, V6, ("fe80::1", port6, 0, i),
        ("fe80::1", port6, 0, i))
ask("broadcast 1", V4, ("10.9.1.255", port4), ("10.9.1.1", port4), None,
    broadcast)
ask("broadcast 2", V4, ("10.9.2.255", port4), ("10.9.2.1", port4),
    ("10.9.2.9", 0), broadcast)
for name in "c1", "c2":
    i = index(name)
    ask("all nodes of " + name, V6, ("ff02::1", port6, 0, i),
        ("fe80::1", port6, 0, i), ("fe80::9", 0, 0, i), out_of(name))
print("all asked")
PY
}

port_of_wildcard() {
	sed -n "s/.* listen addr=udp:$1:\\([0-9]*\\) .*/\\1/p" "$LOG" | head -n 1
}

both_ways() {
	name=$1
	shift
	brood_start "$@"
	is "$name: each reply from where it was asked" "$(ask_all \
	    "$(port_of_wildcard '0\.0\.0\.0')" \
	    "$(port_of_wildcard '\[::\]')")" "all asked"
	check "$name: it stops with 0" brood_stop
}
both_ways built-in --inline echo 'udp:*:0'
both_ways program 'udp:*:0' cat
both_ways sessions --peer-session 10s 'udp:*:0' cat
finish
