#!/bin/sh
# No process to be had: told, tried again ever more rarely, and what waits
# serves on.
. "${srcdir:-.}/tests/integration/lib.sh"
need strace
strace -o /dev/null true 2>/dev/null || skip_all "strace may not trace here"

fails() {
	brood_start -n 3 -m 20 --maximum-available 4 127.0.0.1:0 cat
	strace -f -o "$T/trace" -e trace=clone,clone3,fork,vfork \
	    -e "inject=clone,clone3,fork,vfork:error=$1:when=1..4" -p "$M" \
	    2>"$T/strace" &
	tracer=$!
	wait_until attached
	hold; hold; hold; hold
	soon "$1: it is told" log_has " fork-failed errno=$1 retry=0.1s"
	soon "who has a child is served" busy_is 4
	soon "the pool is whole when it is over" idle_at_least 3
	check "that is told as well" log_has ' fork-over'
	check "and there were few lines" test "$(log_count ' fork-failed ')" -le 2
	kill "$tracer"
	wait "$tracer" 2>/dev/null
	let_go
	check "it stops with 0" brood_stop
}

attached() {
	grep -q "TracerPid:.*[1-9]" "/proc/$M/status"
}

both() {
	fails EAGAIN
	fails ENOMEM
}

each_memory both

# Really: a user with few processes.
if [ "$(id -u)" -eq 0 ]; then
	limited() {
		brood_start --user 61234 --limit nproc=1 -n 2 -m 5 127.0.0.1:0 cat
		soon "at the limit of processes it starts anyway" answers
		brood_stop
	}
	each_memory limited
fi
finish
