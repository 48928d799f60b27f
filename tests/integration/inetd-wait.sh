#!/bin/sh
# inetd's way to hand over a listener: it is descriptor 0.
# shellcheck disable=SC2016 # scripts of the program
. "${srcdir:-.}/tests/integration/lib.sh"
need perl nc
give=${srcdir:-.}/tests/integration/give.pl

listener() {
	: >"$LOG"
	rm -f "$T/ports"
	perl "$give" -z "$T/ports" tcp -- "$BROOD" \
	    ${MEMORY:+--memory "$MEMORY"} fd:0 \
	    sh -c 'ls /proc/$$/fd; exec cat' 2>>"$LOG" >"$T/stdout" &
	M=$!
	MASTERS="$MASTERS $M"
	wait_until is_ready
	PORT=$(cat "$T/ports")
	is "its clients are served, with nothing else open" \
	    "$(echo hello | ask | tr '\n' ' ')" "0 1 2 hello "
	check "it is inherited" log_has " listen addr=127.0.0.1:$PORT .*inherited=1"
	check "it stops with 0" brood_stop
}
each_memory listener

# As inetd does it: 0, 1 and 2 are the listener.
rm -f "$T/ports"
: >"$LOG"
perl "$give" -z "$T/ports" tcp -- sh -c \
    'exec "$@" >&0 2>&0' sh "$BROOD" --log "$LOG" fd:0 cat &
M=$!
MASTERS="$MASTERS $M"
wait_until is_ready
PORT=$(cat "$T/ports")
is "also when it is 1 and 2, too" "$(echo hello | ask)" hello
check "it stops with 0" brood_stop

rm -f "$T/s"
: >"$LOG"
perl "$give" -z "$T/ports" "unix:$T/s" -- "$BROOD" fd:0 cat 2>>"$LOG" &
M=$!
MASTERS="$MASTERS $M"
wait_until is_ready
is "also a unix socket" "$(echo hello | nc -NU -w 60 "$T/s")" hello
check "it stops with 0" brood_stop
check "which stays" [ -S "$T/s" ]

brood_fails 78 'fd:0: ' fd:0 cat
for kind in bound pipe; do
	timeout 60 perl "$give" -z "$T/ports" $kind -- "$BROOD" fd:0 cat \
	    2>"$T/fails"
	is "$kind is refused" $? 78
	check "and named" grep -q 'fd:0' "$T/fails"
done
timeout 60 "$BROOD" fd:0 cat <&- 2>"$T/fails"
is "nothing at all is refused" $? 78
finish
