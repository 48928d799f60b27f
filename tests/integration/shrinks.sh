#!/bin/sh
# What is spare goes after a quiet time: down to maximum-available, not below
# the minimum, and never one who serves.
# shellcheck disable=SC2016 # awk
. "${srcdir:-.}/tests/integration/lib.sh"
need nc python3

shift_by() {
	i=0
	while [ "$i" -lt "$2" ]; do
		before=$(log_count ' minimum-available value=')
		kill -"$1" "$M"
		wait_until log_at_least $((before + 1)) ' minimum-available value='
		i=$((i + 1))
	done
}

between() {
	n=$(count_idle)
	[ "$n" -ge "$1" ] && [ "$n" -le "$2" ]
}

shrinks() {
	brood_start -v -n 3 -m 80 --maximum-available 5 --idle-time 1s 127.0.0.1:0 cat
	shift_by TTIN 40
	soon "43 wait" idle_at_least 43
	hold; hold; hold
	soon "3 are served" busy_is 3
	busy=$(busy_children)
	watch
	began=$(now_ms)
	shift_by TTOU 40
	soon "the spare ones go" between 3 5
	took=$(($(now_ms) - began))
	check "not before the quiet time (after $took ms)" [ "$took" -ge 990 ]
	is "but none who serves" "$(busy_children)" "$busy"
	watched >"$T/seen"
	check "never were there fewer than the minimum" \
	    awk '{ exit !($6 >= 3) }' "$T/seen"
	check "and nobody was started meanwhile" \
	    awk '{ exit !($2 <= 50) }' "$T/seen"
	is "nobody died of it" "$(log_count ' child-(died|failed) ')" 0
	check "it serves on" answers
	let_go
	check "it stops with 0" brood_stop
}

each_memory shrinks
finish
