#!/bin/sh
# Descriptors that a client sends with its datagrams are not kept: or a few
# hundred of them would leave a child without any.
. "${srcdir:-.}/tests/integration/lib.sh"
need python3

# Forty datagrams, each with twelve descriptors, and their answers.
talk() {
	python3 - "$1" <<'PY'
import array
import os
import signal
import socket
import sys
signal.alarm(60)
s = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
s.bind(b"")
fds = array.array("i", [s.fileno()] * 12)
for i in range(40):
    s.sendmsg([b"hello"], [(socket.SOL_SOCKET, socket.SCM_RIGHTS, fds)], 0,
              sys.argv[1])
    assert s.recv(100) == b"hello"
print("ok")
PY
}

# The descriptors of all children, together.
held() {
	for pid in $(pgrep -P "$M"); do
		ls "/proc/$pid/fd"
	done | wc -l
}

brood_start -n 3 -m 3 --inline echo "unix-dgram:$T/echo"
before=$(held)
is "they are answered" "$(talk "$T/echo")" ok
is "and none is kept" "$(held)" "$before"
check "it stops with 0" brood_stop
finish
