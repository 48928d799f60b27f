#!/bin/sh
# Started with any of 0, 1 and 2 closed it serves, and no client ever reads a
# byte of the log or of the program's standard error.
. "${srcdir:-.}/tests/integration/lib.sh"
need nc

# lacks CLOSE ARG...: start with these redirections, ask, stop.
lacks() {
	close=$1
	shift
	: >"$LOG"
	rm -f "$T/s"
	# shellcheck disable=SC2154 # they are in the string
	eval '"$BROOD" ${MEMORY:+--memory "$MEMORY"} "$@" "unix:$T/s" \
	    sh -c "echo noise >&2; cat; echo noise >&2" \
	    </dev/null >"$T/stdout" 2>>"$LOG" '"$close"' &'
	M=$!
	MASTERS="$MASTERS $M"
	wait_until eval '[ -S "$T/s" ] && nc -zU "$T/s"'
	is "without $close $*: only what it shall is read" \
	    "$(echo hello | nc -NU -w 60 "$T/s")" hello
	check "it stops with 0" brood_stop
	is "nothing went to standard output" "$(cat "$T/stdout")" ""
}

closed() {
	for close in '<&-' '>&-' '2>&-' '<&- >&-' '<&- 2>&-' '>&- 2>&-' \
	    '<&- >&- 2>&-'; do
		lacks "$close"
	done
	lacks '2>&-' --stderr pass
	lacks '<&- >&- 2>&-' --stderr pass
}
each_memory closed
lacks '<&- >&- 2>&-' --pidfile "$T/pid"
lacks '<&- >&- 2>&-' --log "$LOG"
check "with a log in a file it is whole" log_has ' program .*text="noise"'
finish
