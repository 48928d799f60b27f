#!/bin/sh
# A connection to the control socket can be handed on, but no right with it;
# and nothing that is handed to the server stays there.
. "${srcdir:-.}/tests/integration/lib.sh"
. "${srcdir:-.}/tests/integration/control-lib.sh"
need python3

# relayed NAME WANTED UID UID:TEXT...
relayed() {
	name=$1
	want=$2
	shift 2
	is "$name" "$(play relay "$@" 2>/dev/null | sed 's/ "[^"]*"//g')" "$want"
}

# 61231 looks, 61233 operates, 61234 owns, :61232 looks, too; 61230 is nobody.
relays() {
	chmod 755 "$T"
	brood_start --control "$SOCKET" --control-mode 0666 \
	    --control-look '61231,:61232' --control-operate 61233 \
	    --control-own 61234 --user 61235 127.0.0.1:0 cat
	relayed "who connected writes himself" ok 0 '0:log debug\n'
	relayed "who looks, for root: may look" ok 0 '61231:ping\n'
	relayed "but not stop it" 'error 77' 0 '61231:stop\n'
	relayed "nor set anything" 'error 77' 0 '61231:set minimum-available 3\n'
	relayed "for an owner, the same" 'ok|error 77|error 77' 61234 \
	    '61231:ping\n' '61231:drain\n' '61231:stop now\n'
	relayed "who operates may, but no more" 'ok|error 77' 0 \
	    '61233:log debug\n' '61233:stop\n'
	relayed "a stranger may nothing" 'error 77|error 77' 0 \
	    '61230:ping\n' '61230:stop\n'
	relayed "an owner writes for a looker: he gains nothing" \
	    'ok|error 77|error 77' 61231 '0:ping\n' '61234:stop\n' '0:stop\n'
	check "the log tells who wrote it" \
	    log_has 'control-refused verb=stop uid=61231 '

	# The last byte is root's, or the first, or all but one.
	relayed "a line is as much as the least of its writers" \
	    'error 77|error 77|error 77' 0 '0:sto' '61231:p' '0:\n' \
	    '61231:s' '0:top\n' '0:dra' '0:in' '61231:\n'
	relayed "a line begun for another is his" 'ok|error 77' 0 \
	    '61231:ping\nst' '0:op\n'
	relayed "but not the next" 'error 77|ok' 0 \
	    '0:st' '61231:op\n' '0:log debug\n'
	relayed "two lines in a piece are of one" 'error 77|error 77' 0 \
	    '61231:stop\nstop\n'
	is "the group he connected in is enough for himself" \
	    "$(GROUPS_TOO=61232 play relay 61230 '61230:ping\n' 2>/dev/null)" ok
	is "of others groups are not known" \
	    "$(GROUPS_TOO=61232 play relay 0 '61230:ping\n' 2>/dev/null |
	    cut -c 1-8)" 'error 77'

	# Sent before the connection is accepted.
	kill -STOP "$M"
	play relay 0 '61231:stop\n' '61231:ping\n' >"$T/early" 2>"$T/sent" &
	asker=$!
	wait_until test -s "$T/sent"
	kill -CONT "$M"
	wait "$asker"
	is "also what came before it was accepted" \
	    "$(sed 's/ "[^"]*"//g' "$T/early")" 'error 77|ok'
	is "it runs, as it was" "$(field state) $(field minimum-available)" \
	    'running 4'
	relayed "an owner owns it" ok 61234 '61234:stop\n'
	wait_master
	is "it ends with 0" "$?" 0
}

if [ "$(id -u)" = 0 ]; then
	relays
else
	skip "not root"
fi

# Descriptors that are sent along: a thousand and more.
keeps_none() {
	brood_start --control "$SOCKET" -n 2 -m 2 127.0.0.1:0 cat
	soon "all wait" field_at_least available 2
	fds=$(fds_of "$M")
	mkfifo "$T/stay"
	play give 20 ping <"$T/stay" >"$T/gave" &
	giver=$!
	exec 9>"$T/stay"
	wait_until test -s "$T/gave"
	is "it answers" "$(cat "$T/gave")" ok
	is "and keeps nothing but the connection" "$(fds_of "$M")" $((fds + 1))
	is "another is answered" "$(ctl ping)" ok
	exec 9>&-
	wait "$giver"
	soon "and that is forgotten" fds_are "$fds"
	rm "$T/stay" "$T/gave"
	check "it stops with 0" brood_stop
}
each_memory keeps_none
finish
