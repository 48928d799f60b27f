#!/bin/sh
# node on descriptor 3, ready by a newline: no request fails in a roll.
. "${srcdir:-.}/tests/integration/lib.sh"
need python3 node
here=$(cd "${srcdir:-.}/tests/integration" && pwd)

brood_start --kind worker --children 4 --ready-by fd:9 127.0.0.1:0 \
    node "$here/workers_node.js" 9
is "four run" "$(alive)" 4
is "rolls" "$(python3 "$here/workers_roll.py" "$M" "$LOG" 3 "$PORT")" \
    "3 rolls, all children new, no request failed"
check "it stops with 0" brood_stop
finish
