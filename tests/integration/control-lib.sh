# control-lib.sh - what the tests of the control socket share.  Sourced after
# lib.sh.

SOCKET=$T/control
CTL="$srcdir/tests/integration/control.py"

# ctl LINE...: ask, print the answers; fails if the last one is no ok.  With AS
# it is somebody else (control.py); nc starts ten times faster than that.
ctl() {
	if [ -n "${AS-}" ]; then
		timeout 100 python3 "$CTL" "$SOCKET" ask "$@"
		return
	fi
	printf '%s\n' "$@" | nc -NU -w 100 "$SOCKET" >"$T/answers"
	cat "$T/answers"
	[ "$(tail -n 1 "$T/answers")" = ok ]
}

# does NAME LINE...: a point; the last answer must be ok.
does() {
	name=$1
	shift
	check "$name" quietly "$@"
}

quietly() {
	ctl "$@" >/dev/null
}

# play WHAT WORD...: be a client of that sort.
play() {
	timeout 620 python3 "$CTL" "$SOCKET" "$@"
}

# field NAME: of status.
field() {
	ctl status | tr ' ' '\n' | sed -n "s/^$1=//p"
}

field_is() {
	[ "$(field "$1")" = "$2" ]
}

field_at_least() {
	[ "$(field "$1")" -ge "$2" ]
}

# said PATTERN LINE...: is there a line of that pattern in the answer?
said() {
	pattern=$1
	shift
	ctl "$@" >"$T/said"
	grep -Eq "$pattern" "$T/said"
}

# load N: so many clients ask an echo service, until load_over; then LOST says
# how many of them were lost.
load() {
	rm -f "$T/load.over"
	play load "$PORT" "$1" "$T/load.over" >"$T/load" &
	LOAD=$!
	MASTERS="$MASTERS $LOAD"
}

load_over() {
	touch "$T/load.over"
	wait "$LOAD"
	LOST=$(cat "$T/load")
}

# denied STATUS PATTERN LINE
denied() {
	got=$(ctl "$3")
	if echo "$got" | grep -Eq "^error $1 \"?.*$2"; then
		ok "error $1: $3"
	else
		not_ok "error $1: $3: $got"
	fi
}

# The control socket and its connections, as inodes.
our_sockets() {
	ss -xaHn | awk -v at="$T/" 'index($5, at) == 1 {
		print "socket:[" $6 "]"
	}'
}

# held_by PID...: what they have of sockets and of what watches for a path.
held_by() {
	for pid in "$@"; do
		ls -l "/proc/$pid/fd"
	done 2>/dev/null | grep -Eo '(socket:\[[0-9]*\]|anon_inode:inotify)' |
	    sort -u
}

# children_have_none: they have sockets, but none of those, and not what
# watches for the path.  What the master has closed meanwhile is nobody's
# connection any more.
children_have_none() {
	# shellcheck disable=SC2046 # pids
	held_by $(pgrep -P "$M") >"$T/theirs"
	held_by "$M" >"$T/masters"
	our_sockets | grep -Fxf "$T/masters" >"$T/ours"
	test -s "$T/ours" && test -s "$T/theirs" && echo anon_inode:inotify |
	    cat "$T/ours" - >"$T/not_theirs" &&
	    ! grep -Fxf "$T/not_theirs" "$T/theirs"
}

# fds_of PID: how many descriptors it has.
fds_of() {
	find "/proc/$1/fd" -type l 2>/dev/null | wc -l
}

fds_are() {
	[ "$(fds_of "$M")" -eq "$1" ]
}
