#!/bin/sh
# The program starts clean: three descriptors, blocking, no signal touched, a
# session of its own; also after HUP, and on every kind of listener.
# shellcheck disable=SC2016 # scripts of the program
. "${srcdir:-.}/tests/integration/lib.sh"
need nc perl

# Descriptors with their flags (of the connection O_RDWR, not O_NONBLOCK and
# not O_CLOEXEC), signals, session.
cat >"$T/look" <<'SH'
cd /proc/self/fd && for fd in *; do
	[ -e /proc/$$/fd/$fd ] && echo "fd $fd"
done
for fd in 0 1; do
	sed -n "s/^flags:[[:space:]]*/flags $fd /p" /proc/$$/fdinfo/$fd
done
[ /proc/$$/fd/0 -ef /proc/$$/fd/1 ] || readlink /proc/$$/fd/0 /proc/$$/fd/1
ps -o pid=,pgid=,sid=,tty= -p $$ |
    awk '$1 == $2 && $1 == $3 && $4 == "?" { print "leads" }'
echo done
SH
golden="fd 0
fd 1
fd 2
flags 0 02
flags 1 02
leads
done"
nosignals="SigBlk:0000000000000000 SigIgn:0000000000000000 SigCgt:0000000000000000 "

signals() {
	grep -E '^Sig(Blk|Ign|Cgt)' | tr -d '\t' | tr '\n' ' '
}

# looked COMMAND...: how a client asks.
clean() {
	rm -f "$T/s"
	brood_start "127.0.0.1:0,unix:$T/s" sh -c "$(cat "$T/look")"
	is "over TCP" "$(ask </dev/null | sed 's/^\(flags .\) 0*2$/\1 02/')" "$golden"
	is "over a unix socket" \
	    "$(nc -NU -w 60 "$T/s" </dev/null | sed 's/^\(flags .\) 0*2$/\1 02/')" "$golden"
	kill -HUP "$M"
	wait_until log_has ' renewed '
	is "after HUP" "$(ask </dev/null | sed 's/^\(flags .\) 0*2$/\1 02/')" "$golden"
	check "it stops with 0" brood_stop
	brood_start 127.0.0.1:0 cat /proc/self/status
	is "no signal is blocked, ignored or caught" \
	    "$(ask </dev/null | signals)" "$nosignals"
	check "it stops with 0" brood_stop
	brood_start --linger 127.0.0.1:0 cat /proc/self/status
	is "also with --linger" "$(ask </dev/null | signals)" "$nosignals"
	check "it stops with 0" brood_stop
	: >"$LOG"
	perl "${srcdir:-.}/tests/integration/give.pl" "$T/ports" tcp -- \
	    "$BROOD" ${MEMORY:+--memory "$MEMORY"} fd:3 \
	    sh -c "$(cat "$T/look")" 2>>"$LOG" </dev/null &
	M=$!
	MASTERS="$MASTERS $M"
	wait_until is_ready
	is "over an inherited listener" "$(ask 127.0.0.1 "$(cat "$T/ports")" \
	    </dev/null | sed 's/^\(flags .\) 0*2$/\1 02/')" "$golden"
	check "it stops with 0" brood_stop
}
each_memory clean
finish
