#!/bin/sh
# The pool is kept: a minimum waits, a ceiling holds, the dead are replaced.
. "${srcdir:-.}/tests/integration/lib.sh"

first_idle() {
	idle_children | head -n 1
}

keeps() {
	brood_start -n 3 -m 6 --maximum-available 4 127.0.0.1:0 cat
	soon "at least the minimum waits" idle_at_least 3
	hold; hold; hold
	soon "three are served" busy_is 3
	soon "and three more wait" idle_is 3
	hold; hold; hold
	soon "six are served" busy_is 6
	is "that is all there may be" "$(alive)" 6
	soon "the log says so" log_has ' full connected=6 maximum-connected=6'
	hold
	seventh=$HELD_PID
	is "a seventh is not served" "$(count_busy)" 6
	kill -KILL "$(busy_children | head -n 1)"
	soon "until one of the six is gone" log_at_least 7 ' begin '
	is "and never are there more" "$(alive)" 6
	kill "$seventh"
	let_go
	soon "when all are gone the minimum waits" idle_at_least 3
	soon "nobody is left as a zombie" no_zombies
	brood_stop
}

replaces() {
	brood_start -n 4 -m 9 127.0.0.1:0 cat
	hold
	soon "one is served" busy_is 1
	victim=$(first_idle)
	before=$(idle_children | grep -vx "$victim")
	kill -KILL "$victim"
	soon "a killed waiting child is replaced" idle_at_least 4
	for pid in $before; do
		kill -0 "$pid" || not_ok "the others are untouched"
	done
	wait_until log_has ' child-died '
	is "one death is told" "$(log_count ' child-died ')" 1
	# shellcheck disable=SC2046
	kill -KILL $(idle_children)
	soon "all killed at once are replaced" idle_at_least 4
	kill -0 "$HELD_PID"
	is "the client does not notice" $? 0
	busy=$(busy_children)
	kill -KILL "$busy"
	soon "a killed serving child is told of" log_has " end pid=$busy .* signal=KILL"
	soon "no zombie stays" no_zombies
	soon "it serves on" answers
	let_go

	# shellcheck disable=SC2046
	stopped=$(idle_children | head -n 2)
	kill -STOP $stopped
	n=0
	while [ "$n" -lt 10 ]; do
		answers || not_ok "stopped children do not hinder others"
		n=$((n + 1))
	done
	kill -CONT $stopped
	soon "nor when they go on" answers
	check "it stops with 0" brood_stop
}

fixed() {
	brood_start --children 3 127.0.0.1:0 cat
	is "a fixed pool has as many" "$(alive)" 3
	hold; hold
	soon "two of them serve" busy_is 2
	is "and none is added" "$(alive)" 3
	kill -KILL "$(first_idle)"
	soon "one that dies is replaced" idle_is 1
	let_go
	soon "each is, as it ends" idle_is 3
	n=0
	while [ "$n" -lt 20 ]; do
		answers || not_ok "20 in turn are served"
		n=$((n + 1))
	done
	soon "there are three again" alive_is 3
	brood_stop
}

shrinks() {
	brood_start -n 2 -m 40 --maximum-available 4 --idle-time 300ms 127.0.0.1:0 cat
	for n in 3 4 5 6; do
		kill -TTIN "$M"
		soon "TTIN: one more" log_has " minimum-available value=$n"
	done
	soon "they come" idle_at_least 6
	for n in 5 4 3 2; do
		kill -TTOU "$M"
		soon "TTOU: one less" log_at_least 1 " minimum-available value=$n"
		wait_until last_minimum_is "$n"
	done
	for _ in 1 2 3 4 5 6 7 8; do hold; done
	soon "eight are served" busy_is 8
	kill -TTOU "$M"
	soon "not below one" log_has ' minimum-available value=1'
	kill -TTOU "$M"
	soon "and it says so" log_has ' minimum-available value=1 unchanged=1'
	is "none that serves was cut" "$(count_busy)" 8
	let_go
	soon "the spare ones go after a quiet time" idle_at_most 4
	is "nobody died of it" "$(log_count ' child-died ')" 0
	soon "it serves on" answers
	brood_stop
}

last_minimum_is() {
	grep ' minimum-available value=' "$LOG" | tail -n 1 | grep -q "value=$1"
}

idle_at_most() {
	[ "$(count_idle)" -le "$1" ]
}

orphans() {
	brood_start -n 4 127.0.0.1:0 cat
	hold
	soon "one is served" busy_is 1
	waiting=$(idle_children)
	busy=$(busy_children)
	kill -KILL "$M"
	wait "$M" 2>/dev/null
	for pid in $waiting; do
		wait_until is_gone "$pid" || not_ok "a waiting child leaves"
	done
	ok "when the master is killed all waiting children leave"
	check "the one that serves stays" kill -0 "$busy"
	echo | nc -w 5 127.0.0.1 "$PORT" >/dev/null 2>&1
	is "nobody accepts any more" $? 1
	old=$PORT
	brood_start "127.0.0.1:$old" cat
	soon "the next master binds at once" answers
	let_go
	brood_stop
}

each_memory keeps
each_memory replaces
each_memory fixed
each_memory shrinks
each_memory orphans
finish
