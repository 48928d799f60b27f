#!/bin/sh
# A supervisor at rest makes no system call, nor do its masters; reloads leave
# nothing behind; programs start clean.  RELOADS=500 for the long one.
# shellcheck disable=SC2016 # scripts of the program
. "${srcdir:-.}/tests/integration/lib.sh"
need python3 nc

if [ "$(id -u)" -eq 0 ]; then user=nobody; else user=$(id -un); fi
chmod 755 "$T"
cat >"$T/look" <<'SH'
cd /proc/self/fd && for fd in *; do
	[ -e /proc/$$/fd/$fd ] && echo "fd $fd"
done
ps -o pid=,pgid=,sid=,tty= -p $$ |
    awk '$1 == $2 && $1 == $3 && $4 == "?" { print "leads" }'
env | sed -n 's/=.*//p' | grep -E '^(LISTEN_|NOTIFY_|WATCHDOG_|BROOD_)'
echo done
SH
conf() {	# N
	cat <<CONF
user $user
service look {
	listen 127.0.0.1:0
	exec sh -c "eval \\"\$(cat $T/look)\\""
}
service status {
	listen 127.0.0.1:0
	exec cat /proc/self/status
}
service echo {
	listen 127.0.0.1:0 udp:127.0.0.1:0 unix:$T/echo.sock
	inline echo
	minimum-available $1
}
service worker {
	listen 127.0.0.1:0
	worker sleep 1000
}
service many {
	listen 127.0.0.1:0
	exec cat
	env ROUND=$1
	minimum-available 20
}
CONF
}

# ---- at rest

# The supervisor, its masters, their children.
family() {
	masters=$(pgrep -P "$M" | tr '\n' ' ')
	echo "$M $masters $(for one in $masters; do pgrep -P "$one"; done |
	    tr '\n' ' ')"
}

traced() {	# SECONDS
	seconds=$1
	set --
	for pid in $(family); do
		set -- "$@" -p "$pid"
	done
	timeout -s INT "$seconds" strace -f -qq -o "$T/trace" "$@" 2>/dev/null
	# What was under way when strace came and when it went is no news.
	grep -Ev 'unfinished|resumed|restart_syscall|(detached|attached)' "$T/trace" |
	    grep -Ev '^[0-9]+ +epoll_p?wait\([0-9]+, *$' |
	    grep -Ev 'epoll_p?wait\([0-9]+, 0x[0-9a-f]+, [0-9]+, -1.*\) *= \?'
}

# shellcheck disable=SC2046 # pids
settled() {
	before=$(wakes $(family))
	sleep 0.3
	[ "$(wakes $(family))" = "$before" ]
}

conf 2 >"$CONF"
file_begin
echo hello | ask 127.0.0.1 "$(port_of_service echo)" >/dev/null
if strace -o /dev/null true 2>/dev/null; then
	soon "all come to rest" settled
	is "for 3 s nobody makes a system call" "$(traced 3)" ""
	check "of more than thirty" [ "$(family | wc -w)" -ge 30 ]
	python3 -c 'import socket, sys, time
s = socket.socket(socket.AF_UNIX)
s.connect(sys.argv[1])
s.sendall(b"ping\n")
print(s.recv(100), flush=True)
time.sleep(100)' "$T/run/control.sock" >"$T/idle" &
	client=$!
	MASTERS="$MASTERS $client"
	wait_until grep -q ok "$T/idle"
	soon "they do again" settled
	is "nor with a control client that says nothing" "$(traced 3)" ""
	kill "$client"
else
	skip "strace may not trace here"
fi

# ---- clean
clean="fd 0
fd 1
fd 2
leads
done"
nosignals="SigBlk:0000000000000000 SigIgn:0000000000000000 SigCgt:0000000000000000 "
asked() { ask 127.0.0.1 "$(port_of_service "$1")" </dev/null; }
signals() { asked status | grep -E '^Sig(Blk|Ign|Cgt)' | tr -d '\t' | tr '\n' ' '; }
is "a program starts clean" "$(asked look)" "$clean"
is "no signal is blocked, ignored or caught" "$(signals)" "$nosignals"

# ---- nothing is left
fds() { find "/proc/$M/fd" -mindepth 1 | wc -l; }
resident() { awk '/^VmRSS/ { print $2 }' "/proc/$M/status"; }
reload
wait_until masters_are 5
fds=$(fds)
kb=$(resident)
echo "# resident: $kb KB with 5 services"
round=0
good=2
while [ "$round" -lt "${RELOADS:-50}" ]; do
	round=$((round + 1))
	conf $((2 + round % 5)) >"$CONF"
	# Two of five are bad; one has a service that comes and goes.
	case $((round % 5)) in
	0)	echo nonsense >>"$CONF" ;;
	1)	printf 'service more {\n listen 127.0.0.1:0 unix:%s\n inline echo\n}\n' \
		    "$T/more.sock" >>"$CONF" ;;
	2)	printf 'service bad {\n listen unix:%s\n inline echo\n}\n' \
		    "$T/nowhere/sock" >>"$CONF" ;;
	esac
	case $((round % 5)) in 0 | 2) ;; *) good=$((good + 1)) ;; esac
	reload
done
conf 2 >"$CONF"
reload
soon "after $round reloads: a master a service" masters_are 5
is "those succeeded that had to" "$(log_count ' reloaded generation=')" "$good"
fds_are() { [ "$(fds)" -eq "$fds" ]; }
soon "as many descriptors as before" fds_are
grew=$(($(resident) - kb))
echo "# resident: $grew KB more after $round reloads"
check "and about as much memory" [ "$grew" -lt 1024 ]
check "no master is a zombie" no_zombies
is "each has one control socket" "$(find "$T/run" -type s | wc -l)" 6
is "a program starts clean" "$(asked look)" "$clean"
is "with no signal touched" "$(signals)" "$nosignals"
soon "all come to rest again" settled
check "it ends with 0" brood_stop
is "no socket is left at all" "$(find "$T" -type s)" ""
finish
