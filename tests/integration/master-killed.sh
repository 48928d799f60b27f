#!/bin/sh
# The master is killed: no child accepts any more, those who serve finish, and
# the next master has the address at once.
. "${srcdir:-.}/tests/integration/lib.sh"
need nc python3

# The next one, on the same port.
next_master() {
	brood_spawn -n 2 "127.0.0.1:$1" cat
	wait_until is_ready
	PORT=$1
	answers
}

killed() {
	brood_start -n 8 127.0.0.1:0 cat
	session
	waiting=$(idle_children)
	busy=$(busy_children)
	kill -KILL "$M"
	wait "$M" 2>/dev/null
	for pid in $waiting; do
		wait_until is_gone "$pid" || not_ok "child $pid leaves"
	done
	ok "all waiting children leave"
	check "connections are refused" refused
	check "one who serves goes on" kill -0 "$busy"
	check "and answers" again second
	check "the next master has the address" next_master "$PORT"
	check "the old session goes on" kill -0 "$busy"
	exec 3>&-
	soon "to its end" is_gone "$busy"
	wait "$CLIENT"
	is "which its client sees" $? 0
	check "the next master stops with 0" brood_stop
}

# While clients come all the time: none hangs.
loaded() {
	brood_start -n 8 127.0.0.1:0 cat
	python3 -B "${srcdir:-.}/tests/integration/echoes.py" "$PORT" 1000000 8 5 \
	    >"$T/echoes" 2>&1 &
	rush=$!
	wait_until log_at_least 100 ' begin '
	kill -KILL "$M"
	wait "$M" 2>/dev/null
	soon "soon connections are refused" refused
	wait "$rush"
	is "no client hangs or gets another's bytes" \
	    "$(grep -Evc 'reset|refused|^failed|^#' "$T/echoes")" 0
	check "few were cut" \
	    [ "$(sed -n 's/ reset$//p' "$T/echoes" | grep . || echo 0)" -le 16 ]
	soon "nobody is left" eval '! pgrep -s "$M" >"$T/left"'
}

each_memory killed
each_memory loaded
finish
