#!/bin/sh
# --daemon returns when clients are served, with the status of the start.
# shellcheck disable=SC2016 # scripts of the program
. "${srcdir:-.}/tests/integration/lib.sh"
need nc

# launch ARG...: start it in the background with a log in $LOG; its status.
launch() {
	rm -f "$LOG" "$T/pid"
	timeout 60 "$BROOD" ${MEMORY:+--memory "$MEMORY"} -D \
	    --pidfile "$T/pid" --log "$LOG" "$@" >"$T/said" 2>&1 </dev/null
	status=$?
	M=$(cat "$T/pid" 2>/dev/null)
	MASTERS="$MASTERS $M"
	PORT=$(port_of listen)
	return $status
}

ends() {
	kill -TERM "$M" && wait_until is_over
}

background() {
	check "it returns" launch 127.0.0.1:0 sh -c 'pwd; exec cat'
	is "and clients are served at once, in /" "$(echo hello | ask)" "/
hello"
	is "it says nothing" "$(cat "$T/said")" ""
	is "the pid is the master's" "$(ps -o comm= -p "$M")" brood
	is "which is not ours" "$(ps -o ppid= -p "$M" | tr -d ' ')" \
	    "$(ps -o ppid= -p "$M" | tr -d ' ' | grep -vx $$)"
	is "and leads a session" "$(ps -o sid= -p "$M" | tr -d ' ')" "$M"
	is "it works in /" "$(readlink "/proc/$M/cwd")" /
	check "it stops" ends
	check "and its pid file is gone" [ ! -e "$T/pid" ]
	check "it was asked to" log_has ' stopped .*forced=0'
}
each_memory background

# A script that reads what the command says is released when it returns.
released() {
	rm -f "$LOG" "$T/out"
	mkfifo "$T/out"
	timeout 60 cat "$T/out" >/dev/null &
	reader=$!
	timeout 60 "$BROOD" ${MEMORY:+--memory "$MEMORY"} -D "$@" \
	    --pidfile "$T/pid" --log "$LOG" 127.0.0.1:0 cat \
	    >"$T/out" 2>&1 </dev/null
	M=$(cat "$T/pid")
	MASTERS="$MASTERS $M"
	check "nobody keeps the starter's pipe open${*:+ with $*}" wait $reader
	ends
}
each_memory released
released --stderr pass

check "it returns with --stderr pass, too" \
    launch --stderr pass --chdir /usr 127.0.0.1:0 sh -c 'echo x >&2; pwd'
is "and works where it was told to" "$(ask </dev/null)" /usr
check "it stops" ends

# A start that failed.
launch --minimum-available 5 198.51.100.1:0 cat
is "the status of a failed start is passed on" $? 69
is "and what it said" "$(cat "$T/said")" \
    "brood: cannot bind 198.51.100.1:0: Cannot assign requested address"
check "the log has it, too" log_has ' error start-failed status=69 .*198\.51\.100\.1'
check "no pid file is left" [ ! -e "$T/pid" ]
launch 127.0.0.1:0 "$T"
is "also of a bad program" $? 69
launch -n 0 127.0.0.1:0 cat
is "also of a bad option" $? 64
launch --chdir "$T/nosuch" 127.0.0.1:0 cat
is "also of a bad folder" $? 69
check "which is named" grep -q "$T/nosuch: " "$T/said"

launch 127.0.0.1:0 cat
timeout 60 "$BROOD" -D --pidfile "$T/pid" --log "$T/log.2" 127.0.0.1:0 cat \
    >"$T/said" 2>&1
is "a second start is refused" $? 75
check "by the pid" grep -q "pid $M" "$T/said"
is "whose file is as it was" "$(cat "$T/pid")" "$M"
check "the first goes on" answers
check "it stops" ends

# A relative pid file is where we started.
mkdir "$T/here"
program=$BROOD
case $BROOD in /*) ;; *) program=$(pwd)/$BROOD ;; esac
(cd "$T/here" && "$program" -D --pidfile pid --log "$LOG" 127.0.0.1:0 cat)
M=$(cat "$T/here/pid")
MASTERS="$MASTERS $M"
check "a relative pid file is where we started" kill -0 "$M"
check "it stops" ends
check "and the file is removed there" [ ! -e "$T/here/pid" ]
finish
