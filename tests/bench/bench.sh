#!/bin/sh
# bench.sh - what a connection costs, beside other servers, in one run.
#
#	bench.sh [SECTION...]		default: all of them
#
#	cpu      processor time per connection, 8 and 64 clients
#	calls    system calls, context switches, the master's wake-ups
#	memory   per idle child: 64 against 1064
#	idle     64 children for 5 s: no system call
#	big      4096 idle children against 8
#	replace  an idle child is killed: how soon does a new one wait
#	burst    500 clients at once, each holding
#	waits    strategies of waiting, without a server (waits.c)
#
# BROOD (./brood), ROUNDS (7), CONNS (3000 a round), N (16: -n of brood),
# MEMORY ("shared own"), RUNS (5: memory, burst) may be set.
# Needs root for the cgroups and strace.  A load of the machine by others
# disturbs times, hardly ratios: rounds are interleaved, and medians told.
# The servers run as they are meant to, and quiet:
#	tcpserver -q -H -R -l 0 -c 1000 -b 4096; inetd -i -R 1000000 -q 4096
# shellcheck source=tests/bench/servers.sh disable=SC2013,SC2046
. "$(dirname "$0")/servers.sh"
BROOD=${BROOD:-./brood}
ROUNDS=${ROUNDS:-7}
CONNS=${CONNS:-3000}
N=${N:-16}
RUNS=${RUNS:-5}
MEMORY=${MEMORY:-shared own}

# ---- servers ----

# start NAME PORT PROGRAM...: in a group of its own, if there are groups.
start() {
	its=$1 port=$2
	shift 2
	for ctl in cpuacct memory; do
		[ -w $CG/$ctl/cgroup.procs ] &&
		    mkdir -p "$CG/$ctl/bench.$$.$its"
	done
	(
		me=$(exec sh -c 'echo $PPID')
		for ctl in cpuacct memory; do
			procs=$CG/$ctl/bench.$$.$its/cgroup.procs
			[ -w "$procs" ] && echo "$me" >"$procs"
		done
		# shellcheck disable=SC3045
		ulimit -n 20000 2>/dev/null
		exec "$@" 9>&-
	) </dev/null >>"$T/$its.log" 2>&1 &
	echo $! >"$T/$its.pid"
	echo "$port" >"$T/$its.port"
	servers="$servers $its"
	wait_for "$its answers" "$T/load" -k 1 "$port"
}

# start_kind NAME KIND [BROOD'S OPTIONS...] -- PROGRAM...
start_kind() {
	who=$1 how=$2 options=
	shift 2
	while [ "$1" != -- ]; do
		options="$options $1"
		shift
	done
	shift
	free=$((free + 1))
	case $how in
	shared|own)
		# shellcheck disable=SC2086
		start "$who" $free "$BROOD" --quiet --memory $how $options \
		    127.0.0.1:$free "$@" ;;
	tcpserver)
		start "$who" $free tcpserver -q -H -R -l 0 -c 1000 -b 4096 \
		    127.0.0.1 $free "$@" ;;
	inetd)
		echo "127.0.0.1:$free stream tcp nowait root $1 $*" \
		    >"$T/inetd.$free"
		start "$who" $free inetd -i -R 1000000 -q 4096 \
		    "$T/inetd.$free" ;;
	s6)
		start "$who" $free s6-tcpserver -q -c 1000 -b 4096 \
		    127.0.0.1 $free "$@" ;;
	xinetd)
		printf 'defaults\n{\n}\nservice bench\n{\ntype=UNLISTED\n%s\n}\n' \
		    "socket_type=stream
protocol=tcp
wait=no
user=root
port=$free
bind=127.0.0.1
server=$1
instances=1000
cps=1000000 1
per_source=UNLIMITED" >"$T/xinetd.$free"
		start "$who" $free xinetd -dontfork -f "$T/xinetd.$free" ;;
	esac
}

# Processor time of a server and all it ever started, in ns: also of programs
# that have ended, as those of these servers do.
cpu_ns() {
	g=$CG/cpuacct/bench.$$.$1/cpuacct.usage
	if [ -r "$g" ]; then
		cat "$g"
	else
		awk -v hz="$(getconf CLK_TCK)" '{ sub(/.*\) /, "");
		    printf "%.0f\n", ($12 + $13 + $14 + $15) * 1e9 / hz }' \
		    "/proc/$(pid_of "$1")/stat"
	fi
}

