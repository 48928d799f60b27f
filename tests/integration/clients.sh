#!/bin/sh
# Clients that reset, say nothing, or close one half: the pool stays whole.
. "${srcdir:-.}/tests/integration/lib.sh"
need python3

cat >"$T/reset.py" <<'PY'
import socket, struct, sys
port, n = int(sys.argv[1]), int(sys.argv[2])
for i in range(n):
    s = socket.create_connection(("127.0.0.1", port))
    s.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    s.close()
PY

# 200 at once, more than there is room for; each must get its own back.
cat >"$T/crowd.py" <<'PY'
import socket, sys
port, n = int(sys.argv[1]), int(sys.argv[2])
socks = []
for i in range(n):
    s = socket.create_connection(("127.0.0.1", port), timeout=60)
    s.sendall(b"%d\n" % i)
    s.shutdown(socket.SHUT_WR)
    socks.append(s)
good = 0
for i, s in enumerate(socks):
    data = b""
    while True:
        part = s.recv(100)
        if not part:
            break
        data += part
    good += data == b"%d\n" % i
print(good)
PY

rude() {
	brood_start -n 3 -m 20 127.0.0.1:0 cat
	python3 "$T/reset.py" "$PORT" 200
	soon "after 200 resets it answers" answers
	hold
	soon "one that says nothing is served alone" busy_is 1
	soon "and hinders nobody" answers
	is "a half-closed connection gets its reply" "$(printf 'to the end' | ask)" "to the end"
	is "of 200 at once each gets its own" "$(python3 "$T/crowd.py" "$PORT" 200)" 200
	is "no child died" "$(log_count ' child-(died|failed) ')" 0
	let_go
	check "it stops with 0" brood_stop
}

many() {
	brood_start -n 5 -m 300 127.0.0.1:0 cat
	cat >"$T/hold.py" <<'PY'
import socket, sys
port, n = int(sys.argv[1]), int(sys.argv[2])
socks = []
for i in range(n):
    socks.append(socket.create_connection(("127.0.0.1", port), timeout=60))
for s in socks:
    s.sendall(b"x")
print(sum(s.recv(1) == b"x" for s in socks))
PY
	is "250 hold at once, all are served" "$(python3 "$T/hold.py" "$PORT" 250)" 250
	brood_stop
}

each_memory rude
each_memory many
finish
