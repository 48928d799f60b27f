#!/bin/sh
# When a worker is ready, by its own word or by time; and one that never is.
# shellcheck disable=SC2034 # PORT is for ask()
. "${srcdir:-.}/tests/integration/lib.sh"
. "${srcdir:-.}/tests/integration/workers-lib.sh"
need python3 nc

workers() {
	how=$1
	shift
	: >"$T/starts"
	# shellcheck disable=SC2086 # several words
	brood_spawn --kind worker --children 3 --ready-by "$how" $options \
	    127.0.0.1:0 "$python" "$here/workers_serve.py" "$T" "$@"
}

started_is() {
	[ "$(starts)" -eq "$1" ]
}

started_at_least() {
	[ "$(starts)" -ge "$1" ]
}

# said HOW WORD: nothing is ready before the last of them says so.
said() {
	rm -f "$T/open"
	touch "$T/closed"
	workers "$@"
	soon "$1: three are started" started_is 3
	check "$1: not ready before they are" eval '! log_has " ready "'
	touch "$T/open"
	soon "$1: then it is" log_has ' info ready '
	PORT=$(port_of listen)
	soon "$1: each is told" log_at_least 3 ' worker-ready pid='
	check "$1: and serves" serves_pages
	is "$1: no more were started" "$(starts)" 3
	check "$1: it stops with 0" brood_stop
	rm -f "$T/closed"
}
options=
said notify notify
said fd:5 fd:5
options='--start-time 60s'
said alive notify

# Descriptor N is closed for the others, and the worker may close it.
options=
workers fd:9 fd:9
wait_until is_ready
for pid in $(children_now); do
	[ ! -e "/proc/$pid/fd/9" ] || not_ok "9 is open in $pid"
done
check "it stops with 0" brood_stop

# One that never says it: the old ones go on.
late() {
		options="--start-time $1"
	workers notify notify
	wait_until is_ready
	PORT=$(port_of listen)
	soon "notify: ready" log_has ' info ready '
	old=$(children_now)
	touch "$T/late"
	kill -HUP "$M"
	soon "one that is not ready in time is ended" \
	    log_has ' worker-stop pid=[0-9]* reason=start-time'
	is "the old ones stay" "$(left_of "$old")" 3
	check "and serve" serves_pages
	# Each round, and a pause of at least 2 s, costs one or a few.
	soon "it is tried again, or given up" \
	    eval 'log_has " pause | renew-refused | roll-failed " || started_at_least 5'
	is "the old ones stay" "$(left_of "$old")" 3
	check "no storm" [ "$(wc -l <"$T/starts")" -le 18 ]
	rm "$T/late"
	kill -HUP "$M"
	soon "when they say it again, they follow" none_left "$old"
	soon "and are three" alive_is 3
	check "they serve" serves_pages
	check "it stops with 0" brood_stop
}
late 3s

# Nobody is ever ready: it does not pretend to be.
touch "$T/late"
options='--start-time 200ms'
workers notify notify
soon "a start without a ready one ends" is_over
wait_master
is "with 71" $? 71
check "it was never ready" eval '! log_has " info ready "'
check "few were started" [ "$(wc -l <"$T/starts")" -le 24 ]
rm -f "$T/late"

brood_fails 64 'ready-by' --kind worker --children 1 --ready-by soon \
    127.0.0.1:0 cat
brood_fails 64 'ready-by' --kind worker --children 1 --ready-by fd:x \
    127.0.0.1:0 cat
brood_fails 64 'fd:|ready-by' --kind worker --children 1 --ready-by fd:3 \
    127.0.0.1:0 cat
brood_fails 64 'fd:|ready-by' --kind worker --children 1 --ready-by fd:2 \
    127.0.0.1:0 cat
finish
