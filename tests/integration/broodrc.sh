#!/bin/sh
# scripts/broodrc leads a brood through its whole life, and its exit statuses
# are an init script's.
. "${srcdir:-.}/tests/integration/lib.sh"
. "${srcdir:-.}/tests/integration/supervised-lib.sh"
need nc setpriv "$BROODCTL"
RC=$here/scripts/broodrc
BROOD_CONF=$CONF
BROOD_PIDFILE=$T/run/brood.pid
BROOD_CONTROL=$T/run/control.sock
BROOD_OPTIONS="--log $LOG"
BROOD_STOP_SECONDS=60
stop_time=
export BROOD BROODCTL BROOD_CONF BROOD_PIDFILE BROOD_CONTROL BROOD_OPTIONS \
    BROOD_STOP_SECONDS

# rc STATUS VERB...: does it end so?
rc() {
	want=$1
	shift
	timeout 90 "$RC" "$@" >"$T/said" 2>&1
	got=$?
	[ ! -s "$BROOD_PIDFILE" ] || MASTERS="$MASTERS $(cat "$BROOD_PIDFILE")"
	is "$*: $want${note:+, $note}" "$got" "$want"
	[ "$got" = "$want" ] || sed 's/^/# /' "$T/said"
}

pid() {
	cat "$BROOD_PIDFILE" 2>/dev/null
}

note="it does not run"
rc 3 status
rc 0 stop
rc 7 reload
rc 7 plan
rc 7 force-reload
rc 0 try-restart
check "try-restart has started nothing" [ ! -e "$BROOD_PIDFILE" ]

note="there is no file"
rc 6 configtest
rc 6 start
check "which says so" grep -q "$BROOD_CONF" "$T/said"
note="the file is wrong"
conf one
echo 'nonsense x' >>"$BROOD_CONF"
rc 6 configtest
check "the place is told" grep -Eq "^$BROOD_CONF:[0-9]+:1: " "$T/said"
rc 6 start
check "and told" grep -Eq "^$BROOD_CONF:[0-9]+:1: " "$T/said"
check "nobody claims to run" [ ! -s "$BROOD_PIDFILE" ]
rc 3 status

note="the file is good"
conf one
rc 0 configtest
rc 0 start
check "it serves when start returns" serves one
first=$(pid)
rc 0 status
check "status tells the pid" grep -q "pid $first\$" "$T/said"
note="it runs already"
rc 0 start
is "by the same process" "$(pid)" "$first"

note="there is a second service"
conf one two
rc 0 plan
check "plan tells of it" grep -q two "$T/said"
check "and does nothing" eval '! serves two'
rc 0 reload
check "it serves when reload returns" serves two
check "as the first does" serves one
conf one three
rc 0 force-reload
check "force-reload is the same" serves three
check "what is not in the file is gone" eval '! serves two'
is "by the same process" "$(pid)" "$first"

note="the file is wrong"
echo 'nonsense x' >>"$BROOD_CONF"
rc 6 reload
check "the place is told" grep -Eq "$BROOD_CONF:[0-9]+:1: " "$T/said"
rc 6 plan
rc 6 restart
rc 6 try-restart
check "it serves as before" serves three
is "by the same process" "$(pid)" "$first"

note="the file is good"
conf one
rc 0 restart
second=$(pid)
check "by another process" [ "$second" -ne "$first" ]
check "the first has ended" is_over "$first"
check "it serves when restart returns" serves one
rc 0 try-restart
check "by another process again" [ "$(pid)" -ne "$second" ]

note="it was killed"
M=$(pid)
kill -KILL "$M"
wait_until is_over "$M"
rc 1 status
rc 7 reload
rc 0 start
check "it serves" serves one
rc 0 status

note="somebody may not"
chmod 755 "$T" "$T/run"
chmod 644 "$BROOD_CONF"
# As nobody, if root can make us that and nobody can reach what is needed.
as_nobody() {
	setpriv --reuid 65534 --clear-groups "$@"
}
if [ "$(id -u)" -eq 0 ] && as_nobody test -x "$RC" &&
    as_nobody test -x "$BROOD"; then
	cat >"$T/as-nobody" <<-SH
	#!/bin/sh
	exec setpriv --reuid 65534 --clear-groups "$RC" "\$@"
	SH
	chmod 755 "$T/as-nobody"
	RC=$T/as-nobody
	rc 0 status
	rc 4 stop
	check "it serves" serves one
	BROOD_PIDFILE=$T/no/brood.pid
	rc 4 start
	BROOD_PIDFILE=$T/run/brood.pid
	chmod 600 "$BROOD_PIDFILE"
	rc 4 status
	RC=$here/scripts/broodrc
else
	skip "not root, or nobody cannot reach the programs"
fi

note="a session lasts"
hold_one
BROOD_STOP_SECONDS=1
rc 1 stop
check "which is told" grep -q "still stops" "$T/said"
soon "nobody new is served" eval '! serves one'
M=$(pid)
exec 9>&-
BROOD_STOP_SECONDS=60
note="it ends"
rc 0 stop
check "it has ended" is_over "$M"
check "in peace" log_has ' stopped .*forced=0'
check "the pid file is gone" [ ! -e "$BROOD_PIDFILE" ]
check "and the control socket" [ ! -e "$BROOD_CONTROL" ]
rc 3 status

note="the pid is somebody else's"
sleep 300 &
other=$!
HELD="$HELD $other"
echo "$other" >"$BROOD_PIDFILE"
rc 1 status
rc 0 stop
check "who lives on" kill -0 "$other"
rc 0 start
check "it serves" serves one

note="by the sysvinit script"
sysv=$here/etc/sysvinit/brood
export BROODRC="$RC"
RC=$sysv
rc 0 status
rc 0 reload
rc 0 stop
rc 3 status
rc 2 nonsense
BROODRC=$T/nosuch
rc 5 start
RC=$here/scripts/broodrc

note=
rc 2
rc 2 nonsense
rc 2 start now
check "and says what there is" grep -q 'start|stop|restart' "$T/said"
BROOD=$T/nosuch
rc 5 start
rc 5 configtest
check "which is named" grep -q "$T/nosuch" "$T/said"
finish
