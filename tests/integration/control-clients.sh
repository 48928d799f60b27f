#!/bin/sh
# Whatever a client of the control socket does, the service goes on, and so do
# the other clients.
. "${srcdir:-.}/tests/integration/lib.sh"
. "${srcdir:-.}/tests/integration/control-lib.sh"
need nc python3

memory_of() {
	awk '/^VmRSS:/ { print $2 }' "/proc/$1/status"
}

# not_more A B: is A kilobytes at most some more than B?
not_more() {
	[ "$1" -lt $(($2 + 8000)) ]
}

quiet() {
	before=$(wakes "$M")
	[ "$(wakes "$M")" = "$before" ] && sleep 0.3 &&
	    [ "$(wakes "$M")" = "$before" ]
}

# shellcheck disable=SC2086 # a path
brood_start --control "$SOCKET" -n 3 -m 150 --memory own 127.0.0.1:0 cat
soon "all wait" field_at_least available 3
fds=$(fds_of "$M")
rss=$(memory_of "$M")

is "a byte that is no text" "$(play raw 'pi\x00ng\nping\n')" \
    'error 64 "a byte that is no text, expected words" closed'
is "a control character" "$(play raw 'pi\x07ng\n')" \
    'error 64 "a byte that is no text, expected words" closed'
is "a tab" "$(play raw 'set\tx 1\n')" \
    'error 64 "a byte that is no text, expected words" closed'
is "no UTF-8" "$(play raw '\xff\n' | sed 's/ ".*"/ .../')" 'error 64 ... stays'
is "an empty line" "$(play raw '\nping\n')" \
    'error 64 "no word, expected a verb"|ok stays'
is "a line without its end" "$(play raw 'ping\npi' | cut -c 1-8)" 'ok stays'
is "two requests at once" "$(play raw 'ping\nping\n')" 'ok|ok stays'
is "a line too long" "$(play long 1048576)" \
    "$(printf 'error 64 "a line too long, expected at most 4096 bytes"\nclosed')"
is "one that just fits" "$(ctl "ping $(head -c 4090 /dev/zero |
    tr '\0' x)")" 'error 64 "ping: expected no more words"'
is "more words than there is room for" "$(ctl "set $(yes x | head -n 70 |
    tr '\n' ' ')")" 'error 64 "too many words, expected at most 64"'
is "half a line is not waited for longer" "$(play half pin)" closed
is "a 17th client is told so" "$(play many 18)" \
    '16 16 error 75 "too many clients" error 75 "too many clients"'
soon "they are forgotten" fds_are "$fds"
is "a thousand, one after the other" "$(play often 1000)" 1000
soon "they are forgotten, too" fds_are "$fds"

# An answer that is not read: more than a socket takes at once.
python3 "$srcdir/tests/integration/control.py" "$SOCKET" ask ping >"$T/ping"
hold_many() {
	python3 - "$PORT" 100 >"$T/many" <<'PY' &
import signal
import socket
import sys
signal.alarm(600)
all_of_them = [socket.create_connection(("127.0.0.1", int(sys.argv[1])))
               for _ in range(int(sys.argv[2]))]
print("there", flush=True)
signal.pause()
PY
	MANY=$!
	MASTERS="$MASTERS $MANY"
	wait_until test -s "$T/many"
}
hold_many
soon "a hundred are served" field_is connected 100
is "each is told" "$(ctl connections | grep -c '^pid=.* peer=127')" 100
play deaf 3 connections >"$T/deaf" &
deaf=$!
echo ok >"$T/ok"
times=0 wrong=0
while kill -0 "$deaf" 2>/dev/null; do
	ctl ping | cmp -s - "$T/ok" || wrong=$((wrong + 1))
	times=$((times + 1))
done
wait "$deaf"
is "who never reads is closed" "$(cat "$T/deaf")" 3
is "others were answered meanwhile" "$((times > 0)) $wrong" "1 0"
check "and clients served" answers
check "its memory is given back" not_more "$(memory_of "$M")" "$rss"
kill "$MANY"
soon "they are gone" field_is connected 0

# Nothing is done while nobody asks.
python3 "$CTL" "$SOCKET" eof ping >"$T/eof" &
MASTERS="$MASTERS $!"
idle=$!
wait_until fds_are $((fds + 1))
soon "a client that only stays costs nothing" quiet
kill "$idle"
soon "it is forgotten" fds_are "$fds"

# No descriptor is left: the service rests from accepting, and comes back.
if command -v prlimit >/dev/null; then
	prlimit --pid "$M" --nofile=3:4096
	play ask ping >"$T/early"
	soon "without descriptors it says so" log_has 'control-accept errno=EMFILE'
	is "and to the client" "$(cat "$T/early")" \
	    'error 75 "too many descriptors are open"'
	play eof ping >"$T/late" &
	late=$!
	prlimit --pid "$M" --nofile=4096:4096
	soon "and answers later" fds_are $((fds + 1))
	does "stop" stop
	wait "$late"
	is "in order" "$(sed 's/ [0-9.]*$//' "$T/late")" 'ok eof'
	wait_master
	is "it ends with 0" "$?" 0
fi
finish
