#!/bin/sh
# fcgiwrap with its listener as descriptor 0, behind nginx.  Programs with
# libfcgi end between two requests at USR1, and no request fails in a roll; but
# fcgiwrap cuts the one it is at, whatever the signal: neither its read() nor
# its select() is restarted.  So one for each that goes may fail, of those that
# it has accepted, and no more than that.
# shellcheck disable=SC2016 # scripts of the program
. "${srcdir:-.}/tests/integration/lib.sh"
PATH=$PATH:/usr/local/sbin:/usr/sbin
need python3 nginx fcgiwrap
here=$(cd "${srcdir:-.}/tests/integration" && pwd)

cat >"$T/page" <<'CGI'
#!/bin/sh
printf 'Content-Type: text/plain\r\n\r\npid %s\n' "$PPID"
head -c 30000 /dev/zero | tr '\0' x
printf '\nend\n'
CGI
chmod 755 "$T" "$T/page"

# web UPSTREAM: nginx on the unix socket $T/web.
web() {
	cat >"$T/nginx.conf" <<-CONF
		daemon off;
		master_process off;
		pid $T/nginx.pid;
		error_log $T/nginx.log;
		$([ "$(id -u)" -ne 0 ] || echo "user root;")
		events { worker_connections 200; }
		http {
			access_log off;
			client_body_temp_path $T/n1;
			proxy_temp_path $T/n2;
			fastcgi_temp_path $T/n3;
			uwsgi_temp_path $T/n4;
			scgi_temp_path $T/n5;
			server {
				listen unix:$T/web;
				location / {
					fastcgi_param SCRIPT_FILENAME $T/page;
					fastcgi_param REQUEST_METHOD \$request_method;
					fastcgi_param QUERY_STRING \$query_string;
					fastcgi_pass $1;
				}
			}
		}
	CONF
	nginx -c "$T/nginx.conf" -e "$T/nginx.log" >"$T/nginx.out" 2>&1 &
	NGINX=$!
	MASTERS="$MASTERS $NGINX"
	wait_until test -S "$T/web" || cat "$T/nginx.out"
}

# behind NAME ADDRESS UPSTREAM
behind() {
	brood_start --kind worker --children 4 --listener-on-0 \
	    --start-time 300ms --stop-signal USR1 "$2" fcgiwrap
	is "$1: four run" "$(alive)" 4
	web "${3:-127.0.0.1:$PORT}"
	is "$1: rolls" \
	    "$(python3 "$here/workers_roll.py" "$M" "$LOG" 3 "$T/web" cuts)" \
	    "3 rolls, all children new, no request failed"
	is "$1: nobody was killed" "$(log_count ' worker-(end|died) .*signal=KILL')" 0
	is "$1: nginx saw no other fault" \
	    "$(grep -v ' upstream prematurely closed connection ' "$T/nginx.log")" ""
	kill "$NGINX"
	wait "$NGINX"
	rm -f "$T/web" "$T/nginx.log"
	check "$1: it stops with 0" brood_stop
}
behind tcp 127.0.0.1:0
behind unix "unix:$T/s" "unix:$T/s"
finish
