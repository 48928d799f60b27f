#!/bin/sh
# 500 clients at once, each holding: all are served, from a pool that kept 5
# waiting; then it is small again.
. "${srcdir:-.}/tests/integration/lib.sh"
need python3
[ "$(ulimit -Hn)" = unlimited ] || [ "$(ulimit -Hn)" -ge 600 ] ||
    skip_all "too few descriptors for 500 clients"

gone() {
	no_zombies && busy_is 0
}

small() {
	[ "$(alive)" -le 12 ] && idle_at_least 5
}

crowds() {
	brood_start -n 5 -m 600 --idle-time 300ms 127.0.0.1:0 cat
	mkfifo "$T/crowd"
	python3 "${srcdir:-.}/tests/integration/crowd.py" "$PORT" 500 \
	    <"$T/crowd" >"$T/served" 2>&1 &
	HELD="$HELD $!"
	exec 3>"$T/crowd"
	echo 500 >&3
	soon "500 clients are served at once" grep -q 'served 500 wrong 0' "$T/served"
	is "each by a process of its own" "$(count_busy)" 500
	soon "and five more wait" idle_at_least 5
	check "one more is served" answers
	exec 3>&-
	soon "when they go, all end" gone
	soon "and the pool is small again" small
	rm "$T/crowd"
	check "it stops with 0" brood_stop
	check "all were counted" log_has ' stopped served=501 deaths=0 forced=0'
}

each_memory crowds
finish
