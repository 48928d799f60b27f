#!/bin/sh
# A waiting child whose limit of descriptors is gone does not spin, serves
# when it is back, and leaves with its master all the same.
. "${srcdir:-.}/tests/integration/lib.sh"
need prlimit

without() {
	brood_start --children 1 127.0.0.1:0 cat
	child=$(idle_children)
	prlimit --pid "$child" --nofile=0:4096 || skip_all "limits may not be set"
	hold
	soon "it is told" log_has ' accept-error errno=EMFILE'
	before=$(ticks "$child")
	sleep 1
	check "one second costs it next to nothing" \
	    [ $(($(ticks "$child") - before)) -le 5 ]
	prlimit --pid "$child" --nofile=64:4096
	soon "with descriptors it serves" busy_is 1
	let_go
	brood_stop

	brood_start --children 1 127.0.0.1:0 cat
	child=$(idle_children)
	prlimit --pid "$child" --nofile=0:4096
	hold
	wait_until log_has ' accept-error '
	kill -KILL "$M"
	wait "$M" 2>/dev/null
	soon "an orphan without descriptors leaves" is_gone "$child"
	let_go
}

# ticks PID: its processor time, in clock ticks.
ticks() {
	sed 's/.*) //' "/proc/$1/stat" | awk '{ print $12 + $13 }'
}

each_memory without
finish
