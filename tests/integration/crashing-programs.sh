#!/bin/sh
# A program that fails or crashes for every client, as soon as it can: those
# clients only, no pause, nobody else waits.
# shellcheck disable=SC2016 # scripts of the program
. "${srcdir:-.}/tests/integration/lib.sh"
need python3 nc

# Half of the clients have it crash; the others must not notice.
cat >"$T/mixed.py" <<'PY'
import socket, sys, threading
port = int(sys.argv[1])
good = []
def client(k):
    for i in range(40):
        s = socket.create_connection(("127.0.0.1", port), timeout=60)
        word = b"crash\n" if k % 2 else b"hello\n"
        try:
            s.sendall(word)
            got = s.recv(100)
        except ConnectionResetError:
            got = b""
        except OSError as e:
            got = repr(e).encode()
        good.append(got == (b"" if k % 2 else word))
        s.close()
threads = [threading.Thread(target=client, args=(k,)) for k in range(6)]
for t in threads: t.start()
for t in threads: t.join()
print("%d of %d" % (good.count(True), len(good)))
PY

crashes() {
	brood_start -n 6 127.0.0.1:0 sh -c 'read -r word
		[ "$word" = crash ] && kill -SEGV $$
		echo "$word"'
	is "three clients crash it, three are served" \
	    "$(python3 "$T/mixed.py" "$PORT")" "240 of 240"
	is "there is no pause" "$(log_count ' pause ')" 0
	soon "each crash is told" log_at_least 120 ' end .* signal=SEGV'
	soon "the pool is whole" idle_at_least 6
	check "it stops with 0" brood_stop

	# All 256 statuses, and ends by signals that are called deaths by hand.
	brood_start -n 6 127.0.0.1:0 sh -c 'read -r n
		case $n in [0-9]*) exit "$n" ;; esac
		kill -"$n" $$'
	for n in 0 1 2 69 70 71 75 77 78 111 126 127 128 200 253 254 255 KILL \
	    TERM HUP INT ABRT BUS; do
		echo "$n" | ask >/dev/null
	done
	for n in 0 1 70 71 111 127 254 255; do
		soon "status $n is only told" log_has " end .* status=$n "
	done
	soon "signals as well" log_at_least 6 ' end .* signal='
	is "there is no pause" "$(log_count ' (pause|child-died|child-failed|exec-failed) ')" 0
	soon "the pool is whole" idle_at_least 6
	check "it stops with 0" brood_stop
	check "all were sessions, none a death" \
	    log_has ' stopped served=23 deaths=0 forced=0'
}

each_memory crashes
finish
