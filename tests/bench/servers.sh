# servers.sh - what the benchmarks share: starts and ends servers, measures.
#
# shellcheck shell=sh disable=SC2002,SC2005,SC2034
# The caller says which programs it wants, then calls what it needs.  All is
# in the folder $T, which goes with the script, as all servers do.
set -u
export LC_ALL=C
here=$(cd "$(dirname "$0")" && pwd)
top=$here/../..
BUILD=${BUILD:-.}
CG=/sys/fs/cgroup
T=$(mktemp -d "${TMPDIR:-/tmp}/bench.XXXXXX") || exit 99
servers=
trap 'end_all; rm -rf "$T"' EXIT
trap 'exit 130' INT TERM HUP

# greet's bare loop ends with its input: that of a script which is killed.
mkfifo "$T/stay" || exit 99
exec 9<>"$T/stay"

machine() {
	echo "$(uname -sr), $(nproc) processors, load $(cut -d' ' -f1-3 /proc/loadavg)"
}

# run_sections NAME...
run_sections() {
	machine
	for section; do
		echo
		echo "== $section"
		"section_$section"
	done
}

has() { command -v "$1" >/dev/null 2>&1; }

build() {
	for program; do
		libraries=
		# shellcheck disable=SC2086
		[ "$program" = greet ] && libraries="$BUILD/libparts.a
		    $BUILD/librules.a $BUILD/libtools.a -lbsd"
		# shellcheck disable=SC2086
		${CC:-gcc} -std=gnu17 -D_GNU_SOURCE -O2 -I "$top/src" \
		    -o "$T/$program" "$here/$program.c" $libraries || exit 1
	done
}

# ---- servers ----

# run_server NAME PROGRAM...: in a control group of its own, if there are any;
# and in a session, as Apache at its end signals all its process group.
run_server() {
	its=$1
	shift
	group=$CG/cpuacct/bench.$$.$its
	rm -f "$T/$its.out"
	[ -w $CG/cpuacct/cgroup.procs ] && mkdir "$group" 2>/dev/null
	(
		[ -d "$group" ] &&
		    exec sh -c 'echo $$ >"$0"; exec setsid "$@" 9>&-' \
		    "$group/cgroup.procs" "$@"
		exec setsid "$@" 9>&-
	) <"$T/stay" >"$T/$its.out" 2>"$T/$its.log" &
	echo $! >"$T/$its.pid"
	servers="$servers $its"
}

# start_greet NAME MODE CHILDREN
start_greet() {
	run_server "$1" "$T/greet" "$2" "$3"
	wait_for "$1's port" test -s "$T/$1.out"
	head -n 1 "$T/$1.out" >"$T/$1.port"
	wait_for "$1's $3 children" has_children "$(pid_of "$1")" "$3"
}

# Whoever is left in it, too.
end_group() {
	while read -r process; do
		kill -KILL "$process" 2>/dev/null
	done <"$group/cgroup.procs"
	tries=0
	while ! rmdir "$group" 2>/dev/null && [ $tries -lt 100 ]; do
		sleep 0.05
		tries=$((tries + 1))
	done
}

