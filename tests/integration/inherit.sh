#!/bin/sh
# Listeners that somebody else opened: LISTEN_FDS, and descriptor 0.
. "${srcdir:-.}/tests/integration/lib.sh"
need python3

# start.py NAMES KIND ENVIRONMENT...: open listeners as descriptors from 3 up,
# print their ports, and become brood.  PID stands for our own pid.
cat >"$T/start.py" <<'PY'
import os, socket, sys
names, kind, env, rest = sys.argv[1], sys.argv[2], sys.argv[3], sys.argv[4:]
socks = []
for i, name in enumerate(names.split(":")):
    s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM if kind == "udp" else socket.SOCK_STREAM)
    s.bind(("127.0.0.1", 0))
    if kind not in ("udp", "bound"):
        s.listen(16)
    socks.append(s)
with open(os.environ["T"] + "/ports", "w") as f:
    f.write(" ".join(str(s.getsockname()[1]) for s in socks) + "\n")
high = [os.dup(s.fileno()) for s in socks]
if kind == "zero":
    os.dup2(high[0], 0)
else:
    high = [__import__("fcntl").fcntl(h, 0, 50) for h in high]
    for i, h in enumerate(high):
        os.dup2(h, 3 + i)
os.closerange(3 + (0 if kind == "zero" else len(high)), 200)
for pair in env.split():
    name, value = pair.split("=", 1)
    os.environ[name] = value.replace("PID", str(os.getpid()))
os.execv(rest[0], rest)
PY
export T

# with NAMES KIND ENVIRONMENT ARG...: start brood that way, wait until ready.
with() {
	: >"$LOG"
	python3 "$T/start.py" "$1" "$2" "$3" "$BROOD" $(shift 3; echo "$@") \
	    2>>"$LOG" </dev/null &
	M=$!
	MASTERS="$MASTERS $M"
	wait_until is_ready
	read -r A B <"$T/ports"
}

with one:two tcp 'LISTEN_FDS=2 LISTEN_PID=PID LISTEN_FDNAMES=one:two' 'fd:*' cat
soon "all inherited ones are served" answers 127.0.0.1 "$A"
soon "the second as well" answers 127.0.0.1 "$B"
check "it stops with 0" brood_stop

with one:two tcp 'LISTEN_FDS=2 LISTEN_PID=PID LISTEN_FDNAMES=one:two' fd:two cat
soon "one is chosen by its name" answers 127.0.0.1 "$B"
check "one that nobody named is closed" log_has ' inherited-unused fd=3 name=one'
brood_stop

with one tcp 'LISTEN_FDS=1 LISTEN_PID=PID' fd:3 env
is "a program does not see them" "$(ask 127.0.0.1 "$A" </dev/null | grep -c LISTEN)" 0
brood_stop

with one tcp 'LISTEN_FDS=1 LISTEN_PID=1' 'fd:*' cat
wait_master
is "what is meant for another pid is not ours" $? 69
with one tcp 'LISTEN_FDS=1 LISTEN_PID=PID LISTEN_PIDFDID=1' 'fd:*' cat
case $(uname -r) in
[0-5].*|6.[0-8].*|6.[0-8]-*) brood_stop; skip "pidfs is newer than this kernel" ;;
*) wait_master; is "nor what names another pidfd" $? 69 ;;
esac
with one tcp 'LISTEN_FDS=1x LISTEN_PID=PID' 'fd:*' cat
wait_master
is "a bad number is refused" $? 78
with one tcp 'LISTEN_FDS=99999 LISTEN_PID=PID' 'fd:*' cat
wait_master
is "and one that is too large" $? 78
with one udp 'LISTEN_FDS=1 LISTEN_PID=PID' 'fd:*' cat
wait_master
is "and a datagram socket" $? 78
with one bound 'LISTEN_FDS=1 LISTEN_PID=PID' 'fd:*' cat
wait_master
is "and one that does not listen" $? 78

: >"$LOG"
python3 "$T/start.py" one zero '' "$BROOD" fd:0 cat 2>>"$LOG" &
M=$!
MASTERS="$MASTERS $M"
wait_until is_ready
read -r A <"$T/ports"
soon "descriptor 0 is served, as inetd gives it" answers 127.0.0.1 "$A"
brood_stop
brood_fails 78 'listening stream socket|cannot use' fd:0 cat
finish
