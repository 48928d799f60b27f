#!/bin/sh
# --log FILE, and USR1 opens it again.
. "${srcdir:-.}/tests/integration/lib.sh"
need nc

log_to() {
	LOG=$T/file
	rm -f "$T"/file*
	"$BROOD" ${MEMORY:+--memory "$MEMORY"} --log "$T/file" 127.0.0.1:0 \
	    cat 2>"$T/stderr" </dev/null &
	M=$!
	MASTERS="$MASTERS $M"
	wait_until is_ready
	PORT=$(port_of listen)
}

rotated() {
	log_to
	is "the file is not for everybody" "$(stat -c %a "$T/file")" 640
	answers
	mv "$T/file" "$T/file.1"
	answers
	soon "a file that was moved is written on" \
	    grep -q 'begin' "$T/file.1"
	kill -USR1 "$M"
	soon "until USR1" eval '[ -s "$T/file" ] && log_has log-reopened'
	size=$(stat -c %s "$T/file.1")
	answers
	soon "then the new one is" log_has ' begin '
	is "and only that" "$(stat -c %s "$T/file.1")" "$size"
	check "it stops with 0" brood_stop
	check "to the end" log_has ' stopped '
	is "each client is in one of them" \
	    "$(cat "$T/file" "$T/file.1" | grep -c ' begin ')" 3
	is "nothing went to standard error" "$(cat "$T/stderr")" ""
}
each_memory rotated

log_to
mv "$T/file" "$T/file.1"
mkdir "$T/file"
LOG=$T/file.1
kill -USR1 "$M"
soon "one that cannot be opened leaves the old one" \
    log_has ' warn log-reopen-failed errno=EISDIR'
answers
soon "which is written on" log_has ' begin '
rmdir "$T/file"
LOG=$T/file
kill -USR1 "$M"
soon "the next USR1 works" eval '[ -e "$T/file" ] && log_has log-reopened'
check "it stops with 0" brood_stop

LOG=$T/log
: >"$LOG"
brood_start 127.0.0.1:0 cat
kill -USR1 "$M"
kill -USR1 "$M"
check "USR1 does no harm to standard error" answers
check "it stops with 0" brood_stop

timeout 60 "$BROOD" --log "$T/no/file" "unix:$T/s" cat 2>"$T/fails"
is "a log that cannot be opened is refused" $? 71
check "and named" grep -q "$T/no/file: No such file" "$T/fails"
finish
