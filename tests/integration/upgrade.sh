#!/bin/sh
# USR2 makes a supervisor the binary that is now where its own was: the same
# process, the same sockets, nobody lost, nothing left.
# UPGRADES=100 for the long one.
# shellcheck disable=SC2016,SC3045 # for eval and sh -c; dash has ulimit -S
. "${srcdir:-.}/tests/integration/lib.sh"
. "${srcdir:-.}/tests/integration/upgrade-lib.sh"
need python3 nc
# One that another user may execute.
python=$(command -v /usr/bin/python3 || command -v python3)
here=${srcdir:-.}/tests/integration
cp "$here/workers_serve.py" "$T/serve.py"
mkdir -m 777 "$T/served"

# Somebody has a port that a service wants.
python3 - "$T" <<'PY' &
import os, socket, sys, time
s = socket.create_server(("127.0.0.1", 0))
open(sys.argv[1] + "/taken.new", "w").write(str(s.getsockname()[1]))
os.rename(sys.argv[1] + "/taken.new", sys.argv[1] + "/taken")
time.sleep(600)
PY
MASTERS="$MASTERS $!"
wait_until [ -s "$T/taken" ]
cat >"$CONF" <<CONF
user $user
pidfile $T/pid
service built {
	listen 127.0.0.1:0 udp:127.0.0.1:0
	inline echo
	reply-rate 0
}
service program {
	listen 127.0.0.1:0
	exec cat
	minimum-available 3
}
service path {
	listen unix:$T/sock
	exec cat
}
service wait {
	listen udp:127.0.0.1:0
	exec-wait sh -c 'sleep 1000'
}
service worker {
	listen 127.0.0.1:0
	worker $python $T/serve.py $T/served
	children 2
}
service taken {
	listen unix:$T/half 127.0.0.1:$(cat "$T/taken")
	exec cat
}
CONF
(ulimit -Sn 600 && exec "$BROOD" -f "$CONF" --control "$T/run/control.sock") \
    2>>"$LOG" </dev/null >"$T/stdout" &
M=$!
MASTERS="$MASTERS $M"
wait_until file_is_ready
kill -0 "$M" 2>/dev/null || { not_ok "the file is served"; finish; }

udp_port() { sed -n 's/.* info listen addr=udp:.*:\([0-9]*\) service=built$/\1/p' "$LOG"; }
masters() { pgrep -d ' ' -P "$M" .; }
inode() { stat -c '%i %a %U' "$T/sock"; }
# But for what differs between any two of them.
master_looks() { looks "$1" | grep -Ev '^(PPid|NStgid|[0-9]|$)'; }
soft() { awk '/^Max open files/ { print $4 }' "/proc/$1/limits"; }
data() { awk '/^VmData/ { print $2 }' "/proc/$M/status"; }
second() {
	timeout 20 "$GOOD" -f "$CONF" --control "$T/run/other.sock" \
	    >/dev/null 2>&1
}

# ---- before
built=$(port_of_service built)
program=$(port_of_service program)
PORT=$built hold
one=$HELD_N
held_says "$one" before
PORT=$program hold
two=$HELD_N
held_says "$two" before
sock=$(inode)
looks "$M" >"$T/looks"
worker=$(master_of worker)
descriptors "$M" | sed 's/:.*//' >"$T/open"
descriptors "$worker" | sed 's/:.*//' >"$T/open.worker"
master_looks "$worker" >"$T/looks.worker"
ctl set built minimum-available 9 >/dev/null
old=$(stat -L -c %i "/proc/$M/exe")
python3 "$here/file_load.py" "$T" tcp="$built" tcp="$program" udp="$(udp_port)" \
    tcp="$program" worker="$(port_of_service worker)" >"$T/counts" \
    2>"$T/failures" &
load=$!
: >"$T/asked"
(while ! [ -e "$T/enough" ] && kill -0 "$M"; do
	ctl status >/dev/null 2>>"$T/asked" || echo "status $?" >>"$T/asked"
	echo >>"$T/asks"
done) &
MASTERS="$MASTERS $load $!"
asks=$!
wait_until test -e "$T/going"

