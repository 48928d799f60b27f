#!/bin/sh
# broodctl and a master: what a verb asked for is true when it returns.
. "${srcdir:-.}/tests/integration/lib.sh"
. "${srcdir:-.}/tests/integration/broodctl-lib.sh"
need nc

# row N VERB...: the fields of a line that it prints, N counted from 0.
row() {
	n=$1
	shift
	ctl "$@" | awk -v n="$n" 'NR == n + 1 { $1 = $1; print }'
}

brood_start --control "$T/sock" --name demo -n 4 -m 40 127.0.0.1:0 cat

check "ping" ctl ping
check "wait until it serves" ctl wait 'state=running and available(demo)>=4'
is "status tells its name and pid" "$(row 1 status | cut -d' ' -f1-3)" \
    "demo running $M"
is "version tells its kind" "$(row 1 version | cut -d' ' -f2-)" "master $M"
is "children are those it has" \
    "$(ctl children | awk 'NR > 1 { print $2 }' | sort -n)" \
    "$(idle_children | sort -n)"
is "addresses are its listeners" "$(row 1 addresses | cut -d' ' -f1-3)" \
    "demo 127.0.0.1:$PORT listening"
check "why has its first decisions" sh -c '
    "$1" -s "$2" why | grep -q " start .* available 0 < 4"' sh "$BROODCTL" "$T/sock"

check "set" ctl set minimum-available 9
check "as many wait when it returns" idle_at_least 9
for n in 5 12 7 20 6; do
	ctl set demo minimum-available $n && idle_at_least $n || echo $n
done >"$T/wrong"
is "set up and down: true each time" "$(cat "$T/wrong")" ""
ctl set minimum-available 50 2>"$T/err"
is "set beyond the maximum is refused" "$?" 64
check "with the reason" grep -q "^broodctl: demo: minimum-available 50: " "$T/err"
ctl set minimum-available 30 maximum-connected 20 2>"$T/err"
is "numbers that contradict each other, too" "$?" 64
is "so none of them is changed" "$(ctl --json status | grep -c \
    -e '"minimum-available": 6,' -e '"maximum-connected": 40,')" 2
ctl set kind worker 2>"$T/err"
is "a word that does not change is refused" "$?" 1

hold
check "wait for a client" ctl wait 'connected=1'
is "connections tell of it" "$(row 1 connections | awk '{ print $1, $4, $5 }')" \
    "demo - 127.0.0.1:$PORT"
hold
check "and for another" ctl wait 'connected>=2'
peer=$(row 1 connections | awk '{ print $3 }')
is "kick a peer" "$(ctl kick "$peer")" "kicked 1"
is "it is gone when that returns" "$(row 1 connections | grep -c "$peer")" 0
pid=$(row 1 connections | awk '{ print $2 }')
is "kick a process" "$(ctl kick "$pid")" "kicked 1"
check "it is gone when that returns" is_gone "$pid"
ctl kick 127.0.0.1 2>"$T/err"
is "kick nobody" "$?" 1
let_go

check "pause" ctl pause
is "nobody waits then" "$(count_idle)" 0
echo hello | ask >"$T/queued" &
asker=$!
soon "a client queues" queued_is 1
is "and that is told" "$(row 1 addresses | cut -d' ' -f3)" paused
check "set while it is paused" ctl set minimum-available 5
is "starts nobody" "$(count_idle)" 0
check "resume" ctl resume
check "as many wait then" idle_at_least 5
wait "$asker"
is "who queued is served" "$(cat "$T/queued")" hello
check "pause --refuse" ctl pause demo --refuse
check "clients are refused" refused
check "resume" ctl resume demo
check "clients are served" answers

before=$(idle_children | sort)
check "renew" ctl renew
is "others wait now" "$(idle_children | sort | grep -cFx "$before")" 0
check "renew while clients come" sh -c '
    for i in 1 2 3; do "$1" -s "$2" renew || exit; done' sh "$BROODCTL" "$T/sock"
check "the generation has grown" ctl wait 'generation>=5 and renewing=0'

check "log debug" ctl log debug
ctl log loud 2>"$T/err"
is "a level that is none" "$?" 64

hold
check "a session goes on" ctl wait connected=1
ctl drain --timeout 3s 2>"$T/err"
is "drain waits for it" "$?" 75
is "and says so" "$(cat "$T/err")" "broodctl: timed out: it has not ended yet"
is "it is stopping" "$(row 1 status | cut -d' ' -f2)" stopping
check "stop --now" ctl stop --now
check "it has ended" is_over
wait "$M"
is "with 0" "$?" 0
ctl ping 2>"$T/err"
is "nobody is there" "$?" 69
finish
