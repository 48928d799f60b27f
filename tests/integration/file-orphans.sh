#!/bin/sh
# The supervisor is killed, or stopped; a master is stopped: sessions go on,
# the next supervisor has the addresses at once, and nothing waits for ever.
# shellcheck disable=SC2016 # for eval and sh -c
. "${srcdir:-.}/tests/integration/lib.sh"
need python3 nc ss

if [ "$(id -u)" -eq 0 ]; then user=nobody; else user=$(id -un); fi
chmod 755 "$T"
# An address that nobody else has, so that its ports can be had again.
host=127.$((1 + $$ % 250)).$((1 + $$ / 250 % 250)).8

conf() {	# [WORDS of one] [WORDS of slow]
	cat <<CONF
user $user
service one {
	listen $host:7001 unix:$T/one.sock
	exec sh -c "echo \$WORD; exec cat"
	env WORD=hello
	${1-}
}
service two {
	listen $host:7002 udp:$host:7002
	inline echo
}
service wait {
	listen $host:7003
	exec-wait sleep 1000
	stop-time 1s
}
service slow {
	listen $host:7004
	worker sh -c "while ! [ -e $T/go ]; do sleep 0.02; done; echo up >&9; exec sleep 1000"
	ready-by fd:9
	children 1
	start-time 3s
	${2-}
}
CONF
}
: >"$T/go"

greets() { echo "$1" | ask "$host" 7001 | tr '\n' ' '; }
now_of() { ctl services | awk -v s="$1" '$1 == s && $2 == "running" { print $3 }'; }
udp_answers() { [ "$(echo hello | nc -u -W 1 -w 60 "$host" 7002)" = hello ]; }

# ---- the supervisor is killed
killed() {
	conf >"$CONF"
	[ -n "${2-}" ] || file_begin
	hold "$host" 7001
	one=$HELD_N
	held_says "$one" before
	hold "$host" 7003	# starts the program that has the listener
	wait_until eval '[ "$(busy_children "$(master_of wait)" | wc -l)" -eq 1 ]'
	old=$(pgrep -P "$M" | tr '\n' ' ')
	serving=$(master_of one)
	kill -KILL "$M"
	wait "$M" 2>/dev/null
	begun=$(now_ms)
	file_begin
	took=$(($(now_ms) - begun))
	echo "# the next supervisor was ready after $took ms"
	check "$1: all its services run" log_has ' ready .*services=4 running=4 failed=0'
	is "$1: it answers" "$(greets one)" "hello one "
	is "$1: at the unix socket" "$(echo up | nc -NU "$T/one.sock" | tail -n 1)" up
	check "$1: and to datagrams" udp_answers
	check "$1: who was connected is served" held_says "$one" after
	check "$1: by the old master" kill -0 "$serving"
	let_go
	for pid in $old; do
		soon "$1: old master $pid leaves" is_gone "$pid"
	done
	check "$1: not with the next one's path" [ -S "$T/one.sock" ]
	check "$1: it can reload" ctl reload
	is "$1: no control socket of old masters is left then" \
	    "$(find "$T/run" -type s | wc -l)" 5
	is "$1: the next one's are not disturbed" "$(greets two)" "hello two "
}
killed killed
killed again there

# ---- it is stopped
kill -STOP "$M"
wait_until is_stopped "$M"
for n in 1 2 3 4 5 6 7 8; do
	[ "$(greets $n)" = "hello $n " ] || not_ok "client $n is served"
done
is "masters serve without their supervisor" "$(greets nine)" "hello nine "
ctl --timeout 300ms ping 2>/dev/null
is "broodctl does not wait for it for ever" $? 75
kill -CONT "$M"
check "and it is back" ctl ping

# ---- a master is stopped
one=$(now_of one)
two=$(now_of two)
kill -STOP "$one"
wait_until is_stopped "$one"
conf 'minimum-available 6' >"$CONF"
begun=$(now_ms)
ctl reload 2>"$T/err"
status=$?
took=$(($(now_ms) - begun))
is "limits for a master that is stopped: refused" "$status" 69
check "after 5 s ($took ms)" [ "$took" -ge 4500 ]
check "with the reason" grep -q 'one: .* did not answer in time' "$T/err"
is "nothing has changed" "$(now_of one) $(now_of two)" "$one $two"
is "plan is still the same" \
    "$(ctl --json plan | grep -c '"action": "limits"')" 1
kill -CONT "$one"
soon "it goes on" eval '[ "$(greets again)" = "hello again " ]'
check "the next reload succeeds" ctl reload
is "with the same master" "$(now_of one)" "$one"
soon "and it has its limits" eval '[ "$(pgrep -P "$one" -x brood -c)" -ge 6 ]'

kill -STOP "$one"
wait_until is_stopped "$one"
conf 'env WORD=changed' >"$CONF"
check "another program for one that is stopped" ctl reload
soon "another master serves" eval '[ "$(greets x)" = "changed x " ]'
soon "the stopped one goes" is_gone "$one"

# One that is stopped on its way in.
rm "$T/go"
conf 'env WORD=third' 'env WORD=third' >"$CONF"
starts=$(log_count ' master-start service=slow ')
one=$(now_of one)
ctl reload 2>"$T/err" &
client=$!
wait_until log_at_least $((starts + 1)) ' master-start service=slow '
kill -STOP "$(master_of slow)"
wait_until is_stopped "$(master_of slow)"
: >"$T/go"
begun=$(now_ms)
wait "$client"
is "one that is stopped while it starts: refused" "$?" 69
took=$(($(now_ms) - begun))
echo "# after $took ms, of two times 3 s"
check "with the reason" grep -q 'slow: its new master was not ready in time' "$T/err"
is "nothing has changed" "$(now_of one)" "$one"
# One that was on its way in, too, may take one more before it goes.
soon "nor for clients" eval '[ "$(greets y)" = "changed y " ]'
soon "nobody of it is left" eval '[ "$(pgrep -P "$M" -c .)" -eq 4 ]'
kill -STOP "$one"
wait_until is_stopped "$one"
begun=$(now_ms)
check "a stop ends a stopped master, too" brood_stop
echo "# after $(($(now_ms) - begun)) ms"
finish
