#!/bin/sh
# inetd.conf and xinetd.conf are served, checked and converted as they are.
# shellcheck disable=SC2016 # $1 is another shell's
. "${srcdir:-.}/tests/integration/lib.sh"
need nc python3
[ "$(id -u)" -eq 0 ] || skip_all "only root serves as other users"
old=${srcdir:-.}/tests/integration/old
umask 022
chmod 755 "$T"
mkdir "$T/xinetd.d"
cp "$old/wait.py" "$old/greet" "$T"

# find_ports: six free ports of loopback, in PORTS.
find_ports() {
	PORTS=$(python3 - <<'PY'
import socket
kept = [socket.socket() for _ in range(6)]
for s in kept:
    s.bind(("127.0.0.1", 0))
    print(s.getsockname()[1])
PY
	)
}

# port N: one of them.
port() {
	echo "$PORTS" | sed -n "$1p"
}

# fill NAME [TO]: a file of old/ with @1@, @2@ ... and other things filled in.
fill() {
	{
		for n in 1 2 3 4 5 6; do
			echo "s|@$n@|$(port $n)|g"
		done
		echo "s|@T@|$T|g"
		echo "s|@PYTHON@|$(command -v python3)|g"
	} >"$T/sed"
	sed -f "$T/sed" "$old/$1" >"$T/${2:-$1}"
}

fill_all() {
	find_ports
	fill inetd.conf
	fill xinetd.conf
	fill services xinetd.d/services
	fill refused.conf
}

# serve ARG...: until it is ready.  A port that was free may be another's by
# the time it is bound: then it is tried with others.
serve() {
	for _ in 1 2 3 4 5; do
		MEMORY='' brood_spawn "$@" --require-all \
		    --control "$T/run/control.sock"
		wait_until file_is_ready
		kill -0 "$M" 2>/dev/null && return 0
		log_has 'in use' || return 1
		fill_all
	done
	return 1
}

# said PORT: all that a program says by itself.
said() {
	nc -N -w 60 127.0.0.1 "$1" </dev/null | tr '\n' ' '
}

listener_says() {
	[ "$(said "$1")" = "listener " ]
}

datagram() {
	python3 - "$1" "$2" <<'PY'
import socket, sys
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
s.settimeout(60)
s.sendto(sys.argv[2].encode(), ("127.0.0.1", int(sys.argv[1])))
print(s.recv(100).decode())
PY
}

# What both have.
common() {	# KIND
	is "$1: a program has its client" \
	    "$(echo hello | ask 127.0.0.1 "$(port 1)")" hello
	soon "$1: wait: a program has the listener" listener_says "$(port 3)"
	soon "$1: wait: and again" listener_says "$(port 3)"
	is "$1: a datagram is answered" "$(datagram "$(port 5)" hi)" hi
	check "$1: what is off does not listen" refused "$(port 6)"
}

fill_all
check "inetd: the file is served" serve --inetd-conf "$T/inetd.conf"
common inetd
is "inetd: a program has its name and words" "$(said "$(port 2)")" \
    "named nobody 2 a b  "
is "inetd: echo is built in" \
    "$(echo hello | nc -NU -w 60 "$T/echo")" hello
check "inetd: it stops with 0" brood_stop

check "xinetd: the file and its folder are served" \
    serve --xinetd-conf "$T/xinetd.conf"
common xinetd
is "xinetd: a program has its name, words and variables" \
    "$(said "$(port 2)")" "named nobody 1 a hello "
is "xinetd: echo is built in" \
    "$(echo hello | ask 127.0.0.1 "$(port 4)")" hello
check "xinetd: it stops with 0" brood_stop

# ---- looking only

for kind in inetd xinetd; do
	check "$kind: it is checked" \
	    timeout 60 "$BROOD" -t "--$kind-conf" "$T/$kind.conf"
	check "$kind: it is converted" sh -c \
	    'timeout 60 "$1" --convert "--$2-conf" "$3" >"$4"' sh \
	    "$BROOD" "$kind" "$T/$kind.conf" "$T/converted"
	check "$kind: what comes out is taken" \
	    timeout 60 "$BROOD" -t -f "$T/converted"
	timeout 60 "$BROOD" -T "--$kind-conf" "$T/$kind.conf" >"$T/plain"
	check "$kind: it is printed plainly" test -s "$T/plain"
	is "$kind: and means the same" \
	    "$(timeout 60 "$BROOD" -T -f "$T/converted")" "$(cat "$T/plain")"
done

brood_fails 78 'refused.conf:3:[0-9]*: internal auth: .*expected' \
    -t --inetd-conf "$T/refused.conf"
check "all of them are named" grep -q '^[^ ]*:4:.* rpc/udp: ' "$T/fails"
check "with their places" grep -q '^[^ ]*:5:1: #@ has a policy' "$T/fails"
brood_fails 78 'refused.conf:3:' --inetd-conf "$T/refused.conf"
timeout 60 "$BROOD" --convert --inetd-conf "$T/refused.conf" >"$T/converted"
is "converted, they are off" $? 0
is "where they can be written" "$(grep -c '^	enabled no' "$T/converted")" 1
is "and left out where not" "$(grep -c '^# Left out: ' "$T/converted")" 2
check "the rest is taken" timeout 60 "$BROOD" -t -f "$T/converted"

echo 'echo stream' >"$T/wrong"
brood_fails 78 'wrong:1:1: 2 fields: expected SERVICE' \
    --inetd-conf "$T/wrong"
brood_fails 78 'wrong:1:1: 2 fields: expected' \
    --convert --inetd-conf "$T/wrong"
brood_fails 78 'wrong:1:1: echo: expected service, defaults' \
    -t --xinetd-conf "$T/wrong"
mkfifo "$T/fifo"
brood_fails 78 'fifo: is no regular file' -t --inetd-conf "$T/fifo"
brood_fails 78 'is a folder' -t --xinetd-conf "$T"
finish
