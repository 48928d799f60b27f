#!/bin/sh
# What workers do to a listener that all of them share.
. "${srcdir:-.}/tests/integration/lib.sh"
. "${srcdir:-.}/tests/integration/workers-lib.sh"
need python3 nc

workers() {
	: >"$T/starts"
	rm -f "$T/errors"
	brood_start --kind worker --children 3 --ready-by notify "$1" \
	    "$python" "$here/workers_serve.py" "$T" notify
}

page() {
	if [ -S "$where" ]; then
		printf 'GET %s HTTP/1.0\r\n\r\n' "$1" | nc -NU -w 5 "$where" 2>/dev/null
	else
		printf 'GET %s HTTP/1.0\r\n\r\n' "$1" |
		    nc -N -w 10 127.0.0.1 "$PORT"
	fi
}

# A client that nobody accepts takes seconds to say so.
serves_soon() {
	for _ in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15; do
		! serves_pages || return 0
		sleep 0.2
	done
	return 1
}

# One that closes its own hurts nobody.
where=
workers 127.0.0.1:0
old=$(children_now)
is "one that closes its listener answers" "$(page /close | tail -n 1)" end
for n in 1 2 3 4 5 6 7 8; do
	serves_pages || not_ok "$n: others serve"
done
is "and lives" "$(children_now)" "$old"
page /close >/dev/null
page /close >/dev/null
# Nobody listens now but the master: clients wait.
printf 'GET /pid HTTP/1.0\r\n\r\n' | nc -N -w 100 127.0.0.1 "$PORT" >"$T/waits" &
HELD="$HELD $!"
wait_until queued_is 1
kill -HUP "$M"
soon "who waits meanwhile is served after a roll" grep -q '^[0-9]*$' "$T/waits"
soon "the roll ends" log_has ' renewed '
check "it stops with 0" brood_stop

# One that shuts it down does it to all.
shut() {
	workers "$1"
	where=${1#unix:}
	page /shutdown >/dev/null
	soon "$1: that it was shut down is told" log_has ' warn listener-revived addr='
	check "$1: others serve again" serves_soon
	check "$1: the master does not spin" master_rests
	kill -HUP "$M"
	soon "$1: a roll ends" log_has ' renewed '
	soon "$1: there are three" alive_is 3
	check "$1: and serve" serves_soon
	check "$1: it stops with 0" brood_stop
}

port=$(python3 -c '
import socket
s = socket.socket()
s.bind(("127.0.0.1", 0))
print(s.getsockname()[1])')
shut "127.0.0.1:$port"
shut "unix:$T/s"

# Two of them; one is added to nothing by a roll.
workers "127.0.0.1:0,unix:$T/s"
where=
check "the first of two serves" serves_pages
where=$T/s
check "and the second" serves_pages
kill -HUP "$M"
soon "a roll keeps both" log_has ' renewed listeners=2'
check "the second serves" serves_pages
where=
check "and the first" serves_pages
check "it stops with 0" brood_stop
check "the unix socket is removed" [ ! -e "$T/s" ]
check "and the port is free" refused
finish
