#!/bin/sh
# A supervisor and who starts it: what it inherits, what it tells, and what
# happens if it is started twice.  STARTS=1000 for the long one.
# shellcheck disable=SC2016 # for eval and sh -c
. "${srcdir:-.}/tests/integration/lib.sh"
need python3 perl nc
here=${srcdir:-.}/tests/integration

if [ "$(id -u)" -eq 0 ]; then user=nobody; else user=$(id -un); fi
chmod 755 "$T"
cat >"$CONF" <<CONF
user $user
control none
service echo {
	listen unix:$T/sock
	inline echo
}
service state {
	listen unix:$T/state
	exec sh -c "ls /proc/\$\$/fd; exec cat /proc/self/status"
}
CONF

# begin COMMAND...: a supervisor, by that command; M.
begin() {
	: >"$LOG"
	"$@" "$BROOD" -f "$CONF" --log stderr ${PIDFILE:+--pidfile "$PIDFILE"} \
	    2>>"$LOG" </dev/null >"$T/stdout" &
	M=$!
	MASTERS="$MASTERS $M"
}
ready() { log_has ' ready pid=[0-9]* services='; }
echoes() { [ "$(echo hello | nc -NU -w 10 "$T/sock" 2>&1)" = hello ]; }
served() { wait_until ready && echoes; }

# ---- what it inherits
begin perl "$here/dirty.pl"
check "with all signals blocked and ignored it starts" served
is "its programs have none" \
    "$(nc -NU "$T/state" </dev/null | grep -E '^Sig(Blk|Ign|Cgt)' | tr -d '\t\n')" \
    "SigBlk:0000000000000000SigIgn:0000000000000000SigCgt:0000000000000000"
kill -KILL "$(pgrep -n -P "$M" -f '^brood: master echo ')"
soon "it sees a death" log_has ' master-died service=echo'
soon "and mends it" echoes
check "TERM stops it with 0" brood_stop

mkfifo "$T/pipe"
timeout 60 cat "$T/pipe" >/dev/null &
reader=$!
foreign() { exec 9>"$T/pipe" 7</etc/passwd 8>&9; exec "$@"; }
begin foreign
check "with others' descriptors it starts" served
check "who reads a pipe of its starter's is released" wait $reader
masters=$(pgrep -P "$M")
# shellcheck disable=SC2046 # words
is "nobody has its starter's file" "$(find $(for pid in $M $masters \
    $(for m in $masters; do pgrep -P "$m"; done); do
	echo "/proc/$pid/fd"
    done) -lname /etc/passwd 2>/dev/null)" ""
is "programs have 0, 1 and 2" \
    "$(nc -NU "$T/state" </dev/null | grep -v : | tr '\n' ' ')" "0 1 2 "
check "it stops with 0" brood_stop

# ---- LISTEN_FDS
refuses() {	# NAME PATTERN COMMAND...
	name=$1
	pattern=$2
	shift 2
	"$@" timeout 60 "$BROOD" -f "$CONF" >"$T/said" 2>&1 </dev/null
	is "refused: $name" "$? $(grep -Ec "$pattern" "$T/said")" "78 1"
	check "nothing was made: $name" [ ! -e "$T/sock" ]
}
# As who gets our pid by exec.
as() { sh -c 'LISTEN_PID=$$ exec env "$@"' as "$@"; }
as_one() { as "$1" "$BROOD" -f "$CONF"; }
listens() {	# NAME WORD
	as_one "$2" >"$T/said" 2>&1 </dev/null
	is "refused: $1" "$? $(grep -c 'bad LISTEN_FDS' "$T/said")" "78 1"
	check "nothing was made: $1" [ ! -e "$T/sock" ]
}
listens "descriptors that are not open" LISTEN_FDS=9
listens "no number of descriptors" LISTEN_FDS=many
listens "too many descriptors" LISTEN_FDS=99999999999
refuses "no pid" 'bad LISTEN_PID' env LISTEN_PID=me LISTEN_FDS=1
begin env LISTEN_PID=1 LISTEN_FDS=9
check "what is another's is not looked at" served
check "it stops with 0" brood_stop
cp "$CONF" "$T/kept"
cat >"$CONF" <<CONF
user $user
control none
service given {
	listen fd:one
	inline echo
}
CONF
wrong() {	# NAME DESCRIPTOR-MAKER
	: >"$LOG"
	python3 - "$2" "$BROOD" -f "$CONF" --require-all <<'PY' 2>"$LOG" >"$T/stdout"
import os, socket, sys
fd = {
    "file": lambda: os.open("/etc/passwd", os.O_RDONLY),
    "unbound": lambda: socket.socket().detach(),
    "bound": lambda: bound(socket.SOCK_STREAM),
    "connected": lambda: socket.socketpair()[0].detach(),
}
def bound(kind):
    s = socket.socket(socket.AF_INET, kind)
    s.bind(("127.0.0.1", 0))
    return s.detach()
n = os.dup(fd[sys.argv[1]]())
os.dup2(n, 3)
os.set_inheritable(3, True)
os.environ.update(LISTEN_PID=str(os.getpid()), LISTEN_FDS="1",
    LISTEN_FDNAMES="one")
os.execv(sys.argv[2], sys.argv[2:])
PY
	status=$?
	check "refused: $1 (status $status)" [ "$status" -eq 69 -o "$status" -eq 78 ]
	check "and named: $1" grep -q 'fd:one' "$LOG"
}
wrong "a file" file
wrong "a socket without an address" unbound
wrong "a socket of a pair" connected
mv "$T/kept" "$CONF"

