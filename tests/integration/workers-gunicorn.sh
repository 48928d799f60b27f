#!/bin/sh
# gunicorn on LISTEN_FDS, ready by its own word: no request fails in a roll.
. "${srcdir:-.}/tests/integration/lib.sh"
need python3 gunicorn
here=$(cd "${srcdir:-.}/tests/integration" && pwd)

# gunicorn keeps its heartbeats in files.
brood_start --kind worker --children 4 --ready-by notify \
    --env PYTHONDONTWRITEBYTECODE=1 --env TMPDIR="$T" 127.0.0.1:0 \
    gunicorn --chdir "$here" --workers 1 \
    --worker-tmp-dir "$T" workers_wsgi:page
is "four run" "$(alive)" 4
is "rolls" "$(python3 "$here/workers_roll.py" "$M" "$LOG" 3 "$PORT")" \
    "3 rolls, all children new, no request failed"
check "it stops with 0" brood_stop
finish
