#!/bin/sh
# The lock on the pid file says who runs, not the number in it.
. "${srcdir:-.}/tests/integration/lib.sh"
need nc flock

free() {
	flock -n "$T/pid" true
}

lives() {
	brood_start --pidfile "$T/pid" 127.0.0.1:0 cat
	is "it has the master's pid" "$(tr -d ' \n' <"$T/pid")" "$M"
	check "and is locked" eval '! free'
	brood_fails 75 "$T/pid .*pid $M" --pidfile "$T/pid" "unix:$T/s" cat
	check "the second start made nothing" [ ! -e "$T/s" ]
	is "and changed nothing" "$(tr -d ' \n' <"$T/pid")" "$M"
	hold
	wait_until busy_is 1
	kill -KILL "$M"
	wait_master 2>/dev/null
	soon "nobody has the lock after KILL, whoever is served" free
	check "the file stays" [ -s "$T/pid" ]
	brood_start --pidfile "$T/pid" 127.0.0.1:0 cat
	is "the next start takes it over" "$(tr -d ' \n' <"$T/pid")" "$M"
	check "it stops with 0" brood_stop
	check "the file is gone" [ ! -e "$T/pid" ]
	let_go
}
each_memory lives

# Whatever is in it.
for text in '' 1 $$ x 99999999999999 "$(head -c 5000 /dev/zero | tr '\0' 7)"; do
	printf '%s' "$text" >"$T/pid"
	brood_start --pidfile "$T/pid" 127.0.0.1:0 cat
	is "a stale file is overwritten: $(printf %.9s "$text")" \
	    "$(tr -d ' \n' <"$T/pid")" "$M"
	check "it stops with 0" brood_stop
done

timeout 60 "$BROOD" --pidfile "$T/no/pid" "unix:$T/s" cat 2>"$T/fails"
is "a folder that is not there is refused" $? 71
check "and named" grep -q "$T/no/pid: No such file" "$T/fails"
timeout 60 "$BROOD" --pidfile "$T" "unix:$T/s" cat 2>"$T/fails"
is "a folder is no pid file" $? 71
check "nothing was made" [ ! -e "$T/s" ]

# Locked by somebody who has not written its pid yet.
: >"$T/pid"
flock "$T/pid" timeout 60 "$BROOD" --pidfile "$T/pid" "unix:$T/s" cat \
    2>"$T/fails"
is "a locked file without a pid is refused, too" $? 75
check "nothing was made" [ ! -e "$T/s" ]
finish
