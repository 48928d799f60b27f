#!/bin/sh
# Waiting children are killed while 16 clients come all the time: only a client
# whose own child was hit may lose its connection, and nobody waits in vain.
. "${srcdir:-.}/tests/integration/lib.sh"
need python3

rush() {
	brood_start -n 24 -m 100 127.0.0.1:0 cat
	python3 -B "${srcdir:-.}/tests/integration/echoes.py" "$PORT" 1000000 16 5 \
	    >"$T/echoes" 2>&1 &
	rush=$!
	# Blindly: some have just accepted.
	python3 "${srcdir:-.}/tests/integration/killer.py" "$M" KILL 4 25 >"$T/killed"
	wait "$rush"
	sed 's/^/# /' "$T/echoes"
	is "nobody waited in vain, nobody got another's bytes" \
	    "$(grep -Evc '^[0-9]+ (reset|cut)$|^failed |^#' "$T/echoes")" 0
	lost=$(sed -n 's/^failed //p' "$T/echoes")
	dead=$(log_count ' signal=KILL')
	check "no more were lost than children died ($lost of $dead)" \
	    [ "$lost" -le "$dead" ]
	check "children did die" [ "$dead" -gt 20 ]
	soon "the pool is whole" idle_at_least 24
	soon "no zombie stays" no_zombies
	check "it serves" answers
	check "it stops with 0" brood_stop
}

each_memory rush
finish
