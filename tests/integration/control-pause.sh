#!/bin/sh
# A paused service takes nobody: all wait, and none is lost.
. "${srcdir:-.}/tests/integration/lib.sh"
. "${srcdir:-.}/tests/integration/control-lib.sh"
need nc python3 ss

none_waits() {
	said ' available=0 .* starting=0 leaving=0 ' status
}


keeps() {
	brood_start --control "$SOCKET" -n 4 -m 50 "$@"
	load 8
	for _ in 1 2 3; do
		does "pause" 'pause keep'
		soon "nobody waits" none_waits
		soon "clients do" queued_is 8
		is "it is told" "$(field state) $(field wanted)" 'paused 0'
		check "also of the address" \
		    said 'state=paused queued=8 ' addresses
		is "once more is the same" "$(ctl pause)" ok
		does "resume" resume
		soon "nobody has to wait" queued_is 0
		is "running" "$(field state)" running
	done
	load_over
	is "nobody was lost" "$LOST" 0
	is "resume again is nothing" "$(ctl resume)" ok
	hold
	wait_until field_is connected 1
	does "who is served" pause
	soon "goes on" none_waits
	is "in peace" "$(field connected)" 1
	is "renew while paused" "$(ctl renew)" ok
	soon "it is done" field_is generation 2
	is "and stays paused" "$(field state) $(field available)" 'paused 0'
	kill -HUP "$M"
	soon "so it is with HUP" field_is generation 3
	is "set while paused" "$(ctl 'set minimum-available 6')" ok
	soon "nobody is started" none_waits
	is "resume" "$(ctl resume)" ok
	soon "now they are" field_at_least available 6
	check "clients are served" answers
	let_go
	does "pause, and stop" pause
	nc 127.0.0.1 "$PORT" </dev/null >/dev/null &
	wait_until queued_is 1
	check "it stops with 0, whoever waits" brood_stop
}

keeps_exec() {
	keeps 127.0.0.1:0 cat
}
each_memory keeps_exec
keeps --inline echo 127.0.0.1:0

here=${srcdir:-.}/tests/integration
python=$(python3 -c 'import sys; print(sys.executable)')

# A program that has the listener for itself is told to go.
brood_start --control "$SOCKET" --kind exec-wait 127.0.0.1:0 \
    "$python" "$here/workers_wait.py" "$T" stay
first=$(echo hello | ask)
is "it has the listener" "${first#* }" hello
is "pause" "$(ctl pause)" ok
soon "it is gone" none_waits
is "nobody is connected" "$(field connected)" 0
(echo later | ask >"$T/later") &
soon "a client waits" queued_is 1
is "resume" "$(ctl resume)" ok
wait "$!"
is "is served by the next" "$(sed 's/.* //' "$T/later")" later
check "nothing failed" test "$(log_count ' pause seconds')" -eq 0
check "it stops with 0" brood_stop

# Workers, too, and they come back.
brood_start --control "$SOCKET" --kind worker --children 3 --ready-by notify \
    127.0.0.1:0 "$python" "$here/workers_serve.py" "$T" notify
is "all are ready" "$(field available) $(field wanted)" '3 3'
is "a worker is no connection" "$(ctl connections)" ok
is "pause" "$(ctl pause)" ok
soon "they go" none_waits
soon "all" alive_is 0
is "renew" "$(ctl renew)" ok
soon "is done without them" field_is renewing 0
is "resume" "$(ctl resume)" ok
soon "they are back" field_is available 3
is "of the new generation" "$(ctl children | grep -c 'state=idle generation=2 ')" 3
old=$(ctl children | sed -n '1s/^pid=\([0-9]*\) .*/\1/p')
is "kick one" "$(ctl "kick $old" | tr '\n' ' ')" 'kicked=1 ok '
soon "it is gone" is_gone "$old"
soon "another is there" field_is available 3
check "nothing failed" test "$(log_count ' pause seconds')" -eq 0
check "why" said 'what=kick count=1 because="pid [0-9]+, asked"' why
check "it stops with 0" brood_stop
finish
