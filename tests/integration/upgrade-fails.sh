#!/bin/sh
# USR2 with a binary that is no good: the log has the reason, nothing else has
# changed, and the next one can be a good one.
# Many supervisors at once, for some need the ten seconds that they may take.
# shellcheck disable=SC2030,SC2031 # each has variables of its own
. "${srcdir:-.}/tests/integration/lib.sh"
. "${srcdir:-.}/tests/integration/upgrade-lib.sh"
need python3 nc
here=${srcdir:-.}/tests/integration
top=$T

# one FOLDER REASON COMMAND...: in a folder of its own a supervisor whose
# binary is replaced by a command; its verdict is a file.
one() {
	(trap - EXIT
	MASTERS=
	HELD=
	T=$top/$1
	reason=$2
	shift 2
	mkdir -p "$T"
	LOG=$T/log
	CONF=$T/brood.conf
	BROOD=$T/brood
	cp "$GOOD" "$BROOD"
	if run_one "$@" >"$T/said" 2>&1; then
		mv "$T/said" "$T/good"
	fi
	[ -z "$M" ] || kill -KILL "$M" 2>/dev/null) &
}

run_one() {
	printf 'user %s\npidfile %s/pid\nservice echo {\n\tlisten unix:%s/sock udp:127.0.0.1:0\n\tinline echo\n}\nservice cat {\n\tlisten 127.0.0.1:0\n\texec cat\n}\n' \
	    "$user" "$T" "$T" >"$CONF"
	file_begin || return 1
	port=$(port_of_service cat)
	PORT=$port hold
	echo before >"$T/hold.1"
	wait_until grep -q before "$T/held.1" || { echo "no session"; return 1; }
	descriptors "$M" | sed 's/:.*//' >"$T/open"
	serials=$(log_count ' master-start ')
	"$@" || { echo "cannot prepare"; return 1; }
	before=$(failures)
	kill -USR2 "$M"
	wait_until failed_again "$before" || { echo "not refused"; return 1; }
	sed -n 's/.* upgrade-failed binary=[^ ]* reason=//p' "$LOG" >"$T/reason"
	grep -Eqx "$reason" "$T/reason" ||
	    { echo "reason: $(cat "$T/reason")"; return 1; }
	is_as_before && goes_on
}

is_as_before() {
	kill -0 "$M" && [ "$(cat "$T/pid")" = "$M" ] && [ -S "$T/sock" ] &&
	    [ -S "$T/run/control.sock" ] || { echo "something is gone"; return 1; }
	[ "$(log_count ' master-start ')" -eq "$serials" ] ||
	    { echo "masters were replaced"; return 1; }
	[ "$(ctl status | grep -c ' running ')" -eq 3 ] ||
	    { echo "status"; ctl status; return 1; }
	echo after >"$T/hold.1"
	wait_until grep -q after "$T/held.1" || { echo "session"; return 1; }
	answers 127.0.0.1 "$port" && [ "$(echo x | nc -NU "$T/sock")" = x ] ||
	    { echo "no answer"; return 1; }
	wait_until same_descriptors || { cat "$T/diff"; return 1; }
	! pgrep -f -- "--rehearse .*$T/" || { echo "it is left"; return 1; }
}

same_descriptors() {
	descriptors "$M" | sed 's/:.*//' | diff "$T/open" - >"$T/diff"
}

goes_on() {
	put "$GOOD"
	upgrade
	[ "$(upgrades)" -eq 1 ] && [ "$(generation)" = 2 ] ||
	    { echo "no upgrade after it"; tail -n 20 "$LOG"; return 1; }
	let_go
	brood_stop || { echo "status $?"; return 1; }
	[ ! -e "$T/sock" ] && [ ! -e "$T/pid" ] && [ ! -e "$T/run/control.sock" ]
}

# A state as the next image gets it, made wrong by WORD: upgrade_state.py.
edited() {
	cp "$GOOD" "$T/real"
	# shellcheck disable=SC2016
	script '#!/bin/sh' \
	    "exec python3 '$here/upgrade_state.py' $1 '$T/real' \"\$@\""
}

elf() {
	cp "$GOOD" "$T/next"
	# e_machine: 0xfe09 is nobody's.
	printf '\011\376' | dd of="$T/next" bs=1 seek=18 conv=notrunc 2>/dev/null
	mv "$T/next" "$BROOD"
}
not_executable() { cp "$GOOD" "$T/next"; chmod 644 "$T/next"; mv "$T/next" "$BROOD"; }
missing() { rm "$BROOD"; }
folder() { rm "$BROOD"; mkdir "$BROOD"; }
empty() { : >"$T/next"; chmod 755 "$T/next"; mv "$T/next" "$BROOD"; }
put() { rm -rf "$BROOD"; cp -p "$1" "$T/next"; mv "$T/next" "$BROOD"; }

