#!/bin/sh
# etc/systemd under a real systemd: brood.service is ready when its start
# returns, tells how a reload went, is started again, stops in time, and takes
# brood.socket's listener; brood@.service runs one service.
#
# It is a user's manager, in namespaces of its own, so ports are its own, too.
. "${srcdir:-.}/tests/integration/lib.sh"
. "${srcdir:-.}/tests/integration/supervised-lib.sh"
SYSTEMD=/lib/systemd/systemd
UNITS=$T/config/systemd/user

# Two managers with one group of processes would end each other's.
own_group() {
	for top in /sys/fs/cgroup/systemd /sys/fs/cgroup; do
		[ -e "$top/cgroup.procs" ] || continue
		GROUP=$top/brood-test.$$
		mkdir "$GROUP" 2>/dev/null &&
		    echo $$ 2>/dev/null >"$GROUP/cgroup.procs" && return
		rmdir "$GROUP" 2>/dev/null
	done
	GROUP=
	return 1
}

leave_group() {
	[ -n "$GROUP" ] || return
	echo $$ >"${GROUP%/*}/cgroup.procs"
	find "$GROUP" -depth -type d -exec rmdir {} + 2>/dev/null
}

outside() {
	need nc systemctl unshare ip "$BROODCTL"
	[ -x "$SYSTEMD" ] || skip_all "no $SYSTEMD"
	[ "$(id -u)" -eq 0 ] || skip_all "not root"
	unshare -mpnf --mount-proc mount -t tmpfs tmpfs /run 2>/dev/null ||
	    skip_all "no namespaces"
	own_group || skip_all "no control group of its own"
	trap 'leave_group; cleanup' EXIT
	unshare -mpnf --mount-proc --kill-child sh "$0" inside
	status=$?
	[ "$status" -ne 77 ] || skip_all "systemd --user does not start"
	exit $status
}

start_manager() {
	mount -t tmpfs tmpfs /run && mkdir -p /run/systemd/system "$T/xdg" \
	    "$UNITS" && ip link set lo up || exit 77
	export XDG_RUNTIME_DIR="$T/xdg" XDG_CONFIG_HOME="$T/config" HOME="$T"
	"$SYSTEMD" --user --log-target=null >/dev/null 2>&1 &
	MANAGER=$!
	MASTERS=$MANAGER
	wait_until manager_runs >/dev/null || exit 77
}

manager_runs() {
	case $(systemctl --user is-system-running 2>/dev/null) in
	running|degraded)	return 0 ;;
	*)			return 1 ;;
	esac
}

# unit NAME: that file as it is, with other places; what it says is in LOG.
unit() {
	mkdir -p "$UNITS/$1.d"
	sed -e "s,/usr/sbin/brood ,$BROOD ," -e "s,/usr/bin/broodctl ,$BROODCTL ," \
	    -e "s,/etc/brood/brood.conf\$,$T/brood.conf," \
	    -e "s,/etc/default/,$T/," "$here/etc/systemd/$1" >"$UNITS/$1"
	case $1 in
	*.service)	printf '[Service]\n%s\n%s\n' "StandardOutput=append:$LOG" \
			    "StandardError=append:$LOG" >"$UNITS/$1.d/log.conf" ;;
	esac
}

ctl() {
	timeout 60 systemctl --user "$@" >"$T/said" 2>&1
}

# shows PROPERTY [UNIT]
shows() {
	systemctl --user show -P "$1" "${2:-brood.service}"
}

starts() {
	ctl start brood
	is "start returns" $? 0
	check "and then it serves" serves one
	is "it is active" "$(shows ActiveState)" active
	first=$(shows MainPID)
	is "the process is brood itself" "$(ps -o comm= -p "$first")" brood
}

reloads() {
	conf one two
	ctl reload brood
	is "reload returns" $? 0
	check "and then the new one serves" serves two
	echo 'nonsense x' >>"$T/brood.conf"
	ctl reload brood
	check "a wrong file: reload fails" [ $? -ne 0 ]
	check "why is told" log_has 'brood.conf:[0-9]+:1: nonsense: '
	is "it is active" "$(shows ActiveState)" active
	is "as before" "$(shows MainPID)" "$first"
	check "and serves" serves two
}

