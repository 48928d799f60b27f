#!/bin/sh
# A session that lasts too long is ended: TERM to the group, then KILL.
. "${srcdir:-.}/tests/integration/lib.sh"

ends() {
	# shellcheck disable=SC2016
	brood_start --session-time 2s --env LEFT="$T/left" 127.0.0.1:0 \
	    sh -c 'sleep 300 & echo $! >"$LEFT"; wait; cat'
	hold
	soon "TERM comes" log_has ' session-time pid=[0-9]+ signal=TERM'
	soon "and ends it" log_has ' end .* signal=TERM .*forced=1'
	soon "with all its group" is_gone "$(cat "$T/left")"
	let_go
	brood_stop

	brood_start --session-time 2s 127.0.0.1:0 \
	    sh -c 'trap "" TERM; while :; do sleep 0.05; done'
	hold
	soon "one that ignores it is killed" log_has ' session-time pid=[0-9]+ signal=KILL'
	soon "for good" log_has ' end .* signal=KILL .*forced=1'
	let_go
	brood_stop

	brood_start --session-time 60s 127.0.0.1:0 cat
	is "a short one is left alone" "$(echo short | ask)" short
	brood_stop
}

each_memory ends
finish
