#!/bin/sh
# One master a service, each in its own costume; a service that cannot start
# does not stop the others; a stop ends all.
. "${srcdir:-.}/tests/integration/lib.sh"
need python3

if [ "$(id -u)" -eq 0 ]; then user=nobody; else user=$(id -un); fi
chmod 755 "$T"
file_start <<CONF
user $user
service up {
	listen 127.0.0.1:0 unix:$T/up.sock
	exec tr a-z A-Z
}
service echo {
	listen 127.0.0.1:0 udp:127.0.0.1:0
	inline echo
	minimum-available 2
}
service off {
	listen 127.0.0.1:0
	inline echo
	enabled no
}
CONF
is "a program answers" "$(echo hello | ask 127.0.0.1 "$(port_of_service up)")" HELLO
is "at its unix socket, too" "$(echo hello | nc -NU "$T/up.sock")" HELLO
is "a built-in answers" "$(echo hello | ask 127.0.0.1 "$(port_of_service echo)")" hello
is "what is not enabled is not there" "$(port_of_service off)" ""
is "a master each" "$(pgrep -P "$M" -c .)" 2
is "none of them root, nor their children" \
    "$(ps -eo user=,ppid= | awk -v a="$(master_of up)" -v b="$(master_of echo)" \
	'$2 == a || $2 == b { print $1 }' | sort -u)" "$user"
is "the path of a unix socket is what the program sees" \
    "$(ss -Hlx src "$T/up.sock" | grep -c "$T/up.sock")" 1
check "TERM ends it with 0" brood_stop
is "nothing is left" "$(find "$T" -type s)" ""

# A service that cannot start.
port=$(python3 -c 'import socket,time,sys
s = socket.socket(); s.bind(("127.0.0.1", 0)); s.listen(); print(s.getsockname()[1])
sys.stdout.flush(); time.sleep(600)' >"$T/port" & echo $! >"$T/holder"
    while ! [ -s "$T/port" ]; do sleep 0.02; done; cat "$T/port")
MASTERS="$MASTERS $(cat "$T/holder")"
file_start <<CONF
user $user
service taken {
	listen 127.0.0.1:$port
	inline echo
}
service echo {
	listen 127.0.0.1:0
	inline echo
}
CONF
is "the others serve" "$(echo hello | ask 127.0.0.1 "$(port_of_service echo)")" hello
check "the log says which does not, and why" \
    log_has " error service-failed service=taken reason=.*127.0.0.1:$port: Address already in use"
check "the line of readiness, too" log_has ' ready pid=[0-9]* services=2 running=1 failed=1'
kill "$(cat "$T/holder")"
soon "when it can it does" answers 127.0.0.1 "$port"
check "it ends with 0" brood_stop

# Unless all are required.
port=$(python3 -c 'import socket,time,sys
s = socket.socket(); s.bind(("127.0.0.1", 0)); s.listen(); print(s.getsockname()[1])
sys.stdout.flush(); time.sleep(600)' >"$T/port2" & echo $! >"$T/holder"
    while ! [ -s "$T/port2" ]; do sleep 0.02; done; cat "$T/port2")
MASTERS="$MASTERS $(cat "$T/holder")"
cat >"$CONF" <<CONF
user $user
service taken {
	listen 127.0.0.1:$port
	inline echo
}
CONF
file_spawn --require-all
wait_master
is "--require-all: it ends with 69" $? 69
check "and says why" grep -q "^brood: service taken: .*Address already in use" "$LOG"
kill "$(cat "$T/holder")"

# Two at once.
file_start <<CONF
user $user
service echo {
	listen 127.0.0.1:0
	inline echo
}
CONF
"$BROOD" -f "$CONF" --control "$T/run/control.sock" 2>"$T/second" </dev/null
is "another one is refused with 75" $? 75
is "and the first one serves" "$(echo hello | ask 127.0.0.1 "$(port_of_service echo)")" hello
check "it ends with 0" brood_stop
finish
