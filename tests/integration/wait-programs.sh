#!/bin/sh
# Programs that get the listener of datagrams: one at a time, those that do
# not take what came do not make it spin, and what nobody takes is eaten.
# shellcheck disable=SC2016 # scripts of the program
. "${srcdir:-.}/tests/integration/lib.sh"
. "${srcdir:-.}/tests/integration/workers-lib.sh"
need python3
client=$here/workers_dgram.py

# wait_start OPTION... -- WORD...
wait_start() {
	: >"$T/starts"
	options=
	while [ "$1" != -- ]; do
		options="$options $1"
		shift
	done
	shift
	# shellcheck disable=SC2086
	brood_start --kind exec-wait --stop-time 300ms $options udp:127.0.0.1:0 \
	    "$python" "$here/workers_wait.py" "$T" "$@"
}

say() {
	printf %s "$1" | python3 "$client" "$PORT" 2>/dev/null
}

# send TEXT...: one datagram each, nobody waits for an answer.
send() {
	python3 -c '
import socket, sys
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
for text in sys.argv[2:]:
    s.sendto(text.encode(), ("127.0.0.1", int(sys.argv[1])))' "$PORT" "$@"
}

unread() {
	ss -Hlun "sport = :$PORT" | awk '{ n += $2 } END { print n + 0 }'
}

serves() {
	wait_start -- take 2
	is "nobody is started before the first datagram" "$(starts)" 0
	is "it is served" "$(say hello | cut -d ' ' -f 2)" hello
	is "by one program" "$(starts)" 1
	is "so is the next" "$(say again | cut -d ' ' -f 2)" again
	is "by the same" "$(starts)" 1
	soon "its end is told" log_has ' (end|worker-end) pid='
	soon "it is gone" busy_is 0
	check "the master rests" rests
	is "another one serves the third" "$(say third | cut -d ' ' -f 2)" third
	is "in its turn" "$(starts)" 2
	is "that is two times" "$(log_count ' begin pid=')" 2
	is "what is left open at the stop ends" "$(busy_children | wc -l)" 1
	check "it stops with 0" brood_stop
	is "nobody is left" "$(ps -o pid= -p "$(tail -n 1 "$T/starts")")" ""

	# One for each.
	wait_start -- take 1
	for n in 1 2 3 4 5 6 7 8; do
		[ "$(say "$n" | cut -d ' ' -f 2)" = "$n" ] ||
		    not_ok "datagram $n is served"
	done
	is "eight datagrams are eight programs" "$(starts)" 8
	is "never two at once" \
	    "$(awk '/ begin pid=/ { n++; if (n > m) m = n }
		/ end pid=/ { n-- } END { print m }' "$LOG")" 1
	is "no pause" "$(log_count ' pause ')" 0
	check "it stops with 0" brood_stop

	# What comes meanwhile waits, and costs nothing.
	wait_start -- take 10
	is "many at once are one program's" \
	    "$(printf many | python3 "$client" "$PORT" 127.0.0.1 0)" 0
	for n in 1 2 3 4 5 6 7 8 9 10; do
		[ "$(say "$n" | cut -d ' ' -f 2)" = "$n" ] ||
		    not_ok "datagram $n is served"
	done
	is "ten datagrams are one program's" "$(starts)" 1
	check "it stops with 0" brood_stop
}
each_memory serves

surroundings() {
	brood_start --kind exec-wait --stop-time 300ms udp:127.0.0.1:0 sleep 1000
	send hello
	soon "a program is started" busy_is 1
	pid=$(busy_children)
	begins_clean "$pid"
	is "the datagram is still there" "$(ss -Hlun "sport = :$PORT" | wc -l)" 1
	check "unread" [ "$(unread)" -gt 0 ]
	is "nothing of LISTEN_FDS" \
	    "$(tr '\0' '\n' <"/proc/$pid/environ" | grep -c ^LISTEN_)" 0
	is "no client's address" \
	    "$(tr '\0' '\n' <"/proc/$pid/environ" | grep -c REMOTE)" 0
	send more of it
	check "while it works the master rests" master_rests
	is "and one is enough" "$(count_busy)" 1
	check "it stops with 0" brood_stop
}
each_memory surroundings

# It may be left as it was not found.
wait_start -- nonblock
is "one makes it non-blocking" "$(say a | cut -d ' ' -f 2)" a
soon "and ends" busy_is 0
is "the next one serves" "$(say b | cut -d ' ' -f 2)" b
is "and found it blocking" "$(sort -u "$T/blocking")" True
check "it stops with 0" brood_stop