# ---- one
put "$GOOD"
ctl wait --timeout 60s 'generation>1' >"$T/waited" 2>&1 &
waiter=$!
upgrade
is "it is the same process" "$(pgrep -F "$T/pid")" "$M"
is "of the new binary" "$(stat -L -c %i "/proc/$M/exe")" "$(stat -c %i "$BROOD")"
check "which is another" [ "$old" != "$(stat -c %i "$BROOD")" ]
wait "$waiter"
is "who waits for it hears of it" "$? $(cat "$T/waited")" "0 "
is "its masters are replaced" "$(log_count ' reloaded generation=2 kept=1 .* replaced=5 ')" 1
soon "the old ones leave, but for those with sessions" masters_are 7
check "a session goes on" held_says "$one" after
check "that of a program, too" held_says "$two" after
looks "$M" >"$T/looks.now"
is "it looks as before" "$(diff "$T/looks" "$T/looks.now")" ""
is "the new masters, too" \
    "$(master_looks "$(master_of worker)" | diff "$T/looks.worker" -)" ""
is "with the limit that it was given" "$(soft "$M") $(soft "$(master_of built)")" \
    "$(awk '/^Max open files/ { print $5 }' "/proc/$M/limits") 600"
is "what was set by hand is as the file says again" \
    "$(ctl status built --json | grep -c '"minimum-available": 4')" 1
is "a second supervisor is refused" "$(second; echo $?)" 75
soon "a service whose port is taken is tried again" \
    log_at_least 2 ' error service-failed service=taken reason=.*in use'
check "it holds nothing" [ ! -e "$T/half" ]

# ---- many
n=1
while [ "$n" -lt "${UPGRADES:-5}" ]; do
	n=$((n + 1))
	put "$GOOD"
	upgrade || break
	[ "$n" -ne 2 ] || data >"$T/data"
	second
	[ $? -eq 75 ] || not_ok "a second supervisor is refused"
done
: >"$T/enough"
wait "$load"
wait "$asks"
is "there were so many" "$(upgrades)" "${UPGRADES:-5}"
is "no connection failed" "$(awk '$3 > 0' "$T/counts"; head -n 5 "$T/failures")" ""
is "there were some of each kind" "$(awk '$2 > 5' "$T/counts" | wc -l)" 5
is "nobody was refused by the control socket" "$(cat "$T/asked")" ""
echo "# $(awk '{ n += $2 } END { print n }' "$T/counts") connections," \
    "$(wc -l <"$T/asks") questions"
check "sessions go on" held_says "$one" still
check "all of them" held_says "$two" still
is "listeners are the same" "$built $program $(inode)" \
    "$(port_of_service built) $(port_of_service program) $sock"
check "a unix socket answers" eval '[ "$(echo x | nc -NU "$T/sock")" = x ]'
soon "old masters have left" masters_are 7
soon "no descriptor is left" eval 'descriptors "$M" | sed "s/:.*//" |
    diff "$T/open" - >"$T/diff"'
is "nor in a master" "$(descriptors "$(master_of worker)" | sed 's/:.*//' |
    diff "$T/open.worker" -)" ""
check "memory did not grow" [ "$(data)" -le $(($(cat "$T/data") + 1024)) ]
leaks=
for pid in $(masters) $(for pid in $(masters); do pgrep -P "$pid" .; done); do
	[ -e "/proc/$pid/cmdline" ] || continue
	tr '\0' ' ' <"/proc/$pid/cmdline" | grep -q handover && leaks="$leaks $pid"
	descriptors "$pid" | grep -Eq 'handover|/pid$' && leaks="$leaks $pid"
done
is "nothing of it is left in masters and programs" "$leaks" ""

# ---- after
is "a reload insists on all services, as ever" \
    "$(ctl reload 2>&1 | grep -c 'taken: cannot bind')" 1
sed -e '/^service taken/,/^}/d' -e 's/available 3/available 5/' "$CONF" \
    >"$CONF.next"
mv "$CONF.next" "$CONF"
check "a reload works" ctl reload
soon "as it should" log_has ' reloaded .* kept=4 limits=1 .* stopped=1'
let_go
brood_stop
is "TERM ends it with 0" $? 0
is "nothing is left" "$(find "$T/sock" "$T/pid" "$T/run" -type s -o -type f \
    2>/dev/null)" ""
finish
