#!/bin/sh
# fcgiwrap with its listener as descriptor 0, behind nginx.  Programs with
# libfcgi end between two requests at USR1, and no request fails in a roll; but
# fcgiwrap cuts the one it is at, whatever the signal: neither its read() nor
# its select() is restarted.  So one for each that goes may fail, of those that
# it has accepted, and no more than that.
# shellcheck disable=SC2016 # scripts of the program
. "${srcdir:-.}/tests/integration/lib.sh"
. "${srcdir:-.}/tests/integration/web-lib.sh"
need python3 nginx fcgiwrap

cat >"$T/page" <<'CGI'
#!/bin/sh
printf 'Content-Type: text/plain\r\n\r\npid %s\n' "$PPID"
head -c 30000 /dev/zero | tr '\0' x
printf '\nend\n'
CGI
chmod 755 "$T" "$T/page"

# behind NAME ADDRESS UPSTREAM
behind() {
	brood_start --kind worker --children 4 --listener-on-0 \
	    --start-time 1s --stop-signal USR1 "$2" fcgiwrap
	is "$1: four run" "$(alive)" 4
	web "${3:-127.0.0.1:$PORT}" "$T/page"
	is "$1: rolls" \
	    "$(python3 "$here/workers_roll.py" "$M" "$LOG" 3 "$T/web" cuts)" \
	    "3 rolls, all children new, no request failed"
	is "$1: nobody was killed" "$(log_count ' worker-(end|died) .*signal=KILL')" 0
	is "$1: nginx saw no other fault" \
	    "$(grep -v ' upstream prematurely closed connection ' "$T/nginx.log")" ""
	web_over
	check "$1: it stops with 0" brood_stop
}
behind tcp 127.0.0.1:0
behind unix "unix:$T/s" "unix:$T/s"
finish
