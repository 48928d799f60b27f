#!/bin/sh
# In the background, with a pid file, told when ready: exactly one of it runs.
. "${srcdir:-.}/tests/integration/lib.sh"

in_background() {
	"$BROOD" --memory "$MEMORY" -D -p "$T/pid" --log "$T/log" \
	    127.0.0.1:0 cat 2>"$T/err"
	is "it returns with 0" $? 0
	M=$(cat "$T/pid")
	MASTERS="$MASTERS $M"
	PORT=$(port_of listen)
	is "and serves at once" "$(echo hello | ask)" hello
	brood_fails 75 "another instance runs.*$M" -p "$T/pid" 127.0.0.1:0 cat
	is "the pid file names the first" "$(cat "$T/pid")" "$M"
	kill -TERM "$M"
	soon "it stops" is_gone "$M"
	check "and removes the pid file" test ! -e "$T/pid"
}
each_memory in_background

brood_fails 69 'cannot resolve' -D --log "$T/log" no-such-host.invalid:7 cat
check "a failed start is in the log, too" log_has 'start-failed status=69'

# A number in a pid file means nothing; the lock does.
echo 1 >"$T/stale"
brood_start -p "$T/stale" 127.0.0.1:0 cat
is "a stale pid file is taken over" "$(cat "$T/stale")" "$M"
kill -KILL "$M"
wait "$M" 2>/dev/null
brood_start -p "$T/stale" 127.0.0.1:0 cat
is "also after a kill" "$(cat "$T/stale")" "$M"
brood_stop

# Started twenty times at once.
n=0
while [ "$n" -lt 20 ]; do
	n=$((n + 1))
	{
		"$BROOD" -D -p "$T/race" --log "$T/race.$n" "unix:$T/race.sock" cat \
		    2>/dev/null
		echo $? >"$T/status.$n"
	} &
	racers="${racers-} $!"
done
# shellcheck disable=SC2086
wait $racers
is "of twenty starts one wins" "$(cat "$T"/status.* | grep -cx 0)" 1
is "and the others say that it runs" "$(cat "$T"/status.* | grep -cx 75)" 19
kill "$(cat "$T/race")"

mkfifo "$T/ready"
cat "$T/ready" >"$T/told" &
brood_spawn --ready-fd 3 127.0.0.1:0 cat 3>"$T/ready"

wait_until test -s "$T/told"
is "a newline says that it is ready" "$(od -An -c "$T/told" | tr -d ' ')" '\n'
PORT=$(port_of listen)
is "and it is" "$(echo hello | ask)" hello
brood_stop
mkfifo "$T/ready1"
cat "$T/ready1" >"$T/told1" &
"$BROOD" --ready-fd 1 127.0.0.1:0 cat >"$T/ready1" 2>"$LOG" &
M=$!
MASTERS="$MASTERS $M"
soon "on descriptor 1 as well" test -s "$T/told1"
brood_stop
finish
