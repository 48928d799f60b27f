# workers-lib.sh - what the tests of programs that get a listener share.
# Sourced after lib.sh.
# shellcheck disable=SC2034 # here and python are for who sources it

here=${srcdir:-.}/tests/integration
python=$(python3 -c 'import sys; print(sys.executable)' 2>/dev/null)

# starts: how many were started that say so in $T/starts.
starts() {
	wc -l <"$T/starts"
}

# rests: the master does, and nobody is started.
rests() {
	n=$(starts)
	master_rests && [ "$(starts)" -eq "$n" ]
}

# children_now: pids, one a line; left_of "PID ...": how many of them live;
# none_left "PID ...": they are all gone, also from the kernel's list.
children_now() {
	ps -o pid=,stat= --ppid "$M" | awk '$2 !~ /^Z/ { print $1 }' | sort
}

left_of() {
	children_now | grep -cxF "$1"
}

none_left() {
	for old in $1; do
		! kill -0 "$old" 2>/dev/null || return 1
	done
}

# begins_clean PID: a program that has the listener as it was, and no more.
begins_clean() {
	is "nothing but 0, 1 and 2 is open" \
	    "$(find "/proc/$1/fd" -type l -printf '%f\n' | sort | tr '\n' ' ')" \
	    "0 1 2 "
	is "0 and 1 are the same" "$(readlink "/proc/$1/fd/0")" \
	    "$(readlink "/proc/$1/fd/1")"
	flags=$(sed -n 's/^flags:[^0-9]*0*//p' "/proc/$1/fdinfo/0")
	is "it blocks" $((0$flags & 04000)) 0
	is "no signal is blocked, ignored or caught" \
	    "$(grep -E '^Sig(Blk|Ign|Cgt)' "/proc/$1/status" | tr -d '\t\n')" \
	    "SigBlk:0000000000000000SigIgn:0000000000000000SigCgt:0000000000000000"
}

# page PATH: what workers_serve.py answers.
page() {
	printf 'GET %s HTTP/1.0\r\n\r\n' "$1" | ask
}

serves_pages() {
	page /pid | grep -q '^[0-9]*$'
}
