#!/bin/sh
# A log whose reader sleeps, dies or has no room never stops the service, and
# what is lost is counted.
# shellcheck disable=SC2016 # scripts of the program
. "${srcdir:-.}/tests/integration/lib.sh"
need nc
mkfifo "$T/pipe"

asks() {
	[ "$(nc -NU -w 60 "$T/s" </dev/null 2>/dev/null | tail -n 1)" = "done" ]
}

# spawn ARG...: with the log in the pipe.
spawn() {
	rm -f "$T/s"
	"$BROOD" ${MEMORY:+--memory "$MEMORY"} --user "$(id -un)" "$@" \
	    2>"$T/pipe" </dev/null &
	M=$!
	MASTERS="$MASTERS $M"
}

asleep() {
	# Reads the pipe when it is told to, and opens it at once.
	rm -f "$T/wake" "$T/log"
	mkfifo "$T/wake"
	sh -c 'exec 4<"$1"; read -r _ <"$2"; exec cat <&4 >"$3"' sh \
	    "$T/pipe" "$T/wake" "$T/log" &
	reader=$!
	HELD="$HELD $reader"
	spawn "unix:$T/s" sh -c 'seq 5000 >&2; echo done'
	wait_until [ -S "$T/s" ]
	check "a reader that sleeps stops no client" asks
	check "nor the next one" asks
	check "and nobody waits for it long" asks
	echo now >"$T/wake"
	soon "what was lost is told" log_has ' warn log-dropped lines=[0-9]+'
	check "it stops with 0" brood_stop
	wait $reader
	# start, listen, ready, stop, stopped, and 5002 a client; root's warning,
	# and a lost line about lost lines.
	is "lines read and lines lost are all lines" "$(awk '
	    / log-dropped / { sub(/.*lines=/, ""); lost += $0; next }
	    { n++ }
	    END { n += lost; print (n >= 15011 && n <= 15014 ? "all" : n) }' \
	    "$LOG")" all
	check "none is torn" [ "$(grep -Evc \
	    '^[0-9T:.-]+Z (info|warn) [a-z-]+ .*[0-9a-z"]$' "$LOG")" -eq 0 ]
}
each_memory asleep

stuck() {
	sh -c 'exec 4<"$1"; exec sleep 300' sh "$T/pipe" &
	reader=$!
	HELD="$HELD $reader"
	spawn "unix:$T/s" sh -c 'seq 5000 >&2; echo done'
	wait_until [ -S "$T/s" ]
	check "served" asks
	before=$(now_ms)
	check "one that never reads does not keep it from stopping" brood_stop
	echo "# after $(($(now_ms) - before)) ms"
	kill $reader
	wait $reader 2>/dev/null
}
each_memory stuck

broken() {
	sh -c 'exec 4<"$1"; read -r _ <&4' sh "$T/pipe" &
	reader=$!
	spawn "unix:$T/s" sh -c 'echo noise >&2; echo done'
	wait $reader
	wait_until [ -S "$T/s" ]
	check "a reader that died harms nobody" asks
	check "nor the next client" asks
	check "it stops with 0" brood_stop
}
each_memory broken

"$BROOD" "unix:$T/s" sh -c 'echo noise >&2; echo done' 2>/dev/full </dev/null &
M=$!
MASTERS="$MASTERS $M"
wait_until [ -S "$T/s" ]
check "a full disk harms nobody" asks
check "nor the next client" asks
check "it stops with 0" brood_stop
finish
