#!/bin/sh
# --on: a command runs at an event, beside the service and never in its way.
# shellcheck disable=SC2016 # scripts of the commands
. "${srcdir:-.}/tests/integration/lib.sh"
need nc prlimit setpriv
chmod 755 "$T"

# One that never ends is ended after 30 s; until then there is other work.
LOG=$T/log.late
brood_start -n 1 --on "ready trap '' TERM; sleep 300 & echo \$\$ >$T/late; wait" \
    127.0.0.1:0 cat
LATE=$M
LOG=$T/log

# has FILE LINE: for wait_until.
has() {
	grep -qxF "$2" "$1" 2>/dev/null
}

lines_are() {
	[ -e "$1" ] && [ "$(grep -c . "$1")" -eq "$2" ]
}

# ---- what it finds

surroundings() {
	brood_start -n 2 --name some.service --env EXTRA=1 --env BROOD_PID=x \
	    --env PATH=/bin:/usr/bin --on "ready env >$T/env.new;
	        ls -l /proc/self/fd >$T/fds; grep Sig /proc/self/status >$T/sig;
	        ps -o pid=,sid=,pgid= -p \$\$ >$T/ids; echo to standard output;
	        printf 'no newline' >&2; mv $T/env.new $T/env" 127.0.0.1:0 cat
	soon "ready starts a command" test -e "$T/env"
	for line in BROOD_EVENT=ready BROOD_SERVICE=some.service BROOD_PID="$M" \
	    BROOD_CONNECTED=0 BROOD_REASON= \
	    BROOD_REPEATED=0 EXTRA=1 PATH=/bin:/usr/bin; do
		check "it finds $line" has "$T/env" "$line"
	done
	check "and those that wait" grep -q '^BROOD_AVAILABLE=[2-9]' "$T/env"
	is "each once" "$(grep -c '^BROOD_PID=' "$T/env")" 1
	is "its standard input is empty" \
	    "$(awk '/ 0 -> / { print $NF }' "$T/fds")" /dev/null
	# The fourth is the folder that is listed.
	is "no other descriptor is open" "$(grep -c ' -> ' "$T/fds")" 4
	is "no signal is blocked or ignored" \
	    "$(awk '/SigBlk|SigIgn/ { print $2 }' "$T/sig" | sort -u)" \
	    0000000000000000
	check "it leads a session of its own" \
	    awk '{ exit !($1 == $2 && $2 == $3) }' "$T/ids"
	soon "its end is told" log_has ' info hook-end event=ready pid=[0-9]+ status=0'
	check "so was its start" log_has ' info hook event=ready pid=[0-9]+'
	check "what it prints is in the log" log_has 'to standard output'
	check "to the last byte" log_has 'no newline'
	soon "nothing is left of it" no_zombies
	check "it stops with 0" brood_stop
	rm "$T/env"
}
each_memory surroundings

if [ "$(id -u)" -eq 0 ]; then
	mkdir -m 777 "$T/own"
	brood_start --user 4321:4322 --groups none \
	    --on "ready { id -u; id -g; id -G; } >$T/own/id" 127.0.0.1:0 cat
	soon "it has the user and the groups of the service" \
	    eval '[ "$(tr "\n" " " <"$T/own/id")" = "4321 4322 4322 " ]'
	check "it stops with 0" brood_stop
fi

brood_start -i echo --on "ready env >$T/env.inline; exit 7" 127.0.0.1:0
soon "functions have them, too" log_has ' hook-end event=ready .* status=7'
check "with a PATH" grep -q '^PATH=.*/bin' "$T/env.inline"
check "and addresses for a name" has "$T/env.inline" BROOD_SERVICE=127.0.0.1:0
check "it stops with 0" brood_stop

# ---- each event

events() {
	: >"$T/seen"
	set --
	for event in ready reload child-failed full calm stop; do
		set -- "$@" --on "$event echo \$BROOD_EVENT \$BROOD_CONNECTED \
		    \$BROOD_REASON >>$T/seen"
	done
	brood_start -n 1 -m 1 "$@" 127.0.0.1:0 cat
	soon "ready" has "$T/seen" "ready 0"
	kill -HUP "$M"
	soon "reload" has "$T/seen" "reload 0"
	wait_until idle_is 1
	pid=$(idle_children)
	kill -KILL "$pid"
	soon "child-failed, and why" \
	    has "$T/seen" "child-failed 0 child-died pid=$pid signal=KILL"
	wait_until idle_is 1
	hold
	soon "full" has "$T/seen" "full 1"
	let_go
	soon "calm" has "$T/seen" "calm 0"
	check "it stops with 0" brood_stop
	check "stop" has "$T/seen" "stop 0"
	is "and nothing else" "$(grep -c . "$T/seen")" 6
}
each_memory events

# A program that cannot be executed, and one that nobody asked to end.
cp "$(command -v cat)" "$T/prog"
: >"$T/failed"
brood_start -n 1 --on "child-failed echo \$BROOD_REASON >>$T/failed" \
    127.0.0.1:0 "$T/prog"
: >"$T/prog.new" && chmod 755 "$T/prog.new"
printf 'no program' >"$T/prog.new"
mv "$T/prog.new" "$T/prog"
ask </dev/null >/dev/null 2>&1
soon "a program that cannot be executed is a failure" \
    grep -q '^child-failed pid=.* step=exec errno=ENOEXEC$' "$T/failed"
