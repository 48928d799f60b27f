#!/bin/sh
# A worker that said that it lives, and then is silent, is ended and replaced.
# shellcheck disable=SC2016 # for eval
. "${srcdir:-.}/tests/integration/lib.sh"
. "${srcdir:-.}/tests/integration/workers-lib.sh"
need python3 nc

workers() {
	n=$1
	shift
	: >"$T/starts"
	brood_start --kind worker --children "$n" --ready-by notify "$@" \
	    127.0.0.1:0 "$python" "$here/workers_serve.py" "$T" notify
}

# hang: one of the workers hangs from now on.
hang() {
	printf 'GET /hang HTTP/1.0\r\n\r\n' | nc -w 250 127.0.0.1 "$PORT" \
	    >/dev/null &
	HELD="$HELD $!"
}

workers 3 --watchdog 3s
old=$(children_now)
# Longer than the watchdog.
sleep 4
is "those that give signs of life live" "$(children_now)" "$old"
is "with no line about it" "$(log_count ' worker-stop ')" 0
hang
soon "one that hangs is ended" \
    log_has ' worker-stop pid=[0-9]* reason=watchdog'
pid=$(sed -n 's/.* worker-stop pid=\([0-9]*\) reason=watchdog.*/\1/p' "$LOG")
soon "with ABRT" log_has " worker-(end|died) pid=$pid .*signal=ABRT"
soon "and replaced" log_at_least 4 ' worker-ready pid='
is "nobody else was" "$(left_of "$old")" 2
check "they serve" eval '[ -n "$(page /pid)" ]'
is "without a pause" "$(log_count ' pause ')" 0
let_go
# Stopped ones are silent, too, and hear nothing but KILL.
pid=$(children_now | head -n 1)
kill -STOP "$pid"
soon "one that is stopped is ended" \
    log_has " worker-stop pid=$pid reason=watchdog"
soon "with KILL, or ABRT and CONT" \
    log_has " worker-(end|died) pid=$pid .*signal=(KILL|ABRT)"
soon "and replaced" alive_is 3
check "it stops with 0" brood_stop

# All hang at once.
workers 3 --watchdog 1s
old=$(children_now)
for pid in $old; do
	kill -STOP "$pid"
done
soon "all that hang are ended" log_at_least 3 ' worker-stop pid=[0-9]* reason=watchdog'
soon "and replaced" log_at_least 6 ' worker-ready pid='
soon "they serve" eval '[ -n "$(page /pid)" ]'
check "it stops with 0" brood_stop

# One that has never said anything is let alone.
touch "$T/silent"
workers 2 --watchdog 100ms
old=$(children_now)
sleep 0.5
is "one that never gave a sign is let alone" "$(children_now)" "$old"
is "with no line about it" "$(log_count ' worker-stop ')" 0
check "it stops with 0" brood_stop
rm "$T/silent"

# The master itself was stopped for longer than the watchdog.
workers 2 --watchdog 3s
old=$(children_now)
kill -STOP "$M"
sleep 4
kill -CONT "$M"
check "it serves" eval '[ -n "$(page /pid)" ]'
sleep 4
is "a master that was stopped does not blame them" "$(children_now)" "$old"
check "it stops with 0" brood_stop
brood_fails 64 'watchdog' --kind worker --children 1 --watchdog 0 \
    127.0.0.1:0 cat
finish
