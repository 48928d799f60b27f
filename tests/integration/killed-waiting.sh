#!/bin/sh
# A waiting child that is killed is replaced at once: by one, and nobody else
# is woken; so are all of them.
. "${srcdir:-.}/tests/integration/lib.sh"
need nc ss

# whole N: so many wait, and nobody is on the way.
whole() {
	idle_is "$1" && no_zombies
}

# shellcheck disable=SC2046 # pids
settled() {
	before=$(wakes "$M" $(idle_children))
	sleep 0.3
	[ "$(wakes "$M" $(idle_children))" = "$before" ]
}

one() {
	brood_start -n 16 -m 40 --maximum-available 16 127.0.0.1:0 cat
	hold
	soon "one is served" busy_is 1
	wait_until idle_is 16
	wait_until settled
	victim=$(idle_children | sed -n 7p)
	others=$(idle_children | grep -vx "$victim")
	# shellcheck disable=SC2086,SC2046
	before=$(wakes $others $(busy_children))
	master=$(wakes "$M")
	kill -KILL "$victim"
	soon "a killed one is replaced" whole 16
	new=$(idle_children | grep -vxF "$others")
	is "by exactly one" "$(echo "$new" | wc -l)" 1
	is "the others are the same" \
	    "$(idle_children | grep -cxF "$others")" 15
	# shellcheck disable=SC2086,SC2046
	is "and none of them was woken" "$(wakes $others $(busy_children))" "$before"
	check "the master hardly" [ $(($(wakes "$M") - master)) -le 16 ]
	is "one line tells it" "$(log_count ' child-died ')" 1
	check "with the pid and the signal" log_has " child-died pid=$victim signal=KILL"
	is "there is no pause" "$(log_count ' pause ')" 0
	let_go
	check "it stops with 0" brood_stop
}

all() {
	brood_start -n 64 -m 100 --maximum-available 64 127.0.0.1:0 cat
	hold; hold
	wait_until busy_is 2
	busy=$(busy_children)
	wait_until idle_is 64
	wait_until settled
	for round in 1 2; do
		old=$(idle_children)
		# shellcheck disable=SC2086
		kill -KILL $old
		soon "round $round: all killed at once are replaced" whole 64
		is "by others" "$(idle_children | grep -cxF "$old")" 0
		check "and serve" answers
		wait_until idle_is 64
		wait_until settled
	done
	is "each death was told" "$(log_count ' child-died pid=[0-9]+ signal=KILL')" 128
	is "there was no pause" "$(log_count ' pause ')" 0
	is "those who serve were not touched" "$(busy_children)" "$busy"
	let_go
	check "it stops with 0" brood_stop
	check "nobody is forgotten" log_has ' stopped served=4 deaths=128 '
}

established_is() {
	[ "$(ss -Htn state established "sport = :$PORT" | wc -l)" -eq "$1" ]
}

# One who serves: its own client ends, nobody else's.
serving() {
	brood_start -n 2 -m 10 127.0.0.1:0 cat
	hold
	wait_until busy_is 1
	victim=$(busy_children)
	hold
	wait_until busy_is 2
	kill -KILL "$victim"
	soon "when one who serves is killed its connection ends" established_is 1
	soon "the end is told with the signal" log_has " end pid=$victim .* signal=KILL"
	is "the other is served on" "$(count_busy)" 1
	is "it is no death of a waiting one" "$(log_count ' child-died ')" 0
	check "it serves" answers
	let_go
	check "it stops with 0" brood_stop
}

each_memory one
each_memory all
each_memory serving
finish
