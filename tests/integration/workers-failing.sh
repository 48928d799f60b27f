#!/bin/sh
# Workers that die: replaced at once, but never a storm; in a roll the old
# ones go on.
# shellcheck disable=SC2016 # for eval
. "${srcdir:-.}/tests/integration/lib.sh"
. "${srcdir:-.}/tests/integration/workers-lib.sh"
need python3 nc

# workers N OPTION...
workers() {
	: >"$T/starts"
	n=$1
	shift
	brood_start --kind worker --children "$n" "$@" 127.0.0.1:0 \
	    "$python" "$here/workers_serve.py" "$T" notify
}

# One that dies is replaced; others serve.
workers 4
old=$(children_now)
victim=$(echo "$old" | head -n 1)
kill -KILL "$victim"
soon "its end is told" log_has " worker-(end|died) pid=$victim .*signal=KILL"
soon "another is started" eval '[ "$(starts)" -eq 5 ]'
soon "and gets ready" log_at_least 5 ' worker-ready pid='
is "the others stay" "$(left_of "$old")" 3
page /crash >/dev/null
soon "one that fails is replaced, too" \
    eval 'log_has " worker-(end|died) pid=[0-9]* .*status=9" && alive_is 4'
soon "its heir gets ready" log_at_least 6 ' worker-ready pid='
is "without a pause" "$(log_count ' pause ')" 0
check "they serve" serves_pages

# The new one dies at once, for ever.
touch "$T/bad"
before=$(starts)
old=$(children_now)
kill -KILL "$(echo "$old" | head -n 1)"
soon "one that dies for ever makes a pause" log_has ' warn pause seconds=2'
is "the others stay" "$(left_of "$old")" 3
check "and serve" serves_pages
soon "the second pause is longer" log_has ' pause seconds=[45]'
is "the others stay" "$(left_of "$old")" 3
check "few were started" [ $(($(starts) - before)) -le 20 ]
check "in the pause the master rests" master_rests

# A roll then: none of the old ones goes.
kill -HUP "$M"
soon "a roll tries one" log_at_least 4 ' worker-(end|died) pid=[0-9]* .*status=7'
is "the others stay" "$(left_of "$old")" 3
check "and serve" serves_pages
check "few were started" [ $(($(starts) - before)) -le 32 ]
rm "$T/bad"
kill -HUP "$M"
soon "once they live again, all are new" eval '[ "$(left_of "$old")" -eq 0 ]'
soon "and are four" alive_is 4
soon "and the matter is over" log_has ' pause-over'
check "they serve" serves_pages
check "it stops with 0" brood_stop

# A roll to a program that dies at once, with nothing else wrong.
workers 3
old=$(children_now)
touch "$T/bad"
before=$(starts)
kill -HUP "$M"
soon "a roll that fails is told" \
    eval 'log_has " pause | renew-refused | roll-failed "'
is "all old ones stay" "$(left_of "$old")" 3
check "few were started" [ $(($(starts) - before)) -le 16 ]
rm "$T/bad"
soon "it heals, by itself or by another HUP" eval \
    'kill -HUP "$M"; sleep 0.5; [ "$(left_of "$old")" -eq 0 ]'
soon "to three" alive_is 3
check "it stops with 0" brood_stop

# Nobody lives from the start.
touch "$T/bad"
: >"$T/starts"
brood_spawn --kind worker --children 4 127.0.0.1:0 \
    "$python" "$here/workers_serve.py" "$T" notify
soon "if all die at the start it ends" is_over
wait_master
is "with 71" $? 71
check "it was never ready" eval '! log_has " info ready "'
check "few were started" [ "$(starts)" -le 32 ]
rm -f "$T/bad"

# Those that say that they are ready and die then: not a storm either.
cat >"$T/brief.py" <<'PY'
import os, socket, sys
with open(sys.argv[1] + "/starts", "a") as f:
    f.write("x\n")
s = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
name = os.environ["NOTIFY_SOCKET"]
s.sendto(b"READY=1", "\0" + name[1:] if name[0] == "@" else name)
PY
: >"$T/starts"
brood_spawn --kind worker --children 2 --ready-by notify 127.0.0.1:0 \
    "$python" "$T/brief.py" "$T"
soon "ready and dead at once makes a pause, or ends it" \
    eval 'is_over || log_has " pause "'
check "few were started" [ "$(starts)" -le 24 ]
is_over || brood_stop

# A program that cannot be executed any more.
cp /bin/sleep "$T/program"
brood_start --kind worker --children 2 --start-time 100ms 127.0.0.1:0 \
    "$T/program" 1000
old=$(children_now)
mv "$T/program" "$T/away"
kill -HUP "$M"
soon "without its program a roll is refused" log_has ' renew-refused .*program'
is "the same run" "$(children_now)" "$old"
kill -KILL "$(echo "$old" | head -n 1)"
soon "one that dies cannot be replaced" \
    eval 'log_has " (exec|child)-failed .*errno=ENOENT" && log_has " pause "'
check "few tried" [ "$(log_count ' worker-(end|died) ')" -le 20 ]
is "the other one stays" "$(left_of "$old")" 1
mv "$T/away" "$T/program"
soon "it heals by itself" alive_is 2
check "it stops with 0" brood_stop
finish
