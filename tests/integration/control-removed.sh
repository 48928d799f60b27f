#!/bin/sh
# A control socket whose path is removed, replaced or moved away is made again;
# what is there and is another's is not touched.
. "${srcdir:-.}/tests/integration/lib.sh"
. "${srcdir:-.}/tests/integration/control-lib.sh"
need python3

LIVE=$T/live
SOCKET=$LIVE/control

# start ARG...: a service with the socket in a folder of its own.
start() {
	rm -rf "$LIVE"
	mkdir "$LIVE"
	brood_start --control "$SOCKET" -n 2 -m 9 "$@" 127.0.0.1:0 cat
}

pings() {
	[ "$(ctl ping 2>/dev/null)" = ok ]
}

# Somebody else's socket there: answers as no brood does.
foreign_begins() {
	rm -f "$T/foreign"
	python3 - "$SOCKET" "$T/foreign" <<'PY' &
import os
import signal
import socket
import sys
signal.alarm(120)
s = socket.socket(socket.AF_UNIX)
s.bind(sys.argv[1] + ".new")
s.listen(50)
os.rename(sys.argv[1] + ".new", sys.argv[1])
open(sys.argv[2], "w").close()
while True:
    k = s.accept()[0]
    try:
        k.sendall(b"foreign\n")
    except OSError:
        pass
    k.close()
PY
	FOREIGN=$!
	MASTERS="$MASTERS $FOREIGN"
	wait_until test -e "$T/foreign"
}

is_foreign() {
	python3 -c 'import socket, sys
s = socket.socket(socket.AF_UNIX)
s.connect(sys.argv[1])
sys.exit(s.recv(100) != b"foreign\n")' "$SOCKET"
}

comes_back() {
	start
	play eof 'log debug' >"$T/eof" &
	stays=$!
	MASTERS="$MASTERS $stays"
	wait_until log_has 'control request='
	fds=$(fds_of "$M")
	rm "$SOCKET"
	soon "removed: it is noticed" log_has "warn control-lost path=$SOCKET "
	soon "and made again" log_has "info control-back path=$SOCKET\$"
	soon "it answers" pings
	is "its mode is as it was" "$(stat -c %a "$SOCKET")" 600
	for round in 1 2 3; do
		rm "$SOCKET"
		soon "removed again, $round: it answers" pings
	done
	is "with as many descriptors" "$(fds_of "$M")" "$fds"
	is "set" "$(ctl 'set minimum-available 5')" ok
	soon "children are born" field_at_least available 5
	soon "that have no part of it" children_have_none
	mv "$SOCKET" "$LIVE/away"
	soon "moved away: another is there" pings
	check "the old one is not touched" test -S "$LIVE/away"
	ln -sf "$T/nowhere" "$SOCKET.new"
	mv -T "$SOCKET.new" "$SOCKET"
	soon "a link in its place: it says why not" log_has \
	    "warn control-failed reason=.*it exists and is not a socket"
	is "and leaves it" "$(readlink "$SOCKET")" "$T/nowhere"
	check "clients are served" answers
	rm "$SOCKET"
	soon "the link is gone: it answers" pings
	mv "$LIVE" "$T/elsewhere"
	wait_until test ! -e "$LIVE"
	mkdir "$LIVE"
	soon "its folder is moved, and another made: it answers" pings
	rm -rf "$T/elsewhere"
	wait_until rm -rf "$LIVE" 2>/dev/null
	mkdir "$LIVE"
	soon "its folder is removed and made again: it answers" pings
	check "who was connected all the time still is" kill -0 "$stays"
	is "stop" "$(ctl stop)" ok
	wait_master
	is "it ends with 0" "$?" 0
	wait "$stays"
	is "and the connection with it" "$(sed 's/ [0-9.]*$//' "$T/eof")" \
	    'ok eof'
	check "the socket is removed" test ! -e "$SOCKET"
}
each_memory comes_back

goes_and_comes() {
	start
	foreign_begins
	soon "a live one in its place: it says why not" log_has \
	    'control-failed reason=.*a server is listening there'
	check "and leaves it" is_foreign
	touch "$LIVE/other"
	kill -HUP "$M"
	soon "goes on" log_has ' renewed '
	check "it still is there" is_foreign
	is "that is told once" "$(log_count control-failed)" 1
	kill -KILL "$FOREIGN"
	rm "$SOCKET"
	soon "it goes: it answers" pings
	soon "that is told" log_has 'control-back'
	check "it stops with 0" brood_stop

	start
	rm "$SOCKET"
	soon "made again" log_has control-back
	brood_fails 75 'a server is listening' --control "$SOCKET" \
	    127.0.0.1:0 cat
	kill -STOP "$M"
	mv "$SOCKET" "$LIVE/away"
	mv "$LIVE/away" "$SOCKET"
	before=$(stat -c %i "$SOCKET")
	kill -CONT "$M"
	soon "moved away and back: it answers" pings
	is "it is the same" "$(stat -c %i "$SOCKET")" "$before"
	check "it stops with 0" brood_stop
}
goes_and_comes

