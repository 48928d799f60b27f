#!/bin/sh
# A verb that comes right behind many others is done at once, and not when
# there is other news: by a supervisor and by a master.
. "${srcdir:-.}/tests/integration/lib.sh"
need python3

if [ "$(id -u)" -eq 0 ]; then user=nobody; else user=$(id -un); fi

# burst SOCKET VERB: after 1 to 24 pings, in one write; prints how many of
# these were answered.
burst() {
	python3 - "$@" <<'PY'
import socket
import sys

done = 0
for pings in range(1, 25):
    s = socket.socket(socket.AF_UNIX)
    s.settimeout(15)
    s.connect(sys.argv[1])
    s.sendall(b"ping\n" * pings + sys.argv[2].encode() + b"\n")
    got = b""
    try:
        while not (got.endswith(b"ok\n") and got.count(b"ok\n") == pings + 1):
            part = s.recv(65536)
            if not part:
                break
            got += part
        else:
            done += 1
    except TimeoutError:
        print("%s after %d pings is not answered" % (sys.argv[2], pings))
        break
    s.close()
print(done)
PY
}

# last SOCKET VERB: after as many pings as are not answered in one go; for
# verbs after which nobody answers.
last() {
	python3 - "$@" <<'PY'
import socket
import sys

s = socket.socket(socket.AF_UNIX)
s.settimeout(15)
s.connect(sys.argv[1])
s.sendall(b"ping\n" * 8 + sys.argv[2].encode() + b"\n")
while s.recv(65536):
    pass
PY
}

cat >"$CONF" <<CONF
user $user
service echo {
	listen 127.0.0.1:0
	inline echo
}
CONF
file_begin
is "the supervisor reloads after pings" "$(burst "$T/run/control.sock" reload)" 24
is "and plans" "$(burst "$T/run/control.sock" plan)" 24
check "it drains" last "$T/run/control.sock" drain
wait_master
is "and ends with 0" $? 0
file_begin
check "it stops" last "$T/run/control.sock" stop
wait_master
is "and ends with 0" $? 0
file_begin
PORT=$(port_of_service echo) hold
check "it stops now, whoever is served" last "$T/run/control.sock" 'stop now'
wait_master
is "and ends with 0" $? 0
let_go

each() {
	brood_start --control "$T/control" 127.0.0.1:0 cat
	for verb in renew pause resume 'set minimum-available 6'; do
		is "a master's $verb" "$(burst "$T/control" "$verb")" 24
	done
	soon "is done" idle_at_least 6
	check "it stops" last "$T/control" stop
	wait_master
	is "and ends with 0" $? 0
	brood_start --control "$T/control" 127.0.0.1:0 cat
	check "it drains" last "$T/control" drain
	wait_master
	is "and ends with 0" $? 0
}
each_memory each
finish
