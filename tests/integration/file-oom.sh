#!/bin/sh
# Where memory runs out the supervisor is among the last to go, and nobody that
# it starts: all these have the score that it was given.
. "${srcdir:-.}/tests/integration/lib.sh"
need nc
[ "$(id -u)" -eq 0 ] || skip_all "it takes root"

score() {
	cat "/proc/$1/oom_score_adj"
}

# conf: a service that shows the score of a program.
conf() {
	rm -rf "$T/s" "$T/run"
	cat >"$CONF" <<-CONF
		user $(id -un)
		service s {
			listen unix:$T/s
			exec /bin/cat /proc/self/oom_score_adj
		}
	CONF
}

program() {
	nc -NU -w 60 "$T/s" </dev/null
}

upgraded() {
	[ "$(log_count ' upgraded ')" -ge 1 ]
}

looks() {
	is "$1: its master has what was given" "$(score "$(master_of s)")" "$2"
	is "$1: and so has a program" "$(program)" "$2"
}

# with GIVEN OURS: all of it, where the supervisor has the score OURS then.
with() {
	echo "$1" >"/proc/$$/oom_score_adj"
	conf
	file_begin
	is "given $1: the supervisor has $2" "$(score "$M")" "$2"
	looks "given $1" "$1"
	kill -USR2 "$M"
	soon "given $1: it is upgraded" upgraded
	is "given $1: it has $2 again" "$(score "$M")" "$2"
	looks "given $1, upgraded" "$1"
	check "it stops with 0" brood_stop
}

if sh -c 'echo -500 >/proc/self/oom_score_adj' 2>/dev/null; then
	with 0 -900
	with 300 -900
	with -950 -950
else
	# Without the capability it stays as it is, and nothing is the worse.
	skip "scores may not be lowered here (CAP_SYS_RESOURCE)"
	with 0 0
	with 300 300
fi

# asked PATTERN: was it written to one's own score?
asked() {
	grep -Eq "^$1 .*write\([0-9]+</proc/[0-9]+/oom_score_adj>, \"$2\"" \
	    "$T/trace"
}

if command -v strace >/dev/null 2>&1 && strace -o /dev/null true 2>/dev/null
then
	conf
	: >"$LOG"
	strace -f -y -qq -e trace=write -o "$T/trace" "$BROOD" -f "$CONF" \
	    --control "$T/run/control.sock" 2>>"$LOG" </dev/null &
	TRACER=$!
	M=$TRACER
	MASTERS="$MASTERS $TRACER"
	wait_until file_is_ready
	M=$(sed -n 's/.* ready pid=\([0-9]*\) services=.*/\1/p' "$LOG")
	given=$(score $$)
	soon "it asks for -900" asked "$M" -900
	soon "its master does not" asked "$(master_of s)" "$given"
	kill -TERM "$M"
	wait "$TRACER"
	M=
else
	skip "no strace"
fi
finish
