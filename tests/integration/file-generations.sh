#!/bin/sh
# Masters that finish are bounded: each reload leaves one with a session that
# never ends, and beyond maximum-generations the oldest is told to stop.  What
# the supervisor holds for them it gives back.
. "${srcdir:-.}/tests/integration/lib.sh"
if [ "$(id -u)" -eq 0 ]; then user=nobody; else user=$(id -un); fi
chmod 755 "$T"

conf() {	# NUMBER MOST
	cat <<CONF
user $user
maximum-generations $2
service one {
	listen 127.0.0.1:0
	exec cat
	env NUMBER=$1
	minimum-available 1
	stop-time 200ms
}
CONF
}

masters() { ctl services | grep -c '^one '; }
masters_are() { [ "$(masters)" -eq "$1" ]; }
descriptors() { find "/proc/$M/fd" | wc -l; }
descriptors_are() { [ "$(descriptors)" -eq "$1" ]; }

# next NUMBER MOST: a session with the present master, and then there is
# another.
next() {
	begun=$(log_count ' begin pid=')
	PORT=$port hold
	wait_until log_at_least $((begun + 1)) ' begin pid='
	conf "$1" "$2" >"$CONF"
	reload
}

conf 0 3 >"$CONF"
file_begin
port=$(port_of_service one)
reload
before=$(descriptors)
first=$(master_of one)
next 1 3
second=$(master_of one)
next 2 3
is "three may be there" "$(masters)" 3
check "and none was told to stop" [ "$(log_count generation-stop)" -eq 0 ]
next 3 3
soon "the oldest goes when there is a fourth" is_gone "$first"
check "the log says why" log_has \
    "generation-stop service=one pid=$first serial=1 maximum-generations=3"
check "the next finishes as before" kill -0 "$second"
next 4 6
next 5 6
next 6 6
soon "more may be there after a reload that allows it" masters_are 6
conf 6 2 >"$CONF"
reload
soon "and fewer" masters_are 2
let_go
soon "without sessions there is one" masters_are 1
soon "all descriptors were given back" descriptors_are "$before"
check "and it serves" answers 127.0.0.1 "$port"
check "it stops with 0" brood_stop
finish
