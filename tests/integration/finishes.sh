#!/bin/sh
# QUIT: who is served or waits is served, for as long as that takes.  And the
# end of whoever gave us our listeners: their port is free at once.
# shellcheck disable=SC2016 # scripts of the programs
. "${srcdir:-.}/tests/integration/lib.sh"
need nc python3 ss
parent=${srcdir:-.}/tests/integration/finishes.py

# ---- no deadline

patient() {
	brood_start -n 2 --stop-time 100ms 127.0.0.1:0 cat
	session
	kill -QUIT "$M"
	wait_until log_has ' info stop signal=QUIT connected=1'
	soon "QUIT: the listener is closed" refused
	soon "waiting children leave" idle_is 0
	sleep 0.4		# more than stop-time
	check "the session goes on" again second
	soon "nothing has ended" eval 'busy_is 1 && kill -0 "$M"'
	exec 3>&-
	wait_master
	is "when it is over it ends with 0" $? 0
	check "by nobody's force" log_has ' info stopped .*deaths=0 forced=0'
	check "and stop-time was none" eval '! log_has " stop-time "'
	wait "$CLIENT"
}
each_memory patient

queued() {
	brood_start -n 1 -m 1 --stop-time 100ms 127.0.0.1:0 cat
	session
	(exec 3>&-; echo queued | ask >"$T/reply") &
	waiting=$!
	wait_until queued_is 1
	kill -QUIT "$M"
	wait_until log_has ' info stop '
	sleep 0.4		# more than stop-time
	check "who is in the queue waits there" queued_is 1
	exec 3>&-
	wait "$waiting"
	is "and is served" "$(cat "$T/reply")" queued
	wait_master
	is "it ends with 0" $? 0
	check "both were served" log_has ' info stopped served=2 deaths=0 forced=0'
}
each_memory queued

functions() {
	brood_start -n 2 --stop-time 100ms -i echo 127.0.0.1:0
	session
	kill -QUIT "$M"
	soon "functions: the listener is closed" refused
	sleep 0.4		# more than stop-time
	check "the session goes on" again second
	exec 3>&-
	wait_master
	is "it ends with 0" $? 0
	check "by nobody's force" log_has ' info stopped .*forced=0'
}
functions

# A worker that has long to do when it is told.
brood_start --kind worker --children 1 --ready-by fd:9 --stop-time 100ms \
    127.0.0.1:0 sh -c 'trap "sleep 0.5; echo done >&2; exit 0" TERM
	echo up >&9; while :; do sleep 0.02; done'
kill -QUIT "$M"
wait_master
is "a worker: it ends with 0" $? 0
check "when it has done what it had to do" log_has 'text="?done"?$'
check "by nobody's force" log_has ' info stopped .*forced=0'

# ---- how it is hurried

# after FIRST SECOND...: signals in this order, not so soon that they are one.
after() {
	: >"$T/sent"
	brood_start -n 2 --stop-time "$time" 127.0.0.1:0 \
	    sh -c 'trap "" HUP; cat'
	session
	for signal in "$@"; do
		kill -"$signal" "$M"
		wait_until log_has ' info stop '
		sleep 0.05
	done
	before=$(now_ms)
	wait_master
	is "$*: it ends with 0" $? 0
	echo "# after $(($(now_ms) - before)) ms"
	check "by force" log_has ' info stopped .*forced=1'
	exec 3>&-
	let_go
}

for second in TERM INT; do
	time=100ms
	after QUIT "$second"
	check "stop-time ran from then on" \
	    log_has ' warn stop-time connected=1 signal=TERM'
	time=300s
	after QUIT "$second" TERM
	check "a third ends it at once" eval '! log_has " stop-time "'
done
time=300s
after QUIT QUIT
check "the second QUIT ends it at once" eval '! log_has " stop-time "'
after TERM QUIT
check "so it does after TERM" eval '! log_has " stop-time "'

# ---- listeners of others

# given SIGNAL ARG...: as brood_start, on a listener of its parent P.
given() {
	: >"$LOG"
	rm -f "$T/given"
	number=$1
	shift
	python3 "$parent" "$T/given" "$number" "$BROOD" "$@" 2>>"$LOG" \
	    </dev/null >"$T/stdout" &
	P=$!
	MASTERS="$MASTERS $P"
	wait_until test -s "$T/given"
	read -r PORT M <"$T/given"
	MASTERS="$MASTERS $M"
	wait_until is_ready
}

given 0 -n 1 -m 1 --stop-time 300ms fd:3 cat
session
(exec 3>&-; ask </dev/null >"$T/reply") &
waiting=$!
wait_until queued_is 1
kill -QUIT "$M"
wait_until log_has ' info stop '
has_listener() {
	ss -Hltnp "sport = :$PORT" | grep -q "pid=$M,"
}
soon "a queue that never empties is left to those that share it" \
    eval '! has_listener'
check "who waits there is not lost" queued_is 1
check "and the session goes on" again second
exec 3>&-
soon "then it ends" is_over
check "by nobody's force" log_has ' info stopped .*forced=0'
kill -USR1 "$P"
wait "$waiting"
is "the other takes who waited" "$(cat "$T/reply")" "from the parent"
kill -KILL "$P"

# bindable: can somebody else listen there now?
bindable() {
	python3 - "$PORT" <<'PY' 2>/dev/null
import socket
import sys
socket.create_server(("127.0.0.1", int(sys.argv[1])), backlog=8).close()
PY
}

# orphan SIGNAL ARG...: the parent is killed while a client is served.
orphan() {
	given "$@"
	check "it serves" answers
	session
	check "the port is taken" eval '! bindable'
	kill -KILL "$P"
	wait_until log_has ' info stop signal='
	soon "the parent is dead: its port can be bound" bindable
	check "the session goes on" again second
	check "in the same process" kill -0 "$M"
	exec 3>&-
	soon "then it ends" is_over
	check "by nobody's force" log_has ' info stopped .*forced=0'
}

TERM=15
QUIT=3
orphan $TERM -n 2 -i echo fd:3
orphan $QUIT -n 2 --stop-time 100ms -i echo fd:3
each_orphan() {
	orphan $TERM ${MEMORY:+--memory "$MEMORY"} -n 2 fd:3 cat
}
each_memory each_orphan
if [ "$(id -u)" -eq 0 ]; then
	orphan $TERM -n 2 --user 4321:4322 -i echo fd:3
	orphan $TERM -n 2 --user 4321:4322 --groups none fd:3 cat
fi

# Who did not ask for it is not told.
given 0 -n 2 -i echo fd:3
kill -KILL "$P"
soon "without a parent-death signal it serves on" answers
check "and was not told to stop" eval '! log_has " info stop "'
check "it stops" kill -TERM "$M"
soon "as always" is_over
finish