feeds_watchdog() {
	is "its watchdog is set" "$(shows WatchdogUSec)" 1min
	seen=$(shows WatchdogTimestampMonotonic)
	check "and knows of it" [ "${seen:-0}" -gt 0 ]
}

is_fed_again() {
	[ "$(shows WatchdogTimestampMonotonic brood@one.service)" -gt "$1" ]
}

is_other() {
	[ "$(shows MainPID)" -ne 0 ] && [ "$(shows MainPID)" -ne "$1" ] &&
	    [ "$(shows ActiveState)" = active ]
}

restarts() {
	conf one
	kill -KILL "$first"
	soon "killed: another is started" is_other "$first"
	check "and serves" serves one
	is "once" "$(shows NRestarts)" 1
}

stops() {
	hold_one
	ctl stop brood
	is "stop returns while a session lasts" $? 0
	exec 9>&-
	is "it is inactive, not failed" "$(shows ActiveState)" inactive
	check "the session was ended after stop-time" log_has ' stopped .*forced=1'
	check "nobody serves" eval '! serves one'
}

failed_with() {
	[ "$(shows ActiveState) $(shows ExecMainStatus)" = "failed $1" ]
}

# A manager whose control groups are of version 1 may stumble over the one
# that has just ended (219), and tries again: brood is asked once.
refuses() {
	echo 'nonsense x' >>"$T/brood.conf"
	before=$(log_count ':1: nonsense: ')
	ctl start brood
	check "a wrong file: start fails" [ $? -ne 0 ]
	soon "it has failed, with 78" failed_with 78
	is "and is not tried again" "$(log_count ':1: nonsense: ')" \
	    "$((before + 1))"
	ctl reset-failed brood
}

# Port 80 of a network where there is nobody else.
web() {
	[ "$(nc -N -w 60 127.0.0.1 80 </dev/null)" = web ]
}

takes_socket() {
	cat >"$T/brood.conf" <<-CONF
	user root
	service web {
		listen fd:web
		exec echo web
	}
	CONF
	ctl start brood.socket
	is "brood.socket is started" $? 0
	is "brood is not" "$(shows ActiveState)" inactive
	check "its client starts brood" web
	is "which is active" "$(shows ActiveState)" active
	ctl reload brood
	is "it can be reloaded" $? 0
	check "and serves" web
	first=$(shows MainPID)
	ctl restart brood
	check "started again it serves" web
	check "another process" [ "$(shows MainPID)" -ne "$first" ]
	ctl stop brood.socket brood
	is "both are stopped" "$(shows ActiveState) $(shows ActiveState brood.socket)" \
	    "inactive inactive"
}

runs_template() {
	printf '%s\n' 'OPTIONS="--user root --name one"' \
	    "ADDRESS=\"unix:$T/one.sock\"" \
	    "PROGRAM=\"sh -c 'echo one; cat'\"" >"$T/brood-one"
	printf '[Service]\nWatchdogSec=3s\n' >"$UNITS/brood@.service.d/dog.conf"
	ctl daemon-reload
	ctl start brood@one
	is "brood@one: start returns" $? 0
	check "and then it serves" serves one
	seen=$(shows WatchdogTimestampMonotonic brood@one.service)
	soon "its watchdog is fed" is_fed_again "$seen"
	ctl reload brood@one
	is "reload returns" $? 0
	check "and it serves" serves one
	ctl stop brood@one
	is "stop returns" $? 0
	is "it is inactive, not failed" \
	    "$(shows ActiveState brood@one.service)" inactive
	check "nobody serves" eval '! serves one'
}

inside() {
	start_manager
	for name in brood.service brood.socket brood@.service; do
		unit "$name"
	done
	ctl daemon-reload
	conf one
	starts
	feeds_watchdog
	reloads
	restarts
	stops
	refuses
	takes_socket
	runs_template
	finish
}

if [ "${1-}" = inside ]; then inside; else outside; fi
