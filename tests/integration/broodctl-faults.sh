#!/bin/sh
# broodctl and those who misbehave: its command line, and its servers.
. "${srcdir:-.}/tests/integration/lib.sh"
. "${srcdir:-.}/tests/integration/broodctl-lib.sh"
need python3 nc
fake_start

# ends STATUS PATTERN ARG...: its exit status, and the one line it says.
ends() {
	want=$1 pattern=$2
	shift 2
	timeout 60 "$BROODCTL" "$@" >"$T/out" 2>"$T/err"
	got=$?
	if [ "$got" = "$want" ] && grep -Eq -- "^broodctl: $pattern" "$T/err" &&
	    [ "$(wc -l <"$T/err")" -eq 1 ] && [ ! -s "$T/out" ]; then
		ok "$want: $(echo "$*" | sed "s|$T/||g" | cut -c1-60)"
	else
		not_ok "$want: $(echo "$*" | cut -c1-60) (status $got)"
	fi
}

# ---- the command line

ends 64 "the verb is missing"
ends 64 "statsu: no such verb; did you mean status\\?" statsu
ends 64 "xyzzy: no such verb; try" xyzzy
ends 64 "--nothing: no such option" status --nothing
ends 64 "-s: a value is missing" status -s
ends 64 "--timeout soon: expected a time" --timeout soon status
ends 64 "ping: expected no arguments" ping pong
ends 64 "wait: expected EXPR" wait
ends 64 "kick: expected PEER" kick
ends 64 "status: expected no --now" status --now
ends 64 "reload: expected no --save" reload --save
ends 64 "completion fish: expected bash or zsh" completion fish
ends 64 ".*: expected a socket's path of at most 107 bytes" \
    -s "/$(printf '%0200d' 1)" ping
ends 64 ": expected a socket's path" -s '' ping
if [ "$(id -u)" = 0 ] && command -v setpriv >/dev/null; then
	ends_as_nobody() {
		own=$BROODCTL
		cp "$own" "$T/broodctl"
		chmod 755 "$T" "$T/broodctl"
		cat >"$T/as-nobody" <<-SH
			#!/bin/sh
			exec setpriv --reuid 65534 --regid 65534 --clear-groups \
			    "$T/broodctl" "\$@"
		SH
		chmod 755 "$T/as-nobody"
		BROODCTL=$T/as-nobody
		ends 64 "no socket: expected -s, BROOD_CONTROL or XDG" ping
		mkdir "$T/brood"
		chmod 755 "$T/brood"
		XDG_RUNTIME_DIR=$T
		export XDG_RUNTIME_DIR
		ends 69 "nobody answers at $T/brood/control.sock: No such" ping
		unset XDG_RUNTIME_DIR
		chmod 600 "$T/git"
		ends 77 "nobody answers at .*/git: Permission denied" -s "$T/git" ping
		BROODCTL=$own
	}
	ends_as_nobody
else
	skip "not root"
fi
ends 69 "nobody answers at $T/nothing: No such" -s "$T/nothing" ping
: >"$T/file"
ends 69 "nobody answers at $T/file: Connection refused" -s "$T/file" ping
BROOD_CONTROL=$T/git
export BROOD_CONTROL
is "BROOD_CONTROL names the socket" "$("$BROODCTL" version --json |
    tr -dc 0-9)" "01061"
is "-s is stronger" "$("$BROODCTL" -s "$T/echo" version --json |
    tr -dc 0-9)" "01062"
unset BROOD_CONTROL
is "behind -- there are no options" "$("$BROODCTL" -s "$T/git" -- status --now \
    2>&1)" "broodctl: --now: no such service: there is git"
ends 64 "git: set: expected at most 4096 bytes" -s "$T/git" \
    set minimum-available "$(printf '%05000d' 1)"
ends 64 "git: kick: expected at most 4096 bytes, and no control" -s "$T/git" \
    kick "$(printf 'a\033b')"
is "--help names every verb" "$("$BROODCTL" --help | grep -c '^  [a-z]')" 20
check "--version" sh -c '"$1" --version | grep -q "^broodctl [0-9]"' sh "$BROODCTL"

# ---- its output

if [ -w /dev/full ]; then
	"$BROODCTL" --help >/dev/full 2>"$T/err"
	is "what cannot be written is no success" "$?" 71
else
	skip "no /dev/full"
fi
mkfifo "$T/pipe"
: <"$T/pipe" &
"$BROODCTL" -s "$T/git" status >"$T/pipe" 2>"$T/err"
check "a reader that left does not kill it" test "$?" -lt 128

# ---- the servers

ends 75 "timed out" -s "$T/silent" --timeout 200ms ping
ends 75 "timed out" -s "$T/mute" --timeout 200ms ping
ends 75 "timed out" -s "$T/drip" --timeout 200ms ping
ends 75 "timed out" -s "$T/full" --timeout 200ms ping
ends 75 "too many clients" -s "$T/busy" ping
ends 69 "it went away" -s "$T/gone" ping
ends 69 "it went away" -s "$T/half" status
ends 69 "it does not answer as brood does: a line without key" \
    -s "$T/garbage" ping
ends 69 "it does not answer as brood does: a NUL byte" -s "$T/nul" ping
ends 69 "it does not answer as brood does: 2 lines for one" -s "$T/twice" status
ends 69 "it does not answer as brood does: 0 lines for one" \
    -s "$T/empty" status
ends 69 "it does not answer as brood does: a line without key" \
    -s "$T/quotes" status
ends 69 "it does not answer as brood does: an error without a status" \
    -s "$T/status" ping
ends 69 "it does not answer as brood does: an error without a status" \
    -s "$T/bare" ping
ends 69 "it does not answer as brood does: a line without an end" \
    -s "$T/line" ping
ends 69 "it does not answer as brood does: more than 16 megabytes" \
    -s "$T/lines" ping
ends 1 'a\\033\[31mb\\012c$' -s "$T/hidden" ping
timeout 60 "$BROODCTL" -s "$T/gone" stop
is "that it went away is what stop waits for" "$?" 0
ends 69 "it does not answer" -s "$T/garbage" stop

# A master in a supervisor's house that does not answer.
fake echo mute 1
"$BROODCTL" -s "$T/sup" --timeout 5s status >"$T/out" 2>"$T/err"
is "one that is silent makes it late" "$?" 75
check "those that answer are shown" grep -q '^git  *running' "$T/out"
check "it says who" grep -q '^broodctl: echo: timed out' "$T/err"
finish
