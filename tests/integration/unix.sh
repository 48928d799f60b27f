#!/bin/sh
# Unix sockets: a live server's is never taken, a dead one's is replaced, and
# nothing is left behind.
. "${srcdir:-.}/tests/integration/lib.sh"
S=$T/s.sock

say() {
	echo hello | nc -NU -w 10 "$S"
}

brood_start --socket-mode 0640 "unix:$S" sh -c 'echo "$PROTO $UNIXREMOTEEUID $IPCREMOTEEUID $UNIXLOCALPATH $UNIXCONNNUM"; cat'
is "it serves and tells who came" "$(say)" "UNIX $(id -u) $(id -u) $S 1
hello"
is "the mode is as asked" "$(stat -c %a "$S")" 640
is "no temporary name is left" "$(ls "$T" | grep -c new)" 0
first=$M
brood_fails 75 'a server is listening' "unix:$S" cat
soon "the first one still answers" test -n "$(say)"
kill -KILL "$first"
wait "$first" 2>/dev/null
check "a killed server leaves its socket" test -S "$S"
brood_start "unix:$S" cat
is "which the next one replaces" "$(say)" hello
brood_stop
check "and removes at the stop" test ! -e "$S"

brood_start "unix:$S" cat
mv "$S" "$S.mine"
echo other >"$S"
brood_stop
is "what another put there stays" "$(cat "$S")" other
brood_fails 69 'not a socket' "unix:$S" cat
is "a file is not touched" "$(cat "$S")" other
rm -f "$S"
ln -s "$T/nowhere" "$S"
brood_fails 69 'not a socket' "unix:$S" cat
check "nor a link" test -L "$S"
rm -f "$S"

brood_fails 69 "No such file" "unix:$T/none/s" cat
long=$T/$(printf '%0200d' 0)
brood_fails 64 'path too long' "unix:$long" cat
fill=$((107 - ${#T} - 1))
S=$T/$(printf "%0${fill}d" 0)
brood_start "unix:$S" cat
is "a path of 107 bytes works" "$(say)" hello
brood_stop
check "and is removed" test ! -e "$S"

brood_start "unix:@brood-test-$$" sh -c 'echo "$UNIXLOCALPATH"'
is "an abstract name works" "$(nc -NU -w 10 "@brood-test-$$" </dev/null 2>/dev/null ||
    python3 -c "import socket
s = socket.socket(socket.AF_UNIX)
s.connect('\\0brood-test-$$')
print(s.recv(100).decode(), end='')")" "@brood-test-$$"
brood_fails 75 'in use' "unix:@brood-test-$$" cat
brood_stop

if [ "$(id -u)" -eq 0 ]; then
	S=$T/owned
	brood_start --socket-owner nobody:daemon "unix:$S" cat
	is "the owner is as asked" "$(stat -c %U:%G "$S")" nobody:daemon
	brood_stop
fi
finish
