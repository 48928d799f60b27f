#!/bin/sh
# http.sh - one page on the web: how this machine is.
#
#	brood --linger --session-time 10s localhost:7000 etc/examples/http.sh
#	curl http://localhost:7000/
#
# --linger: the client gets all of the page although this reads no body;
# --session-time: nobody takes more than 10 seconds to ask.  sh reads a
# connection byte by byte, so nothing is taken that is not needed; awk makes
# the page.

# answer STATUS TYPE: standard input is the body.
answer() {
	body=$(cat)
	printf 'HTTP/1.0 %s\r\nContent-Type: %s; charset=utf-8\r\n' "$1" "$2"
	printf 'Content-Length: %d\r\nConnection: close\r\n\r\n' "${#body}"
	[ "$method" = HEAD ] || printf '%s' "$body"
}

page() {
	awk -v client="${TCPREMOTEIP:-you}" '
	FILENAME ~ /loadavg/ { row("load, 1 minute", $1) }
	FILENAME ~ /uptime/ { row("up", sprintf("%.1f hours", $1 / 3600)) }
	/^Mem(Total|Available):/ {
		sub(/:/, "", $1)
		row($1, sprintf("%d MB", $2 / 1024))
	}
	function row(name, value) {
		rows = rows "<tr><td>" name "<td>" value "\n"
	}
	END {
		print "<!doctype html>\n<title>This machine</title>"
		print "<h1>This machine</h1>\n<table>\n" rows "</table>"
		print "<p>Asked by " client
	}' /proc/loadavg /proc/uptime /proc/meminfo
}

LC_ALL=C		# lengths are bytes
cr=$(printf '\r')
method=
read -r method path version || exit 0
# The rest of the head says nothing that matters here; 100 lines are enough.
lines=0
while read -r line && [ -n "${line%"$cr"}" ]; do
	lines=$((lines + 1))
	[ "$lines" -lt 100 ] || exit 0
done
case "$method ${path%%\?*} ${version%"$cr"}" in
"GET / HTTP/1."[0-9] | "HEAD / HTTP/1."[0-9])
	page | answer "200 OK" text/html ;;
"GET /"*" HTTP/1."[0-9] | "HEAD /"*" HTTP/1."[0-9])
	echo "There is one page, /." | answer "404 Not Found" text/plain ;;
*" HTTP/1."[0-9])
	echo "GET and HEAD only." | answer "501 Not Implemented" text/plain ;;
*)
	echo "This is no request." | answer "400 Bad Request" text/plain ;;
esac
