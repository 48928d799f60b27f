#!/bin/sh
# A paused service can refuse its clients, as long as they come by tcp.
. "${srcdir:-.}/tests/integration/lib.sh"
. "${srcdir:-.}/tests/integration/control-lib.sh"
need nc python3 ss

none_waits() {
	said ' available=0 .* starting=0 leaving=0 ' status
}

refuses() {
	brood_start --control "$SOCKET" -n 4 -m 50 "$@"
	hold
	wait_until field_is connected 1
	does "pause refuse" 'pause refuse'
	check "clients are refused at once" refused
	soon "nobody waits" none_waits
	is "it is told" "$(field state)" paused
	check "also of the address" said 'state=refusing ' addresses
	is "who was served still is" "$(field connected)" 1
	is "renew meanwhile" "$(ctl renew)" ok
	soon "it is done" field_is generation 2
	soon "it is over" field_is renewing 0
	check "clients are still refused" refused
	does "resume" resume
	soon "clients are served, at the same port" answers
	is "refuse again" "$(ctl 'pause refuse')" ok
	is "and rather let them wait" "$(ctl 'pause keep')" ok
	check "keeps them" said 'state=paused ' addresses
	(echo hello | ask >"$T/hello") &
	soon "one waits" queued_is 1
	does "resume" resume
	wait "$!"
	is "and is served" "$(cat "$T/hello")" hello
	check "nothing was mended meanwhile" not_mended
	is "refuse, and stop" "$(ctl 'pause refuse')" ok
	let_go
	check "it stops with 0" brood_stop
}

not_mended() {
	! log_has 'listener-revived|accept-error|listener-lost'
}

refuses_exec() {
	refuses 127.0.0.1:0 cat
}
each_memory refuses_exec
refuses --inline echo 127.0.0.1:0

brood_start --control "$SOCKET" "unix:$T/there,127.0.0.1:0" cat
denied 1 "cannot refuse clients at unix:$T/there, expected tcp only" 'pause refuse'
is "nothing has happened" "$(field state)" running
is "they can wait" "$(ctl 'pause keep')" ok
soon "they do" none_waits
brood_stop
finish
