#!/bin/sh
# A program that vanishes while it is served: the client reads an end, one log
# line, a pause, no spin; and it heals alone.
. "${srcdir:-.}/tests/integration/lib.sh"
need python3

# How clients' connections end, one after the other: "eof" or "reset".
cat >"$T/end.py" <<'PY'
import socket, sys
for _ in range(int(sys.argv[2])):
    s = socket.create_connection(("127.0.0.1", int(sys.argv[1])), timeout=60)
    s.sendall(b"some bytes")
    try:
        print("eof" if s.recv(100) == b"" else "data")
    except ConnectionResetError:
        print("reset")
PY

vanishes() {
	cp /bin/cat "$T/program"
	brood_start -n 2 -m 9 127.0.0.1:0 "$T/program"
	soon "it serves" answers
	mv "$T/program" "$T/away"
	# The second one comes before the pause is over.
	is "clients read an end of file" \
	    "$(python3 "$T/end.py" "$PORT" 2 | tr '\n' ' ')" "eof eof "
	soon "one line says why" log_has " exec-failed program=$T/program errno=ENOENT"
	soon "and that there is a pause" log_has ' pause seconds=2'
	is "the second one has no line of its own" "$(log_count ' exec-failed ')" 1
	mv "$T/away" "$T/program"
	kill -HUP "$M"
	soon "a renewal ends the pause" answers
	brood_stop

	brood_start --children 1 127.0.0.1:0 "$T/program"
	mv "$T/program" "$T/away"
	is "again" "$(python3 "$T/end.py" "$PORT" 1)" eof
	wait_until log_has ' pause '
	mv "$T/away" "$T/program"
	soon "without one it heals alone" answers
	soon "and says so" log_has ' pause-over'
	brood_stop
}

# A program that fails by itself is nobody's fault but its own.
fails() {
	# shellcheck disable=SC2016
	brood_start -n 2 -m 9 127.0.0.1:0 sh -c 'read line; echo "$line"; kill -SEGV $$'
	n=0
	while [ "$n" -lt 20 ]; do
		answers || not_ok "client $n of a crashing program is served"
		n=$((n + 1))
	done
	ok "a program that crashes for every client is served on"
	is "without a pause" "$(log_count ' pause ')" 0
	soon "each end is told" log_at_least 20 ' end .* signal=SEGV'
	brood_stop
}

# Children that cannot even begin: told, paused, and no fork storm.
crashes() {
	brood_start -n 2 -m 9 127.0.0.1:0 cat
	n=0
	while ! log_has ' pause ' && [ "$n" -lt 500 ]; do
		n=$((n + 1))
		for pid in $(idle_children); do
			kill -SEGV "$pid" 2>/dev/null
		done
	done
	check "children that crash one after the other make a pause" log_has ' pause seconds=2'
	soon "which ends by itself" answers
	soon "and is forgotten" log_has ' pause-over'
	brood_stop
}

each_memory vanishes
each_memory fails
each_memory crashes
finish
