#!/bin/sh
# A disk without room for the log costs lines, which are counted, and no
# client; without room for the pid file nothing starts.
[ -n "${INSIDE-}" ] || ! unshare -m true 2>/dev/null ||
    INSIDE=1 exec unshare -m sh "$0"
. "${srcdir:-.}/tests/integration/lib.sh"
[ -n "${INSIDE-}" ] || skip_all "no mount namespace"
need nc
mkdir "$T/small"
mount -t tmpfs -o size=64k none "$T/small" || skip_all "cannot mount"

brood_start 127.0.0.1:0 cat
brood_stop
LOG=$T/small/log
: >"$LOG"
"$BROOD" --log "$LOG" 127.0.0.1:0 cat </dev/null 2>"$T/stderr" &
M=$!
MASTERS="$MASTERS $M"
wait_until is_ready
PORT=$(port_of listen)
head -c 100000 /dev/zero >"$T/small/fill" 2>/dev/null
for _ in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20 \
    21 22 23 24 25 26 27 28 29 30; do
	answers || not_ok "a client was lost"
done
check "clients are served" answers
rm "$T/small/fill"
answers
soon "with room again the log goes on, and tells what was lost" \
    log_has ' warn log-dropped lines=[0-9]+'
check "it stops with 0" brood_stop
LOG=$T/log

head -c 100000 /dev/zero >"$T/small/fill" 2>/dev/null
timeout 60 "$BROOD" --pidfile "$T/small/pid" "unix:$T/s" cat 2>"$T/fails"
is "a pid file that cannot be written is refused" $? 71
check "and named" grep -q "$T/small/pid: No space" "$T/fails"
check "nothing is left" [ ! -e "$T/small/pid" ]
check "nor made" [ ! -e "$T/s" ]
umount -l "$T/small"
finish
