#!/bin/sh
# Bad input: one line that names it, the right exit status, nothing left.
. "${srcdir:-.}/tests/integration/lib.sh"

brood_fails 64 'address is missing'
brood_fails 64 'program is missing' 127.0.0.1:0
brood_fails 64 'no such option' --nonsense 127.0.0.1:0 cat
brood_fails 64 'value is missing' -n
brood_fails 64 'no port' 127.0.0.1: cat
brood_fails 64 '0 to 65535' 127.0.0.1:70000 cat
brood_fails 64 'number or a service name' 127.0.0.1:12/x cat
brood_fails 64 'brackets' ::1:7 cat
brood_fails 64 'empty address' '127.0.0.1:0,' cat
brood_fails 69 'cannot resolve no-such-host.invalid' no-such-host.invalid:7 cat
brood_fails 69 'unknown service|not supported|cannot resolve' 127.0.0.1:no-such-service cat
brood_fails 69 '192.0.2.7:7777: Cannot assign' 192.0.2.7:7777 cat
brood_fails 69 'none of that name' fd:web cat

brood_start 127.0.0.1:0 cat
taken=$PORT
brood_fails 69 "127.0.0.1:$taken: Address already in use" "127.0.0.1:$taken" cat
brood_fails 69 "192.0.2.7:1" "unix:$T/both,127.0.0.1:$taken,192.0.2.7:1" cat
check "each address that failed is named" grep -q ":$taken" "$T/fails"
check "and nothing is left of those that did not" test ! -e "$T/both"
brood_fails 69 'in use' -p "$T/pid" "127.0.0.1:$taken" cat
check "nor a pid file" test ! -s "$T/pid"
brood_stop

brood_fails 69 'not found in PATH' 127.0.0.1:0 no-such-program
brood_fails 69 'No such file' 127.0.0.1:0 /no/such/program
echo text >"$T/text"
brood_fails 77 'Permission denied' 127.0.0.1:0 "$T/text"
brood_fails 69 'Is a directory' 127.0.0.1:0 /etc

for bad in 0 -1 12x ' 1' +1 '' 9999999999 32769 0x10; do
	brood_fails 64 '1 to 32768' -n "$bad" 127.0.0.1:0 cat
	brood_fails 64 '1 to 32768' --children "$bad" 127.0.0.1:0 cat
done
brood_fails 64 'above maximum-connected' -n 9 -m 4 127.0.0.1:0 cat
brood_fails 64 'below minimum-available' -n 9 --maximum-available 4 127.0.0.1:0 cat
brood_fails 64 'fixes the pool' --children 4 -n 2 127.0.0.1:0 cat
brood_fails 64 'a time like' --session-time 12q 127.0.0.1:0 cat
brood_fails 64 'a time like' --stop-time 0 127.0.0.1:0 cat
brood_fails 64 'octal' --umask 999 127.0.0.1:0 cat
brood_fails 64 'NAME=N' --limit nonsense=3 127.0.0.1:0 cat
brood_fails 64 'shared or own' --memory none 127.0.0.1:0 cat
brood_fails 64 'does not set itself' --env TCPREMOTEIP=1.2.3.4 127.0.0.1:0 cat
brood_fails 64 'open descriptor' --ready-fd 77 127.0.0.1:0 cat
brood_fails 64 'unknown user' --user no-such-user 127.0.0.1:0 cat
brood_fails 69 'cannot change to' --chdir /no/such/folder 127.0.0.1:0 cat
brood_fails 71 'pid file' -p /no/such/folder/pid 127.0.0.1:0 cat
brood_fails 71 'cannot open the log' --log /no/such/folder/log 127.0.0.1:0 cat

few() (
	ulimit -n 20
	exec "$BROOD" 127.0.0.1:0 cat 2>"$T/fails"
)
few
is "too few descriptors: told before the first client" $? 71
check "with the number that is needed" grep -Eq 'expected [0-9]+ at least' "$T/fails"

if [ "$(id -u)" -eq 0 ]; then
	cp "$BROOD" "$T/setuid" && chmod 4755 "$T/setuid" && chmod 755 "$T"
	setpriv --reuid=65534 --regid=65534 --clear-groups "$T/setuid" \
	    127.0.0.1:0 cat >"$T/fails" 2>&1
	is "set-uid: refused" $? 77
	setpriv --reuid=65534 --regid=65534 --clear-groups "$BROOD" \
	    --user root 127.0.0.1:0 cat >"$T/fails" 2>&1
	is "a user that may not be had" $? 77
fi
"$BROOD" --help >"$T/help" 2>&1
is "--help ends with 0" $? 0
is "--version names itself first" "$("$BROOD" --version | head -n 1 | cut -d' ' -f1)" brood
finish
