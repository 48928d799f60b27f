#!/bin/sh
# Nothing polls: an idle brood makes no system call; a new child is all that
# a death costs.
. "${srcdir:-.}/tests/integration/lib.sh"
need strace
strace -o /dev/null true 2>/dev/null || skip_all "strace may not trace here"

# traced SECONDS: the calls of master and children in that time.
traced() {
	set --  "$1" -p "$M"
	for pid in $(idle_children); do
		set -- "$@" -p "$pid"
	done
	seconds=$1
	shift
	timeout -s INT "$seconds" strace -f -qq -o "$T/trace" "$@" 2>/dev/null
	# What was under way when strace came and when it went is no news.
	grep -Ev 'unfinished|resumed|restart_syscall|(detached|attached)' "$T/trace" |
	    grep -Ev '^[0-9]+ +epoll_p?wait\([0-9]+, *$' |
	    grep -Ev 'epoll_p?wait\([0-9]+, 0x[0-9a-f]+, [0-9]+, -1.*\) *= \?'
}

rests() {
	brood_start -n 64 127.0.0.1:0 cat
	wait_until idle_at_least 64
	answers
	wait_until log_has ' end '
	calm
	is "idle for 3 s, 64 children make no system call" "$(traced 3)" ""
	brood_stop
}

# The last client is told of, and its child is replaced.
calm() {
	wait_until log_at_least 1 ' end '
	wait_until idle_at_least 64
	wait_until settled
}

# shellcheck disable=SC2046 # pids
settled() {
	before=$(wakes "$M" $(idle_children))
	sleep 0.3
	[ "$(wakes "$M" $(idle_children))" = "$before" ]
}

each_memory rests
finish
