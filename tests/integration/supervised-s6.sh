#!/bin/sh
# etc/s6/brood under a real s6-svscan: its readiness is heard, it is started
# again, reloaded, stopped in time, and left alone when the file is wrong.
. "${srcdir:-.}/tests/integration/lib.sh"
. "${srcdir:-.}/tests/integration/supervised-lib.sh"
need nc s6-svscan s6-svscanctl s6-svc s6-svwait s6-svstat
SCAN=$T/service
S=$SCAN/brood

# Its files as they are, at other places; the log is a file.
install_service() {
	mkdir -p "$SCAN" "$T/run" "$T/new"
	cp "$here/etc/s6/brood/type" "$here/etc/s6/brood/notification-fd" "$T/new"
	for file in run finish; do
		sed -e "s,/usr/sbin/brood ,$BROOD --control $T/run/control.sock ," \
		    -e "s,/etc/brood/brood.conf,$T/brood.conf," \
		    -e "s,/run/brood\$,$T/run," \
		    -e "s,^exec 2>&1,exec 2>>$LOG >\&2," \
		    "$here/etc/s6/brood/$file" >"$T/new/$file"
		chmod 755 "$T/new/$file"
	done
}

# stat WORD: one field of what s6-supervise says.
stat_of() {
	s6-svstat -o "$1" "$S" 2>/dev/null
}

is_up_as_other() {
	M=$(stat_of pid)
	[ "$M" -gt 0 ] && [ "$M" != "$1" ]
}

up_is() {
	[ "$(stat_of up)" = "$1" ]
}

SVSCAN=
end_all() {
	[ -z "$SVSCAN" ] && return
	s6-svscanctl -t "$SCAN" 2>/dev/null
	wait_until is_gone "$SVSCAN"
}
trap 'end_all; cleanup' EXIT

install_service
conf one
mv "$T/new" "$S"
s6-svscan "$SCAN" >"$T/svscan" 2>&1 &
SVSCAN=$!
MASTERS=$SVSCAN
wait_until [ -e "$S/supervise/status" ]
check "s6-svwait -U: it says that it is ready" s6-svwait -U -t 90000 "$S"
check "and then it serves" serves one
is "s6-svstat knows it" "$(stat_of up,ready)" "true true"
first=$(stat_of pid)
is "the child is brood itself" "$(ps -o comm= -p "$first")" brood
check "which has closed the descriptor" \
    eval '! readlink "/proc/$first/fd/3" | grep -q "^pipe:"'

kill -KILL "$first"
soon "killed: another is started" is_up_as_other "$first"
check "s6-svwait -U: and gets ready" s6-svwait -U -t 90000 "$S"
check "it serves" serves one
second=$(stat_of pid)

conf one two
check "s6-svc -h" s6-svc -h "$S"
soon "what the file has now is served" serves two
is "by the same process" "$(stat_of pid)" "$second"
is "which is ready" "$(stat_of ready)" true

hold_one
check "s6-svc -wD -d returns while a session lasts" \
    s6-svc -wD -T 90000 -d "$S"
exec 9>&-
check "it has ended" is_gone "$second"
is "by itself" "$(stat_of exitcode)" 0
check "the session was ended after stop-time" log_has ' stopped .*forced=1'
check "nobody is served" eval '! serves one'

echo 'nonsense x' >>"$T/brood.conf"
before=$(log_count nonsense)
s6-svc -wU -T 60000 -u "$S" 2>"$T/said"
is "a wrong file: s6-svc -wU hears that it will not be" $? 1
soon "it is down" up_is false
is "with what brood ended with" "$(stat_of exitcode)" 78
is "it was tried once" "$(log_count nonsense)" "$((before + 1))"
check "the place is told" log_has "^$T/brood.conf:[0-9]+:1: nonsense: "
conf one
check "the file is good: s6-svc -wU -u" s6-svc -wU -T 90000 -u "$S"
check "it serves" serves one
third=$(stat_of pid)

check "s6-svscan is told to end all" s6-svscanctl -t "$SCAN"
wait "$SVSCAN"
SVSCAN=
check "brood has ended" is_gone "$third"
finish
