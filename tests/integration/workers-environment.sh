#!/bin/sh
# What a worker finds: descriptors, variables, signals, in each dialect.
# Linux tells all of it from outside, as it was when the program began.
. "${srcdir:-.}/tests/integration/lib.sh"
[ -r /proc/self/environ ] || skip_all "no /proc"
need perl nc python3
here=${srcdir:-.}/tests/integration
python=$(python3 -c 'import sys; print(sys.executable)')

me=$(id -un)
basic="HOME=$(getent passwd "$me" | cut -d : -f 6)
LOGNAME=$me
PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
SHELL=$(getent passwd "$me" | cut -d : -f 7)
USER=$me"

# Nothing of this kind may be inherited.
for name in WATCHDOG_USEC WATCHDOG_PID MAINPID FDSTORE \
    SERVER_STARTER_PORT SERVER_STARTER_GENERATION PROTO TCPREMOTEIP MARK; do
	export "$name=evil"
done

# It may be ready before it is the program.
is_sleep() {
	ps -o comm= --ppid "$M" | grep -qx sleep
}

worker() {
	wait_until is_sleep >&2
	ps -o pid= --ppid "$M" | tr -d ' ' | head -n 1
}

# environ PID: sorted, without the basic ones; its own pid is PID and the
# name of the socket is NAME.
environ() {
	tr '\0' '\n' <"/proc/$1/environ" | grep -vxF "$basic" |
	    sed -e "s/=$1\$/=PID/" -e 's/^\(NOTIFY_SOCKET\)=[/@].*/\1=NAME/' |
	    grep -v '^LISTEN_PIDFDID=' | LC_ALL=C sort
}

# descriptors PID: their numbers.
descriptors() {
	find "/proc/$1/fd" -type l -printf '%f\n' | sort -n | tr '\n' ' '
}

# socket_at PID FD: which socket it is.
socket_at() {
	readlink "/proc/$1/fd/$2"
}

# port_at PID FD: the port that it listens on.
port_at() {
	inode=$(socket_at "$1" "$2" | tr -dc 0-9)
	ss -Hltne | sed -n "s/.*:\\([0-9]*\\) *[^ ]*:\\*.*ino:$inode .*/\\1/p"
}

ports() {
	sed -n 's/.* info listen addr=[^ ]*:\([0-9]*\) .*/\1/p' "$LOG"
}

clean() {
	is "$1: no signal is blocked, ignored or caught" \
	    "$(grep -E '^Sig(Blk|Ign|Cgt)' "/proc/$2/status" | tr -d '\t\n')" \
	    "SigBlk:0000000000000000SigIgn:0000000000000000SigCgt:0000000000000000"
	is "$1: it leads a session" "$(ps -o sid= -p "$2" | tr -d ' ')" "$2"
}

# blocking NAME PID FD: what a program that just calls accept() needs.
blocking() {
	flags=$(sed -n 's/^flags:[^0-9]*0*//p' "/proc/$2/fdinfo/$3")
	is "$1: descriptor $3 blocks" $((0$flags & 04000)) 0
}

# The dialect of systemd.
systemd() {
	brood_start --kind worker --children 1 --start-time 10ms 127.0.0.1:0 \
	    sleep 1000
	pid=$(worker)
	is "the program is the child" "$(cat "/proc/$pid/comm")" sleep
	is "its variables" "$(environ "$pid" | grep -v ^LISTEN_FDNAMES=)" \
	    "LISTEN_FDS=1
LISTEN_PID=PID
NOTIFY_SOCKET=NAME"
	is "and a name" "$(environ "$pid" | grep -c '^LISTEN_FDNAMES=[^:]*$')" 1
	is "its descriptors" "$(descriptors "$pid")" "0 1 2 3 "
	is "3 is the listener" "$(port_at "$pid" 3)" "$PORT"
	is "0 and 1 are nothing" "$(socket_at "$pid" 0) $(socket_at "$pid" 1)" \
	    "/dev/null /dev/null"
	clean systemd "$pid"
	# Also in one that comes later.
	kill -HUP "$M"
	wait_until log_has ' renewed '
	soon "another one runs" eval "! kill -0 $pid 2>/dev/null"
	wait_until alive_is 1
	pid=$(worker)
	is "after a roll its variables" \
	    "$(environ "$pid" | grep -v ^LISTEN_FDNAMES= | tr '\n' ' ')" \
	    "LISTEN_FDS=1 LISTEN_PID=PID NOTIFY_SOCKET=NAME "
	is "and descriptors" "$(descriptors "$pid")" "0 1 2 3 "
	clean "after a roll" "$pid"
	check "it stops with 0" brood_stop

	# Several listeners, and one descriptor to be ready by.
	brood_start --kind worker --children 1 --ready-by fd:7 \
	    127.0.0.1:0,127.0.0.2:0,"unix:$T/s" \
	    sh -c 'echo >&7; exec sleep 1000'
	pid=$(worker)
	is "three listeners, and descriptor 7" "$(descriptors "$pid")" \
	    "0 1 2 3 4 5 7 "
	is "in their order" "$(port_at "$pid" 3) $(port_at "$pid" 4) " \
	    "$(ports | tr '\n' ' ')"
	is "are counted and named" \
	    "$(environ "$pid" | grep -Ec '^LISTEN_(FDS=3|FDNAMES=[^:]*:[^:]*:[^:]*)$')" 2
	check "it stops with 0" brood_stop

	# Those of a service manager keep their names.
	: >"$LOG"
	perl "$here/give.pl" -n one:two "$T/ports" tcp tcp -- "$BROOD" \
	    --kind worker --children 1 --start-time 10ms 'fd:*' \
	    sleep 1000 2>>"$LOG" &
	M=$!
	MASTERS="$MASTERS $M"
	wait_until is_ready
	pid=$(worker)
	is "inherited listeners keep their names" \
	    "$(environ "$pid" | grep ^LISTEN_ | tr '\n' ' ')" \
	    "LISTEN_FDNAMES=one:two LISTEN_FDS=2 LISTEN_PID=PID "
	is "and nothing else is inherited" "$(descriptors "$pid")" "0 1 2 3 4 "
	check "it stops with 0" brood_stop
}
systemd

