# lib.sh - what the integration tests share.  Sourced by POSIX sh scripts.
#
# A test file prints TAP: `ok NAME` or `not ok NAME` a point, `finish` at the
# end.  Everything it makes is in $T; every server it starts is on loopback or
# a unix socket in $T, on a port the kernel chose, and is ended by its pid.
# Tests wait for conditions (wait_until), never for a time.
#
#	BROOD		the program (default: ./brood)
#	MEMORY		shared or own, set by each_memory
#	M PORT LOG	of the last brood_start: master's pid, first port, log

srcdir=${srcdir:-.}
BROOD=${BROOD:-$(pwd)/brood}
TOOLS=${TOOLS:-$(pwd)/tests/integration}
export LC_ALL=C
points=0
failed=0
MEMORY=
M=
PORT=
MASTERS=
T=$(mktemp -d "${TMPDIR:-/tmp}/brood.XXXXXX") || exit 99
LOG=$T/log
trap 'cleanup' EXIT
trap 'exit 130' INT TERM HUP

# is_ours PID: is it still who we started?  Who has ended may have left his
# number to a stranger, where many processes begin.
is_ours() {
	[ "$(sed -n 's/^PPid:.//p' "/proc/$1/status" 2>/dev/null)" = $$ ] ||
	    grep -qsF "$T" "/proc/$1/environ" "/proc/$1/cmdline"
}

cleanup() {
	for pid in $MASTERS $HELD; do
		is_ours "$pid" && kill -KILL "$pid" 2>/dev/null
	done
	wait 2>/dev/null
	rm -rf "$T"
}

# ok NAME: one more point that holds.
ok() {
	points=$((points + 1))
	echo "ok $points - ${MEMORY:+$MEMORY: }$*"
}

# not_ok NAME: one that does not; shows the log.
not_ok() {
	fail_point "$*"
	show_log
}

fail_point() {	# NAME
	points=$((points + 1))
	failed=$((failed + 1))
	echo "not ok $points - ${MEMORY:+$MEMORY: }$1"
}

show_log() {
	[ ! -s "$LOG" ] || tail -n 30 "$LOG" | sed 's/^/# /'
}

# check NAME COMMAND...: ok if the command succeeds; what it prints could be
# taken for points.
check() {
	name=$1
	shift
	if "$@" >/dev/null; then ok "$name"; else not_ok "$name"; fi
}

# is NAME GOT WANTED
is() {
	if [ "$2" = "$3" ]; then
		ok "$1"
	else
		fail_point "$1"
		printf '%s\n' "got: $2" "expected: $3" | sed 's/^/# /'
		show_log
	fi
}

skip() {
	points=$((points + 1))
	echo "ok $points # SKIP $*"
}

# skip_all WHY: nothing of this file can be tested here.
skip_all() {
	echo "1..0 # SKIP $*"
	exit 0
}

finish() {
	echo "1..$points"
	[ "$failed" -eq 0 ]
	exit
}

# wait_until COMMAND...: try again every 20 ms, for 40 s and what the tries
# take: long enough for a machine that is busy, and a test that hangs ends.
wait_until() {
	tries=0
	until "$@"; do
		tries=$((tries + 1))
		if [ "$tries" -ge 2000 ]; then
			echo "# waited in vain for: $*"
			return 1
		fi
		sleep 0.02
	done
	return 0
}

# now_ms: milliseconds of a clock that nobody sets, in steps of 10.  What took
# long is told in a comment; a test fails by it only if it came too early.
now_ms() {
	read -r up _ </proc/uptime
	echo "${up%.*}${up#*.}0"
}

# soon NAME COMMAND...: a point that must come true in time.
soon() {
	name=$1
	shift
	if wait_until "$@"; then ok "$name"; else not_ok "$name"; fi
}

can_share() {
	"$BROOD" --version | grep -q '^memory: shared'
}

# each_memory FUNCTION: run it with MEMORY=shared, if it can be had, and own.
each_memory() {
	for MEMORY in shared own; do
		if [ "$MEMORY" = shared ] && ! can_share; then
			continue
		fi
		"$1"
	done
	MEMORY=
}

# brood_spawn ARG...: start it; M is its pid, LOG its standard error.
# Does not wait until it is ready.
brood_spawn() {
	: >"$LOG"
	"$BROOD" ${MEMORY:+--memory "$MEMORY"} "$@" 2>>"$LOG" </dev/null \
	    >"$T/stdout" &
	M=$!
	MASTERS="$MASTERS $M"
}

# brood_start ARG...: start it and wait until it is ready; sets PORT.
brood_start() {
	brood_spawn "$@"
	wait_until is_ready || { not_ok "brood $* gets ready"; return 1; }
	PORT=$(port_of listen)
}

