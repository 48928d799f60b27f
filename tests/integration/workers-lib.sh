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

# page PATH: what workers_serve.py answers.
page() {
	printf 'GET %s HTTP/1.0\r\n\r\n' "$1" | ask
}

serves_pages() {
	page /pid | grep -q '^[0-9]*$'
}
