#!/bin/sh
# Of two that start at the same time exactly one wins, and the other ends
# with 75 and takes nothing away.
. "${srcdir:-.}/tests/integration/lib.sh"
need nc

won_or_lost() {
	is_over || grep -q ' ready ' "$LOG_WON"
}

# pair ARG...: start twice; counts who lost and who won.
pair() {
	MASTERS=
	start_twice "$@" "unix:$T/s" cat || return
	[ "$LOST" -ne 75 ] || lost=$((lost + 1))
	wait_until won_or_lost
	[ "$(echo hello | nc -NU -w 60 "$T/s" 2>&1)" != hello ] ||
	    won=$((won + 1))
	kill "$M"
	wait "$M"
	rounds=$((rounds + 1))
}

# At most 100 rounds of each, or 4 seconds.
many() {
	lost=0
	won=0
	rounds=0
	end=$(($(date +%s) + 4))
	while [ $rounds -lt 100 ] && [ "$(date +%s)" -lt $end ]; do
		pair "$@" || { not_ok "one of two gives up"; break; }
	done
	echo "# $rounds rounds"
	is "one ended with 75 each time" $lost $rounds
	is "the other one served" $won $rounds
	is "nothing is left" "$(find "$T" -name 's*' -o -name 'pid*')" ""
}

many --pidfile "$T/pid"
many
finish
