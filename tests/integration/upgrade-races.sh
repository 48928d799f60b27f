#!/bin/sh
# USR2 together with all else that can happen, in both orders: a stop is
# stronger than an upgrade, that is stronger than a reload, and none is lost.
# shellcheck disable=SC2016 # for eval
. "${srcdir:-.}/tests/integration/lib.sh"
. "${srcdir:-.}/tests/integration/upgrade-lib.sh"
need python3 nc
here=${srcdir:-.}/tests/integration

conf() {
	cat >"$CONF" <<CONF
user $user
service built {
	listen 127.0.0.1:0
	inline echo
	env WORD=${1:-}
}
service path {
	listen unix:$T/sock
	exec cat
}
service slow {
	listen 127.0.0.1:0
	worker sh -c 'while ! [ -e $T/go ]; do sleep 0.02; done; echo up >&9; exec sleep 1000'
	ready-by fd:9
	children 1
}
CONF
}
begin() {
	: >"$T/go"
	conf
	file_begin
}
rehearses() { log_at_least "$1" ' upgrade-rehearse '; }
starts() { log_count ' master-start service=slow '; }
reloaded() { [ "$(log_count ' reloaded generation=')" -ge "$1" ]; }
asked() { log_at_least "$1" ' control request=reload '; }
ends_well() {
	brood_stop
	is "it ends with 0" $? 0
	is "nothing is left" "$(find "$T/sock" "$T/run" -type s 2>/dev/null)" ""
}

# ---- before it is ready
rm -f "$T/go"
conf
file_spawn
wait_until log_has ' master-start service=slow '
kill -USR2 "$M"
: >"$T/go"
soon "before it is ready: an upgrade as soon as it is" upgraded 1 1

# ---- HUP and USR2
conf one
kill -HUP "$M"
kill -USR2 "$M"
soon "HUP and USR2: both are done" upgraded 2 3
put "$GOOD"
kill -USR2 "$M"
wait_until rehearses 3
conf two
kill -HUP "$M"
is "plan is refused while it rehearses" \
    "$(ctl plan 2>&1 | grep -c 'becoming another binary: try again')" 1
is "reload, too" "$(ctl reload 2>&1 | grep -c 'becoming another binary'; ctl reload >/dev/null 2>&1; echo $?)" \
    "1
75"
check "status is told" ctl status
soon "USR2 and HUP: both are done" upgraded 3 5
check "the reload by the new one" eval '[ "$(sed -n "/ upgraded /h; /replaced=1 /{x;p;}" "$LOG" | wc -l)" -ge 1 ]'

# ---- a reload that somebody waits for
rm "$T/go"
sed 's/children 1/children 1\n\tenv A=1/' "$CONF" >"$CONF.next"
mv "$CONF.next" "$CONF"
before=$(starts)
ctl reload >"$T/first" 2>&1 &
first=$!
wait_until log_at_least $((before + 1)) ' master-start service=slow '
ctl reload >"$T/second" 2>&1 &
second=$!
MASTERS="$MASTERS $first $second"
wait_until asked 4
kill -USR2 "$M"
: >"$T/go"
wait "$first"
one=$?
wait "$second"
is "reloads that were asked for before are told their end" "$one $?" "0 0"
soon "then it is upgraded" upgraded 4 8

# ---- storms
i=0
while [ "$i" -lt 40 ]; do
	i=$((i + 1))
	kill -USR2 "$M"
	kill -HUP "$M"
	[ $((i % 7)) -ne 0 ] || kill -USR1 "$M"
	sleep 0.02
done
settled() {
	[ "$(ctl status --json | grep -c '"state": "running"')" -eq 4 ] &&
	    [ "$(log_count ' upgrade-rehearse ')" -eq "$(upgrades)" ]
}
soon "a storm of USR2 and HUP comes to rest" settled
check "upgraded" [ "$(upgrades)" -ge 5 ]
is "nothing failed" "$(log_count 'upgrade-failed|reload-refused|master-died')" 0
soon "each service has one master" masters_are 3

# ---- masters that die while it happens
died=0
for when in rehearse rehearse exec exec exec; do
	put "$GOOD"
	n=$(log_count ' upgrade-rehearse ')
	up=$(upgrades)
	victim=$(master_of path)
	kill -USR2 "$M"
	wait_until rehearses $((n + 1))
	if [ "$when" = rehearse ]; then
		kill -KILL "$victim"
	else
		# As near to execve as can be: over and over, until it is done.
		python3 - "$M" "$victim" <<'PY'
