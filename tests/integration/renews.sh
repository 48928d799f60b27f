#!/bin/sh
# HUP replaces the waiting children, checks the program and touches nobody.
. "${srcdir:-.}/tests/integration/lib.sh"
need nc

none_of() {
	for old in $1; do
		[ -z "$(idle_children | grep -x "$old")" ] || return 1
	done
}

renewed() {
	brood_start -n 3 --maximum-available 3 127.0.0.1:0 "$T/program"
	session
	wait_until idle_is 3
	idle=$(idle_children)
	busy=$(busy_children)
	kill -HUP "$M"
	soon "it is done" log_has ' info renewed listeners=1'
	soon "the waiting children are gone" none_of "$idle"
	soon "as many others wait" idle_is 3
	is "who is served goes on" "$(busy_children)" "$busy"
	check "undisturbed" again second
	check "others are served" answers
	check "no death is counted" eval '! log_has " child-(died|failed) "'

	# A program that is gone.
	wait_until idle_is 3
	idle=$(idle_children)
	mv "$T/program" "$T/away"
	kill -HUP "$M"
	soon "without its program it refuses" \
	    log_has " warn renew-refused .*$T/program: No such file"
	is "the same children wait" "$(idle_children)" "$idle"
	is "the same are served" "$(busy_children)" "$busy"
	mv "$T/away" "$T/program"
	kill -HUP "$M"
	soon "the next one works" log_at_least 2 ' info renewed '
	soon "others wait then" none_of "$idle"
	check "clients are served" answers

	# Many at once.
	for _ in 1 2 3 4 5 6 7 8 9 10; do
		kill -HUP "$M"
		answers || not_ok "a client was lost"
	done
	wait_until log_at_least 3 ' info renewed '
	soon "many in a row end well" idle_is 3
	exec 3>&-
	check "it stops with 0" brood_stop
	wait "$CLIENT"
	check "nobody died" log_has ' info stopped .*deaths=0 forced=0'
}
cp /bin/cat "$T/program"
each_memory renewed

# A signal that comes while it starts: never its death.
early=0
for _ in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do
	brood_spawn 127.0.0.1:0 cat
	until log_has ' ready ' || is_gone "$M"; do
		# Once HUP is blocked its signals are its own.
		grep -q '^SigBlk:.*[13579bdf]$' "/proc/$M/status" 2>/dev/null &&
		    kill -HUP "$M" 2>/dev/null
	done
	is_ready
	PORT=$(port_of listen)
	answers && brood_stop && early=$((early + 1))
done
is "HUP during the start is no harm" $early 20
finish
