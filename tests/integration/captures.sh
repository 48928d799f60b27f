#!/bin/sh
# A program's standard error goes to the log, line by line, with its pid.
. "${srcdir:-.}/tests/integration/lib.sh"

captures() {
	# shellcheck disable=SC2016
	brood_start 127.0.0.1:0 sh -c '
		echo "mine $$" >&2
		sh -c "echo of my child >&2; sleep 1"
		printf "an escape \033[31m and a quote \" end\n" >&2
		printf "half a line" >&2
		echo reply'
	is "the client does not see it" "$(ask </dev/null)" reply
	soon "a line" log_has ' program pid=[0-9]+ text="mine [0-9]+"'
	pid=$(sed -n 's/.* begin pid=\([0-9]*\) .*/\1/p' "$LOG" | head -n 1)
	check "with the child's pid" log_has " program pid=$pid text=\"mine $pid\""
	soon "a line of its child has the same" log_has " program pid=$pid text=\"of my child"
	soon "control bytes are escaped" log_has 'an escape \\033\[31m and a quote \\"'
	soon "a line without an end is a line, too" log_has " program pid=$pid text=\"half a line\""
	is "and nothing raw got through" "$(tr -d '\n\t -~' <"$LOG" | wc -c)" 0
	brood_stop

	brood_start 127.0.0.1:0 sh -c 'head -c 3000 /dev/zero | tr "\0" x >&2'
	ask </dev/null
	soon "a long line is cut into several" log_at_least 3 ' program '
	brood_stop

	brood_start 127.0.0.1:0 sh -c 'read w; if [ "$w" = noise ]; then exec yes >&2; fi; echo "$w"'
	echo noise | nc 127.0.0.1 "$PORT" >/dev/null 2>&1 &
	noisy=$!
	HELD="$HELD $noisy"
	soon "one that floods it" log_has ' program .* text="y"'
	soon "does not hinder others" answers
	kill "$noisy"
	# shellcheck disable=SC2046
	kill -KILL $(busy_children)
	check "nor the stop" brood_stop

	brood_spawn -q "unix:$T/quiet" cat
	wait_until test -S "$T/quiet"
	is "a quiet one serves" "$(echo hello | nc -NU -w 60 "$T/quiet")" hello
	brood_stop
	is "with --quiet a good service says nothing" "$(log_count ' (info|debug) ')" 0

	brood_start --stderr pass 127.0.0.1:0 sh -c 'echo as it is >&2'
	ask </dev/null
	soon "passed through it is as it is" log_has '^as it is$'
	brood_stop
}

each_memory captures
finish
