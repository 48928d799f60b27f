#!/bin/sh
# No more processes to be had: children there serve, it is tried ever more
# rarely, told once, and the pool is whole when there are some again.
. "${srcdir:-.}/tests/integration/lib.sh"
need nc prlimit setpriv ss
[ "$(id -u)" -eq 0 ] || skip_all "not root"

tries() {
	awk '/^max/ { print $2 }' "$G/pids.events"
}

tries_at_least() {
	[ "$(tries)" -ge "$1" ]
}

exhausted() {
	brood_start -n 4 -m 40 --maximum-available 4 127.0.0.1:0 cat
	echo "$M" >"$G/cgroup.procs"
	for pid in $(idle_children); do
		echo "$pid" >"$G/cgroup.procs"
	done
	cat "$G/pids.current" >"$G/pids.max"
	old=$(idle_children)
	hold; hold; hold; hold; hold; hold
	soon "who waits, serves" busy_is 4
	is "they are the same" "$(busy_children | grep -cxF "$old")" 4
	soon "it is told" log_has ' fork-failed errno=EAGAIN retry=0.1s'
	wait_until tries_at_least 3
	before=$(tries)
	sleep 2
	check "it is tried ever more rarely" [ $(($(tries) - before)) -le 4 ]
	is "others wait in the queue" "$(ss -Hltn "sport = :$PORT" | awk '{ print $2 }')" 2
	is "one line has told it" "$(log_count ' fork-failed ')" 1
	echo max >"$G/pids.max"
	soon "when it is over they are served" busy_is 6
	soon "and the pool is whole" idle_at_least 4
	soon "that is told" log_has ' fork-over'
	is "nobody died" "$(log_count ' child-(died|failed) ')" 0
	let_go
	check "it stops with 0" brood_stop
}

# The master's own limit; only the same user may set it everywhere.
nproc() {
	setpriv --reuid 61235 --regid 61235 --clear-groups \
	    prlimit --pid "$M" --nproc="$1":
}

limited() {
	brood_start --user 61235:61235 -n 3 -m 20 --maximum-available 3 127.0.0.1:0 cat
	nproc 1 || { skip "the limit cannot be set"; brood_stop; return; }
	hold; hold; hold
	soon "RLIMIT_NPROC: who waits, serves" busy_is 3
	soon "it is told" log_has ' fork-failed errno=EAGAIN'
	nproc 1000
	soon "the pool is whole when it is over" idle_at_least 3
	check "that is told" log_has ' fork-over'
	let_go
	check "it stops with 0" brood_stop
}

each_memory limited
G=/sys/fs/cgroup/pids/brood-test.$$
if mkdir "$G" 2>/dev/null; then
	trap 'cleanup; rmdir "$G"' EXIT
	each_memory exhausted
else
	skip "no control group for processes"
fi
finish
