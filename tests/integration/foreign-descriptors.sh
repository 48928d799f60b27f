#!/bin/sh
# Descriptors of whoever started it are closed, and a script that waits for
# the end of a pipe is released.
# shellcheck disable=SC2016 # scripts of the program
. "${srcdir:-.}/tests/integration/lib.sh"
need nc
mkfifo "$T/pipe"

foreign() {
	timeout 60 cat "$T/pipe" >/dev/null &
	reader=$!
	: >"$LOG"
	(
		exec 9>"$T/pipe" 7</etc/passwd 8>&9
		exec "$BROOD" ${MEMORY:+--memory "$MEMORY"} "$@" 127.0.0.1:0 \
		    sh -c 'ls /proc/$$/fd; exec cat' 2>>"$LOG" </dev/null
	) &
	M=$!
	MASTERS="$MASTERS $M"
	wait_until is_ready
	PORT=$(port_of listen)
	check "the pipe's reader is released" wait $reader
	# shellcheck disable=SC2046 # words
	is "nobody has the file" "$(find "/proc/$M/fd" $(idle_children |
	    sed 's,.*,/proc/&/fd,') -lname /etc/passwd 2>/dev/null)" ""
	is "the program has 0, 1 and 2" "$(echo hello | ask | tr '\n' ' ')" \
	    "0 1 2 hello "
	check "it stops with 0" brood_stop
}
each_memory foreign
foreign --stderr pass
foreign --linger
finish
