#!/bin/sh
# etc/runit/brood under a real runsvdir: started, known to be ready, started
# again, reloaded, stopped in time, and left alone when the file is wrong.
. "${srcdir:-.}/tests/integration/lib.sh"
. "${srcdir:-.}/tests/integration/supervised-lib.sh"
need nc runsvdir sv svlogd "$BROODCTL"
export BROOD_CONTROL="$T/run/control.sock"
SCAN=$T/service
S=$SCAN/brood
LOG=$T/log.d/current

# Its files as they are, at other places.
install_service() {
	mkdir -p "$SCAN" "$T/run" "$T/new/log"
	for file in run check finish log/run; do
		sed -e "s,/usr/sbin/brood ,$BROOD --control $BROOD_CONTROL ," \
		    -e "s,/usr/bin/broodctl ,$BROODCTL ," \
		    -e "s,/etc/brood/brood.conf,$T/brood.conf," \
		    -e "s,/run/brood\$,$T/run," \
		    -e "s,/var/log/brood\$,$T/log.d," \
		    "$here/etc/runit/brood/$file" >"$T/new/$file"
		chmod 755 "$T/new/$file"
	done
}

pid() {
	cat "$S/supervise/pid" 2>/dev/null
}

# Meanwhile the pid is that of finish, and then that of run.
is_other() {
	M=$(pid)
	[ -n "$M" ] && [ "$M" != "$1" ] &&
	    [ "$(ps -o comm= -p "$M")" = brood ]
}

# state WORD: what runsv says of it.
state() {
	sv status "$S" 2>/dev/null | grep -q "^$1: "
}

# runsvdir ends its runsv, and these their services.
end_all() {
	[ -z "$SVDIR_PID" ] || kill -HUP "$SVDIR_PID" 2>/dev/null
	for one in "$S/supervise/pid" "$S/log/supervise/pid"; do
		[ ! -s "$one" ] || MASTERS="$MASTERS $(cat "$one")"
	done
	[ ! -p "$S/supervise/control" ] ||
	    timeout 20 sv -w 15 force-shutdown "$S" >/dev/null 2>&1
}
SVDIR_PID=
trap 'end_all; cleanup' EXIT

install_service
conf one
mv "$T/new" "$S"
runsvdir "$SCAN" >"$T/runsvdir" 2>&1 &
SVDIR_PID=$!
MASTERS=$SVDIR_PID
soon "runsvdir has found it" [ -p "$S/supervise/ok" ]
timeout 100 sv -w 90 start "$S" >"$T/said" 2>&1
is "sv start returns" $? 0
check "and then it serves" serves one
check "it runs" state run
first=$(pid)
is "runsv's child is brood itself" "$(ps -o comm= -p "$first")" brood
soon "svlogd has its lines" log_has ' info ready .*services=1 '

kill -KILL "$first"
soon "killed: another is started" is_other "$first"
timeout 100 sv -w 90 check "$S" >"$T/said" 2>&1
is "sv check waits for it" $? 0
check "it serves" serves one
check "finish has told of the first" \
    wait_until log_has '^brood ended: status -1, signal 9$'
second=$(pid)

conf one two
timeout 100 sv reload "$S" >"$T/said" 2>&1
is "sv reload" $? 0
soon "what the file has now is served" serves two
is "by the same process" "$(pid)" "$second"

hold_one
timeout 100 sv -w 90 stop "$S" >"$T/said" 2>&1
is "sv stop returns while a session lasts" $? 0
exec 9>&-
check "it has ended" is_gone "$second"
check "and is down" state down
soon "the session was ended after stop-time" log_has ' stopped .*forced=1'
soon "and that with 0" log_has '^brood ended: status 0, signal 0$'
check "nobody is served" eval '! serves one'

echo 'nonsense x' >>"$T/brood.conf"
timeout 60 sv -w 3 start "$S" >"$T/said" 2>&1
check "a wrong file: sv start fails" [ $? -ne 0 ]
soon "finish is told why" log_has '^brood ended: status 78, signal 0$'
soon "it is down" state down
check "and shall be" eval '! sv status "$S" | grep -q "want up"'
is "it was tried once" "$(log_count 'status 78')" 1
check "the place is in the log" log_has "^$T/brood.conf:[0-9]+:1: nonsense: "
conf one
timeout 100 sv -w 90 start "$S" >"$T/said" 2>&1
is "the file is good: sv start" $? 0
check "it serves" serves one
third=$(pid)

kill -HUP "$SVDIR_PID"
wait "$SVDIR_PID"
is "runsvdir is told to end all" $? 111
soon "brood ends" is_gone "$third"
SVDIR_PID=
finish
