#!/bin/sh
# The program's environment is made from nothing, and holds what was asked for.
. "${srcdir:-.}/tests/integration/lib.sh"
need nc

# env_of ARG...: sorted, without what differs from client to client.
env_of() {
	brood_start "$@" 127.0.0.1:0 env || return
	ask </dev/null | sed 's/^\(TCP.*PORT\)=[0-9]*$/\1=N/' | sort
	brood_stop || echo "status $?"
}

has() {
	env_of "$@" | grep -E "^($pattern_)=" | tr '\n' ' '
}

me=$(id -un)
home=$(getent passwd "$me" | cut -d : -f 6)
shell=$(getent passwd "$me" | cut -d : -f 7)
golden="HOME=$home
LOGNAME=$me
PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
PROTO=TCP
SHELL=$shell
TCPCONNNUM=1
TCPLOCALIP=127.0.0.1
TCPLOCALPORT=N
TCPREMOTEIP=127.0.0.1
TCPREMOTEPORT=N
USER=$me"

MARK=mark TCPREMOTEHOST=evil TCPREMOTEINFO=x TCP6REMOTEHOST=x UNIXLOCALPATH=x
IPCREMOTEINFO=x REMOTE_HOST=x LISTEN_FDNAMES=x WATCHDOG_PID=1 MAINPID=1
UDPREMOTEIP=1 PROTO=evil TCPLOCALPORT=evil EMPTY='' HOME=/elsewhere USER=evil
export MARK TCPREMOTEHOST TCPREMOTEINFO TCP6REMOTEHOST UNIXLOCALPATH \
    IPCREMOTEINFO REMOTE_HOST LISTEN_FDNAMES WATCHDOG_PID MAINPID UDPREMOTEIP \
    PROTO TCPLOCALPORT EMPTY HOME USER

clean() {
	is "nothing is inherited" "$(env_of)" "$golden"
}
each_memory clean

pattern_='MARK|ABSENT|EMPTY'
is "a name is passed on, if it is there" \
    "$(has --env MARK --env ABSENT --env EMPTY)" "EMPTY= MARK=mark "
is "a value is set" "$(has --env MARK=a=b --env EMPTY=)" "EMPTY= MARK=a=b "
is "the last one counts" "$(has --env MARK=1 --env MARK --env MARK=2)" \
    "MARK=2 "
is "a star passes on all" "$(has --env '*')" "EMPTY= MARK=mark "
pattern_='TCP.*(HOST|INFO)|TCP6.*|UNIX.*|IPC.*|UDP.*|REMOTE.*|LISTEN.*|WATCHDOG.*|NOTIFY.*|MAINPID|PROTO|TCPLOCALPORT'
is "but nothing that a client's address could be mistaken for" \
    "$(has --env '*')" "PROTO=TCP TCPLOCALPORT=N "
pattern_='PATH|HOME|USER'
is "the basic ones can be replaced" \
    "$(has --env PATH=/x --env HOME=/y --env USER=z)" "HOME=/y PATH=/x USER=z "
is "also by a star" "$(has --env '*' --env PATH=/x)" \
    "HOME=/elsewhere PATH=/x USER=evil "

set --
i=0
while [ $i -lt 257 ]; do
	set -- "$@" --env "V$i=$i"
	i=$((i + 1))
done
brood_fails 64 'at most 256' "$@" 127.0.0.1:0 env
shift 2
pattern_='V[0-9]*'
is "256 of them are" "$(has "$@" | wc -w)" 256
finish
