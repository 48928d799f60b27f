#!/bin/sh
# usage: run-script.sh SCRIPT: run a test script, bounded in time; a script
# that printed no plan, or hung, is a failure of its own.
exec timeout -k 10 "${SCRIPT_LIMIT:-300}" "${SHELL:-/bin/sh}" "$@"
