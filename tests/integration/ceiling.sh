#!/bin/sh
# The ceiling is one: whoever looks, there are never more children; those who
# come later wait in the kernel's queue, and the log says so once.
. "${srcdir:-.}/tests/integration/lib.sh"
need nc ss python3

held() {
	log_at_least "$1" ' begin '
}

holds() {
	brood_start -n 3 -m 8 --maximum-available 4 127.0.0.1:0 cat
	watch
	clients=
	for n in 1 2 3 4 5 6 7 8 9 10 11 12; do
		hold
		clients="$clients $HELD_PID"
		# Those that are ended below are served.
		[ "$n" -ne 8 ] || wait_until busy_is 8
	done
	soon "of 12 clients 8 are served" busy_is 8
	soon "and 4 wait in the queue" queued_is 4
	soon "the log says so" log_has ' full connected=8 maximum-connected=8'
	# shellcheck disable=SC2086
	set -- $clients
	kill "$1" "$2"
	soon "when two go, two more are served" held 10
	soon "and two wait on" queued_is 2
	is "it is still the same fullness: nothing new is told" \
	    "$(log_count ' full ') $(log_count ' full-over ')" "1 0"
	kill "$3" "$4"
	soon "then all are" held 12
	seen=$(watched)
	let_go
	soon "its end is told" log_has ' full-over '
	soon "when all are gone the minimum waits again" idle_at_least 3
	is "all of that in two lines" \
	    "$(log_count ' full ') $(log_count ' full-over ')" "1 1"
	is "never were there more than 8 children" \
	    "$(echo "$seen" | awk '{ print ($2 <= 8), ($4 <= 8) }')" "1 1"
	check "it stops with 0" brood_stop
}

# Short sessions in a row, more clients at once than there may be children.
rushes() {
	brood_start "$@" 127.0.0.1:0 cat
	watch
	is "600 short sessions by 8 clients: none fails" \
	    "$(python3 -B "${srcdir:-.}/tests/integration/echoes.py" "$PORT" 600 8 |
	    grep -v '^#')" "failed 0"
	seen=$(watched)
	is "never were there more than 5 children" \
	    "$(echo "$seen" | awk '{ print ($2 <= 5), ($4 <= 5) }')" "1 1"
	let_go
}

bounded() {
	rushes -n 2 -m 5
	soon "the minimum waits again" idle_at_least 2
	check "it stops with 0" brood_stop
	rushes --children 5
	soon "a fixed pool is as large as before" idle_is 5
	check "it stops with 0" brood_stop
}

each_memory holds
each_memory bounded
finish