says() { script '#!/bin/sh' "$@"; }
late='"it was not ready in time"'
cases=

# case_of NAME REASON COMMAND...
running=0
case_of() {
	running=$((running + 1))
	cases="$cases $1:$running"
	shift
	one "$running" "$@"
	# Not all at once: they are many.
	[ $((running % 12)) -ne 0 ] || wait_until started "$running"
}
started() { [ "$(cat "$top"/*/log 2>/dev/null | grep -c ' upgrade-rehearse ')" -ge "$1" ]; }

# Those that take their time first.
# shellcheck disable=SC2016
case_of hangs "$late" says 'exec sleep 600'
case_of hangs-behind-a-shell "$late" says 'sleep 600' 'exit 1'
case_of prints-much "$late" says 'exec yes'
case_of prints-much-and-hangs "$late" says \
    'dd if=/dev/zero bs=1024 count=300 2>/dev/null &' 'exec sleep 600'
case_of closes-and-hangs "$late" says 'exec >/dev/null 2>&1 sleep 600'
case_of stops "$late" says 'kill -STOP $$'
case_of ready-and-dies '"it was ended by signal 9"' says 'echo READY=1' \
    'sleep 1' 'kill -KILL $$'
case_of ready-and-ends '"it ended with status 0"' says 'echo READY=1'
case_of missing '"cannot execute [^ ]*: No such file or directory"' missing
case_of not-executable '"cannot execute [^ ]*: Permission denied"' not_executable
case_of folder '"cannot execute [^ ]*: Permission denied"' folder
case_of empty '"cannot execute [^ ]*: Exec format error"' empty
case_of other-machine '"cannot execute [^ ]*: Exec format error"' elf
case_of ends-0 '"it ended with status 0"' says 'exit 0'
case_of ends-1 '"it ended with status 1"' says 'exit 1'
case_of ends-78 'no' says 'echo no >&2; exit 78'
case_of older '"brood: .*no-such-option.*"' says "exec '$GOOD' --no-such-option"
case_of child '"brood: handover: of process [0-9]*, which is another"' \
    says "'$GOOD' \"\$@\"" 'exit $?'
case_of version '"brood: handover: version 2, expected 1"' edited version
case_of damaged '"brood: handover: damaged"' edited damaged
case_of short '"brood: handover: damaged"' edited short
case_of nothing '"brood: cannot read the handover from descriptor [0-9]*: Invalid argument"' \
    edited nothing
case_of no-number '"brood: cannot read the handover from descriptor x: Invalid argument"' \
    edited no-number
case_of file '"brood: .*unix:[^ ]*: it is another one"' edited file
case_of other-socket '"brood: .*unix:[^ ]*: it is another one"' edited other
case_of closed '"brood: .*unix:[^ ]*: it is another one"' edited closed
case_of not-listening '"brood: .*unix:[^ ]*: expected a listening socket.*"' edited silent
case_of udp-for-tcp '"brood: .*127.0.0.1:0: it is udp:127.0.0.1:[0-9]*, expected 127.0.0.1:[0-9]*"' \
    edited udp
case_of other-address '"brood: .*: it is 127.0.0.1:[0-9]*, expected 127.0.0.1:1"' edited address
case_of control '"brood: .*the control socket: it is another one"' edited control
case_of pidfile '"brood: handover: descriptor [0-9]* is not the pid file"' edited pidfile
case_of lock '"brood: handover: descriptor [0-9]* is not the pid file"' edited lock
case_of notify '"brood: handover: descriptor [0-9]* is not the one masters write to"' \
    edited notify
case_of line '"brood: handover: line [0-9]* is not as expected"' edited line
case_of plain '"brood: .*" *|brood:.*' edited plain
case_of log '"brood: cannot open the log [^ ]*: .*"' edited log
wait
LOG=/dev/null
for each in $cases; do
	folder=$top/${each#*:}
	check "${each%:*}: refused, and all goes on" [ -e "$folder/good" ]
	[ -e "$folder/good" ] || {
		cat "$folder/said"
		tail -n 20 "$folder/log"
	} | sed 's/^/# /'
done
finish
