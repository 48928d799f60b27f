#!/bin/sh
# Started with every signal blocked and ignored, signals work, for it and for
# its programs.
. "${srcdir:-.}/tests/integration/lib.sh"
need perl nc

dirty_start() {
	: >"$LOG"
	perl "${srcdir:-.}/tests/integration/dirty.pl" "$BROOD" \
	    ${MEMORY:+--memory "$MEMORY"} "$@" 2>>"$LOG" </dev/null >"$T/stdout" &
	M=$!
	MASTERS="$MASTERS $M"
	wait_until is_ready
	PORT=$(port_of listen)
}

dirty() {
	dirty_start -n 2 --maximum-available 2 127.0.0.1:0 cat /proc/self/status
	is "the program has no signal blocked, ignored or caught" \
	    "$(ask </dev/null | grep -E '^Sig(Blk|Ign|Cgt)' | tr -d '\t\n')" \
	    "SigBlk:0000000000000000SigIgn:0000000000000000SigCgt:0000000000000000"
	wait_until idle_is 2
	old=$(idle_children | head -n 1)
	kill -KILL "$old"
	soon "a child that dies is replaced" \
	    eval 'log_has " child-died pid=$old signal=KILL" && idle_is 2'
	kill -HUP "$M"
	soon "HUP works" log_has ' renewed '
	check "TERM stops it with 0" brood_stop
	dirty_start 127.0.0.1:0 cat
	hold
	wait_until busy_is 1
	kill -INT "$M"
	wait_until log_has ' stop signal=INT'
	let_go
	wait_master
	is "INT stops it with 0" $? 0
}
each_memory dirty
finish