is_ready() {
	grep -q ' ready ' "$LOG" || ! kill -0 "$M" 2>/dev/null
}

# port_of WORD: the port in the last log line with that verb.
port_of() {
	sed -n "s/.* info $1 addr=[^ ]*:\\([0-9]*\\) .*/\\1/p" "$LOG" | tail -n 1
}

# brood_stop: TERM, and wait for the end; its exit status.
brood_stop() {
	kill -TERM "$M" 2>/dev/null
	wait_master
}

# wait_master: the exit status of M, when it has ended (30 s at most).
wait_master() {
	tries=0
	while ! is_over && [ "$tries" -lt 1500 ]; do
		tries=$((tries + 1))
		sleep 0.02
	done
	[ "$tries" -lt 1500 ] || kill -KILL "$M"
	wait "$M"
}

# brood_fails STATUS PATTERN ARG...: it must refuse to start with that exit
# status and a line on standard error that matches (grep -E).
brood_fails() {
	want=$1
	pattern=$2
	shift 2
	timeout 60 "$BROOD" "$@" >"$T/stdout" 2>"$T/fails" </dev/null
	got=$?
	if [ "$got" = "$want" ] && grep -Eq "$pattern" "$T/fails"; then
		ok "refused ($want): $*"
	else
		not_ok "refused ($want): $*"
		{ echo "status $got"; cat "$T/fails"; } | sed 's/^/# /'
	fi
}

log_has() {
	grep -Eq "$1" "$LOG"
}

# log_count PATTERN
log_count() {
	grep -Ec "$1" "$LOG"
}

# log_at_least N PATTERN
log_at_least() {
	[ "$(log_count "$2")" -ge "$1" ]
}

# Children that wait have brood's name; those that serve, their program's.
idle_children() {
	pgrep -P "${1:-$M}" -x brood
}

busy_children() {
	ps -o pid=,comm=,stat= --ppid "${1:-$M}" |
	    awk '$2 != "brood" && $3 !~ /^Z/ { print $1 }'
}

count_idle() {
	idle_children | wc -l
}

count_busy() {
	busy_children | wc -l
}

idle_is() {
	[ "$(count_idle)" -eq "$1" ]
}

idle_at_least() {
	[ "$(count_idle)" -ge "$1" ]
}

busy_is() {
	[ "$(count_busy)" -eq "$1" ]
}

is_gone() {
	! kill -0 "$1" 2>/dev/null
}

# is_over [PID]: it has ended, or the master has; who buries it may be slow.
is_over() {
	is_gone "${1:-$M}" || ps -o stat= -p "${1:-$M}" | grep -q Z
}

is_stopped() {
	case $(ps -o stat= -p "${1:-$M}") in T*) ;; *) return 1 ;; esac
}

is_root() {
	[ "$(id -u)" -eq 0 ]
}

# start_twice ARG...: two at the same time, of which one must end; its exit
# status is in LOST, the other is M, and LOG_WON what that one says.
start_twice() {
	: >"$LOG"
	: >"$T/log.2"
	"$BROOD" "$@" 2>>"$LOG" </dev/null &
	one=$!
	"$BROOD" "$@" 2>>"$T/log.2" </dev/null &
	two=$!
	MASTERS="$MASTERS $one $two"
	wait_until one_is_over || return
	if is_over "$one"; then
		M=$two
		LOG_WON=$T/log.2
		wait "$one"
	else
		M=$one
		LOG_WON=$LOG
		wait "$two"
	fi
	LOST=$?
}

one_is_over() {
	is_over "$one" || is_over "$two"
}

# ask [HOST [PORT]]: send standard input, half-close, print the reply.
ask() {
	nc -N -w 60 "${1:-127.0.0.1}" "${2:-$PORT}"
}

# answers: does an echo service answer?  For wait_until.
answers() {
	[ "$(echo hello | ask "$@" 2>/dev/null)" = hello ]
}

# hold: open a connection and keep it; its client's pid is in HELD_PID, what
# the server sends is in $T/held.N with N in HELD_N; let_go ends them all.
HELD=
HELD_N=0
hold() {
	HELD_N=$((HELD_N + 1))
	mkfifo "$T/hold.$HELD_N"
	nc "${1:-127.0.0.1}" "${2:-$PORT}" <"$T/hold.$HELD_N" \
	    >"$T/held.$HELD_N" 2>/dev/null &
	HELD_PID=$!
	HELD="$HELD $HELD_PID"
	# Somebody must have the other end open, or nc reads its end at once.
	{ : >"$T/open.$HELD_N"; exec sleep 1000; } >"$T/hold.$HELD_N" &
	HELD="$HELD $!"
	wait_until [ -e "$T/open.$HELD_N" ]
}