check "it stops with 0" brood_stop
: >"$T/failed"
brood_start --kind worker --children 1 --start-time 50ms \
    --on "child-failed echo \$BROOD_REASON >>$T/failed" 127.0.0.1:0 sleep 300
wait_until pgrep -P "$M" -x sleep >"$T/worker"
kill -KILL "$(tail -n 1 "$T/worker")"
soon "a worker that dies, too" \
    grep -q '^child-died pid=.* signal=KILL$' "$T/failed"
check "it stops with 0" brood_stop

# ---- one at a time

# many N: N waiting children are killed.
many() {
	for pid in $(idle_children | head -n "$1"); do
		kill -KILL "$pid"
	done
}

storm() {
	rm -f "$T/go"
	: >"$T/runs"
	brood_start -n 8 --on "child-failed echo \$BROOD_REPEATED >>$T/runs;
	    until [ -e $T/go ]; do sleep 0.02; done" 127.0.0.1:0 cat
	many 1
	wait_until lines_are "$T/runs" 1
	many 5
	wait_until log_at_least 6 ' child-died '
	is "while it runs there is no other" "$(log_count ' info hook event=')" 1
	check "and clients are served" answers
	: >"$T/go"
	soon "then one for all that happened" lines_are "$T/runs" 2
	is "which knows how often" "$(tr '\n' ' ' <"$T/runs")" "0 4 "
	wait_until log_at_least 2 ' hook-end '
	check "it stops with 0" brood_stop
	is "and no more" "$(grep -c . "$T/runs")" 2
}
each_memory storm

brood_start --on "ready sleep 0.2; echo 1 >>$T/order" \
    --on "ready echo 2 >>$T/order" --on "ready echo 3 >>$T/order" \
    127.0.0.1:0 cat
soon "of one event they run one after another" lines_are "$T/order" 3
is "in their order" "$(tr -d '\n' <"$T/order")" 123
check "it stops with 0" brood_stop

# ---- the end

brood_start --on "stop sleep 0.3; : >$T/stopped" 127.0.0.1:0 cat
check "it stops with 0" brood_stop
check "after the command of the stop" test -e "$T/stopped"
check "whose end is told before its own" eval \
    'awk "/ hook-end event=stop .*status=0/ { n = 1 }
     / stopped / { exit !n }" "$LOG"'

brood_start --stop-time 2s --on "stop echo \$\$ >$T/pid; sleep 300" \
    127.0.0.1:0 cat
check "one that does not end holds it up for stop-time only" brood_stop
check "which was enough for it to begin" [ -s "$T/pid" ]
check "which is told" log_has ' warn hook-late event=stop pid=.* signal=KILL'
soon "and is ended" eval '! pgrep -s "$(cat "$T/pid")" >"$T/left"'
brood_start --on "stop echo \$\$ >$T/pid2; sleep 300" 127.0.0.1:0 cat
kill -TERM "$M"
wait_until test -s "$T/pid2"
sleep 0.05		# less is the same signal to a process group
kill -TERM "$M"
wait_master
is "a second signal ends both" $? 0
soon "at once" eval '! pgrep -s "$(cat "$T/pid2")" >"$T/left"'

# ---- what goes wrong

# Only the same user may.
limit() {
	setpriv --reuid 54321 --regid 54321 --clear-groups \
	    prlimit --pid "$M" --nproc="$1"
}

for value in '' ready 'ready ' 'nosuch true' 'readyx true' ' ready true'; do
	brood_fails 64 'brood: --on .*expected "EVENT COMMAND", EVENT one of' \
	    --on "$value" "unix:$T/s" cat
done
brood_start --on "ready exec kill -SEGV \$\$" 127.0.0.1:0 cat
soon "a command that crashes is told" \
    log_has ' hook-end event=ready .* signal=SEGV'
check "and harms nobody" answers
check "it stops with 0" brood_stop
if [ "$(id -u)" -eq 0 ]; then
	brood_start --user 54321:54321 -n 1 -m 1 --on "full true" \
	    --on "calm true" 127.0.0.1:0 cat
	limit 1:
	hold
	soon "one that cannot be started is told" \
	    log_has ' warn hook-failed event=full errno=EAGAIN'
	limit 1000:
	let_go
	soon "and the next is tried again" \
	    log_has ' info hook-end event=calm .* status=0'
	check "it stops with 0" brood_stop
fi

# ---- nobody polls

brood_start -n 2 --on "ready true" --on "full true" 127.0.0.1:0 cat
wait_until log_has ' hook-end '
wait_until no_zombies
quiet() {
	before=$(wakes "$M")
	sleep 0.3
	[ "$(wakes "$M")" = "$before" ]
}
soon "an idle master with hooks makes no system call" quiet
check "it stops with 0" brood_stop

# ---- the first one

LOG=$T/log.late
M=$LATE
check "in all that time clients are served" answers 127.0.0.1 "$(port_of listen)"
wait_until log_has ' hook-late ' || wait_until log_has ' hook-late '
check "after 30 s one that does not end is killed" \
    log_has ' warn hook-late event=ready pid=[0-9]+ signal=KILL'
soon "with all its processes" eval '! pgrep -s "$(cat "$T/late")" >"$T/left"'
soon "its end is told" log_has ' hook-end event=ready .* signal=KILL'
check "it stops with 0" brood_stop
finish
