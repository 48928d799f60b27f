#!/bin/sh
# --quiet and --verbose, and nobody can forge a line.
# shellcheck disable=SC2016 # scripts of the program
. "${srcdir:-.}/tests/integration/lib.sh"
need nc

levels() {
	sed -n 's/^[0-9T:.-]*Z \([a-z]*\) .*/\1/p' "$LOG" | sort -u | tr '\n' ' '
}

asks() {
	[ "$(echo hello | nc -NU -w 60 "$T/s" 2>/dev/null)" = hello ]
}

# level ARG...: start, a client, HUP, a death, stop.
level() {
	brood_spawn --user "$(id -un)" "$@" "unix:$T/s" cat
	wait_until asks
	old=$(idle_children | head -n 1)
	kill -HUP "$M"
	wait_until is_gone "$old"
	wait_until idle_at_least 4
	kill -KILL "$(idle_children | tail -n 1)"
	wait_until log_has ' child-died '
	brood_stop || echo "status $?"
	levels
}

quiet() {
	is "by default no debugging" "$(level)" "info warn "
	is "quiet is warnings" "$(level --quiet)" "warn "
	is "verbose is more" "$(level -v)" "debug info warn "
	is "the last counts" "$(level -q -v)" "debug info warn "
	is "whichever it is" "$(level -v -q)" "warn "
}
each_memory quiet

odd() {
	brood_start --env "EVIL=$1" 127.0.0.1:0 sh -c 'printf "%s\n" "$EVIL" >&2'
	ask </dev/null
	brood_stop
	grep ' warn program ' "$LOG" | sed 's/^[^"]* text=//'
}
is "escapes of a terminal are escaped" "$(odd "$(printf 'a\033[31mb\rcz')")" \
    '"a\033[31mb\rcz"'
is "bytes that are not ASCII, too" "$(odd "$(printf 'a\303\244\377z')")" \
    '"a\303\244\377z"'
is "blanks stay" "$(odd 'a  b = c')" '"a  b = c"'
is "a quote does not end the text" "$(odd 'x" pid=1 text="y')" \
    '"x\" pid=1 text=\"y"'
is "a backslash is one" "$(odd 'x\y\\z')" '"x\\y\\\\z"'
check "the log is printable" [ -z "$(LC_ALL=C tr -d '\n -~' <"$LOG")" ]

brood_start 127.0.0.1:0 sh -c 'head -c 3000 /dev/zero | tr "\0" x >&2
    printf "\nzero\0byte\n2026-11-21T00:00:00.000Z info ready pid=1\n" >&2'
ask </dev/null
check "it stops with 0" brood_stop
check "a long line is cut or split, and lost nothing of" [ "$(
    grep ' warn program .*xxx' "$LOG" | sed 's/.*text=//' | tr -dc x | wc -c)" -eq 3000 ]
check "a NUL byte is escaped" log_has ' text="zero\\(0|000)byte"$'
is "a line that looks like ours is quoted" \
    "$(log_count '^[0-9T:.-]*Z info ready ')" 1
check "no line is endless" [ "$(awk '{ print length }' "$LOG" | sort -n |
    tail -n 1)" -le 1200 ]

mkdir "$T/odd"
cp /bin/cat "$T/odd/$(printf 'p"\n\033 x')"
brood_start "unix:$T/s" "$T/odd/$(printf 'p"\n\033 x')"
check "a program's odd name is escaped" \
    log_has 'start program="[^"]*p\\"\\n\\033 x" minimum'
check "clients are served" asks
check "it stops with 0" brood_stop

# Two reasons are one event.
timeout 60 "$BROOD" --log "$T/file" 198.51.100.1:0,198.51.100.2:0 cat \
    2>"$T/fails" </dev/null
is "standard error has a line for each reason" "$(wc -l <"$T/fails")" 2
is "the log has one line for all of them" \
    "$(grep -c 'start-failed .*100\.1.*100\.2' "$T/file")" 1
is "and every line has its time" \
    "$(grep -Evc '^[0-9]{4}-[0-9-]*T[0-9:.]*Z [a-z]+ [a-z-]+ ' "$T/file")" 0
finish