server_starter() {
	brood_start --kind worker --children 1 --start-time 10ms \
	    --dialect server-starter 127.0.0.1:0,"unix:$T/s",127.0.0.2:0 \
	    sleep 1000
	pid=$(worker)
	# shellcheck disable=SC2046 # two words
	set -- $(ports)
	is "server-starter: its variables" \
	    "$(environ "$pid" | grep -v '^SERVER_STARTER_GENERATION=[0-9]*$')" \
	    "NOTIFY_SOCKET=NAME
SERVER_STARTER_PORT=127.0.0.1:$1=3;$T/s=4;127.0.0.2:$2=5"
	is "server-starter: its descriptors" "$(descriptors "$pid")" \
	    "0 1 2 3 4 5 "
	is "server-starter: are those" \
	    "$(port_at "$pid" 3) $(port_at "$pid" 5)" "$1 $2"
	clean server-starter "$pid"
	check "server-starter: it stops with 0" brood_stop

	brood_start --kind worker --children 2 --ready-by notify \
	    --dialect server-starter 127.0.0.1:0 \
	    "$python" "$here/workers_serve.py" "$T" server-starter notify
	is "server-starter: serves" \
	    "$(printf 'GET /pid HTTP/1.0\r\n\r\n' | ask | tail -n 1 |
	    grep -c '^[0-9]*$')" 1
	check "server-starter: it stops with 0" brood_stop
}
server_starter

einhorn() {
	brood_start --kind worker --children 1 --start-time 10ms \
	    --dialect einhorn 127.0.0.1:0,127.0.0.2:0 sleep 1000
	pid=$(worker)
	is "einhorn: its variables" "$(environ "$pid")" "EINHORN_FD_0=3
EINHORN_FD_1=4
EINHORN_FD_COUNT=2
NOTIFY_SOCKET=NAME"
	is "einhorn: its descriptors" "$(descriptors "$pid")" "0 1 2 3 4 "
	is "einhorn: are those" "$(port_at "$pid" 3) $(port_at "$pid" 4) " \
	    "$(ports | tr '\n' ' ')"
	clean einhorn "$pid"
	check "einhorn: it stops with 0" brood_stop

	brood_start --kind worker --children 2 --ready-by notify \
	    --dialect einhorn 127.0.0.1:0 \
	    "$python" "$here/workers_serve.py" "$T" einhorn notify
	is "einhorn: serves" \
	    "$(printf 'GET /pid HTTP/1.0\r\n\r\n' | ask | tail -n 1 |
	    grep -c '^[0-9]*$')" 1
	check "einhorn: it stops with 0" brood_stop
}
einhorn

zero() {
	brood_start --kind worker --children 1 --start-time 10ms \
	    --listener-on-0 127.0.0.1:0 sleep 1000
	pid=$(worker)
	is "on 0: its variables" "$(environ "$pid" | grep -v ^NOTIFY_)" ""
	is "on 0: its descriptors" "$(descriptors "$pid")" "0 1 2 "
	is "on 0: the listener" "$(port_at "$pid" 0)" "$PORT"
	isnt_listener=$(socket_at "$pid" 1)
	check "on 0: and nowhere else" test "$isnt_listener" != "$(socket_at "$pid" 0)"
	blocking "on 0" "$pid" 0
	clean "on 0" "$pid"
	check "on 0: it stops with 0" brood_stop
}
zero

# The watchdog's variables.
brood_start --kind worker --children 1 --start-time 10ms --watchdog 90s \
    --env MARK=mine 127.0.0.1:0 sleep 1000
pid=$(worker)
is "with a watchdog, and one that was asked for" \
    "$(environ "$pid" | grep -v ^LISTEN_ | tr '\n' ' ')" \
    "MARK=mine NOTIFY_SOCKET=NAME WATCHDOG_PID=PID WATCHDOG_USEC=90000000 "
check "it stops with 0" brood_stop

# Started with all blocked and ignored, and strange descriptors.
: >"$LOG"
perl "$here/dirty.pl" "$BROOD" --kind worker --children 1 --start-time 10ms \
    127.0.0.1:0 sleep 1000 2>>"$LOG" </dev/null 8</dev/null &
M=$!
MASTERS="$MASTERS $M"
wait_until is_ready
pid=$(worker)
clean "from a dirty start" "$pid"
is "from a dirty start: its descriptors" "$(descriptors "$pid")" "0 1 2 3 "
check "it stops with 0" brood_stop
finish