switches_of() {
	awk '/^voluntary_ctxt/ { print $2 }' "/proc/$(pid_of "$1")/status"
}

# ---- processor time ----

# one NAME CLIENTS CONNECTIONS: adds lines to $T/cpu.
one() {
	a=$(cpu_ns "$1") s=$(switches_of "$1")
	out=$("$T/load" -c "$2" -n "$3" "$(port_of "$1")") ||
	    echo "FAILED: $1 $out"
	sleep 0.1
	b=$(cpu_ns "$1") e=$(switches_of "$1")
	echo "$1 $2 $(((b - a) / 1000)) $3 $((e - s)) $out" | awk '{
		for (i = 6; i <= NF; i++) { split($i, kv, "="); v[kv[1]] = kv[2] }
		printf "%s %d %.2f %.3f %.4f %d %d\n", $1, $2, $3 / $4, $5 / $4,
		    v["seconds"], v["median_us"], v["p99_us"] }' >>"$T/cpu"
}

# table NAMES...: medians by clients, and ratios to each of the names.
table() {
	printf '%-12s %7s %8s %8s %8s %9s %9s' server clients us/conn wakes/c \
	    seconds median_us p99_us
	printf ' %9s' "$@" | sed 's/  *\([^ ]*\)/  \/\1/g'
	echo
	for clients in $(cut -d' ' -f2 "$T/cpu" | sort -un); do
		for name in "$@"; do
			printf '%-12s %7d' "$name" "$clients"
			for col in 3:8 4:8 5:8 6:9 7:9; do
				printf " %${col#*:}s" "$(value "$T/cpu" \
				    "$name" "$clients" "${col%:*}")"
			done
			for other in "$@"; do
				printf ' %9s' "$(ratio "$T/cpu" "$name" \
				    "$other" "$clients" 3)"
			done
			echo
		done
	done
}

others() {
	for o in tcpserver inetd s6-tcpserver xinetd; do
		has "$o" && echo "${o%-tcpserver}"
	done
}

section_cpu() {
	names=
	: >"$T/cpu"
	for kind in $MEMORY; do
		start_kind "$kind" "$kind" -n "$N" -m 1000 -- "$T/hello"
		names="$names $kind"
	done
	for kind in $(others); do
		start_kind "$kind" "$kind" -- "$T/hello"
		names="$names $kind"
	done
	for clients in 8 64; do
		for name in $names; do
			"$T/load" -c $clients -n 300 "$(port_of "$name")" >/dev/null
		done
		i=0
		while [ $i -lt "$ROUNDS" ]; do
			i=$((i + 1))
			for name in $names; do
				one "$name" $clients "$CONNS"
			done
		done
	done
	echo "$ROUNDS rounds of $CONNS connections; brood -n $N -m 1000"
	# shellcheck disable=SC2086
	table $names
	end_all
}

# ---- system calls ----

