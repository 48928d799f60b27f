#!/bin/sh
# HUP rains while the file changes, to good and to bad; reloads meet reloads
# and stops: nobody's connection fails, and it ends as the last file says.
# RAIN=10 (seconds) for the long one.
# shellcheck disable=SC2016 # for eval and sh -c
. "${srcdir:-.}/tests/integration/lib.sh"
need python3 nc
here=${srcdir:-.}/tests/integration

if [ "$(id -u)" -eq 0 ]; then user=nobody; else user=$(id -un); fi
chmod 755 "$T"
slow="worker sh -c 'while ! [ -e $T/go ]; do sleep 0.02; done; echo up >&9; exec sleep 1000'"

# conf WORD MINIMUM [MORE]: in one step; who reads it sees all or nothing.
conf() {
	cat >"$CONF.next" <<CONF
user $user
service built {
	listen 127.0.0.1:0 udp:127.0.0.1:0
	inline echo
	reply-rate 0
	env WORD=$1
}
service program {
	listen 127.0.0.1:0
	exec sh -c "cat; echo \$WORD >&2"
	env WORD=$1
}
service still {
	listen 127.0.0.1:0
	exec cat
	minimum-available $2
}
service slow {
	listen 127.0.0.1:0
	$slow
	ready-by fd:9
	children 1
	env WORD=${3-}
}
${4-}
CONF
	mv "$CONF.next" "$CONF"
}

udp_port() { sed -n 's/.* info listen addr=udp:.*:\([0-9]*\) service=built$/\1/p' "$LOG"; }
state_is() { ctl status | grep -q " $1"; }
starts() { log_count ' master-start service=slow '; }

# ---- rain
: >"$T/go"
conf first 4
file_begin
still=$(master_of still)
slow_pid=$(master_of slow)
port=$(port_of_service program)
python3 -B "$here/file_load.py" "$T" tcp="$(port_of_service built)" \
    tcp="$(port_of_service built)" udp="$(udp_port)" tcp="$port" tcp="$port" \
    tcp="$(port_of_service still)" >"$T/counts" 2>"$T/failures" &
load=$!
MASTERS="$MASTERS $load"
wait_until test -e "$T/going"
n=0
# Until there were some of each, on a machine that is slow, too.
some_of_each() {
	log_at_least 3 ' reloaded generation=' &&
	    log_at_least 3 ' reload-refused reason='
}
while [ "$n" -lt $((${RAIN:-3} * 20)) ] ||
    { [ "$n" -lt 1000 ] && ! some_of_each; }; do
	n=$((n + 1))
	case $((n % 4)) in
	0)	conf "good$n" 4 ;;
	1)	conf "bad$n" 4 '' 'nonsense here' ;;
	2)	conf "good$n" $((4 + n % 3)) ;;
	3)	conf "bad$n" 4 '' "service bad {
			listen unix:$T/nowhere/sock
			inline echo
		}" ;;
	esac
	kill -HUP "$M"
	sleep 0.05
done
conf last 7
kill -HUP "$M"
last_answers() {
	echo x | ask 127.0.0.1 "$port" >/dev/null
	log_has ' text="last"'
}
soon "the last file is served" last_answers
soon "its limit, too" eval '[ "$(pgrep -P "$still" -c .)" -ge 7 ]'
soon "old masters leave" masters_are 4
: >"$T/enough"
wait "$load"
is "no connection failed" "$(awk '$3 > 0' "$T/counts"; head -n 5 "$T/failures")" ""
is "there were some of each kind" "$(awk '$2 > 0' "$T/counts" | wc -l)" 6
check "some reloads succeeded" log_at_least 3 ' reloaded generation='
check "some were refused" log_at_least 3 ' reload-refused reason='
echo "# $n HUPs: $(log_count ' reloaded generation=') reloads," \
    "$(log_count ' reload-refused ') refused"
is "who was not changed has the same master" "$(master_of still) $(master_of slow)" \
    "$still $slow_pid"
is "it rests" "$(ctl status --json | grep -o '"state": "[a-z]*"' | head -n 1)" \
    '"state": "running"'

# ---- two at once
rm "$T/go"
conf last 7 one
before=$(starts)
done_before=$(log_count ' reloaded generation=')
ctl reload >"$T/first" 2>&1 &
first=$!
wait_until log_at_least $((before + 1)) ' master-start service=slow '
conf last 7 two
ctl reload >"$T/second" 2>&1 &
second=$!
MASTERS="$MASTERS $first $second"
soon "the second has come" log_at_least 2 ' control request=reload '
check "and waits" kill -0 "$second"
is "nothing is started for it yet" "$(starts)" $((before + 1))
: >"$T/go"
wait "$first"
one=$?
wait "$second"
is "two reloads at once: both say 0" "$one $?" "0 0"
is "they were two" "$(($(log_count ' reloaded generation=') - done_before))" 2
is "of two files" "$(starts)" $((before + 2))

# ---- stop while reloading
rm "$T/go"
conf last 7 three
before=$(starts)
ctl reload >"$T/first" 2>&1 &
first=$!
wait_until log_at_least $((before + 1)) ' master-start service=slow '
kill -TERM "$M"
wait "$first"
is "a stop ends a reload, which says 75" "$? $(grep -c 'told to stop' "$T/first")" "75 1"
wait_master
is "and it ends with 0" $? 0
check "the change is undone first" log_has ' reload-refused reason=.*told to stop'

# ---- reload while stopping
: >"$T/go"
file_begin
port=$(port_of_service still)
PORT=$port hold
held_says "$HELD_N" before
kill -TERM "$M"
wait_until log_has ' stop signal=TERM$'
reloads=$(log_count ' info reload file=')
ctl reload >"$T/first" 2>&1
is "a reload while it stops is refused" "$? $(grep -c 'told to stop' "$T/first")" "1 1"
kill -HUP "$M"
wait_until state_is stopping
is "HUP does nothing" "$(log_count ' info reload file=')" "$reloads"
check "who is connected is served" held_says "$HELD_N" after
soon "nobody can connect" refused "$port"
let_go
wait_master
is "it ends with 0 when he goes" $? 0

# ---- drain: sessions may last, those of old masters, too
file_begin
port=$(port_of_service still)
other=$(port_of_service program)
PORT=$port hold
one=$HELD_N
held_says "$one" before
PORT=$other hold
two=$HELD_N
held_says "$two" before
conf later 7 three
reload		# program has two masters now
wait_until log_has ' reloaded .*replaced=2'
sleep 0.1		# told twice at once counts as once
ctl drain --timeout 3s >"$T/first" 2>&1
is "drain does not end as long as somebody is connected" $? 75
check "it drains" log_has ' stop signal=QUIT$'
check "a session goes on" held_says "$one" after
check "that of an old master, too" held_says "$two" after
soon "nobody can connect" refused "$port"
let_go
wait_master
is "it ends with 0 when they go" $? 0

# ---- a second TERM: now
file_begin
PORT=$(port_of_service still) hold
held_says "$HELD_N" before
kill -TERM "$M"
wait_until log_has ' stop signal=TERM$'
sleep 0.1		# what comes sooner is the first one's echo
kill -TERM "$M"
wait_master
is "a second TERM: it ends with 0" $? 0
is "without its session" "$(log_count ' stopped .*forced=1')" 1
let_go
finish
