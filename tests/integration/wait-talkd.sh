#!/bin/sh
# in.talkd, another `wait' service.
. "${srcdir:-.}/tests/integration/lib.sh"
PATH=$PATH:/usr/local/sbin:/usr/sbin
need python3 in.talkd
talk=${srcdir:-.}/tests/integration/workers_talk.py

brood_start --kind exec-wait --stop-time 300ms \
    udp:127.0.0.1:0 in.talkd
is "it answers" "$(python3 "$talk" "$PORT")" "1 1"
is "again" "$(python3 "$talk" "$PORT")" "1 1"
is "by the same one" "$(log_count ' begin ')" 1
pid=$(busy_children)
kill -KILL "$pid"
soon "one that dies" is_gone "$pid"
is "is replaced when somebody asks" "$(python3 "$talk" "$PORT")" "1 1"
is "then, not before" "$(log_count ' begin ')" 2
check "it stops with 0" brood_stop
finish
