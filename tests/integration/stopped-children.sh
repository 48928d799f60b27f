#!/bin/sh
# Children that are stopped hinder nobody, neither while the service runs nor
# when it stops.
. "${srcdir:-.}/tests/integration/lib.sh"
need nc

# all_answered N: in turn.
all_answered() {
	n=0
	while [ "$n" -lt "$1" ]; do
		answers || return 1
		n=$((n + 1))
	done
}

stopped_is() {
	[ "$(ps -o stat= --ppid "$M" | grep -c '^T')" -eq "$1" ]
}

stops() {
	brood_start -n 4 -m 10 --maximum-available 4 127.0.0.1:0 cat
	# shellcheck disable=SC2046
	set -- $(idle_children)
	kill -STOP "$1" "$2" "$3"
	wait_until stopped_is 3
	check "three of four are stopped: 15 clients are served" all_answered 15
	kill -CONT "$1" "$2" "$3"
	wait_until stopped_is 0
	check "and 15 when they go on" all_answered 15

	wait_until idle_is 4
	# shellcheck disable=SC2046
	kill -STOP $(idle_children)
	wait_until stopped_is 4
	hold
	wait_until queued_is 1
	# shellcheck disable=SC2046
	kill -CONT $(idle_children)
	soon "all are stopped: a client is served when they go on" busy_is 1
	is "nobody died" "$(log_count ' child-died ')" 0
	let_go
	check "it stops with 0" brood_stop
}

# A stopped child cannot obey.
ends() {
	brood_start --stop-time 500ms -n 3 127.0.0.1:0 cat
	kill -STOP "$(idle_children | head -n 1)"
	wait_until stopped_is 1
	check "with a stopped child it stops with 0 as well" brood_stop
	is "and nobody is left" "$(pgrep -P "$M")" ""
}

need ss
each_memory stops
each_memory ends
finish
