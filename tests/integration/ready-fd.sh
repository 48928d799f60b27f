#!/bin/sh
# A newline on --ready-fd, when clients are served and not before.
# shellcheck disable=SC2016 # scripts of the program
. "${srcdir:-.}/tests/integration/lib.sh"
need nc
mkfifo "$T/ready"

# The reader gets one newline and then an end of file, and connects at once.
newline() {
	: >"$LOG"
	"$BROOD" ${MEMORY:+--memory "$MEMORY"} --ready-fd 7 "unix:$T/s" \
	    sh -c 'ls /proc/$$/fd; exec cat' 2>>"$LOG" </dev/null 7>"$T/ready" &
	M=$!
	MASTERS="$MASTERS $M"
	got=$(timeout 60 od -An -c "$T/ready" | tr -d ' ')
	reply=$(echo hello | nc -NU -w 60 "$T/s" | tr '\n' ' ')
	is "one newline comes" "$got" '\n'
	is "a client is served then, and the program has nothing of it" \
	    "$reply" "0 1 2 hello "
	check "it stops with 0" brood_stop
}
each_memory newline

for fd in 1 2; do
	rm -f "$T/got"
	timeout 60 od -An -c "$T/ready" >"$T/got" &
	reader=$!
	: >"$LOG"
	eval '"$BROOD" --log "$LOG" --ready-fd '$fd' "unix:$T/s" cat </dev/null \
	    '$fd'>"$T/ready" &'
	M=$!
	MASTERS="$MASTERS $M"
	wait_until grep -q . "$T/got"
	is "also on descriptor $fd" "$(tr -d ' ' <"$T/got")" '\n'
	is "and clients are served" \
	    "$(echo hello | nc -NU -w 60 "$T/s")" hello
	check "it stops with 0" brood_stop
	wait $reader
done

# A start that fails.
timeout 60 "$BROOD" --ready-fd 7 "unix:$T/s,198.51.100.1:0" cat 7>"$T/ready" \
    2>/dev/null &
M=$!
is "nothing comes if the start fails" \
    "$(timeout 60 od -An -c "$T/ready")" ""
wait $M
is "and the status says so" $? 69

# A reader that has gone.
: >"$LOG"
"$BROOD" --ready-fd 7 "unix:$T/s" cat 2>>"$LOG" </dev/null 7>"$T/ready" &
M=$!
MASTERS="$MASTERS $M"
sh -c 'exec 3<"$0"' "$T/ready"
wait_until is_ready
is "a reader that has gone harms nobody" \
    "$(echo hello | nc -NU -w 60 "$T/s")" hello
check "it stops with 0" brood_stop

"$BROOD" -D --ready-fd 7 --log "$LOG" --pidfile "$T/pid" "unix:$T/s" cat \
    </dev/null 7>"$T/newline"
MASTERS="$MASTERS $(cat "$T/pid")"
is "also with --daemon" "$(od -An -c "$T/newline" | tr -d ' ')" '\n'
is "clients are served then" "$(echo hello | nc -NU -w 60 "$T/s")" hello
kill "$(cat "$T/pid")"
soon "it stops" [ ! -e "$T/pid" ]
finish
