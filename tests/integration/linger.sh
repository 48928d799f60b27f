#!/bin/sh
# With --linger a reply is whole although the program left input unread.
. "${srcdir:-.}/tests/integration/lib.sh"
need python3

# Sends 64 kB that nobody reads, and reads the reply slowly.
cat >"$T/client.py" <<'PY'
import socket, sys, time
port = int(sys.argv[1])
cut = 0
for i in range(10):
    s = socket.create_connection(("127.0.0.1", port))
    got = 0
    try:
        s.sendall(b"x" * 65536)
        while True:
            data = s.recv(8192)
            if not data:
                break
            got += len(data)
            time.sleep(0.0005)
    except OSError:
        pass
    cut += got != 200000
    s.close()
print(cut)
PY

lingers() {
	brood_start --linger 127.0.0.1:0 sh -c 'head -c 200000 /dev/zero; exit 3'
	is "no reply of 10 is cut" "$(python3 "$T/client.py" "$PORT")" 0
	soon "the program's exit status is told" log_at_least 10 ' end .* status=3 '
	soon "nobody lingers for ever" busy_is 0
	brood_stop

	# shellcheck disable=SC2016
	brood_start --linger 127.0.0.1:0 sh -c 'kill -SEGV $$'
	ask </dev/null >/dev/null
	soon "so is the signal" log_has ' end .* signal=SEGV '
	brood_stop

	brood_start --linger --env LEFT="$T/left" 127.0.0.1:0 \
	    sh -c 'sleep 60 & echo $! >"$LEFT"; echo over'
	is "a process left behind does not keep the client" "$(ask </dev/null)" over
	brood_stop
	kill "$(cat "$T/left")"

	brood_start --linger --session-time 200ms 127.0.0.1:0 cat
	hold
	soon "a session that is too long ends" log_has ' session-time .* signal=TERM'
	soon "with its program" log_has ' end .* forced=1'
	let_go
	brood_stop
}

each_memory lingers
finish
