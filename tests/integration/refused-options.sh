#!/bin/sh
# What is wrong on the command line is refused with 64 and what was expected.
. "${srcdir:-.}/tests/integration/lib.sh"

# refuse PATTERN ARG...: as brood_fails 64, with an address and a program.
refuse() {
	text="brood: $1"
	shift
	brood_fails 64 "$text" "$@" "unix:$T/s" cat
}

for option in minimum-available maximum-connected maximum-available children; do
	for value in 0 -1 +1 12x x '' ' 1' 1.5 0x10 1e3 32769 4294967297 \
	    1234567890 99999999999999999999; do
		refuse "--$option .*expected 1 to 32768" "--$option" "$value"
	done
done
for value in 0 -1 12x 2147483648 99999999999999999999; do
	refuse '--backlog .*expected 1 to 2147483647' -b "$value"
done
for option in idle-time session-time stop-time; do
	for value in x '' -1s 1y 1.5s 11d 99999999999 999999999d s '1 s' 1sm; do
		refuse "--$option .*expected a time .*10d" "--$option" "$value"
	done
done
refuse '--session-time 0: expected a time' --session-time 0
refuse '--stop-time 0ms: expected a time' --stop-time 0ms
refuse '--idle-time 99ms: expected a time .*100ms' --idle-time 99ms

refuse '.*minimum-available is above maximum-connected.*5.*4' -n 5 -m 4
refuse '.*minimum-available is above maximum-connected' -n 201
refuse '.*minimum-available is above maximum-connected' -m 3
refuse '.*maximum-available is below minimum-available' --maximum-available 3
refuse '.*maximum-available is above maximum-connected' -m 10 --maximum-available 11
refuse 'children .*expected no' --children 4 -n 2
refuse 'children .*expected no' --children 4 -m 20
refuse 'children .*expected no' --children 4 --maximum-available 9

refuse '.*expected shared or own' --memory both
refuse '.*expected exec, ' --kind nonsense
refuse '.*expected a function' --kind inline
refuse 'overlap: expected kind worker, not exec' --overlap 2
refuse 'minimum-available: expected kind .*, not worker' --kind worker -n 2
refuse 'session-time: .*not worker' --kind worker --session-time 1s
refuse 'recycle-after: .*not exec' --recycle-after 5
refuse 'quit-after: .*than worker' --kind worker --quit-after 1s
refuse '.*expected log or pass' --stderr x
refuse '.*expected yes or no' --no-new-privs maybe
refuse '.*expected stderr, syslog or an absolute path' --log relative
for value in 999 1777 x '' -1 8 0x1 07777; do
	refuse '--umask .*octal' --umask "$value"
	refuse '--socket-mode .*octal' --socket-mode "$value"
done
refuse '--socket-owner .*exists' --socket-owner no-such-user
refuse '--socket-owner .*exists' --socket-owner root:no-such-group
refuse '--env .*NAME' --env ''
refuse '--env .*NAME' --env =x
refuse '--env .*does not set itself' --env PROTO=x
refuse '--env .*does not set itself' --env TCPREMOTEHOST=x
refuse '--env .*does not set itself' --env LISTEN_FDS
for value in nofile nofile= =5 nosuch=5 nofile=x nofile=-1 nofile=5:4 nofile=5: \
    nofile=5:6:7 'nofile=99999999999999999999' no=5; do
	refuse '--limit .*expected NAME=N' --limit "$value"
done
refuse 'unknown user: no-such-user' --user no-such-user
refuse '--user .*expected a user' --user ''
refuse 'unknown group: no-such-group' --user root:no-such-group
refuse '--user root:: expected a user' --user root:
refuse 'unknown user' --user 4294967295
refuse 'unknown user' --user -1
for value in x -1 0 '' 99; do
	refuse '--ready-fd .*open descriptor' --ready-fd "$value"
done

refuse '--nosuch: no such option' --nosuch
refuse '.*no such option' -Z
refuse '.*no such option' --m 5
refuse '--daemon.*' --daemon=yes
brood_fails 64 'a value is missing' --minimum-available
brood_fails 64 'a value is missing' -n
brood_fails 64 'the address is missing'
brood_fails 64 'the program is missing' "unix:$T/s"
brood_fails 64 'the program is missing' -n 4 "unix:$T/s"
check "nothing was made" [ ! -e "$T/s" ]

# Other options than these are the program's.
brood_start --min 2 "unix:$T/s" sh -c 'echo "$*"' sh --nosuch -n 0
is "the program's options are its own" "$(nc -NU -w 60 "$T/s" </dev/null)" \
    "--nosuch -n 0"
check "it stops with 0" brood_stop
"$BROOD" --help >"$T/help" 2>&1
is "help ends with 0" $? 0
check "and has every option" grep -q -e --minimum-available "$T/help"
"$BROOD" --version >"$T/version" 2>&1
is "the version ends with 0" $? 0
"$BROOD" --help >/dev/full 2>/dev/null
is "help that cannot be written ends with 71" $? 71
finish
