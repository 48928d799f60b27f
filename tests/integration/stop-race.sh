#!/bin/sh
# The last session ends in the very moment in which the master looks after
# others that have: it was told to finish, and no other news will come.
. "${srcdir:-.}/tests/integration/lib.sh"
need strace nc
strace -o /dev/null true 2>/dev/null || skip_all "strace may not trace here"
can_share || skip_all "programs are not waited for in batches here"

attached() {
	grep -q "TracerPid:.*[1-9]" "/proc/$M/status"
}

# Does it take the signal of ends, SIGCHLD and no other, from its descriptor?
takes_ends() {
	read -r number fd _ <"/proc/$M/syscall" 2>/dev/null &&
	    [ "$number" = 0 ] &&
	    grep -q '^sigmask:.0*10000$' "/proc/$M/fdinfo/$((fd))" 2>/dev/null
}

# Is nobody but the last one alive?
only_last() {
	for pid in $(pgrep -P "$M"); do
		[ "$pid" = "$last" ] ||
		    grep -q '^State:.Z' "/proc/$pid/status" || return 1
	done
}

brood_start -n 1 127.0.0.1:0 cat
[ -r "/proc/$M/syscall" ] && [ "$(uname -m)" = x86_64 ] ||
    skip_all "what it waits for cannot be seen here"
hold
wait_until busy_is 1
last=$(busy_children)
hold
wait_until busy_is 2
first=$(busy_children | grep -vx "$last")

# Each read takes 3 seconds to begin.
strace -o "$T/trace" -e trace=read -e signal=none \
    -e inject=read:delay_enter=3000000 -p "$M" 2>"$T/strace" &
tracer=$!
MASTERS="$MASTERS $tracer"
wait_until attached
kill -STOP "$M"
# shellcheck disable=SC2046 # pids
kill -KILL "$first" $(idle_children)
wait_until only_last
# All is heard in one turn: first that it stops, then of the ends.
kill -QUIT "$M"
kill -CONT "$M"
soon "it looks after one that has ended" takes_ends
kill -KILL "$last"
soon "it ends when the last one has" is_over "$M"
check "the last was waited for" log_has " end pid=$last "
wait_master
is "with 0" "$?" 0
finish
