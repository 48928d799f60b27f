#!/bin/sh
# packets.sh - a function for each datagram, beside a loop of recvmsg, sendmsg.
#
#	packets.sh [WINDOW...]		default: 1 32
#
# An echo of BYTES (64) on a socket for all addresses, one child, and a client
# that keeps WINDOW datagrams in flight (packet.c).  BUILD (.) has
# lib{parts,rules,tools}.a; ROUNDS (11), COUNT (40000 a round) may be set.
# Told are medians of the ratios of each round; others on the machine disturb
# the rate more than processor time.
# shellcheck source=tests/bench/servers.sh disable=SC2086
. "$(dirname "$0")/servers.sh"
ROUNDS=${ROUNDS:-11}
COUNT=${COUNT:-40000}
BYTES=${BYTES:-64}

# load NAME WINDOW COUNT
load() {
	timeout 60 "$T/packet" -w "$2" -n "$3" -b "$BYTES" "$(port_of "$1")"
}

# one NAME WINDOW: adds NAME WINDOW US RATE to $T/rounds.
one() {
	a=$(cpu_ns "$1")
	load "$1" "$2" "$COUNT" >"$T/load.out" || {
		echo "FAILED: $1"
		exit 1
	}
	b=$(cpu_ns "$1")
	echo "$1 $2 $((b - a)) $COUNT $(sed 's/.*rate=//' "$T/load.out")" |
	    awk '{ printf "%s %s %.3f %d\n", $1, $2, $3 / $4 / 1000, $5 }' \
	    >>"$T/rounds"
}

calls() {
	for name in bare brood; do
		counted=$(count_calls $name "$COUNT" load $name "$1" "$COUNT")
		trace_calls $name "$T/calls" load $name "$1" 4000
		echo "$name, $1 in flight: ${counted% *} system calls," \
		    "${counted#* } context switches a datagram;" \
		    "traced: $(tally_calls "$T/calls" 4000)"
	done
}

build packet greet
[ $# -gt 0 ] || set -- 1 32
start_greet bare bare-echo 1
start_greet brood brood-echo 1
machine
: >"$T/rounds"
for window; do
	i=0
	while [ $i -lt "$ROUNDS" ]; do
		i=$((i + 1))
		for name in bare brood; do
			one $name "$window"
		done
	done
done
echo "$BYTES bytes, $ROUNDS rounds of $COUNT datagrams"
printf '%-8s %9s %10s %10s %10s %10s\n' server "in flight" us/datagr \
    "of bare" rate/s "of bare"
for window; do
	for name in bare brood; do
		printf '%-8s %9d %10.2f %10.2f %10.0f %10.2f\n' $name "$window" \
		    "$(value "$T/rounds" $name "$window" 3)" \
		    "$(ratio "$T/rounds" $name bare "$window" 3)" \
		    "$(value "$T/rounds" $name "$window" 4)" \
		    "$(ratio "$T/rounds" $name bare "$window" 4)"
	done
done
for window; do
	calls "$window"
done
aim "throughput of bare, 32 in flight" \
    "$(ratio "$T/rounds" brood bare 32 4)" ">=" 0.95
