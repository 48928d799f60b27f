#!/bin/sh
# A service manager hears of every step through NOTIFY_SOCKET.
. "${srcdir:-.}/tests/integration/lib.sh"
need perl nc
NEWS=$T/news

# listen NAME: somebody at the other end of NOTIFY_SOCKET.
listen() {
	rm -f "$NEWS" "$T/notify"
	NOTIFY_SOCKET=$1
	export NOTIFY_SOCKET
	perl "${srcdir:-.}/tests/integration/notified.pl" "$1" "$NEWS" &
	listener=$!
	HELD="$HELD $listener"
	wait_until [ -s "$NEWS" ]
}

heard() {
	grep -Eq "^[0-9]+ $1\$" "$NEWS"
}

heard_times() {
	[ "$(grep -Ec "^[0-9]+ $2\$" "$NEWS")" -ge "$1" ]
}

steps() {
	listen "$T/notify"
	brood_start --env '*' 127.0.0.1:0 env
	soon "READY is told" heard READY=1
	is "the program hears nothing of it" \
	    "$(ask </dev/null | grep -E '^(NOTIFY|WATCHDOG)')" ""
	hold
	soon "the numbers are told" \
	    heard 'STATUS=available [0-9]+, connected 0 of 200'
	check "only READY so far" [ "$(grep -c READY "$NEWS")" -eq 1 ]
	kill -HUP "$M"
	soon "RELOADING is told with the time" \
	    heard 'RELOADING=1\|MONOTONIC_USEC=[0-9]+'
	soon "READY again" heard_times 2 READY=1
	# It was sent before we got it, and since the message before that.
	check "the time is the monotonic clock" awk '
	    / RELOADING=1/ { sub(/.*USEC=/, "", $2)
		exit !($2 > before && $2 <= $1 && $1 - $2 < 60000000) }
	    { before = $1 - 5000000 }' "$NEWS"
	check "it stops with 0" brood_stop
	soon "STOPPING is told with how long it may last" \
	    heard 'STOPPING=1\|EXTEND_TIMEOUT_USEC=33000000'
	check "no watchdog was fed" [ "$(grep -c WATCHDOG "$NEWS")" -eq 0 ]
	let_go
}
each_memory steps

listen "@brood-test-$$"
cp /bin/cat "$T/program"
brood_start --stop-time 5s 127.0.0.1:0 "$T/program"
soon "an abstract name does, too" heard READY=1
rm "$T/program"
kill -HUP "$M"
soon "READY comes also after a refused renewal" heard_times 2 READY=1
soon "which was refused" log_has renew-refused
check "it stops with 0" brood_stop
soon "the time is --stop-time's" \
    heard 'STOPPING=1\|EXTEND_TIMEOUT_USEC=8000000'
let_go

# The watchdog, twice in its time, by itself.
listen "$T/notify"
WATCHDOG_USEC=2000000 brood_start 127.0.0.1:0 cat
soon "the watchdog is fed" heard_times 5 WATCHDOG=1
check "it stops with 0" brood_stop
check "at least twice in its time" awk '
    / WATCHDOG=1/ { n++; if (n == 1) first = $1; last = $1 }
    END { exit !((last - first) / (n - 1) < 2000000) }' "$NEWS"
let_go
listen "$T/notify"
WATCHDOG_USEC=100000 WATCHDOG_PID=1 brood_start 127.0.0.1:0 cat
for i in 1 2 3; do
	answers
	kill -HUP "$M"
	wait_until log_at_least "$i" ' renewed '
done
check "it stops with 0" brood_stop
check "another's watchdog is not fed" [ "$(grep -c WATCHDOG "$NEWS")" -eq 0 ]
let_go

# Nobody there, a bad name, one who does not read.
for NOTIFY_SOCKET in "$T/nobody" relative '' @ "/$(head -c 200 /dev/zero |
    tr '\0' x)"; do
	brood_start 127.0.0.1:0 cat
	check "served with NOTIFY_SOCKET=$(printf %.20s "$NOTIFY_SOCKET")" answers
	check "it stops with 0" brood_stop
done
rm -f "$T/notify"
NOTIFY_SOCKET=$T/notify
perl "${srcdir:-.}/tests/integration/notified.pl" "$NOTIFY_SOCKET" - &
HELD="$HELD $!"
wait_until [ -S "$T/notify" ]
brood_start 127.0.0.1:0 cat
for i in 1 2 3 4 5 6 7 8; do
	kill -HUP "$M"
	wait_until log_at_least $i ' renewed '
done
check "one who does not read is not waited for" answers
check "it stops with 0" brood_stop
finish
