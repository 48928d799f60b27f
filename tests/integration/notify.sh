#!/bin/sh
# sd_notify(3): ready, reloading, stopping, status, watchdog.
. "${srcdir:-.}/tests/integration/lib.sh"
need python3

cat >"$T/hear.py" <<'PY'
import socket, sys
s = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
s.bind(sys.argv[1].replace("@", "\0", 1))
open(sys.argv[2] + ".up", "w").close()
s.settimeout(60)
with open(sys.argv[2], "w", buffering=1) as f:
    while True:
        f.write(s.recv(4096).decode().replace("\n", " ") + "\n")
PY

heard() {
	grep -Eq "$1" "$T/heard"
}

ready_twice() {
	[ "$(grep -c '^READY=1$' "$T/heard")" -ge 2 ]
}

for at in "$T/notify" "@brood-notify-$$"; do
	rm -f "$T/heard" "$T/heard.up"
	python3 "$T/hear.py" "$at" "$T/heard" &
	ear=$!
	wait_until test -e "$T/heard.up"
	NOTIFY_SOCKET=$at
	WATCHDOG_USEC=200000
	export NOTIFY_SOCKET WATCHDOG_USEC
	brood_start -n 3 -m 9 127.0.0.1:0 env
	unset NOTIFY_SOCKET WATCHDOG_USEC
	soon "READY comes" heard '^READY=1$'
	is "a program does not see the socket" "$(ask </dev/null | grep -Ec 'NOTIFY|WATCHDOG')" 0
	soon "STATUS tells the counts" heard '^STATUS=available [0-9]+, connected [0-9]+ of 9$'
	soon "WATCHDOG is fed" heard '^WATCHDOG=1$'
	kill -HUP "$M"
	soon "RELOADING comes with the time" heard '^RELOADING=1 MONOTONIC_USEC=[0-9]+$'
	soon "and READY again" ready_twice
	brood_stop
	soon "STOPPING comes, with the time it may take" \
	    heard '^STOPPING=1 EXTEND_TIMEOUT_USEC=[0-9]+$'
	kill "$ear"
done

NOTIFY_SOCKET=$T/nobody
export NOTIFY_SOCKET
brood_start 127.0.0.1:0 cat
soon "nobody at the socket is no reason not to serve" answers
brood_stop
finish
