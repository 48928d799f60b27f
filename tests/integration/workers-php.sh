#!/bin/sh
# php-cgi with its listener as descriptor 0, behind nginx: no request fails in
# a roll, nor when each of them ends by itself after 50 requests.
. "${srcdir:-.}/tests/integration/lib.sh"
. "${srcdir:-.}/tests/integration/web-lib.sh"
need python3 nginx php-cgi

# behind NAME REQUESTS ADDRESS UPSTREAM
behind() {
	brood_start --kind worker --children 4 --listener-on-0 \
	    --start-time 1s --env PHP_FCGI_MAX_REQUESTS="$2" "$3" \
	    php-cgi -d opcache.enable=0 -d display_errors=0
	is "$1: four run" "$(alive)" 4
	web "${4:-127.0.0.1:$PORT}" "$here/workers_page.php" \
	    "fastcgi_param REDIRECT_STATUS 200;"
	is "$1: rolls" \
	    "$(python3 "$here/workers_roll.py" "$M" "$LOG" 3 "$T/web")" \
	    "3 rolls, all children new, no request failed"
	is "$1: nobody was killed" "$(log_count ' worker-(end|died) .*signal=')" 0
	is "$1: nginx has nothing to say" "$(cat "$T/nginx.log")" ""
	is "$1: nor is there a pause" "$(log_count ' pause ')" 0
	web_over
	check "$1: it stops with 0" brood_stop
}
behind tcp 0 127.0.0.1:0
behind unix 0 "unix:$T/s" "unix:$T/s"
behind "50 requests each" 50 127.0.0.1:0
finish
