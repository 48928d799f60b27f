#!/bin/sh
# Workers are replaced after a while, one after the other, and no client is
# lost.
# shellcheck disable=SC2016 # for eval
. "${srcdir:-.}/tests/integration/lib.sh"
. "${srcdir:-.}/tests/integration/workers-lib.sh"
need python3

brood_start --kind worker --children 4 --ready-by notify --recycle-after 2s \
    127.0.0.1:0 "$python" "$here/workers_serve.py" "$T" notify
old=$(children_now)
watch
# A roll in between, so that both are at it at once.
(
	# shellcheck disable=SC2030
	wait_until log_at_least 2 ' worker-stop pid=[0-9]* reason=recycle'
) || not_ok "recycled by time"
is "nobody is lost, with a roll at the same time" \
    "$(python3 "$here/workers_roll.py" "$M" "$LOG" 1 "$PORT")" \
    "1 rolls, all children new, no request failed"
soon "all are replaced again and again" \
    log_at_least 8 ' worker-stop pid=[0-9]* reason=recycle'
is "none of the first is left" "$(left_of "$old")" 0
is "all end well" "$(log_count ' worker-(end|died) pid=[0-9]* .*signal=')" 0
watched >"$T/seen"
most=$(cut -d ' ' -f 4 "$T/seen")
check "one after the other: $most at once" [ "$most" -ge 5 -a "$most" -le 6 ]
soon "there are four" alive_is 4
is "without a pause" "$(log_count ' pause ')" 0
check "it stops with 0" brood_stop

# The new one never gets ready: the old one stays.
brood_start --kind worker --children 2 --ready-by notify --recycle-after 3s \
    --start-time 3s 127.0.0.1:0 \
    "$python" "$here/workers_serve.py" "$T" notify
touch "$T/late"
# Those that came before it may be replaced once more.
soon "a new one is not ready in time" \
    log_has ' worker-stop pid=[0-9]* reason=start-time'
soon "there is a pause" log_has ' pause '
soon "the old ones stay" eval '[ "$(printf "GET /pid HTTP/1.0\r\n\r\n" | ask | wc -l)" -ge 1 ]'
is "they are not told to go" "$(log_count ' worker-stop pid=[0-9]* reason=recycle')" 0
rm "$T/late"
soon "then they are" log_at_least 2 ' worker-stop pid=[0-9]* reason=recycle'
check "it stops with 0" brood_stop
finish