# tally MASTER CONNECTIONS: of `strace -f -o`, per connection; what a child
# does after its execve is the handler's business.
tally() {
	awk -v master="$1" -v conns="$2" '
	{ pid = $1; sub(/^[0-9]+ +/, "") }
	/^<\.\.\. execve resumed/ { if (/ = 0/) over[pid] = 1; next }
	/^[a-z_0-9]+\(/ {
		name = $0; sub(/\(.*/, "", name)
		if (over[pid]) { after++; next }
		if (pid == master) { m++; mc[name]++ } else { c++; cc[name]++ }
		if (name == "execve" && / = 0/ ) over[pid] = 1
	}
	END {
		printf "%.2f %.2f %.2f %.2f ", (m + c) / conns, m / conns,
		    c / conns, after / conns
		for (n in mc) printf "M:%s=%.2f\n", n, mc[n] / conns >>"/dev/stderr"
		for (n in cc) printf "C:%s=%.2f\n", n, cc[n] / conns >>"/dev/stderr"
	}'
}

# Calls of the whole tree, unslowed, by the kernel's own counter.
perf_of() {
	pids=$(echo "$(pid_of "$1")" "$(children_of "$(pid_of "$1")")" |
	    tr -s ' ' ',' | sed 's/,$//')
	perf stat -x, -e raw_syscalls:sys_enter,context-switches -p "$pids" \
	    -o "$T/perf" >/dev/null 2>&1 &
	perf=$!
	sleep 0.5
	"$T/load" -c 8 -n "$2" "$(port_of "$1")" >/dev/null
	sleep 0.2
	kill -INT $perf
	wait $perf
	awk -F, -v n="$2" '/sys_enter/ { s = $1 } /context/ { c = $1 }
	    END { printf "%.2f %.2f", s / n, c / n }' "$T/perf"
}

section_calls() {
	names="$MEMORY $(others)"
	printf '%-10s %8s %8s %8s %8s %10s %10s\n' server "server's" master \
	    children "handler" "all(perf)" "switches"
	for kind in $names; do
		start_kind "$kind" "$kind" -n "$N" -m 1000 -- "$T/hello"
		strace -f -qq -o "$T/trace" -p "$(pid_of "$kind")" $(
		    for c in $(children_of "$(pid_of "$kind")"); do
		        echo "-p $c"; done) 2>/dev/null &
		tracer=$!
		sleep 1
		"$T/load" -c 8 -n 1000 "$(port_of "$kind")" >/dev/null
		sleep 0.3
		kill -INT $tracer
		wait $tracer
		row=$(tally "$(pid_of "$kind")" 1000 <"$T/trace" 2>"$T/which.$kind")
		p="- -"
		has perf && p=$(perf_of "$kind" "$CONNS")
		# shellcheck disable=SC2086
		printf '%-10s %8s %8s %8s %8s %10s %10s\n' "$kind" $row $p
		end_server "$kind"
	done
	echo "per connection; server's = master's + children's before execve (strace)"
	for kind in $names; do
		echo "$kind: $(sort -t= -k2 -gr "$T/which.$kind" | head -n 14 |
		    tr '\n' ' ')"
	done
}

# ---- memory ----

# idle_kb KIND N NAME: what N idle children take, by the group and by the
# machine.  The server stays: what is freed would be taken from by the next.
idle_kb() {
	before=$(awk '/^MemAvailable/ { print $2 }' /proc/meminfo)
	start_kind "$3" "$1" --children "$2" -- "$T/hello"
	wait_for "$2 children" has_children "$(pid_of "$3")" "$2"
	sleep 1
	after=$(awk '/^MemAvailable/ { print $2 }' /proc/meminfo)
	g=$CG/memory/bench.$$.$3/memory.usage_in_bytes
	group=0
	[ -r "$g" ] && group=$(($(cat "$g") / 1024))
	echo "$1 $2 $group $((before - after))" >>"$T/mem"
}

section_memory() {
	: >"$T/mem"
	for kind in $MEMORY; do
		i=0
		while [ $i -lt "$RUNS" ]; do
			i=$((i + 1))
			idle_kb "$kind" 64 few$i
			idle_kb "$kind" 1064 many$i
		done
		end_all
	done
	printf '%-8s %22s %22s\n' brood "KB a child (cgroup)" "(MemAvailable)"
	for kind in $MEMORY; do
		printf '%-8s' "$kind"
		for col in 3 4; do
			printf ' %22s' "$(awk -v k="$kind" -v f=$col '
			    $1 == k && $2 == 64 { few = $f }
			    $1 == k && $2 == 1064 {
			        printf "%.1f\n", ($f - few) / 1000 }' \
			    "$T/mem" | median)"
		done
		echo
	done
}

# ---- nothing to do ----

section_idle() {
	for kind in $MEMORY; do
		start_kind idle "$kind" --children 64 -- "$T/hello"
		wait_for "64 children" has_children "$(pid_of idle)" 64
		sleep 1
		timeout 5 strace -f -qq -o "$T/trace" -p "$(pid_of idle)" $(
		    for c in $(children_of "$(pid_of idle)"); do
		        echo "-p $c"; done) 2>/dev/null
		# What strace shows of the calls it found them in, and left.
		grep -v 'epoll_p*wait(.*<\(unfinished\|detached\) \.\.\.>$' \
		    "$T/trace" >"$T/calls"
		echo "$kind: 64 idle children, 5 s: $(wc -l <"$T/calls") lines" \
		    "of strace beside the waits they were in"
		head -n 3 "$T/calls"
		sleep 0.2
		before=$(cpu_ns idle)
		sleep 5
		echo "$kind: 5 s more, untraced: $(($(cpu_ns idle) - before)) ns"
		end_server idle
	done
}

# ---- a big pool ----

section_big() {
	for kind in $MEMORY; do
		: >"$T/cpu"
		start_kind few "$kind" -n 8 -m 8192 -- "$T/hello"
		start_kind many "$kind" -n 4096 -m 8192 -- "$T/hello"
		wait_for "4096 children" has_children "$(pid_of many)" 4096
		sleep 1
		before=$(cpu_ns many)
		sleep 2
		echo "$kind: 4096 idle for 2 s: $(($(cpu_ns many) - before)) ns"
		i=0
		while [ $i -lt "$ROUNDS" ]; do
			i=$((i + 1))
			one few 8 "$CONNS"
			one many 8 "$CONNS"
		done
		echo "$kind: few is -n 8, many is -n 4096, both -m 8192"
		table few many
		end_server few
		end_server many
	done
}

# ---- one killed ----

# Twice: as it comes, and before all other work of the machine, for what is
# to be seen is the way of the news and not who else has the processors.
section_replace() {
	for kind in $MEMORY; do
		start_kind r "$kind" -n 8 --maximum-available 8 -- "$T/hello"
		wait_for "8 children" has_children "$(pid_of r)" 8
		sleep 0.3
		echo "$kind: $("$T/replace" "$(pid_of r)" 50)"
		if chrt -f -p 1 "$(pid_of r)" 2>/dev/null; then
			# Those born before have not got the priority.
			chrt -f 1 "$T/replace" "$(pid_of r)" 10 >/dev/null
			echo "$kind, real-time: $(chrt -f 1 "$T/replace" \
			    "$(pid_of r)" 50)"
		fi
		end_server r
	done
}

# ---- many at once ----

section_burst() {
	: >"$T/burst"
	i=0
	while [ $i -lt "$RUNS" ]; do
		i=$((i + 1))
		for kind in $MEMORY $(others); do
			start_kind b "$kind" -n 5 -m 600 -- "$T/hello" hold
			sleep 0.3
			a=$(cpu_ns b)
			out=$("$T/load" -k 500 -h 0.3 "$(port_of b)") ||
			    echo "FAILED: $kind $out"
			echo "$kind $(($(cpu_ns b) - a)) $out" | awk '{
			    for (j = 3; j <= NF; j++) { split($j, kv, "=")
			        v[kv[1]] = kv[2] }
			    printf "%s %.1f %.1f %s\n", $1, v["seconds"] * 1000,
			        $2 / 500000, v["failed"] }' >>"$T/burst"
			end_server b
		done
	done
	echo "500 at once, each holding; brood -n 5 -m 600; $RUNS runs"
	printf '%-10s %16s %20s %7s\n' server "ms till all served" \
	    "us of processor each" failed
	for kind in $MEMORY $(others); do
		printf '%-10s' "$kind"
		for col in 2:18 3:20 4:7; do
			printf " %${col#*:}s" "$(awk -v k="$kind" -v f="${col%:*}" \
			    '$1 == k { print $f }' "$T/burst" | median)"
		done
		echo
	done
}

# ---- strategies ----

section_waits() {
	"$T/waits"
}

# ---- all of it ----

build load replace waits
if has musl-gcc; then
	musl-gcc -O2 -static -o "$T/hello" "$here/hello.c" || exit 1
else
	echo "bench: no musl-gcc: handlers start slowly" >&2
	${CC:-gcc} -O2 -static -o "$T/hello" "$here/hello.c" || exit 1
fi
free=$((20000 + $$ % 10000))
[ $# -gt 0 ] || set -- cpu calls memory idle big replace burst waits
run_sections "$@"
