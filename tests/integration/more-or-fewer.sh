#!/bin/sh
# TTIN and TTOU: one child more or less waits, within the limits.
. "${srcdir:-.}/tests/integration/lib.sh"

shift_by_signal() {
	brood_start -n 1 -m 3 --maximum-available 1 --idle-time 100ms \
	    127.0.0.1:0 cat
	wait_until idle_is 1
	kill -TTIN "$M"
	soon "TTIN: one more" idle_is 2
	kill -TTIN "$M"
	soon "and one more" idle_is 3
	kill -TTIN "$M"
	soon "not above maximum-connected" \
	    log_has ' minimum-available value=3 unchanged=1'
	is "so three wait" "$(count_idle)" 3
	kill -TTOU "$M"
	soon "TTOU: one less, in time" idle_is 2
	kill -TTOU "$M"
	soon "and one less" idle_is 1
	kill -TTOU "$M"
	soon "not below 1" log_has ' minimum-available value=1 unchanged=1'
	check "one waits" idle_is 1
	check "clients are served" answers
	check "it stops with 0" brood_stop
}
need nc
each_memory shift_by_signal

brood_start --children 2 127.0.0.1:0 cat
kill -TTIN "$M"
soon "a fixed pool is fixed" log_has ' value=2 unchanged=1'
is "both wait" "$(count_idle)" 2
check "it stops with 0" brood_stop
finish
