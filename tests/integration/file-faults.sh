#!/bin/sh
# System calls of a supervisor fail, one after the other: it goes on, does not
# spin, and serves its file as soon as nothing fails any more; at its start it
# says why it ends and leaves nothing.  WALK=1: each of them, not a choice.
. "${srcdir:-.}/tests/integration/lib.sh"
need python3 strace
strace -o /dev/null true 2>/dev/null || skip_all "strace may not trace here"

# walk MODE STEP: a step that no kind of call is a multiple of, so that each
# has its turn.
walk() {
	mkdir "$T/$1"
	timeout "${WALK:+2}300" python3 \
	    "$srcdir/tests/integration/file_faults.py" "$BROOD" "$BROODCTL" \
	    "$T/$1" "$1" "${WALK:-$2}" >"$T/walk.$1" 2>&1
	grep -v '^runs' "$T/walk.$1" | sed 's/^/# /'
	sed -n 's/^runs \([0-9]*\) .*/# \1 calls/p' "$T/walk.$1"
	is "$3" "$(tail -n 1 "$T/walk.$1" | sed 's/.* broken //')" 0
}

chmod 755 "$T"
walk start 7 "a call fails at the start: it serves, or says why not"
walk run 23 "a call fails while it runs: it goes on as before"
walk last 5 "calls fail for long: it does not spin, and comes back"
finish