import os, signal, sys, time
master, victim = int(sys.argv[1]), int(sys.argv[2])
old = os.stat("/proc/%d/exe" % master).st_ino
end = time.monotonic() + 30
# The log says `upgrade' just before; the inode changes in the middle.
while os.stat("/proc/%d/exe" % master).st_ino == old and \
        time.monotonic() < end:
    pass
os.kill(victim, signal.SIGKILL)
PY
	fi
	wait_until eval '[ "$(upgrades)" -gt "$up" ]'
	died=$((died + 1))
	wait_until settled || not_ok "it comes to rest ($when)"
	[ "$(echo x | nc -NU "$T/sock")" = x ] || not_ok "it answers ($when)"
	wait_until no_zombies || not_ok "who died is buried ($when)"
	wait_until masters_are 3 || not_ok "one master a service ($when)"
done
is "masters died while it rehearsed and while it was executed" "$died" 5

# ---- stops
kill -USR2 "$M"
n=$(log_count ' upgrade-rehearse ')
wait_until rehearses "$n"
kill -TERM "$M"
wait_master
is "USR2, then TERM: it ends with 0" $? 0
is "nothing is left" "$(find "$T/sock" "$T/run" -type s 2>/dev/null)" ""
for signals in "USR2 TERM" "TERM USR2" "USR2 QUIT" "QUIT USR2" "TERM HUP USR2"; do
	begin
	for name in $signals; do
		kill -s "$name" "$M"
	done
	wait_master
	is "$signals: it ends with 0" $? 0
	[ ! -e "$T/sock" ] || not_ok "$signals: nothing is left"
done
# While it is executed: pending signals are the new one's.
for name in TERM QUIT; do
	begin
	put "$GOOD"
	kill -USR2 "$M"
	wait_until log_has ' info upgrade binary='
	kill -s "$name" "$M"
	wait_master
	is "$name while it is executed: it ends with 0" $? 0
	check "as the new one" log_has ' upgraded '
	[ ! -e "$T/sock" ] || not_ok "nothing is left"
done

# ---- killed
begin
kill -USR2 "$M"
wait_until log_has ' upgrade-rehearse '
rehearser=$(pgrep -n -P "$M" .)
kill -KILL "$M"
soon "who rehearses dies with it" is_gone "$rehearser"
wait "$M" 2>/dev/null
begin
put "$GOOD"
upgrade
ends_well

# ---- another binary while one rehearses
is_executed() { pgrep -P "$M" -f -- --rehearse >"$T/rehearser"; }
begin
kill -USR2 "$M"
wait_until is_executed
script '#!/bin/sh' 'exit 1'
soon "only what has rehearsed is executed" \
    log_has ' upgrade-failed .*reason="it was changed meanwhile"'
check "it serves" eval '[ "$(echo x | nc -NU "$T/sock")" = x ]'
old=$(master_of path)
has_its_name() {
	new=$(master_of path) && [ "$new" != "$old" ] &&
	    [ "$(cat "/proc/$new/comm")" = brood ]
}
kill -KILL "$old"
soon "a master that dies is replaced by one of the old binary" has_its_name
soon "which serves" eval '[ "$(echo x | nc -NU "$T/sock")" = x ]'

# ---- a state with somebody else's pid: he hears nothing of it
python3 -c '
import signal, time
for n in (1, 3, 15, 18): signal.signal(n, lambda *a: print("heard", a[0], flush=True))
print("here", flush=True)
time.sleep(600)' >"$T/stranger" &
stranger=$!
MASTERS="$MASTERS $stranger"
wait_until [ -s "$T/stranger" ]
cp "$GOOD" "$T/real"
script '#!/bin/sh' \
    "exec python3 '$here/upgrade_state.py' strangers '$T/real' \"\$@\" $stranger"
kill -USR2 "$M"
soon "a state with a stranger's pid: it is no master" \
    log_has " warn master-lost service=[a-z]* pid=$stranger\$"
wait_until log_has ' upgraded version='
brood_stop
is "it ends with 0" $? 0
is "he heard nothing" "$(cat "$T/stranger")" here
finish
