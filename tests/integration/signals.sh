#!/bin/sh
# Signals in every order, as fast as they can be sent, and from the start on:
# a stop wins, all others are survived, and nothing is left.  RAIN=60
# (seconds) for the long one.
. "${srcdir:-.}/tests/integration/lib.sh"
need python3

# send KIND WHAT NAME [SECONDS]
send() {
	mkdir -p "$T/$1-$2"
	timeout "$((300 + ${RAIN:-0}))" python3 \
	    "$srcdir/tests/integration/signals.py" "$BROOD" "$BROODCTL" \
	    "$T/$1-$2" "$1" "$2" "${4:-2}" >"$T/sent" 2>&1
	grep '^#' "$T/sent"
	is "$1: $3" "$(grep -v '^#' "$T/sent")" "failed 0"
}

chmod 755 "$T"
for kind in supervisor master; do
	send $kind pairs "two of them at once: a stop wins, and nothing is left"
	send $kind storm "many: it lives, and the last file is served" \
	    "${RAIN:-2}"
	send $kind deaf "those that mean nothing do nothing"
	send $kind early "while it starts: no harm" 15
done
send supervisor again "a refused file and a good one: all is as before" 30
finish
