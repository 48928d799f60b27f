#!/bin/sh
# What was set in a master while it ran is in the next one, too, as long as the
# file says nothing else of it; and a plan says which it will be.
. "${srcdir:-.}/tests/integration/lib.sh"
need python3

if [ "$(id -u)" -eq 0 ]; then user=nobody; else user=$(id -un); fi
chmod 755 "$T"
conf() {	# PROGRAM [WORDS]
	cat <<CONF
user $user
service one {
	listen 127.0.0.1:0
	$1
	${2-}
}
CONF
}

limits() {
	ctl --json status one |
	    grep -Eo '"(minimum-available|maximum-connected)": [0-9]+' |
	    tr -dc '0-9\n' | xargs
}
# An old one that still leaves is told of, too.
are() { [ "$(limits)" = "$1" ]; }
plan() { ctl plan | grep ' by .set., ' | sed 's/^one: //'; }
replaced() {	# NAME
	pid=$(master_of one)
	check "$1: a reload" ctl reload
	check "$1: another master" [ "$(master_of one)" != "$pid" ]
}

conf 'exec cat' >"$CONF"
file_begin
soon "as it is by default" are "4 200"
check "two are set" ctl set one minimum-available 6 maximum-connected 66

conf 'exec cat' 'env WORD=1' >"$CONF"
is "a plan says that they stay" "$(plan)" \
    "minimum-available is 6 by \`set', the file says 4 (kept)
maximum-connected is 66 by \`set', the file says 200 (kept)"
replaced "a variable"
soon "they do" are "6 66"
conf 'exec cat' 'env WORD=2' >"$CONF"
replaced "another one"
soon "they still do" are "6 66"
is "and are named" "$(plan | wc -l)" 2

conf 'exec cat' 'env WORD=3
	minimum-available 5' >"$CONF"
is "a plan says that the file comes first" "$(plan)" \
    "minimum-available is 6 by \`set', the file says 5 (will become 5)
maximum-connected is 66 by \`set', the file says 200 (will become 200)"
replaced "the file's own word"
soon "it does" are "5 200"
is "nothing is left to be named" "$(plan)" ""

check "one is set" ctl set one minimum-available 7
conf 'inline echo' 'minimum-available 5' >"$CONF"
replaced "another kind"
soon "has the file's" are "5 200"
# Numbers that no master can have, in one's own name.
claim() {	# PID
	python3 - "$M" "$1" <<'PY'
import os, socket, struct, sys
supervisor, pid = map(int, sys.argv[1:])
# The supervisor's only socket for datagrams that has a name.
mine = {os.stat(e.path).st_ino for e in os.scandir("/proc/%d/fd" % supervisor)}
rows = [line.split() for line in open("/proc/net/unix")][1:]
name, = [r[7] for r in rows if len(r) > 7 and r[4] == "0002" and int(r[6]) in mine]
s = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
s.connect(name.replace("@", "\0", 1))
s.sendmsg([b"X_LIMITS=0 0 0"], [(socket.SOL_SOCKET, socket.SCM_CREDENTIALS,
                                 struct.pack("iII", pid, 0, 0))])
PY
}
claimed() { ctl plan | grep -q 'minimum-available is 0 by'; }
if [ "$(id -u)" -eq 0 ]; then
	check "a master claims nonsense" claim "$(master_of one)"
	conf 'inline echo' 'minimum-available 5
	env WORD=4' >"$CONF"
	soon "it is heard" claimed
	replaced "it keeps nobody from taking its place"
	soon "who has the file's" are "5 200"
	check "it claims it again" claim "$(master_of one)"
	pid=$(master_of one)
	kill -KILL "$pid"
	next() { now=$(master_of one) && [ "$now" != "$pid" ] && [ "$(limits)" = "5 200" ]; }
	soon "the next one is as in the file" next
fi
check "one is set" ctl set one minimum-available 7
conf 'worker sleep 1000' 'children 2' >"$CONF"
replaced "a pool of a fixed size"
check "it stops with 0" brood_stop
finish
