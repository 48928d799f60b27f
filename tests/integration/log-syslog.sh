#!/bin/sh
# The system logger gets what it should; where it sleeps, dies or is replaced
# nobody waits for it, and what is lost is counted.
# In a mount namespace of its own, /dev is one with a logger of ours.
# shellcheck disable=SC2016 # scripts of the program
. "${srcdir:-.}/tests/integration/lib.sh"
need nc python3
if [ -z "${OWN_DEV-}" ]; then
	[ "$(id -u)" -eq 0 ] && unshare -m true 2>/dev/null ||
	    skip_all "no mount namespaces"
	rm -rf "$T"
	OWN_DEV=1 exec unshare -m sh "$0"
fi

# Nodes may not be made in every container: those there are stand in.
mkdir "$T/dev"
mount -t tmpfs dev "$T/dev" || skip_all "no /dev of our own"
for node in null zero full random urandom tty; do
	: >"$T/dev/$node"
	mount --bind "/dev/$node" "$T/dev/$node"
done
ln -s /proc/self/fd "$T/dev/fd"
mount --move "$T/dev" /dev || skip_all "no /dev of our own"
[ ! -e /dev/log ] || skip_all "no /dev of our own"

# logger FILE [asleep]: what it gets, a line each; asleep it reads nothing
# until SIGUSR1.
cat >"$T/logger.py" <<'PY'
import signal, socket, sys
signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGUSR1])
s = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
s.bind("/dev/log")
out = open(sys.argv[1], "ab", 0)
if sys.argv[2:] == ["asleep"]:
    signal.sigwait([signal.SIGUSR1])
while True:
    out.write(s.recv(65536) + b"\n")
PY

logger() {
	rm -f /dev/log
	python3 "$T/logger.py" "$@" &
	LOGGER=$!
	HELD="$HELD $LOGGER"
	wait_until [ -S /dev/log ]
	chmod 666 /dev/log
}

end_logger() {
	kill -KILL "$LOGGER"
	wait "$LOGGER" 2>/dev/null
}

spawn() {
	rm -f "$T/s"
	"$BROOD" --log syslog --user "$(id -un)" "unix:$T/s" \
	    sh -c 'seq 5000 >&2; echo done' </dev/null >"$T/out" 2>&1 &
	M=$!
	MASTERS="$MASTERS $M"
	wait_until [ -S "$T/s" ]
}

asks() {
	[ "$(nc -NU -w 60 "$T/s" </dev/null 2>/dev/null | tail -n 1)" = "done" ]
}

LOG=$T/log
logger "$LOG"
spawn
soon "the logger is told" log_has ' ready pid='
check "as syslog(3) would, in local time" grep -Eq \
    "^<30>[A-Z][a-z]{2} [ 1-3][0-9] [0-9]{2}:[0-9]{2}:[0-9]{2} brood\[$M\]: ready pid=$M " \
    "$LOG"
check "a client is served" asks
soon "with what the program says" log_has '<28>.* program pid=[0-9]* text="1"$'
end_logger
check "without a logger clients are served" asks
check "and the next" asks
logger "$T/second"
LOG=$T/second
check "there is another logger" asks
soon "it is found" log_has ' program pid=[0-9]* text="1"$'
soon "and told what was lost" log_has '<28>.* log-dropped lines=[0-9]{4,5}$'
check "it stops with 0" brood_stop
end_logger

# lines: how many were read, and lost.
lines() {
	awk '/ log-dropped / { sub(/.*lines=/, ""); n += $0 - 1 }
	    END { print NR + n }' "$LOG"
}
has_lines() { [ "$(lines)" -ge "$1" ]; }

# start, listen, ready, root's warning, 5002 a client; then stop and stopped.  At
# its end it waits for a logger that is behind for no more than a second.
logger "$T/third" asleep
LOG=$T/third
spawn
check "a logger that sleeps stops no client" asks
check "nor the next one" asks
check "and nobody waits for it" asks
kill -USR1 "$LOGGER"
soon "what was lost is told" log_has ' log-dropped lines=[0-9]+$'
soon "and nothing waits" has_lines 15009
check "it stops with 0" brood_stop
soon "to the end" log_has ' stopped '
n=$(lines)
check "lines read and lines lost are all lines ($n)" \
    [ "$n" -ge 15011 -a "$n" -le 15014 ]
end_logger

logger "$T/fourth" asleep
spawn
check "served" asks
check "one that never reads does not keep it from stopping" brood_stop
end_logger

rm -f /dev/log
spawn
check "where there is none clients are served" asks
LOG=$T/fifth
logger "$LOG"
kill -USR1 "$M"
check "one comes" asks
soon "and is told" log_has ' program pid=[0-9]* text="1"$'
check "it stops with 0" brood_stop
end_logger
finish
