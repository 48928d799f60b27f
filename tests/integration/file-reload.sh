#!/bin/sh
# A reload: what is the same is not touched, limits are told, the rest is
# replaced on the same listeners; a bad file, or one that cannot be had,
# changes nothing.
. "${srcdir:-.}/tests/integration/lib.sh"
need python3

if [ "$(id -u)" -eq 0 ]; then user=nobody; else user=$(id -un); fi
chmod 755 "$T"

conf() {	# MINIMUM WORD [MORE]
	cat <<CONF
user $user
service one {
	listen 127.0.0.1:0
	exec sh -c "cat; echo $2"
	minimum-available $1
}
service two {
	listen 127.0.0.1:0
	inline echo
}
${3-}
CONF
}

conf 2 first >"$CONF"
file_begin
one=$(master_of one)
two=$(master_of two)
port=$(port_of_service one)
answer() { echo "hello" | ask 127.0.0.1 "$port" | tail -n 1; }
# An old master may take one more before it hears that it shall finish.
answer_is() { [ "$(answer)" = "$1" ]; }
is "it serves" "$(answer)" first

reload
is "nothing changed: the same masters" "$(master_of one) $(master_of two)" "$one $two"
check "and the log says so" log_has ' reloaded generation=2 kept=2 limits=0 replaced=0'

conf 5 first >"$CONF"
reload
is "a limit changed: the same masters" "$(master_of one) $(master_of two)" "$one $two"
check "it was told" log_has ' reloaded generation=3 kept=1 limits=1 replaced=0'
waiting() { [ "$(pgrep -P "$one" -c .)" -ge 5 ]; }
soon "and holds" waiting

conf 5 second >"$CONF"
PORT=$port hold
served_by() { [ "$(busy_children "$1" | wc -l)" -eq 1 ]; }
wait_until served_by "$one"
reload
is "a program changed: the other master is the same" "$(master_of two)" "$two"
check "its own is another" [ "$(master_of one)" != "$one" ]
soon "the new program answers" answer_is second
check "on the same port" [ "$(log_count " listen addr=127.0.0.1:$port service=one")" -eq 1 ]
check "who was connected is not cut" kill -0 "$HELD_PID"
check "the old master still serves him" kill -0 "$one"
let_go
soon "and ends then" is_gone "$one"

# What cannot be had.  A new master that came for nothing may yet be leaving.
now=$(master_of one)
as_before() { [ "$(master_of one) $(master_of two)" = "$now $two" ]; }
refused_reload() {	# NAME REASON
	reload
	soon "$1: the same masters" as_before
	check "$1: refused" log_has " error reload-refused reason=.*$2"
	is "$1: it serves" "$(answer)" second
}
echo 'nonsense here' >>"$CONF"
refused_reload "a bad file" "brood.conf:12:1: nonsense: no such word"
conf 5 third 'service three {
	listen 127.0.0.1:0
	exec /nonexistent/program
}' >"$CONF"
refused_reload "a program that is missing" 'brood.conf:1[0-9]:7: .*/nonexistent/program'
python3 -c 'import socket,time,sys
s = socket.socket(); s.bind(("127.0.0.1", 0)); s.listen(); print(s.getsockname()[1])
sys.stdout.flush(); time.sleep(600)' >"$T/port" &
holder=$!
MASTERS="$MASTERS $holder"
wait_until test -s "$T/port"
conf 5 third "service three {
	listen 127.0.0.1:$(cat "$T/port")
	inline echo
}" >"$CONF"
refused_reload "a port that is taken" 'three: .*Address already in use'
kill "$holder"
conf 5 third "service three {
	listen 127.0.0.1:0
	worker sleep 60
	ready-by notify
	start-time 300ms
}" >"$CONF"
refused_reload "a master that does not get ready" 'three: its new master'
is "nothing of it is left" "$(ss -Hltn "sport = :$(port_of_service three)" | wc -l)" 0

conf 5 fourth >"$CONF"
reload
soon "then a good one is taken" answer_is fourth

# A listener that goes: who is in its queue is served.
conf 5 fourth "service gone {
	listen 127.0.0.1:0
	exec sh -c 'cat; echo gone'
	maximum-connected 1
	minimum-available 1
}" >"$CONF"
reload
port=$(port_of_service gone)
PORT=$port hold
queued_is_there() { [ "$(pgrep -P "$(master_of gone)" -f 'sh -c' -c)" -ge 1 ]; }
wait_until queued_is_there
for i in 1 2 3; do
	echo "queued $i" | ask 127.0.0.1 "$port" >"$T/reply.$i" &
	MASTERS="$MASTERS $!"
done
wait_until env PORT="$port" sh -c '[ "$(ss -Hltn "sport = :$PORT" | awk "{ print \$2 }")" -ge 3 ]'
conf 5 fourth >"$CONF"
reload
check "a service that goes is told to finish" log_has ' reloaded .*stopped=1'
let_go
all_replied() { [ "$(cat "$T"/reply.* | grep -c gone)" -eq 3 ]; }
soon "who was in its queue is served" all_replied
soon "and then its port is closed" refused "$port"
check "it ends with 0" brood_stop
finish
