#!/bin/sh
# The program may no longer be executed, or is nonsense: clients read an end,
# few lines, no spin, and it heals by itself.
. "${srcdir:-.}/tests/integration/lib.sh"
need python3 nc

# ends.py PORT N: how clients that have sent something see the end, one after
# the other.  All of them come before the pause is over, which they cause.
cat >"$T/ends.py" <<'PY'
import socket, sys
for _ in range(int(sys.argv[2])):
    s = socket.create_connection(("127.0.0.1", int(sys.argv[1])), timeout=60)
    s.sendall(b"x" * 5000)
    try:
        print("eof" if s.recv(100) == b"" else "data")
    except ConnectionResetError:
        print("reset")
PY

# spoilt ERRNO: what is to be seen while the program cannot be executed.
spoilt() {
	is "$1: clients read an end of file" \
	    "$(python3 "$T/ends.py" "$PORT" 4 | tr '\n' ' ')" "eof eof eof eof "
	soon "one line tells why" \
	    log_has " exec-failed program=$T/program errno=$1 pid="
	soon "and one that there is a pause" log_has ' pause seconds=2'
	is "no line for each client" "$(log_count ' exec-failed ')" 1
	is "no second pause for those who waited already" "$(log_count ' pause ')" 1
	check "the master does not spin" master_rests
}

healed() {
	soon "$1: it heals by itself" answers
	soon "and says so" log_has ' pause-over'
	check "it stops with 0" brood_stop
}

spoils() {
	cp /bin/cat "$T/program"
	brood_start -n 4 --maximum-available 4 127.0.0.1:0 "$T/program"
	chmod 644 "$T/program"
	spoilt EACCES
	chmod 755 "$T/program"
	healed forbidden

	brood_start -n 4 --maximum-available 4 127.0.0.1:0 "$T/program"
	rm "$T/program"
	echo nonsense >"$T/program"
	chmod 755 "$T/program"
	spoilt ENOEXEC
	rm "$T/program"
	cp /bin/cat "$T/program"
	healed nonsense
}

each_memory spoils
finish
