#!/bin/sh
# TERM with 20 clients in the kernel's queue and one child: all are served, in
# the order they came, and then it ends with 0.
# shellcheck disable=SC2016 # scripts of the program
. "${srcdir:-.}/tests/integration/lib.sh"
need python3 nc ss

# 20 connect one after the other, each with a number; prints what came back.
cat >"$T/queue.py" <<'PY'
import socket, sys
socks = []
for i in range(20):
    s = socket.create_connection(("127.0.0.1", int(sys.argv[1])), timeout=100)
    s.sendall(b"%d\n" % i)
    s.shutdown(socket.SHUT_WR)
    socks.append(s)
print("connected", flush=True)
good = 0
for i, s in enumerate(socks):
    got = b""
    try:
        while True:
            part = s.recv(100)
            if not part:
                break
            got += part
    except OSError as e:
        got = repr(e).encode()
    good += got == b"%d\n" % i
print("served %d" % good)
PY

queued() {
	brood_start "$@" --stop-time 100s --env ORDER="$T/order" 127.0.0.1:0 \
	    sh -c 'read -r n && echo "$n" >>"$ORDER"; echo "$n"'
	: >"$T/order"
	hold
	wait_until busy_is 1
	python3 "$T/queue.py" "$PORT" >"$T/queue" &
	client=$!
	HELD="$HELD $client"
	soon "20 wait in the queue" queued_is 20
	kill -TERM "$M"
	wait_until log_has ' info stop '
	check "nobody is sent away" queued_is 20
	kill "$HELD_PID"
	wait "$client"
	is "all of them are served" "$(tail -n 1 "$T/queue")" "served 20"
	is "in their order" "$(tr '\n' ' ' <"$T/order")" \
	    "0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 "
	wait_master
	is "then it ends with 0" $? 0
	check "without force" log_has ' stopped served=21 deaths=0 forced=0'
	let_go
	check "nobody listens any more" refused
}

fixed() { queued --children 1; }
least() { queued -n 1 -m 1; }
each_memory fixed
each_memory least
finish
