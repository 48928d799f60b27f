#!/bin/sh
# The limits are changed a thousand times while clients come and stay: nobody
# is cut, and what was set is true when it is answered.
. "${srcdir:-.}/tests/integration/lib.sh"
. "${srcdir:-.}/tests/integration/control-lib.sh"
need nc python3
TIMES=${TIMES:-1000}

# stay N: so many clients talk until they are told to end; then it prints how
# many were cut.
stay() {
	rm -f "$T/stay" "$T/stayed"
	python3 - "$PORT" "$1" "$T/stay" >"$T/stayed" <<'PY' &
import os
import signal
import socket
import sys
import time
signal.alarm(600)
port, n, there = int(sys.argv[1]), int(sys.argv[2]), sys.argv[3]
over = []
signal.signal(signal.SIGTERM, lambda *_: over.append(1))
clients = [socket.create_connection(("127.0.0.1", port)) for _ in range(n)]
cut = 0
rounds = 0
while not over or rounds < 2:
    for s in clients:
        try:
            s.sendall(b"x")
            cut += s.recv(1) != b"x"
        except OSError:
            cut += 1
    rounds += 1
    if rounds == 1:
        open(there, "w").close()
    time.sleep(0.02)
print(cut)
PY
	STAY=$!
	MASTERS="$MASTERS $STAY"
	wait_until test -e "$T/stay"
}

sets() {
	brood_start --control "$SOCKET" -n 4 -m 60 --idle-time 100ms "$@"
	stay 20
	load 4
	is "$TIMES pairs: each is true when it is answered" "$(play sets "$TIMES" \
	    minimum-available 4 12 maximum-connected 60 30 \
	    maximum-available 8 20)" 0
	is "alone: more is allowed, less is not" \
	    "$(ctl 'set maximum-connected 40' 'set minimum-available 50' |
	    sed 's/".*//' | tr '\n' ' ')" 'ok error 64  '
	is "together: what was too much before" "$(ctl \
	    'set minimum-available 50 maximum-available 70 maximum-connected 100')" ok
	soon "and it becomes so" field_at_least available 45
	is "back" "$(ctl \
	    'set minimum-available 2 maximum-available 3 maximum-connected 25')" ok
	load_over
	soon "only few wait" few_wait
	is "nobody new was lost" "$LOST" 0
	kill -TERM "$STAY"
	wait "$STAY"
	is "nobody was cut" "$(cat "$T/stayed")" 0
	check "why tells of it" said 'what=set count=1 because="maximum-connected 100 -> 25"' why
	check "it stops with 0" brood_stop
}

few_wait() {
	[ "$(field available)" -le 5 ]
}

sets_exec() {
	sets 127.0.0.1:0 cat
}
each_memory sets_exec
sets --inline echo 127.0.0.1:0
finish
