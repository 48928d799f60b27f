#!/bin/sh
# Listeners that a service manager opened are used by name, and by nobody else.
# shellcheck disable=SC2016 # scripts of the program
. "${srcdir:-.}/tests/integration/lib.sh"
need perl nc
give=${srcdir:-.}/tests/integration/give.pl

# given ARG... -- ARG...: as brood_start, through give.pl; the last word of
# the first part that is no option is the first socket.
given() {
	: >"$LOG"
	rm -f "$T/ports"
	perl "$give" "$@" 2>>"$LOG" </dev/null >"$T/stdout" &
	M=$!
	MASTERS="$MASTERS $M"
	wait_until is_ready
}

port() {
	sed -n "$1p" "$T/ports"
}

# refuses STATUS PATTERN ARG...
refuses() {
	status=$1
	text=$2
	shift 2
	timeout 60 perl "$give" "$@" 2>"$T/fails" </dev/null >"$T/stdout"
	got=$?
	if [ $got -eq "$status" ] && grep -Eq "$text" "$T/fails"; then
		ok "refused ($status): $*"
	else
		not_ok "refused ($status): $*"
		{ echo "status $got"; cat "$T/fails"; } | sed 's/^/# /'
	fi
}

by_name() {
	given -n web:mail:web "$T/ports" tcp tcp tcp6 -- "$BROOD" \
	    ${MEMORY:+--memory "$MEMORY"} --env '*' fd:web \
	    sh -c 'env; exec cat'
	is "all of a name are served" "$(log_count ' listen .* inherited=1')" 2
	check "the first" answers_among 127.0.0.1 "$(port 1)"
	check "the second" answers_among ::1 "$(port 3)"
	check "one that nobody named is told" \
	    log_has ' warn inherited-unused fd=4 name=mail'
	check "and closed" refused 127.0.0.1 "$(port 2)"
	check "the program hears nothing of it" \
	    [ -z "$(echo | ask 127.0.0.1 "$(port 1)" | grep ^LISTEN_)" ]
	check "it stops with 0" brood_stop
}

answers_among() {
	echo hello | ask "$@" | grep -qx hello
}

refused() {
	! nc -z "$@"
}

each_memory by_name

given "$T/ports" tcp tcp -- "$BROOD" 'fd:*' cat
check "all of them" answers 127.0.0.1 "$(port 1)"
check "are served" answers 127.0.0.1 "$(port 2)"
check "it stops with 0" brood_stop
given -n a:b "$T/ports" tcp tcp -- "$BROOD" fd:4 cat
check "one is named by its number" answers 127.0.0.1 "$(port 2)"
check "the other is closed" refused 127.0.0.1 "$(port 1)"
check "it stops with 0" brood_stop
given -n a "$T/ports" tcp tcp -- "$BROOD" fd:unknown cat
check "one without a name is unknown" answers 127.0.0.1 "$(port 2)"
check "it stops with 0" brood_stop
given -n a "$T/ports" tcp -- "$BROOD" fd:a,127.0.0.1:0 cat
check "inherited ones" answers 127.0.0.1 "$(port 1)"
check "and own ones are served together" answers 127.0.0.1 "$(port_of listen)"
kill -HUP "$M"
wait_until log_has ' renewed listeners=2'
check "and stay so" answers 127.0.0.1 "$(port 1)"
check "after HUP" answers 127.0.0.1 "$(port_of listen)"
check "it stops with 0" brood_stop

# One that stays open elsewhere goes on to queue clients, and the next start
# serves them.
mkfifo "$T/go"
: >"$LOG"
export BROOD T
perl "$give" -n a -p none "$T/ports" "unix:$T/s" -- sh -c '
	LISTEN_PID=$$; export LISTEN_PID
	(LISTEN_PID=$(exec sh -c "echo \$PPID") exec "$BROOD" fd:a cat 2>"$T/log.1") &
	first=$!
	until grep -q " ready " "$T/log.1"; do sleep 0.02; done
	kill "$first"
	wait "$first"
	echo "$?" >"$T/first"
	read -r _ <"$T/go"
	exec "$BROOD" fd:a cat' 2>>"$LOG" &
M=$!
MASTERS="$MASTERS $M"
wait_until [ -s "$T/first" ]
is "the first server stops with 0" "$(cat "$T/first")" 0
check "its inherited unix socket is not removed" [ -S "$T/s" ]
echo hello | nc -NU -w 60 "$T/s" >"$T/reply" &
client=$!
echo go >"$T/go"
wait $client
is "a client between two servers is served" "$(cat "$T/reply")" hello
check "the second stops with 0" brood_stop

# Meant for another process, or not meant at all.
refuses 69 'fd:a: 0 descriptors' -p 1 -n a "$T/ports" tcp -- "$BROOD" fd:a cat
refuses 69 'fd:a: 0 descriptors' -p none -n a "$T/ports" tcp -- "$BROOD" fd:a cat
given -p 1 "$T/ports" tcp -- "$BROOD" 127.0.0.1:0 cat
check "another process's listener is ignored" answers 127.0.0.1 "$(port_of listen)"
check "and closed" refused 127.0.0.1 "$(port 1)"
check "it stops with 0" brood_stop
given -i own -n a "$T/ports" tcp -- "$BROOD" fd:a cat
check "the right LISTEN_PIDFDID is good" answers 127.0.0.1 "$(port 1)"
check "it stops with 0" brood_stop
if perl -e 'my $fd = syscall(434, $$, 0); exit !($fd >= 0 &&
    (stat "/proc/self/fd/$fd")[1] > 1000)'; then
	refuses 69 'fd:a: 0 descriptors' -i 999 -n a "$T/ports" tcp -- \
	    "$BROOD" fd:a cat
else
	skip "LISTEN_PIDFDID: no pidfs"
fi
brood_fails 69 'fd:a: 0 descriptors' fd:a cat

# Malformed.
for count in x 3x -1 '' 999 1.0 ' 1' 0x1; do
	refuses 78 LISTEN_FDS -c "$count" "$T/ports" tcp -- "$BROOD" 'fd:*' cat
done
refuses 78 'LISTEN_FDS.*descriptor 4' -c 2 "$T/ports" tcp -- "$BROOD" 'fd:*' cat
for who in x '' -1 12345678901234567890123; do
	refuses 78 LISTEN_PID -p "$who" "$T/ports" tcp -- "$BROOD" 'fd:*' cat
done
refuses 78 LISTEN_PID -i x "$T/ports" tcp -- "$BROOD" 'fd:*' cat
refuses 78 LISTEN_FDNAMES -n "$(head -c 300 /dev/zero | tr '\0' n)" \
    "$T/ports" tcp -- "$BROOD" 'fd:*' cat

# Not listeners.
refuses 78 'of web: expected a listening socket' -n "web" \
    "$T/ports" bound -- "$BROOD" fd:web cat
for kind in pipe file; do
	refuses 78 'of web' -n web "$T/ports" $kind -- "$BROOD" fd:web cat
done
refuses 78 'of b: ' -n a:b "$T/ports" tcp bound -- "$BROOD" 'fd:*' cat
brood_fails 64 'no name' fd: cat
brood_fails 64 'bad name' 'fd:a:b' cat
finish
