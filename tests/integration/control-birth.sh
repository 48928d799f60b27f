#!/bin/sh
# A child that is born has no part of the control socket's connections, also
# of one that ends, or begins, before the child came to closing what it has.
. "${srcdir:-.}/tests/integration/lib.sh"
. "${srcdir:-.}/tests/integration/control-lib.sh"
need strace python3
strace -o /dev/null true 2>/dev/null || skip_all "strace may not trace here"

attached() {
	grep -q "TracerPid:.*[1-9]" "/proc/$M/status"
}

# What children have of sockets is what the master has.
only_the_masters() {
	# shellcheck disable=SC2046 # pids
	held_by $(pgrep -P "$M") >"$T/theirs"
	held_by "$M" >"$T/masters"
	test -s "$T/theirs" && ! grep -Fvxf "$T/masters" "$T/theirs"
}

# A client asks for children and leaves, another comes and stays, while each
# child needs half a second for each descriptor that it closes.
born_slowly() {
	brood_start --control "$SOCKET" -n 1 -m 20 127.0.0.1:0 cat
	strace -f -o "$T/trace" -e trace=close -e signal=none \
	    -e inject=close:delay_enter=500000 -p "$M" 2>"$T/strace" &
	tracer=$!
	wait_until attached
	does "more children are asked for" 'set minimum-available 4'
	play eof 'log info' >"$T/eof" &
	stays=$!
	MASTERS="$MASTERS $stays"
	does "and more" 'set minimum-available 6'
	wait_until log_has 'control request="log info"'
	soon "they are there" idle_at_least 6
	kill "$tracer"
	wait "$tracer" 2>/dev/null
	check "they have nothing that the master has not" only_the_masters
	check "and nothing of its control socket" children_have_none
	is "clients are served" "$(echo hello | ask)" hello
	does "it is told to stop" stop
	wait_master
	is "it ends with 0" "$?" 0
	wait "$stays"
}
each_memory born_slowly
finish
