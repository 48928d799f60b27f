#!/bin/sh
# USR1 opens logs again, whatever is going on: while the file is read again,
# while it starts, and whichever other service cannot be had.
# shellcheck disable=SC2016 # for eval and sh -c
. "${srcdir:-.}/tests/integration/lib.sh"
need python3 nc

if [ "$(id -u)" -eq 0 ]; then user=nobody; else user=$(id -un); fi
chmod 755 "$T"
conf() {	# WORD
	cat >"$CONF" <<CONF
user $user
service logs {
	listen 127.0.0.1:0
	exec cat
	log $T/logs
}
service bad {
	listen unix:$T/nowhere/sock
	inline echo
}
service slow {
	listen 127.0.0.1:0
	worker sh -c "while ! [ -e $T/go ]; do sleep 0.02; done; echo up >&9; exec sleep 1000"
	ready-by fd:9
	children 1
	env WORD=$1
}
CONF
}

# As logrotate does; a session is told in the new one.
rotate() {
	mv "$T/logs" "$T/logs.old"
	: >"$T/logs.old"
	kill -USR1 "$M"
}
told() {
	echo hello | ask 127.0.0.1 "$(port_of_service logs)" >/dev/null
	grep -q ' end .*status=0' "$T/logs" 2>/dev/null
}

: >"$T/go"
conf one
file_begin
check "one service fails" log_has ' ready .*failed=1'
rotate
soon "the others' logs are opened again" told
slow=$(master_of slow)
failures=$(log_count ' reload-refused ')
is "nothing was refused" "$failures" 0

mkdir "$T/nowhere"
rm "$T/go"
conf two
starts=$(log_count ' master-start service=slow ')
kill -HUP "$M"
wait_until log_at_least $((starts + 1)) ' master-start service=slow '
rotate
kill -USR1 "$M"
: >"$T/go"
soon "also if a reload is under way" told
check "which succeeds" log_has ' reloaded .*replaced=1 started=1'
soon "its old master goes" is_gone "$slow"
check "it stops with 0" brood_stop

rm "$T/go" "$T/logs"
file_spawn
wait_until log_has ' master-ready service=logs '
rotate
soon "while it starts the supervisor's own is" log_has ' log-reopened'
: >"$T/go"
wait_until file_is_ready
soon "and the others' when it has started" told
check "generations count from one" log_has ' reloaded generation=2 '
check "it stops with 0" brood_stop
finish
