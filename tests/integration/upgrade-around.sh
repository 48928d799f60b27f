#!/bin/sh
# USR2 as whoever started the supervisor sees it: NOTIFY_SOCKET and a watchdog,
# listeners that were given, --daemon with a log file, process 1 of a
# container, a link to the binary; and a file that has changed meanwhile.
# shellcheck disable=SC2016 # for eval
. "${srcdir:-.}/tests/integration/lib.sh"
. "${srcdir:-.}/tests/integration/upgrade-lib.sh"
need perl nc
here=${srcdir:-.}/tests/integration

# ---- a service manager
NEWS=$T/news
perl "$here/notified.pl" "$T/notify" "$NEWS" &
HELD="$HELD $!"
wait_until [ -s "$NEWS" ]
heard() { [ "$(grep -Ec "^[0-9]+ $2\$" "$NEWS")" -ge "$1" ]; }
cat >"$CONF" <<CONF
user $user
service given {
	listen fd:web unix:$T/sock
	exec cat
}
CONF
: >"$LOG"
(NOTIFY_SOCKET=$T/notify WATCHDOG_USEC=400000 && export NOTIFY_SOCKET \
    WATCHDOG_USEC && exec perl "$here/give.pl" -n web:other "$T/ports" tcp tcp \
    -- "$BROOD" -f "$CONF" --control "$T/run/control.sock") 2>>"$LOG" \
    </dev/null >"$T/stdout" &
M=$!
MASTERS="$MASTERS $M"
wait_until file_is_ready
soon "READY is told" heard 1 READY=1
descriptors "$M" | sed 's/:.*//' >"$T/open"
put "$GOOD"
upgrade
soon "RELOADING is told with the time" \
    heard 1 'RELOADING=1\|MONOTONIC_USEC=[0-9]+'
soon "READY again" heard 2 READY=1
fed=$(grep -c WATCHDOG=1 "$NEWS")
soon "the watchdog is fed on" heard $((fed + 2)) WATCHDOG=1
check "a listener that was given is served" answers 127.0.0.1 "$(sed -n 1p "$T/ports")"
soon "no descriptor is left, none is gone" eval 'descriptors "$M" |
    sed "s/:.*//" | diff "$T/open" - >"$T/diff"'
cat >"$CONF" <<CONF
user $user
service given {
	listen fd:web fd:other unix:$T/sock
	exec cat
}
CONF
reload
check "one that was not used can be by now" answers 127.0.0.1 "$(sed -n 2p "$T/ports")"
brood_stop
is "TERM ends it with 0" $? 0
soon "STOPPING is told" heard 1 'STOPPING=1.*'

# ---- in the background, with a log file and a link to the binary
mkdir "$T/one" "$T/two"
cp "$GOOD" "$T/one/brood"
cp "$GOOD" "$T/two/brood"
ln -s one "$T/current"
LOG=$T/logs
cat >"$CONF" <<CONF
user $user
log $LOG
service built {
	listen 127.0.0.1:0 unix:$T/sock
	inline echo
}
service program {
	listen 127.0.0.1:0
	exec cat
	log $T/program.log
}
CONF
(cd "$T" && exec "$T/current/brood" -f brood.conf \
    --control "$T/run/control.sock" -D -p pid)
is "it starts in the background" $? 0
M=$(cat "$T/pid")
MASTERS="$MASTERS $M"
inode=$(stat -c %i "$T/pid" "$T/sock")
rm "$T/current"
ln -s two "$T/current"
upgrade
is "what the link leads to by now is executed" "$(readlink "/proc/$M/exe")" \
    "$T/two/brood"
is "pid file and socket are the same" "$(stat -c %i "$T/pid" "$T/sock")" "$inode"
is "the pid, too" "$(cat "$T/pid")" "$M"
mv "$LOG" "$LOG.1"
mv "$T/program.log" "$T/program.log.1"
kill -USR1 "$M"
soon "USR1 opens the log again" log_has ' log-reopened'
wait_until log_has ' reloaded generation=3 '
port=$(sed -n 's/.* info listen addr=127.0.0.1:\([0-9]*\) service=program$/\1/p' "$LOG.1")
check "the service answers" answers 127.0.0.1 "$port"
soon "and logs to its file" grep -qs ' info end ' "$T/program.log"

# USR2 and USR1 at once
cp "$GOOD" "$T/two/next"
mv "$T/two/next" "$T/two/brood"
kill -USR2 "$M"
wait_until log_has ' upgrade-rehearse '
mv "$T/program.log" "$T/program.log.2"
kill -USR1 "$M"
wait_until log_has ' upgraded version='
wait_until log_has ' reloaded generation=5 '
rm "$T/program.log.2"
echo hello | ask 127.0.0.1 "$port" >/dev/null
soon "USR1 during the rehearsal: the file is a new one" \
    grep -qs ' info end ' "$T/program.log"
soon "each service has one master" masters_are 2

# ---- words of the supervisor's own that have changed in the file
sed "1i control $T/elsewhere/sock\npidfile $T/another" "$CONF" >"$CONF.next"
mv "$CONF.next" "$CONF"
done_before=$(log_count ' reloaded generation=')
kill -HUP "$M"
wait_until log_at_least $((done_before + 1)) ' reloaded generation='
check "a reload says that it would need a restart" \
    log_has ' restart-needed word=control$'
upgrade
is "after an upgrade its sockets are where they were" \
    "$(ctl status >/dev/null; echo $?)" 0
check "and nowhere else" [ ! -e "$T/elsewhere" ]
is "its pid file, too" "$(cat "$T/pid")" "$M"
kill -TERM "$M"
soon "TERM ends it" is_gone "$M"
is "nothing is left" "$(ls -d "$T/pid" "$T/another" "$T/sock" \
    "$T/run/control.sock" 2>/dev/null)" ""
let_go

# ---- process 1
if [ "$(id -u)" -eq 0 ] && unshare -mpf --mount-proc true 2>/dev/null; then
	LOG=$T/log
	: >"$LOG"
	cat >"$CONF" <<CONF
user $user
control none
service one {
	listen unix:$T/sock
	exec sh -c 'sleep 0.01 & cat'
}
CONF
	unshare -mpf --mount-proc --kill-child "$BROOD" -f "$CONF" 2>>"$LOG" \
	    </dev/null >"$T/stdout" &
	outer=$!
	MASTERS="$MASTERS $outer"
	contained() { M=$(pgrep -P "$outer") && log_has ' ready pid=1 services='; }
	wait_until contained
	put "$GOOD"
	upgrade
	is "process 1 stays process 1" \
	    "$(awk '/^NSpid:/ { print $NF }' "/proc/$M/status")" 1
	check "it answers" eval '[ "$(echo x | nc -NU "$T/sock")" = x ]'
	soon "and buries orphans" no_zombies
	kill -TERM "$M"
	wait "$outer"
	is "TERM ends it with 0" $? 0
else
	skip "no namespaces: process 1"
fi
finish
