#!/bin/sh
# TERM: who is served or waits in the queue is served to the end, then 0.
. "${srcdir:-.}/tests/integration/lib.sh"
need nc

gently() {
	brood_start -n 2 127.0.0.1:0 cat
	session
	kill -"$1" "$M"
	wait_until log_has ' info stop '
	soon "$1: the listener is closed" refused
	soon "waiting children leave" idle_is 0
	check "it tells how many are served" \
	    log_has " info stop signal=$1 connected=1"
	check "the session goes on" again second
	soon "nothing has ended" eval 'busy_is 1 && kill -0 "$M"'
	exec 3>&-
	wait_master
	is "it ends with 0" $? 0
	check "by nobody's force" log_has ' info stopped .*deaths=0 forced=0'
	check "nobody is left" [ -z "$(pgrep -g "$M")$(pgrep -P "$M")" ]
	wait "$CLIENT"
}
term() { gently TERM; }
each_memory term
gently INT
gently QUIT

# Three in the queue, one served, no child more.
queued() {
	brood_start -n 1 -m 1 127.0.0.1:0 cat
	session
	waiting=
	for i in 1 2 3; do
		(exec 3>&-; echo "queued $i" | ask >"$T/reply.$i") &
		waiting="$waiting $!"
	done
	wait_until eval '[ "$(ss -Hltn sport = ":$PORT" |
	    awk "{ print \$2 }")" -eq 3 ]'
	kill -TERM "$M"
	wait_until log_has ' info stop '
	check "nobody was served meanwhile" [ "$(log_count ' begin ')" -eq 1 ]
	exec 3>&-
	for pid in $waiting; do
		wait "$pid"
	done
	is "those in the queue are served" "$(sort "$T"/reply.*)" "queued 1
queued 2
queued 3"
	wait_master
	is "then it ends with 0" $? 0
	check "all are counted" log_has ' info stopped served=4 deaths=0 forced=0'
}
need ss
each_memory queued

# Now means now.
at_once() {
	brood_start 127.0.0.1:0 sh -c 'trap "" TERM INT HUP; cat'
	session
	kill -TERM "$M"
	wait_until log_has ' info stop '
	sleep 0.05		# less is the same signal to a process group
	before=$(now_ms)
	kill -"$1" "$M"
	wait_master
	is "TERM and $1: it ends with 0" $? 0
	echo "# after $(($(now_ms) - before)) ms"
	check "by force" log_has ' info stopped .*forced=1'
	check "the session was killed" log_has ' end .* signal=KILL.* forced=1'
	exec 3>&-
	let_go
}
twice() { at_once TERM; }
each_memory twice
at_once INT
at_once QUIT

# Sessions that last too long.
late() {
	brood_start --stop-time 200ms 127.0.0.1:0 cat
	session
	check "it ends with 0" brood_stop
	check "after --stop-time sessions get TERM" \
	    log_has ' end .* signal=TERM.* forced=1'
	check "which is told" log_has ' warn stop-time connected=1 signal=TERM'
	check "and that it was forced" log_has ' info stopped .*forced=1'
	exec 3>&-
	let_go
}
each_memory late
brood_start --stop-time 200ms 127.0.0.1:0 \
    sh -c 'trap "" TERM; cat & cat; wait; cat'
session
check "it ends with 0" brood_stop
check "one that ignores TERM gets KILL" log_has ' end .* signal=KILL.* forced=1'
check "which is told" log_has ' warn stop-time connected=1 signal=KILL'
exec 3>&-
let_go
brood_start --stop-time 200ms 127.0.0.1:0 sh -c 'kill -STOP $$; cat'
hold
wait_until busy_is 1
check "one that is stopped ends, too" brood_stop
let_go
finish
