#!/bin/sh
# Sessions that somebody wants to end: by process, by address, by user.
# shellcheck disable=SC2016 # scripts of the program
. "${srcdir:-.}/tests/integration/lib.sh"
. "${srcdir:-.}/tests/integration/control-lib.sh"
need nc python3

# peer N, pid N: of the N-th connection that is told.
peer() {
	ctl connections | sed -n "$1s/.* peer=\\([^ ]*\\) .*/\\1/p"
}

pid() {
	ctl connections | sed -n "$1s/^pid=\\([0-9]*\\) .*/\\1/p"
}

kicks() {
	brood_start --control "$SOCKET" "$@"
	hold
	hold
	wait_until field_is connected 2
	is "by pid" "$(ctl "kick $(pid 1)" | tr '\n' ' ')" 'kicked=1 ok '
	soon "one is gone" field_is connected 1
	is "by address and port" "$(ctl "kick $(peer 1)" | tr '\n' ' ')" \
	    'kicked=1 ok '
	soon "and the next" field_is connected 0
	# A third one, as the built-in echo waits a minute only.
	hold
	wait_until field_is connected 1
	denied 1 'no such session' 'kick 127.0.0.1:1'
	denied 1 'no such session' 'kick 127.0.0.2'
	denied 1 'no such session' 'kick ::1'
	denied 1 'no such session' 'kick uid=0'
	idle=$(ctl children | sed -n 's/^pid=\([0-9]*\) state=idle.*/\1/p' |
	    head -n 1)
	denied 1 'no such session' "kick $idle"
	is "by address" "$(ctl 'kick 127.0.0.1' | tr '\n' ' ')" 'kicked=1 ok '
	soon "the last is gone" field_is connected 0
	is "none of them was a failure" "$(field deaths)" 0
	check "it is logged" log_at_least 3 ' kick pid=[0-9]+ signal=TERM'
	check "why tells it" said 'what=kick count=1 because="pid [0-9]+, asked, by its peer"' why
	check "others are served" answers
	let_go
	brood_stop
}

kicks_exec() {
	kicks 127.0.0.1:0 cat

	brood_start --control "$SOCKET" --env LEFT="$T/left" 127.0.0.1:0 \
	    sh -c 'trap "" TERM; sleep 300 & echo $! >"$LEFT"; while :; do
	        sleep 0.05; done'
	hold
	wait_until field_is connected 1
	wait_until test -s "$T/left"
	# Together: 2 s later there is nobody to be kicked again.
	is "one that ignores it is kicked once" \
	    "$(ctl 'kick 127.0.0.1' 'kick 127.0.0.1' | grep -cx ok)" 2
	is "whoever asks again" "$(log_count ' kick pid=[0-9]+ signal=TERM')" 1
	soon "and killed" log_has ' kick pid=[0-9]+ signal=KILL'
	soon "for good" field_is connected 0
	soon "with all its group" is_gone "$(cat "$T/left")"
	rm "$T/left"
	let_go
	brood_stop

	brood_start --control "$SOCKET" "unix:$T/s" cat
	nc -U "$T/s" <"$T/fifo" >/dev/null &
	HELD="$HELD $!"
	exec 3>"$T/fifo"
	wait_until field_is connected 1
	check "a unix client has a user" \
	    said " peer=unix: local=unix:$T/s age=[0-9.]+ uid=$(id -u)\$" \
	    connections
	denied 1 'no such session' 'kick uid=61230'
	is "by user" "$(ctl "kick uid=$(id -u)" | tail -n 1)" ok
	soon "it is gone" field_is connected 0
	exec 3>&-
	let_go
	brood_stop
}
mkfifo "$T/fifo"
each_memory kicks_exec
kicks --inline echo 127.0.0.1:0
# An inline child that has no time for signals is killed, too.
if nc -z ::1 1 2>&1 | grep -q refused || [ -e /proc/net/if_inet6 ]; then
	brood_start --control "$SOCKET" '[::1]:0' cat
	hold ::1
	wait_until field_is connected 1
	is "IPv6" "$(ctl "kick $(peer 1)" | tail -n 1)" ok
	soon "it is gone" field_is connected 0
	let_go
	brood_stop
fi
finish
