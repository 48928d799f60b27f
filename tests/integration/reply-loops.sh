#!/bin/sh
# Services that answer each other's answers stop it soon; one source that asks
# too much is not the others' trouble.
. "${srcdir:-.}/tests/integration/lib.sh"
. "${srcdir:-.}/tests/integration/builtins-lib.sh"
need python3
[ "$(id -u)" -eq 0 ] || skip_all "a forged datagram takes root"

# service NAME WORD...: one on a port of its own.
service() {
	printf 'service %s {\n\tlisten udp:127.0.0.1:0\n\tuser nobody\n' "$1"
	shift
	printf '\t%s\n' "$@"
	echo '}'
}

# pair NAME WORD...: two that answer all they get.
pair() {
	name=$1
	shift
	service "$name-a" "$@"
	service "$name-b" "$@"
}

file_start <<CONF
$(pair built-in "inline echo")
$(pair function "inline-wait echo" "reply-rate 20")
$(pair program "exec /bin/cat" "reply-rate 2")
$(pair session "exec /bin/cat" "reply-rate 2" "peer-session 60s")
$(pair free "inline echo" "reply-rate 0")
CONF

served() {
	ctl --json status "$1" | tr ',' '\n' | sed -n 's/.*"served": *"*\([0-9]*\).*/\1/p' | head -n 1
}

# each PAIR: what both have served, in all.
each() {
	echo $(($(served "$1-a") + $(served "$1-b")))
}

meet() {
	fact loop 127.0.0.1 "$(port_of_service "$1-a")" \
	    "$(port_of_service "$1-b")"
}

# Each refuses in its own log, which is that of all.
refused_rate() {
	log_count ' reply-refused peer=127.0.0.1:[0-9]* reason=rate '
}

one_more() {
	[ "$(refused_rate)" -gt "$1" ]
}

# dies PAIR: the loop does.
dies() {
	before=$(refused_rate)
	meet "$1"
	soon "$1: a loop of two is ended" one_more "$before"
}

grows() {
	[ "$(each free)" -gt 5000 ]
}

# A chain ends with the first that is not answered.
dies built-in
dies function
dies program
dies session
meet free
soon "without a rate it goes on" grows
for name in built-in function program; do
	n=$(each "$name")
	check "$name: it had ended soon ($n datagrams)" [ "$n" -lt 2000 ]
done

UDP=$(port_of_service function-a)
is "another source is not concerned" \
    "$(fact many 127.0.0.1 "$UDP" 127.0.0.9 15)" 15
check "it stops with 0" brood_stop

brood_start --reply-rate 7 --inline echo udp:127.0.0.1:0
UDP=$(sed -n 's/.* info listen addr=udp:[^ ]*:\([0-9]*\) .*/\1/p' "$LOG")
is "so many are answered" "$(fact many 127.0.0.1 "$UDP" 127.0.0.1 7)" 7
fact flood 127.0.0.1 "$UDP" 30
soon "what was said before --inline counts" \
    log_has ' reply-refused .*reason=rate'
brood_stop
finish
