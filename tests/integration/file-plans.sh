#!/bin/sh
# What a plan says is what a reload then does, for each kind of change.
. "${srcdir:-.}/tests/integration/lib.sh"
need python3 ss
here=${srcdir:-.}/tests/integration

if [ "$(id -u)" -eq 0 ]; then user=nobody other=daemon; else user=$(id -un) other=; fi
host=127.$((1 + $$ % 250)).$((1 + $$ / 250 % 250)).9
chmod 755 "$T"

# Two that stay, and those that are changed.
base() {
	cat <<CONF
user $user
service still {
	listen 127.0.0.1:0
	inline echo
}
CONF
}

one() {	# LISTEN PROGRAM [WORDS]
	cat <<CONF
service one {
	listen $1
	exec $2
	${3-}
}
CONF
}

two() {	# LISTEN [WORDS]
	cat <<CONF
service two {
	listen $1
	inline echo
	${2-}
}
CONF
}

# plans NAME EXPECTED: the new file is in $T/new.
plans() {
	is "$1" "$(python3 "$here/file_plans.py" "$BROODCTL" \
	    "$T/run/control.sock" "$LOG" "$T/new" "$CONF")" "$2"
}

a=$host:7001
b=$host:7002
c=unix:$T/c.sock
{ base; one "$a $c" cat 'minimum-available 2'; two "$b"; } >"$CONF"
file_begin
cp "$CONF" "$T/new"
plans "the same file" "nothing"
{ base; echo '# a remark'; one "$a $c" cat 'minimum-available 2'; two "$b"; } >"$T/new"
plans "a remark" "nothing"
{ base; one "$a $c" cat 'minimum-available 3'; two "$b"; } >"$T/new"
plans "a limit" "one=limits(minimum-available)"
{ base; one "$a $c" cat 'minimum-available 3
	maximum-connected 77'; two "$b" 'maximum-connected 66'; } >"$T/new"
plans "limits of two" \
    "one=limits(maximum-connected) two=limits(maximum-connected)"
{ base; one "$a $c" cat; two "$b"; } >"$T/new"
plans "limits that are not said any more" \
    "one=limits(minimum-available, maximum-connected) two=limits(maximum-connected)"
{ base; one "$a $c" 'cat -u'; two "$b"; } >"$T/new"
plans "an argument" "one=replace(exec)"
{ base; one "$a $c" 'cat -u' 'env GREETING=hello'; two "$b"; } >"$T/new"
plans "a variable" "one=replace(env)"
{ base; one "$a $c" 'cat -u' 'env GREETING=bye'; two "$b"; } >"$T/new"
plans "its value" "one=replace(env)"
if [ -n "$other" ]; then
	{ base; one "$a $c" 'cat -u' "user $other"; two "$b"; } >"$T/new"
	plans "a user" "one=replace(user, groups, env)"
fi
{ base; one "$a $c" 'cat -u'; two "$b"; } >"$T/new"
plans "and back" "one=replace(${other:+user, groups, }env)"
{ base; one "$a" 'cat -u'; two "$b"; } >"$T/new"
plans "a listener goes" "-$c one=replace(listen)"
check "its path, too" [ ! -e "$T/c.sock" ]
{ base; one "$a $c udp:127.0.0.1:0" 'cat -u'; two "$b"; } >"$T/new"
plans "two come" "+udp:127.0.0.1:0 +$c one=replace(listen)"
check "with its path" [ -S "$T/c.sock" ]
{ base; one "$a" 'cat -u'; two "$b $c"; } >"$T/new"
plans "one moves, one goes" \
    "-udp:127.0.0.1:0 one=replace(listen) two=replace(listen)"
is "what has moved is served by the other" "$(echo moved | nc -NU "$T/c.sock")" moved
{ base; one "$b" 'cat -u'; two "$a $c"; } >"$T/new"
plans "two change places" "one=replace(listen) two=replace(listen)"
{ base; one "$a" 'cat -u'; two "$b $c"; } >"$T/new"
plans "and back again" "one=replace(listen) two=replace(listen)"
{ base; one "$a" 'cat -u'; two "$b $c"; echo 'service new {
	listen 127.0.0.1:0
	inline daytime
}'; } >"$T/new"
plans "a service comes" "+127.0.0.1:0 new=start(it is new)"
{ base; one "$a" 'cat -u'; two "$b $c" 'enabled no'; } >"$T/new"
plans "one goes, one is disabled" \
    "-127.0.0.1:0 -$b -$c new=stop(it is not in the file) two=stop(it is not in the file)"
{ base; one "$a" 'cat -u'; two "$b $c" 'enabled yes'; } >"$T/new"
plans "it is enabled" "+$b +$c two=start(it is new)"
{ base; one "$a" 'cat -u' 'backlog 17'; two "$b $c"; } >"$T/new"
plans "a backlog" "one=replace(backlog)"
is "which is so then" "$(ss -Hltn "src = $a" | awk '{ print $3 }')" 17
{ base; one "$a" 'cat -u' 'backlog 17'; two "$b $c" "log $T/two.log"; } >"$T/new"
plans "a log" "two=replace(log)"
soon "which is written" test -s "$T/two.log"
{ base; one "$a" 'cat -u' 'backlog 17'; two "$b $c" "socket-mode 600"; } >"$T/new"
plans "a mode" "two=replace(log, socket-mode)"
is "which is so then" "$(stat -c %a "$T/c.sock")" 600
{ base; one "$a" 'cat -u' 'backlog 17'; two "$b $c" "socket-mode 666"
    echo 'nonsense'; } >"$T/new"
plans "another one in a bad file" "refused 78"
is "which changes nothing" "$(stat -c %a "$T/c.sock")" 600
{ base; one "$a" 'cat -u' 'backlog 17'; two "$b"; } >"$T/new"
plans "several at once" "-$c two=replace(listen, socket-mode)"
{ base | sed 's/echo/discard/'; one "$a $c" cat 'minimum-available 2'; } >"$T/new"
plans "many things at once" "+$c -$b one=replace(listen, exec, backlog, \
minimum-available) still=replace(inline) two=stop(it is not in the file)"
{ base; one "$a $c" cat; echo 'nonsense here'; } >"$T/new"
plans "a bad file" "refused 78"
{ base; one "$a $c" /nonexistent/program; } >"$T/new"
plans "a program that is missing" "refused 78"
{ base; one "$a $c" cat 'user nobody-there'; } >"$T/new"
plans "a user that is missing" "refused 78"
{ base | sed 's/echo/discard/'; one "$a $c" cat 'minimum-available 2'; } >"$T/new"
plans "the good one again" "nothing"

# Ports are tried by a reload only.
python3 -c 'import socket, sys, time
s = socket.socket(); s.bind((sys.argv[1], 7003)); s.listen()
print("listens", flush=True); time.sleep(600)' "$host" >"$T/taken" &
holder=$!
MASTERS="$MASTERS $holder"
wait_until test -s "$T/taken"
{ base | sed 's/echo/discard/'; one "$a $c $host:7003" cat 'backlog 18
	socket-mode 606'; } >"$CONF"
is "a plan does not see that a port is taken" \
    "$(ctl plan | grep ':7003')" "open $host:7003 (one)"
ctl reload 2>"$T/err"
is "a reload does" "$?" 69
check "and tells it" grep -q "one: cannot bind $host:7003: Address already in use" "$T/err"
is "and has changed nothing of what was there" \
    "$(stat -c %a "$T/c.sock") $(ss -Hltn "src = $a" | awk '{ print $3 }')" "666 4096"
kill "$holder"
check "it ends with 0" brood_stop
finish
