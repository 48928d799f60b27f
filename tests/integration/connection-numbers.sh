#!/bin/sh
# TCPCONNNUM, UNIXCONNNUM: how many of the same source are served, with this
# one; and who the client is, over each family.
# shellcheck disable=SC2016 # scripts of the program
. "${srcdir:-.}/tests/integration/lib.sh"
need python3 nc

cat >"$T/ask.py" <<'PY'
"""usage: ask.py FROM TO PORT|PATH: the first line that comes, of a client
bound to FROM; then its own number."""
import os, socket, sys
source, to, at = sys.argv[1:4]
if to == "unix":
    s = socket.socket(socket.AF_UNIX)
    s.connect(at)
else:
    s = socket.socket(socket.AF_INET6 if ":" in to else socket.AF_INET)
    if source:
        s.bind((source, 0))
    s.connect((to, int(at)))
s.shutdown(socket.SHUT_WR)
print(s.makefile().readline().strip().replace(
    "PORT", str(s.getsockname()[1]) if to != "unix" else "").replace(
    "PID", str(os.getpid())))
PY

from() {
	python3 "$T/ask.py" "$@"
}

tcp() {
	brood_start -n 6 127.0.0.1:0 sh -c 'echo "$TCPCONNNUM"; exec cat'
	is "the first one is number 1" "$(from '' 127.0.0.1 "$PORT")" 1
	soon "it ends" busy_is 0
	hold; hold; hold
	soon "three are held" busy_is 3
	is "the next is number 4" "$(from '' 127.0.0.1 "$PORT")" 4
	is "held ones had 1 to 3" "$(cat "$T"/held.* | sort | tr '\n' ' ')" "1 2 3 "
	is "one from elsewhere is number 1" "$(from 127.0.0.2 127.0.0.1 "$PORT")" 1
	let_go
	soon "they go" busy_is 0
	wait_until no_zombies
	is "then the next is number 1 again" "$(from '' 127.0.0.1 "$PORT")" 1
	rm -f "$T"/held.* "$T"/hold.*
	HELD_N=0
	check "it stops with 0" brood_stop
}

unix() {
	brood_start -n 6 "unix:$T/s" sh -c 'echo "$PROTO $UNIXREMOTEEUID $UNIXREMOTEEGID $UNIXREMOTEPID $UNIXCONNNUM $IPCCONNNUM $UNIXLOCALPATH"; exec cat'
	python3 -c '
import os, socket, sys
s = socket.socket(socket.AF_UNIX)
s.connect(sys.argv[1])
s.shutdown(socket.SHUT_WR)
got = s.makefile().readline().strip()
print(got.replace(" %d " % os.getpid(), " PID "))' "$T/s" >"$T/got"
	is "a unix client is told by user, group, process" "$(cat "$T/got")" \
	    "UNIX $(id -u) $(id -g) PID 1 1 $T/s"
	check "it stops with 0" brood_stop
}

numbers6() {
	brood_start -n 4 '[::1]:0' sh -c 'echo "$PROTO $TCPREMOTEIP $TCPREMOTEPORT $TCPLOCALIP $TCPLOCALPORT $TCPCONNNUM ${TCPINTERFACE-none}"; exec cat'
	PORT=$(sed -n 's/.* info listen addr=\[::1\]:\([0-9]*\) .*/\1/p' "$LOG")
	python3 -c '
import socket, sys
s = socket.create_connection(("::1", int(sys.argv[1])))
s.shutdown(socket.SHUT_WR)
print(s.makefile().readline().strip().replace(
    " %d " % s.getsockname()[1], " MINE ", 1))' "$PORT" >"$T/got"
	is "an IPv6 client is told in the shortest form" "$(cat "$T/got")" \
	    "TCP ::1 MINE ::1 $PORT 1 none"
	check "it stops with 0" brood_stop
}

each_memory tcp
each_memory unix
if python3 -c 'import socket; socket.socket(socket.AF_INET6).bind(("::1", 0))' 2>/dev/null; then
	each_memory numbers6
else
	skip "no IPv6"
fi
finish
