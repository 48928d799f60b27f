#!/bin/sh
# --session-time: TERM to the whole group, KILL for whoever is left of it, and
# nobody else is touched.
# shellcheck disable=SC2016 # scripts of the program
. "${srcdir:-.}/tests/integration/lib.sh"
need nc

# noted N: so many have written their pid down.
noted() {
	[ "$(wc -l <"$T/group")" -eq "$1" ]
}

all_gone() {
	while read -r pid; do
		kill -0 "$pid" 2>/dev/null && return 1
	done <"$T/group"
	return 0
}

group() {
	# The leader obeys, a descendant ignores TERM, another is stopped.
	: >"$T/group"
	brood_start --session-time 3s --env GROUP="$T/group" 127.0.0.1:0 sh -c '
		sleep 1000 & echo $! >>"$GROUP"
		sh -c "sleep 1000 & echo \$! >>\"\$GROUP\"; wait" &
		echo $! >>"$GROUP"
		wait'
	hold
	wait_until noted 3
	wait_until log_has ' begin pid='
	busy=$(sed -n 's/.* begin pid=\([0-9]*\) .*/\1/p' "$LOG")
	soon "TERM comes in time" log_has " session-time pid=$busy signal=TERM"
	soon "the leader ends by it" log_has " end pid=$busy .* signal=TERM .*forced=1"
	soon "so does all its group" all_gone
	took=$(sed -n "s/.* end pid=$busy .* seconds=\([0-9.]*\) .*/\1/p" "$LOG")
	check "not early ($took s)" awk -v s="$took" 'BEGIN { exit !(s >= 3) }'
	let_go
	check "it stops with 0" brood_stop

	brood_start --session-time 300ms 127.0.0.1:0 \
	    sh -c 'kill -STOP $$; sleep 1000'
	hold
	soon "one that is stopped ends, too" log_has ' end .* signal=TERM .*forced=1'
	let_go
	check "it stops with 0" brood_stop
}

# The leader goes, a descendant ignores TERM: it must not stay for ever.
stubborn() {
	: >"$T/group"
	brood_start --session-time 2s --env GROUP="$T/group" 127.0.0.1:0 sh -c '
		sh -c "trap \"\" TERM; echo \$\$ >>\"\$GROUP\"; sleep 1000 & sleep 1000" &
		wait'
	hold
	wait_until noted 1
	soon "the leader obeys" log_has ' end .* signal=TERM .*forced=1'
	soon "a descendant that ignores TERM is killed" all_gone
	let_go
	check "it stops with 0" brood_stop
	while read -r pid; do
		kill -KILL "$pid" 2>/dev/null
	done <"$T/group"
}

short() {
	brood_start --session-time 30s -n 3 127.0.0.1:0 cat
	check "short ones are untouched" answers
	hold
	wait_until busy_is 1
	is "and nobody is signalled" "$(log_count ' session-time ')" 0
	let_go
	check "it stops with 0" brood_stop
	check "without force" log_has ' stopped .*forced=0'
}

each_memory group
each_memory stubborn
each_memory short
finish
