#!/bin/sh
# Several programs write to standard error at once: whole lines, each with its
# own pid; one that floods it hinders neither clients nor the stop.
# shellcheck disable=SC2016 # scripts of the program
. "${srcdir:-.}/tests/integration/lib.sh"
need nc

# four PROGRAM: four clients at once, each with a word; then there are so many
# lines, all whole, each word with one pid.
four() {
	rm -f "$T"/got.*
	for word in one two three four; do
		echo "$word" | ask >"$T/got.$word" &
		HELD="$HELD $!"
	done
	for word in one two three four; do
		wait_until grep -q done "$T/got.$word"
	done
	brood_stop
	for word in one two three four; do
		is "$1: the lines of $word are whole" \
		    "$(log_count " program pid=[0-9]+ text=\"$word $word $word\"")" 40
		is "$1: its last one has no end" \
		    "$(log_count " program pid=[0-9]+ text=\"$word end\"")" 1
		is "$1: all have its pid" "$(sed -n \
		    "s/.* program pid=\([0-9]*\) text=\"$word .*/\1/p" "$LOG" |
		    sort -u | wc -l)" 1
	done
	is "$1: no line more" "$(log_count ' warn program pid=')" 164
	let_go
}

# Pieces of lines, at the same time.
mixed() {
	brood_start -n 6 127.0.0.1:0 sh -c '
		read -r word
		i=0
		while [ $i -lt 40 ]; do
			printf "%s " "$word" >&2
			printf "%s %s\n" "$word" "$word" >&2
			i=$((i + 1))
		done
		printf "%s end" "$word" >&2
		echo done'
	four "by the program"
}

# From processes that do not live long.
descended() {
	brood_start -n 6 127.0.0.1:0 sh -c '
		read -r word
		i=0
		while [ $i -lt 40 ]; do
			(printf "%s %s %s\n" "$word" "$word" "$word" >&2)
			i=$((i + 1))
		done
		(printf "%s end" "$word" >&2)
		echo done'
	four "by its descendants"
}

floods() {
	brood_start -n 4 127.0.0.1:0 sh -c 'read -r w
		[ "$w" != flood ] || exec yes >&2
		echo "$w"'
	echo flood | nc 127.0.0.1 "$PORT" >/dev/null 2>&1 &
	HELD="$HELD $!"
	echo flood | nc 127.0.0.1 "$PORT" >/dev/null 2>&1 &
	HELD="$HELD $!"
	soon "two flood it" busy_is 2
	soon "it is seen" log_has ' program .* text="y"'
	n=0
	while [ $n -lt 10 ]; do
		answers || not_ok "client $n is served"
		n=$((n + 1))
	done
	ok "ten clients are served meanwhile"
	victim=$(idle_children | head -n 1)
	kill -KILL "$victim"
	soon "and a death is heard of" log_has " child-died pid=$victim "
	# shellcheck disable=SC2046
	kill -KILL $(busy_children)
	soon "the flood can be ended" busy_is 0
	let_go
	check "it stops with 0" brood_stop
}

each_memory mixed
each_memory descended
each_memory floods
finish
