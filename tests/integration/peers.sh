#!/bin/sh
# A program for each peer of datagrams: nothing is lost, nothing is another's.
# shellcheck disable=SC2016 # scripts of the program
. "${srcdir:-.}/tests/integration/lib.sh"
python=$(python3 -c 'import sys; print(sys.executable)') ||
    skip_all "no python3"
peers=$TOOLS/peers.py
[ -f "$peers" ] || peers=$srcdir/tests/integration/peers.py

udp_port() {
	sed -n 's/.* info listen addr=udp:[^ ]*:\([0-9]*\) .*/\1/p' "$LOG" |
	    tail -n 1
}

# A peer whose port is its own for a while.
free_port() {
	python3 -c 'import socket
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
s.bind(("127.0.0.1", 0))
print(s.getsockname()[1])'
}

brood_start --stop-time 300ms --peer-session 60s udp:127.0.0.1:0 "$python" "$peers" serve
is "each peer has its program, for all it sends" \
    "$(python3 "$peers" many "$(udp_port)" 20 7)" "answers 140 programs 20"
soon "as many sessions began" eval '[ "$(log_count " info begin ")" -eq 20 ]'
check "they last" [ "$(log_count ' info end ')" -eq 0 ]
check "it stops with 0, and ends them" brood_stop

brood_start --stop-time 300ms --peer-session 60s udp:0.0.0.0:0 "$python" "$peers" serve
peer=$(free_port)
is "the answer is from the address that was asked" \
    "$(python3 "$peers" ask 127.0.0.2 "$(udp_port)" "127.0.0.1:$peer" a b)" \
    "1 a from 127.0.0.2
2 b from 127.0.0.2"
is "another address is another session" \
    "$(python3 "$peers" ask 127.0.0.3 "$(udp_port)" "127.0.0.1:$peer" c)" \
    "1 c from 127.0.0.3"
is "the first one goes on" \
    "$(python3 "$peers" ask 127.0.0.2 "$(udp_port)" "127.0.0.1:$peer" d)" \
    "3 d from 127.0.0.2"
pid=$(pgrep -P "$M" -x brood | while read -r child; do
	pgrep -P "$child" >/dev/null && echo "$child"
done | head -n 1)
kill -KILL "$pid"
soon "a relay that is killed is noticed" log_has "end pid=$pid .*signal=KILL"
got=$(python3 "$peers" ask 127.0.0.2 "$(udp_port)" "127.0.0.1:$peer" e;
    python3 "$peers" ask 127.0.0.3 "$(udp_port)" "127.0.0.1:$peer" f)
check "both peers are served" [ "$(echo "$got" | grep -c ' from ')" -eq 2 ]
check "it stops with 0" brood_stop

brood_start --stop-time 300ms --peer-session 200ms udp:127.0.0.1:0 "$python" "$peers" serve
peer=$(free_port)
is "a peer is served" "$(python3 "$peers" ask 127.0.0.1 "$(udp_port)" \
    "127.0.0.1:$peer" a)" "1 a from 127.0.0.1"
soon "the quiet end ends it" log_has ' info end .*status=0'
is "and a new one begins" "$(python3 "$peers" ask 127.0.0.1 "$(udp_port)" \
    "127.0.0.1:$peer" b)" "1 b from 127.0.0.1"
check "it stops with 0" brood_stop

# A program that ends early leaves the rest to the next.
brood_start --stop-time 300ms --peer-session 60s udp:127.0.0.1:0 "$python" "$peers" serve 2
got=$(python3 "$peers" many "$(udp_port)" 3 6)
check "what one leaves unread another answers: $got" \
    [ "${got% programs *}" = "answers 18" ]
check "it stops with 0" brood_stop

brood_start --stop-time 300ms --peer-session 60s --wait-tries 2 udp:127.0.0.1:0 false
echo x | nc -u -w 1 127.0.0.1 "$(udp_port)"
soon "what none reads is eaten" log_has ' warn datagram-eaten '
check "after so many" [ "$(log_count ' info begin ')" -eq 2 ]
check "it stops with 0" brood_stop

if [ "$(id -u)" -eq 0 ]; then
	port=$((600 + $$ % 400))
	brood_start --stop-time 300ms --user nobody --peer-session 60s "udp:127.0.0.1:$port" \
	    perl -e 'while (sysread STDIN, $d, 70000) {
		syswrite STDOUT, "$$ " . ++$n . " $d" }'
	got=$(python3 "$peers" many "$port" 5 5)
	case $got in
	"answers 25 programs 5") ok "without the right to its port, too" ;;
	*) not_ok "without the right to its port, too: $got" ;;
	esac
	check "it stops with 0" brood_stop
fi
brood_fails 64 'udp addresses only' --peer-session 1s 127.0.0.1:0 cat
brood_fails 64 'kind exec' --peer-session 1s --kind worker udp:0 cat
finish