end_server() {
	its=$1 pid=$(pid_of "$1") tries=0
	kill -TERM "$pid" 2>/dev/null
	while kill -0 "$pid" 2>/dev/null && [ $tries -lt 100 ]; do
		sleep 0.05
		tries=$((tries + 1))
	done
	kill -KILL "$pid" 2>/dev/null
	wait "$pid" 2>/dev/null
	for group in $CG/*/bench.$$."$its"; do
		[ -d "$group" ] && end_group
	done
	left=
	for s in $servers; do
		[ "$s" = "$its" ] || left="$left $s"
	done
	servers=$left
}

end_all() {
	for s in $servers; do
		end_server "$s"
	done
}

# wait_for WHAT COMMAND...: up to 20 s.
wait_for() {
	what=$1 tries=0
	shift
	until "$@" >/dev/null 2>&1; do
		tries=$((tries + 1))
		if [ $tries -gt 200 ]; then
			echo "bench: in vain: $what" >&2
			cat "$T"/*.log >&2
			exit 1
		fi
		sleep 0.1
	done
}

pid_of() { cat "$T/$1.pid"; }
port_of() { cat "$T/$1.port"; }
children_of() { cat "/proc/$1/task/$1/children"; }
has_children() { [ "$(children_of "$1" | wc -w)" -ge "$2" ]; }

# ---- measures ----

# Processor time of a server and all it ever started, in ns.
cpu_ns() {
	usage=$CG/cpuacct/bench.$$.$1/cpuacct.usage
	if [ -r "$usage" ]; then
		cat "$usage"
		return
	fi
	# shellcheck disable=SC2046
	cat $(for p in $(pid_of "$1") $(children_of "$(pid_of "$1")"); do
		echo "/proc/$p/schedstat"; done) 2>/dev/null |
	    awk '{ s += $1 } END { printf "%.0f\n", s }'
}

# How often its children went to sleep.
sleeps_of() {
	# shellcheck disable=SC2046
	cat $(for p in $(children_of "$(pid_of "$1")"); do
		echo "/proc/$p/status"; done) 2>/dev/null |
	    awk '/^voluntary_ctxt/ { s += $2 } END { print s + 0 }'
}

# Its children, and it, as options: pid_options LETTER NAME
pid_options() {
	for p in $(pid_of "$2") $(children_of "$(pid_of "$2")"); do
		printf ' %s %s' "$1" "$p"
	done
}

# median: of the numbers on standard input.
median() {
	sort -g | awk '{ v[NR] = $1 } END { if (NR == 0) print "-";
	    else if (NR % 2) print v[(NR + 1) / 2];
	    else print (v[NR / 2] + v[NR / 2 + 1]) / 2 }'
}

# The files of rounds have lines: NAME CASE VALUE...

# value FILE NAME CASE COLUMN: the median of all rounds.
value() {
	awk -v n="$2" -v c="$3" -v f="$4" '$1 == n && $2 == c { print $f }' \
	    "$1" | median
}

# ratio FILE NAME OTHER CASE COLUMN [CASE OF THE OTHER]: of each round, then
# the median of these.
ratio() {
	awk -v n="$2" -v o="$3" -v c="$4" -v f="$5" -v d="${6:-$4}" '
	    $1 == n && $2 == c { mine[++i] = $f }
	    $1 == o && $2 == d { his[++j] = $f }
	    END { for (k = 1; k <= i && k <= j; k++)
	        if (his[k] > 0) printf "%.4f\n", mine[k] / his[k] }' \
	    "$1" | median
}

# aim WHAT VALUE SIGN LIMIT: one line, with a word that can be looked for.
aim() {
	echo "$2 $3 $4" | awk -v what="$1" '{
	    if ($1 == "-") word = "not measured"
	    else if ($2 == "<=" ? $1 + 0 <= $3 : $1 + 0 >= $3) word = "reached"
	    else word = "MISSED"
	    if ($1 != "-") $1 = sprintf("%.2f", $1)
	    printf "  %-44s %6s   aim %s %s: %s\n", what, $1, $2, $3, word }'
}

# tally_calls FILE COUNT: of `strace -c`, the dearest first, for each of COUNT.
tally_calls() {
	awk -v n="$2" '$1 ~ /^[0-9.]+$/ && $NF != "total" {
	    printf "%.2f %s\n", $4 / n, $NF }' "$1" | sort -gr |
	    awk '$1 >= 0.01 { printf "%s%s %s", s, $2, $1; s = ", " }
	    END { print "" }'
}

# sum_calls FILE COUNT
sum_calls() {
	awk -v n="$2" '$1 ~ /^[0-9.]+$/ && $NF != "total" { s += $4 }
	    END { if (s == 0) print "-"; else printf "%.2f\n", s / n }' "$1"
}

# count_calls NAME COUNT COMMAND...: system calls and context switches for
# each of COUNT, by the kernel's own counters, which slow nobody down.
count_calls() {
	who=$1 count=$2
	shift 2
	if ! has perf; then
		echo "- -"
		return
	fi
	# shellcheck disable=SC2046
	perf stat -x, -e raw_syscalls:sys_enter,context-switches \
	    -p "$(echo $(pid_options '' "$who") | tr ' ' ',')" \
	    -o "$T/perf" >/dev/null 2>&1 &
	counter=$!
	sleep 0.5
	"$@" >/dev/null || count=
	sleep 0.2
	kill -INT $counter
	wait $counter
	[ -n "$count" ] || echo "FAILED: $who" >&2
	awk -F, -v n="$count" '/sys_enter/ { s = $1 } /context/ { c = $1 }
	    END { if (n == 0 || s == 0) print "- -";
	    else printf "%.2f %.2f\n", s / n, c / n }' "$T/perf"
}

# trace_calls NAME FILE COMMAND...: `strace -c` while the command runs.
trace_calls() {
	who=$1 into=$2
	shift 2
	: >"$into"
	has strace || return
	# shellcheck disable=SC2046
	strace -f -qq -c -o "$into" $(pid_options -p "$who") 2>/dev/null &
	tracer=$!
	sleep 0.7
	"$@" >/dev/null || echo "FAILED: $who" >&2
	sleep 0.3
	kill -INT $tracer
	wait $tracer
}
