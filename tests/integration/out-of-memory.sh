#!/bin/sh
# Where memory runs out the program that took it goes, the log says so, and
# the others are served.  In a control group of its own, of version 2 or 1.
# shellcheck disable=SC2016 # scripts of the program
. "${srcdir:-.}/tests/integration/lib.sh"
need nc python3
[ "$(id -u)" -eq 0 ] || skip_all "it takes root"
python=$(python3 -c 'import sys; print(sys.executable)')

# A group of 200 MB that this shell may be in.
if [ -e /sys/fs/cgroup/cgroup.controllers ]; then
	group=/sys/fs/cgroup$(sed -n 's/^0:://p' /proc/self/cgroup)/brood.$$
	limit=memory.max
	swap=memory.swap.max
else
	group=/sys/fs/cgroup/memory$(sed -n 's/^[0-9]*:memory://p' \
	    /proc/self/cgroup)/brood.$$
	limit=memory.limit_in_bytes
	swap=memory.memsw.limit_in_bytes
fi
{ mkdir "$group" && echo 200M >"$group/$limit"; } 2>/dev/null || {
	rmdir "$group" 2>/dev/null
	skip_all "no control group for memory"
}
echo 0 >"$group/$swap" 2>/dev/null || echo 200M >"$group/$swap" 2>/dev/null

# spawn ARG...: in that group.
spawn() {
	rm -f "$T/s"
	: >"$LOG"
	sh -c 'echo $$ >"$1/cgroup.procs" && shift && exec "$@"' sh "$group" \
	    "$BROOD" --user "$(id -un)" "unix:$T/s" "$@" 2>>"$LOG" </dev/null &
	M=$!
	MASTERS="$MASTERS $M"
	wait_until log_has ' ready pid='
}

# What the client says it is: a word to be given back, or a lot of memory.
cat >"$T/eat.py" <<'PY'
import sys
word = sys.stdin.readline().strip()
if word == "eat":
    block = bytearray(600 << 20)
    for i in range(0, len(block), 4096):
        block[i] = 1
print(word)
PY

asks() {
	[ "$(printf '%s\n' "$1" | nc -NU -w 100 "$T/s")" = "$1" ]
}

eats() {
	kills=$(log_count ' warn out-of-memory pid=')
	check "$1: who takes too much is not answered" refused_word eat
	soon "$1: the log says why" more_than "$kills"
	check "$1: another is served" asks word
	check "$1: and it is the same master" kill -0 "$M"
}

refused_word() {
	! asks "$1"
}

more_than() {
	[ "$(log_count ' warn out-of-memory pid=')" -gt "$1" ]
}

# tries NAME ARG...
tries() {
	who=$1
	shift
	spawn "$@"
	check "$who: served" asks word
	eats "$who"
	eats "$who, again"
	pid=$(sed -n 's/.* warn out-of-memory pid=//p' "$LOG" | head -n 1)
	soon "$who: and whose end it was" \
	    log_has " end pid=$pid .* (signal=KILL|status=137)"
	check "$who: it stops with 0" brood_stop
}

tries "a program" "$python" "$T/eat.py"
tries "a program's child" sh -c '"$1" "$2"; exit $?' sh "$python" "$T/eat.py"

# By hand it is something else.
spawn sh -c 'kill -KILL $$'
check "one that is killed otherwise" refused_word word
soon "has ended" log_has ' end pid=.* signal=KILL'
check "but not for memory" [ "$(log_count ' out-of-memory ')" -eq 0 ]
check "it stops with 0" brood_stop
wait_until rmdir "$group" 2>/dev/null
finish