let_go() {
	for pid in $HELD; do
		kill "$pid" 2>/dev/null
	done
	HELD=
}

# held_says N WORD: does that client's server still send it back?
held_says() {
	echo "$2" >"$T/hold.$1"
	wait_until grep -q "$2" "$T/held.$1"
}

# session: a client of cat that we can talk to.  3 writes to it, and its end is
# `exec 3>&-`; again WORD: it is served on.  CLIENT is its pid.
session() {
	[ -p "$T/in" ] || mkfifo "$T/in"
	: >"$T/out"		# of the session before this one
	nc -N 127.0.0.1 "$PORT" <"$T/in" >"$T/out" 2>/dev/null &
	CLIENT=$!
	HELD="$HELD $CLIENT"
	exec 3>"$T/in"
	echo first >&3
	wait_until grep -q first "$T/out"
}

again() {
	echo "$1" >&3
	wait_until grep -q "$1" "$T/out"
}

# need PROGRAM...: skip the whole file without them.
need() {
	for tool in "$@"; do
		command -v "$tool" >/dev/null 2>&1 || skip_all "no $tool"
	done
}

# alive: how many children there are, waiting or serving.
alive() {
	ps -o stat= --ppid "${1:-$M}" | grep -vc Z
}

alive_is() {
	[ "$(alive)" -eq "$1" ]
}

no_zombies() {
	! ps -o stat= --ppid "$M" | grep -q Z
}

# queued_is N: so many clients wait in the kernel's queue at PORT.
queued_is() {
	[ "$(ss -Hltn "sport = :$PORT" | awk '{ n += $2 } END { print n + 0 }')" -eq "$1" ]
}

refused() {
	! nc -z -w 5 127.0.0.1 "${1:-$PORT}" 2>/dev/null
}

# wakes PID...: how often they have run, all together; the same number twice
# means that none of them made a system call meanwhile.
wakes() {
	for pid in "$@"; do
		cat "/proc/$pid/status" 2>/dev/null
	done | awk '/ctxt_switches/ { n += $2 } END { print n + 0 }'
}

# Next to nothing to do, for half a second.
master_rests() {
	before=$(wakes "$M")
	sleep 0.5
	[ $(($(wakes "$M") - before)) -le 10 ]
}

# watch: sample the children of M from now on; watched: the most alive and
# serving, and the fewest waiting, as "alive 8 busy 8 idle 0".
watch() {
	rm -f "$T/watched"
	python3 "${srcdir:-.}/tests/integration/watch.py" "$M" >"$T/watched" &
	WATCHER=$!
	MASTERS="$MASTERS $WATCHER"
	wait_until test -s "$T/watched"
}

watched() {
	kill -TERM "$WATCHER"
	wait "$WATCHER"
	tail -n 1 "$T/watched"
}

# ---- the services of a file

BROODCTL=${BROODCTL:-$(dirname "$BROOD")/broodctl}
CONF=$T/brood.conf

# file_spawn [ARG...]: serve $CONF, which was written before; M, LOG.
file_spawn() {
	chmod 755 "$T"
	: >"$LOG"
	"$BROOD" -f "$CONF" --control "$T/run/control.sock" "$@" 2>>"$LOG" \
	    </dev/null >"$T/stdout" &
	M=$!
	MASTERS="$MASTERS $M"
}

# file_start [ARG...]: the same, with standard input as $CONF (not of a pipe,
# whose end is another shell), and wait until it is ready.
file_start() {
	cat >"$CONF"
	file_begin "$@"
}

file_begin() {
	file_spawn "$@"
	wait_until file_is_ready || { not_ok "the file is served"; return 1; }
}

file_is_ready() {
	log_has ' ready pid=[0-9]* services=' || ! kill -0 "$M" 2>/dev/null
}

# port_of_service NAME: the port of its first listener.
port_of_service() {
	sed -n "s/.* info listen addr=[^ ]*:\\([0-9]*\\) service=$1\$/\\1/p" \
	    "$LOG" | head -n 1
}

# ctl VERB...: broodctl for that supervisor.
ctl() {
	"$BROODCTL" -s "$T/run/control.sock" "$@"
}

# master_of NAME: the pid that serves a service now.
master_of() {
	pgrep -n -P "$M" -f "^brood: master $1 "
}

masters_are() {
	[ "$(pgrep -P "$M" -c .)" -eq "$1" ]
}

# reloads N: so many reloads have ended, well or not.
reloads() {
	[ "$(log_count ' (reloaded generation=|reload-refused )')" -ge "$1" ]
}

# reload: HUP, and wait until it is done.
reload() {
	done_before=$(log_count ' (reloaded generation=|reload-refused )')
	kill -HUP "$M"
	wait_until reloads $((done_before + 1))
}