refuses() {
	# Taken by nobody: eaten after three.
	wait_start -- leave
	send poison
	soon "what nobody takes is eaten" log_has ' datagram-eaten '
	is "after three programs" "$(starts)" 3
	check "and gone" [ "$(unread)" -eq 0 ]
	check "nothing spins" rests
	is "that is all" "$(starts)" 3
	check "it stops with 0" brood_stop

	wait_start --wait-tries 5 -- last
	send poison
	soon "with five tries" log_has ' datagram-eaten '
	is "after five" "$(starts)" 5
	touch "$T/take"
	soon "what comes later is served" \
	    eval '[ "$(say good | cut -d " " -f 2)" = good ]'
	rm "$T/take"
	check "it stops with 0" brood_stop

	wait_start --wait-tries 1 -- leave
	send one two three
	soon "with one try each costs one" log_at_least 1 ' datagram-eaten '
	soon "until none is left" eval '[ "$(unread)" -eq 0 ]'
	soon "all are counted" eval '[ "$(starts)" -ge 3 ]'
	check "no more than that" [ "$(starts)" -le 3 ]
	check "nothing spins" rests
	check "it stops with 0" brood_stop

	# Crashes that leave it are the same; crashes that take it are not.
	wait_start -- crash
	send poison
	soon "what makes programs crash is eaten" log_has ' datagram-eaten '
	is "after three" "$(starts)" 3
	soon "the crashes are told" log_at_least 3 ' (end|worker-end) .*signal=SEGV'
	check "nothing spins" rests
	check "it stops with 0" brood_stop

	wait_start -- eat
	send poison
	soon "one that takes it and crashes" log_has ' (end|worker-end) .*signal=SEGV'
	soon "is gone" busy_is 0
	check "nothing spins" rests
	is "and was the only one" "$(starts)" 1
	is "nothing was eaten" "$(log_count ' datagram-eaten ')" 0
	check "it stops with 0" brood_stop

	# A flood that nobody takes must not be a flood of processes.
	wait_start -- leave
	before=$(now_ms)
	send 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20 21 22 23 24 25
	soon "a flood of them is eaten, or there is a pause" \
	    eval '[ "$(unread)" -eq 0 ] || log_has " pause "'
	took=$((($(now_ms) - before) / 1000 + 1))
	check "with no more than 25 starts a second, or 75 in all" \
	    [ "$(starts)" -le $((took * 25 + 75)) ]
	check "it stops with 0" brood_stop
}
each_memory refuses

# 0 bytes are a datagram, too; and 65507.
wait_start -- take 1
is "an empty datagram is served" "$(say '' | wc -w)" 1
soon "and its program ends" busy_is 0
head -c 65000 /dev/zero | tr '\0' x >"$T/big"
is "so is a big one" "$(python3 "$client" "$PORT" <"$T/big" | wc -c)" \
    $((65001 + $(tail -n 1 "$T/starts" | tr -d '\n' | wc -c)))
soon "and its program ends" busy_is 0
check "it stops with 0" brood_stop

# An empty one that nobody takes.
wait_start -- leave
python3 "$client" "$PORT" </dev/null >/dev/null 2>&1 &
HELD="$HELD $!"
soon "an empty one that nobody takes is eaten" log_has ' datagram-eaten '
check "few were started" [ "$(starts)" -le 4 ]
check "nothing spins" rests
check "it stops with 0" brood_stop

# A wake without a datagram: one with a wrong checksum starts nobody for ever.
cat >"$T/wrong.py" <<'PY'
import socket, struct, sys
s = socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_UDP)
s.sendto(struct.pack("!HHHH", 4000, int(sys.argv[1]), 8 + 4, 0xdead) + b"evil",
         ("127.0.0.1", 0))
PY
wait_start -- take 1
if python3 "$T/wrong.py" "$PORT" 2>/dev/null; then
	is "one with a wrong checksum does not disturb" \
	    "$(say good | cut -d ' ' -f 2)" good
	soon "who served is gone" busy_is 0
	check "nothing spins" rests
else
	skip "no raw sockets"
fi
check "it stops with 0" brood_stop

# A program that is gone.
cp /bin/true "$T/program"
brood_start --kind exec-wait --stop-time 300ms udp:127.0.0.1:0 "$T/program"
mv "$T/program" "$T/away"
send x
soon "a program that is gone is told" log_has ' exec-failed program='
soon "and makes a pause, or is eaten" log_has ' pause | datagram-eaten '
check "the master rests" master_rests
mv "$T/away" "$T/program"
kill -HUP "$M"
soon "a renewal is obeyed" log_has ' renewed '
check "it stops with 0" brood_stop

# A renewal leaves the one that serves alone; a stop ends it.
wait_start -- stay
pid=$(say hello | cut -d ' ' -f 1)
kill -HUP "$M"
soon "a renewal is obeyed" log_has ' renewed '
is "the same one serves" "$(say hello | cut -d ' ' -f 1)" "$pid"
kill -KILL "$pid"
soon "when it is killed" is_gone "$pid"
is "another one serves" "$(say hello | cut -d ' ' -f 2)" hello
kill -TERM "$M"
soon "one that stays is ended at the stop" is_over
wait_master
is "which is with 0" $? 0
finish