# Two of them, one path: the second had it removed before it started.
two() {
	start
	first=$M
	kill -STOP "$first"
	rm "$SOCKET"
	LOG=$T/second
	brood_start --control "$SOCKET" -n 2 -m 9 127.0.0.1:0 cat
	LOG=$T/log
	second=$M
	kill -CONT "$first"
	soon "another brood has it: the first one says so" \
	    log_has 'control-failed reason=.*a server is listening there'
	is "and leaves it" "$(ctl version | sed -n 's/.*pid=//p')" "$second"
	kill -TERM "$second"
	wait "$second"
	soon "the second ends: the first has it back" pings
	is "it is that" "$(ctl version | sed -n 's/.*pid=//p')" "$first"
	M=$first
	check "it stops with 0" brood_stop
}
two

# The rights are gone: a line says so, and the service goes on.
forbidden() {
	chmod 755 "$T"
	start --user 61235
	rm "$SOCKET"
	soon "without rights it says so" log_has \
	    'control-failed reason=.*Permission denied'
	check "clients are served" answers
	chown 61235 "$LIVE"
	soon "when it may, it makes it" pings
	is "it is its own now" "$(stat -c %u "$SOCKET")" 61235
	check "it stops with 0" brood_stop

	start --user 61235 --control-owner 61236
	chown 61235 "$LIVE"
	rm "$SOCKET"
	soon "its owner cannot be given: it says so" log_has \
	    'control-failed reason=.*Operation not permitted'
	soon "and lets it be" rests
	check "nothing is there" test ! -e "$SOCKET"
	check "clients are served" answers
	check "it stops with 0" brood_stop
}

rests() {
	before=$(wakes "$M")
	sleep 1.5
	[ "$(wakes "$M")" = "$before" ]
}

if [ "$(id -u)" = 0 ]; then
	forbidden
else
	skip "not root"
fi

# The supervisor's is guarded, those of its masters are not: they have no
# rights there, and a user has few inotify instances.
asked() {
	"$BROODCTL" -s "$T/run/control.sock" "$@" >"$T/asked"
}

inotify_of() {
	find "/proc/$1/fd" -lname 'anon_inode:*inotify*' | wc -l
}

if [ "$(id -u)" -eq 0 ]; then user=nobody; else user=$(id -un); fi
file_start <<CONF
user $user
service one {
	listen 127.0.0.1:0
	exec cat
}
CONF
is "the supervisor has an inotify instance" "$(inotify_of "$M")" 1
is "its masters have none" "$(inotify_of "$(master_of one)")" 0
rm "$T/run/control.sock"
soon "of a supervisor: it answers" asked status
soon "it was told" log_has "control-back path=$T/run/control.sock"

# Who has lost it is replaced by the next reload, whatever else it does.
one_can() {
	asked set one maximum-connected 150 && asked plan &&
	    grep -qx 'one: kept' "$T/asked"
}

PORT=$(port_of_service one)
session
for way in 'test -n' 'ln -s nowhere' touch limits; do
	old=$(master_of one)
	rm "$T/run/one.$old"
	if [ "$way" = limits ]; then
		sed -i 's/exec cat/&\nminimum-available 7/' "$CONF"
	else
		$way "$T/run/one.$old"
	fi
	check "$way: plan tells of a master's" asked plan
	is "that it is replaced" "$(grep '^one: replaced' "$T/asked")" \
	    'one: replaced: its control socket is lost'
	check "reload" asked reload
	check "another serves" test "$(master_of one)" != "$old"
	check "and can be asked" one_can
done
check "a client is served all the time" again hello
exec 3>&-
mv "$T/run" "$T/elsewhere"
wait_until test ! -e "$T/run/control.sock"
old=$(master_of one)
kill -HUP "$M"
soon "the folder is gone: a reload" reloads 5
is "leaves all as it is" "$(master_of one)" "$old"
mv "$T/elsewhere" "$T/run"
soon "it is back: it answers" asked status
check "and its masters" one_can
check "it stops with 0" brood_stop

# Without inotify it is as before.
if unshare -Ur sh -c 'echo 0 >/proc/sys/user/max_inotify_instances' \
    2>/dev/null; then
	rm -rf "$LIVE"
	mkdir "$LIVE"
	: >"$LOG"
	# shellcheck disable=SC2016 # of that shell
	unshare -Ur sh -c 'echo 0 >/proc/sys/user/max_inotify_instances
	    exec "$@"' - "$BROOD" --verbose --control "$SOCKET" \
	    127.0.0.1:0 cat 2>>"$LOG" </dev/null >"$T/stdout" &
	M=$!
	MASTERS="$MASTERS $M"
	wait_until is_ready
	check "without inotify it starts" \
	    log_has 'debug control-unguarded errno=EMFILE'
	check "and answers" pings
	rm "$SOCKET"
	check "it stops with 0" brood_stop
else
	skip "no user namespaces"
fi
finish
