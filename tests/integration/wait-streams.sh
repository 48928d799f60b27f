#!/bin/sh
# Programs that get a stream listener: one at a time; when one ends, the next
# serves whoever was in the queue.
# shellcheck disable=SC2016 # for eval
. "${srcdir:-.}/tests/integration/lib.sh"
. "${srcdir:-.}/tests/integration/workers-lib.sh"
need python3 nc

# wait_start ADDRESS WORD...
wait_start() {
	: >"$T/starts"
	address=$1
	shift
	brood_start --kind exec-wait --stop-time 300ms "$address" \
	    "$python" "$here/workers_wait.py" "$T" "$@"
}

say() {
	if [ -S "$T/s" ]; then
		printf %s "$1" | nc -NU -w 60 "$T/s" 2>/dev/null
	else
		printf %s "$1" | ask
	fi
}

serves() {
	wait_start "$1" take 3
	is "nobody is started before the first client" "$(starts)" 0
	for n in 1 2 3; do
		is "client $n is served" "$(say $n | cut -d ' ' -f 2)" $n
	done
	is "by one program" "$(starts)" 1
	soon "it is gone" busy_is 0
	check "the master rests" rests
	is "the fourth is served" "$(say 4 | cut -d ' ' -f 2)" 4
	is "by another one" "$(starts)" 2
	check "it stops with 0" brood_stop
}
serves 127.0.0.1:0
serves "unix:$T/s"

# Many at once: each program takes two, the others are in the queue.
queue() {
	wait_start 127.0.0.1:0 take 2
	cat >"$T/many.py" <<-'PY'
		import socket, sys
		def client(n):
		    s = socket.create_connection(("127.0.0.1", int(sys.argv[1])), 60)
		    s.sendall(b"%d" % n)
		    s.shutdown(socket.SHUT_WR)
		    return s
		clients = [client(n) for n in range(12)]
		good, pids = 0, set()
		for n, s in enumerate(clients):
		    try:
		        pid, text = s.recv(1000).split()
		        good += text == b"%d" % n
		        pids.add(pid)
		    except (OSError, ValueError) as e:
		        print("client %d: %r" % (n, e))
		print("%d served by %d" % (good, len(pids)))
	PY
	is "those in the queue are served by the next" \
	    "$(python3 "$T/many.py" "$PORT")" "12 served by 6"
	is "no more were started" "$(starts)" 6
	is "no pause" "$(log_count ' pause ')" 0
	check "it stops with 0" brood_stop
}
each_memory queue

# What it finds.
surroundings() {
	brood_start --kind exec-wait --stop-time 300ms 127.0.0.1:0 sleep 1000
	hold
	soon "a client starts a program" busy_is 1
	pid=$(busy_children)
	is "it is still in the queue" \
	    "$(ss -Hltn "sport = :$PORT" | awk '{ print $2 }')" 1
	begins_clean "$pid"
	kill -KILL "$pid"
	soon "one that is killed is replaced, as the client still waits" \
	    eval 'busy_is 1 && [ "$(busy_children)" != "$pid" ]'
	let_go
	check "it stops with 0" brood_stop
}
each_memory surroundings

# One that never takes its client: pauses, no storm.
leaves() {
	wait_start 127.0.0.1:0 "$1"
	hold
	soon "$1: what nobody takes makes a pause" log_has ' pause seconds='
	check "$1: few were started" [ "$(starts)" -le 10 ]
	soon "$1: in the pause the master rests" rests
	is "$1: the listener stays" "$(port_of listen)" "$PORT"
	check "$1: it stops with 0" brood_stop
	let_go
}
leaves leave
leaves crash

# A shut down listener.
cat >"$T/shut.py" <<'PY'
import os, socket, sys
with open(sys.argv[1] + "/starts", "a") as f:
    f.write("%d\n" % os.getpid())
s = socket.socket(fileno=0)
conn, _ = s.accept()
conn.recv(1000)
s.shutdown(socket.SHUT_RDWR)
conn.sendall(b"shut")
PY
: >"$T/starts"
brood_start --kind exec-wait --stop-time 300ms 127.0.0.1:0 "$python" "$T/shut.py" "$T"
is "one that shuts the listener down" "$(say x)" shut
soon "is seen" log_has ' listener-revived '
soon "others serve" eval '[ "$(say x)" = shut ]'
check "nothing spins" [ "$(starts)" -le 6 ]
check "it stops with 0" brood_stop

# Two listeners: one program each.
wait_start 127.0.0.1:0,"unix:$T/s" stay
is "the unix socket is served" "$(printf u | nc -NU -w 60 "$T/s" | cut -d ' ' -f 2)" u
PORT=$(sed -n 's/.* listen addr=127.0.0.1:\([0-9]*\) .*/\1/p' "$LOG")
is "and the port beside it" "$(printf t | ask | cut -d ' ' -f 2)" t
is "by two programs" "$(starts)" 2
kill -TERM "$M"
soon "both end at the stop" is_over
wait_master
is "which is with 0" $? 0
finish
