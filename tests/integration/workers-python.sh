#!/bin/sh
# Workers that find their listeners in LISTEN_FDS: none of their clients is
# lost when they are replaced, however they say that they are ready.
. "${srcdir:-.}/tests/integration/lib.sh"
. "${srcdir:-.}/tests/integration/workers-lib.sh"
need python3

# rolls NAME HOW WORD...: four workers, rolled three times under load.
rolls() {
	name=$1
	how=$2
	shift 2
	rm -f "$T/starts"
	brood_start --kind worker --children 4 --ready-by "$how" \
	    --start-time "$start_time" "$where" \
	    "$python" "$here/workers_serve.py" "$T" "$@" || return
	[ -n "${where%unix:*}" ] || PORT=${where#unix:}
	is "$name: four run" "$(alive)" 4
	is "$name: rolls" \
	    "$(python3 "$here/workers_roll.py" "$M" "$LOG" 3 "$PORT")" \
	    "3 rolls, all children new, no request failed"
	is "$name: no more were started than that" "$(starts)" 16
	is "$name: each got ready" "$(log_count ' worker-ready pid=')" 16
	is "$name: each old one was told" \
	    "$(log_count ' worker-stop pid=[0-9]* reason=roll')" 12
	is "$name: and ended" "$(log_count ' worker-(end|died) pid=[0-9]* .*status=0')" 12
	check "$name: it stops with 0" brood_stop
}
where=127.0.0.1:0
start_time=1s
rolls "alive" alive
# A start-time nobody could wait for: it is their word that counts.
start_time=60s
rolls "alive, but they say it" alive notify
rolls "notify" notify notify
rolls "fd:9" fd:9 fd:9
where=unix:$T/s
rolls "unix socket" notify notify
finish
