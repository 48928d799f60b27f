#!/bin/sh
# Reloads, changed limits and killed waiting children rain on a service under
# load: not one connection fails or is lost.  RAIN=20000 for the long one.
. "${srcdir:-.}/tests/integration/lib.sh"
need python3

rains() {
	brood_start -n 6 -m 100 127.0.0.1:0 cat
	is "${RAIN:-3000} connections, none fails" \
	    "$(python3 -B "$srcdir/tests/integration/rain.py" "$M" "$PORT" "${RAIN:-3000}" 2>&1)" \
	    "failed 0"
	check "it stops with 0" brood_stop
	check "each was served" log_has " stopped served=${RAIN:-3000} "
	check "there were renewals" log_has ' renewed '
}

each_memory rains
finish