# ---- NOTIFY_SOCKET
NEWS=$T/news
listen() {	# NAME
	rm -f "$NEWS" "$T/notify"
	perl "$here/notified.pl" "$1" "$NEWS" &
	HELD="$HELD $!"
	wait_until [ -s "$NEWS" ]
}
heard() { [ "$(grep -Ec "^[0-9]+ $2\$" "$NEWS")" -ge "$1" ]; }
for name in "$T/nobody" relative '' @ "/$(head -c 200 /dev/zero | tr '\0' x)"; do
	begin env NOTIFY_SOCKET="$name"
	check "served with NOTIFY_SOCKET=$(printf %.20s "$name")" served
	check "it stops with 0" brood_stop
done
listen "@brood-test-$$"
begin env NOTIFY_SOCKET="@brood-test-$$"
soon "READY to an abstract name" heard 1 READY=1
check "it stops with 0" brood_stop
let_go

# Full when it is ready, and again when it has read the file again.
: >"$LOG"
python3 - "$T/full" "$BROOD" "$CONF" "$LOG" >"$T/full.said" 2>&1 <<'PY'
import os, signal, socket, subprocess, sys, time

s = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
s.bind(sys.argv[1])
s.settimeout(30)
full = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
full.connect(sys.argv[1])
full.setblocking(False)


def fill():
    try:
        while True:
            full.send(b"x")
    except BlockingIOError:
        pass


def has(text):
    end = time.monotonic() + 30
    while text not in open(sys.argv[4]).read():
        if time.monotonic() > end:
            sys.exit("no line: " + text)
        time.sleep(0.02)


def hear(what):
    try:
        while s.recv(4096) != b"READY=1":
            pass
        print(what)
    except TimeoutError:
        print("not " + what)


fill()
p = subprocess.Popen([sys.argv[2], "-f", sys.argv[3]], stderr=open(sys.argv[4],
    "a"), stdin=subprocess.DEVNULL, env={**os.environ,
    "NOTIFY_SOCKET": sys.argv[1]})
has(" services=")
hear("ready")
fill()
p.send_signal(signal.SIGHUP)
has(" reloaded ")
hear("reloaded")
fill()
p.terminate()
print("status", p.wait(60))
PY
is "READY is said again to one who has no room, and nobody waits for him" \
    "$(tr '\n' ' ' <"$T/full.said")" "ready reloaded status 0 "

# ---- WATCHDOG_USEC
listen "$T/notify"
begin env NOTIFY_SOCKET="$T/notify" WATCHDOG_USEC=100000
soon "the watchdog is fed" heard 5 WATCHDOG=1
kill -STOP "$M"
wait_until is_stopped
sleep 0.1		# what was sent has been read
fed=$(grep -c WATCHDOG "$NEWS")
sleep 0.4
is "one that hangs does not feed it, nor does anybody else" \
    "$(grep -c WATCHDOG "$NEWS")" "$fed"
kill -CONT "$M"
soon "until it goes on" heard $((fed + 3)) WATCHDOG=1
check "it stops with 0" brood_stop
let_go
listen "$T/notify"
begin env NOTIFY_SOCKET="$T/notify" WATCHDOG_USEC=100000 WATCHDOG_PID=1
check "with another's watchdog it serves" served
kill -HUP "$M"
wait_until log_has ' reloaded '
check "it stops with 0" brood_stop
is "and does not feed it" "$(grep -c WATCHDOG "$NEWS")" 0
let_go

# ---- twice
both() {	# ARG...
	start_twice -f "$CONF" "$@" || return
	[ "$LOST" -ne 75 ] || lost=$((lost + 1))
	wait_until grep -q ' ready pid=[0-9]* services=2 running=2' "$LOG_WON"
	! echoes || won=$((won + 1))
	brood_stop && ended=$((ended + 1))
	rounds=$((rounds + 1))
}
twice() {	# NAME ARG...
	name=$1
	shift
	lost=0 won=0 ended=0 rounds=0
	while [ "$rounds" -lt "${STARTS:-8}" ]; do
		both "$@" || break
	done
	is "$name: one ends with 75, the other serves, and ends with 0" \
	    "$lost $won $ended" "$rounds $rounds $rounds"
	is "$name: nothing is left" \
	    "$(find "$T" -name 'sock' -o -name 'pid' -o -path '*/run/*')" ""
}
twice "the same pid file" --pidfile "$T/pid"
twice "the same control socket" --control "$T/run/control"
twice "both" --pidfile "$T/pid" --control "$T/run/control"

# The file's name is gone: who comes then has it, and waits for the addresses.
PIDFILE=$T/pid
begin env
check "with a pid file it serves" served
first=$M
rm "$T/pid"
LOG=$T/log.second
begin env
soon "a second one starts" ready
check "but has none of the addresses" log_has ' ready .* running=0 failed=2'
second=$M
is "the file is its own" "$(tr -d ' \n' <"$T/pid")" "$second"
check "the first one serves on" echoes
M=$first
check "it stops with 0" brood_stop
is "and does not remove the file" "$(tr -d ' \n' <"$T/pid")" "$second"
M=$second
soon "the second one takes over" echoes
check "it stops with 0" brood_stop
check "and removes the file" [ ! -e "$T/pid" ]
finish
