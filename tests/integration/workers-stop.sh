#!/bin/sh
# How workers are told to go, and those that do not.
# shellcheck disable=SC2016 # for eval
. "${srcdir:-.}/tests/integration/lib.sh"
. "${srcdir:-.}/tests/integration/workers-lib.sh"
need python3 nc

# workers N WORD OPTION...
workers() {
	: >"$T/starts"
	rm -f "$T/go"
	n=$1
	word=$2
	shift 2
	# shellcheck disable=SC2086 # no word is none
	brood_start --kind worker --children "$n" --ready-by notify "$@" \
	    127.0.0.1:0 "$python" "$here/workers_serve.py" "$T" notify $word
}

# slow: a request that is answered when $T/go is there; its client is SLOW.
slow() {
	printf 'GET /slow HTTP/1.0\r\n\r\n' |
	    nc -w 250 127.0.0.1 "$PORT" >"$T/slow" &
	SLOW=$!
	HELD="$HELD $SLOW"
	# It is served when nobody else could answer at once.
	wait_until connected
}

connected() {
	[ -n "$(ss -Htn state established "( sport = :$PORT )")" ] &&
	    [ "$(ss -Hltn "sport = :$PORT" | awk '{ n += $2 } END { print n + 0 }')" -eq 0 ]
}

# Those that ignore it are killed after stop-time; never more than overlap.
touch "$T/stubborn"
workers 4 '' --stop-time 300ms
old=$(children_now)
watch
kill -HUP "$M"
soon "those that ignore TERM go" none_left "$old"
soon "the roll ends" log_has ' info renewed '
is "each was told" "$(log_count ' worker-stop pid=[0-9]* reason=roll')" 4
is "and killed" "$(log_count ' worker-(end|died) pid=[0-9]* .*signal=KILL')" 4
watched >"$T/seen"
most=$(cut -d ' ' -f 4 "$T/seen")
# Those that run the program; one that was killed may take an instant to go.
check "never more than one too many: $most" [ "$most" -ge 5 -a "$most" -le 6 ]
check "others serve" eval '[ -n "$(page /pid)" ]'

# Also at the stop.
kill -TERM "$M"
soon "the stop kills them, too" is_over
wait_master
is "it stops with 0" $? 0
check "as forced" log_has ' info stopped .*forced=1'

workers 6 '' --stop-time 300ms --overlap 3
old=$(children_now)
watch
kill -HUP "$M"
soon "overlap 3: all go" none_left "$old"
soon "overlap 3: the roll ends" log_has ' info renewed '
watched >"$T/seen"
most=$(cut -d ' ' -f 4 "$T/seen")
check "overlap 3: never more than three too many: $most" \
    [ "$most" -ge 8 -a "$most" -le 10 ]
rm "$T/stubborn"
kill -HUP "$M"
wait_until log_at_least 2 ' info renewed '
check "overlap 3: it stops with 0" brood_stop

# Another signal; TERM is not sent.
workers 2 stop:QUIT --stop-signal QUIT --stop-time 20s
old=$(children_now)
kill -HUP "$M"
soon "another signal ends them" none_left "$old"
is "by themselves" "$(log_count ' worker-(end|died) pid=[0-9]* .*status=0')" 2
check "it stops with 0" brood_stop
brood_fails 64 'stop-signal' --kind worker --children 1 --stop-signal NOSUCH \
    127.0.0.1:0 cat
brood_fails 64 'overlap' --kind worker --children 1 --overlap 0 \
    127.0.0.1:0 cat

# A request that is being served when the stop comes.
workers 1 ''
slow
kill -TERM "$M"
soon "the stop begins" log_has ' info stop signal=TERM'
soon "the worker is told" log_has ' worker-stop pid='
check "its request goes on" kill -0 "$SLOW"
touch "$T/go"
wait "$SLOW"
is "to its end" "$(tail -n 1 "$T/slow")" end
wait_master
is "it stops with 0" $? 0
check "in peace" log_has ' info stopped .*forced=0'

# One that is being served in a roll; a stop in the middle of a roll.
workers 1 ''
old=$(children_now)
slow
kill -HUP "$M"
soon "in a roll a new one gets ready" log_at_least 2 ' worker-ready pid='
soon "and serves" eval '[ -n "$(page /pid)" ]'
check "while the old one serves" kill -0 "$old"
touch "$T/go"
wait "$SLOW"
is "to the end" "$(tail -n 1 "$T/slow")" end
soon "then it goes" none_left "$old"
rm "$T/go"
slow
kill -HUP "$M"
wait_until log_at_least 3 ' worker-ready pid='
kill -TERM "$M"
soon "a stop in a roll" log_has ' info stop signal=TERM'
touch "$T/go"
wait_master
is "is a stop" $? 0
is "that leaves nobody" "$(ps -o pid= -p "$(tr '\n' ',' <"$T/starts")1" | grep -vcx ' *1')" 0

# A second signal means now.
touch "$T/stubborn"
workers 2 '' --stop-time 100s
rm "$T/stubborn"
old=$(children_now)
kill -TERM "$M"
wait_until log_has ' info stop signal=TERM'
soon "all are told" log_at_least 2 ' worker-stop pid='
# Within 20 ms it would be the same as the first.
sleep 0.1
kill -TERM "$M"
soon "a second TERM does not wait for them" is_over
wait_master
is "and is 0, too" $? 0
check "they are gone" none_left "$old"

# Many HUPs.
workers 3 ''
old=$(children_now)
for _ in 1 2 3 4 5 6 7 8 9 10; do
	kill -HUP "$M"
	kill -0 "$M"
done
soon "after many HUPs all are new" none_left "$old"
soon "and three" alive_is 3
soon "it comes to rest" eval 'n=$(wc -l <"$T/starts"); sleep 1; [ "$n" -eq "$(wc -l <"$T/starts")" ]'
check "not for each a roll" [ "$(wc -l <"$T/starts")" -le 15 ]
is "nobody died by it" "$(log_count ' worker-(end|died) pid=[0-9]* .*signal=')" 0
check "it stops with 0" brood_stop

# Signals for the pool's size do not hurt.
workers 2 ''
kill -TTIN "$M"
kill -TTOU "$M"
kill -USR1 "$M"
kill -USR2 "$M"
check "other signals do not hurt" eval '[ -n "$(page /pid)" ]'
is "two" "$(alive)" 2

# The master is killed: nobody holds the port for ever.
old=$(children_now)
kill -KILL "$M"
wait "$M" 2>/dev/null
for pid in $old; do
	kill -0 "$pid" 2>/dev/null && echo "# $pid goes on without a master"
	kill -TERM "$pid" 2>/dev/null
done
soon "without a master they end at TERM" none_left "$old"
finish
