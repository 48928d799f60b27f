#!/bin/sh
# php-cgi with its listener as descriptor 0, behind nginx: no request fails in
# a roll, nor when each of them ends by itself after 50 requests.
. "${srcdir:-.}/tests/integration/lib.sh"
PATH=$PATH:/usr/local/sbin:/usr/sbin
need python3 nginx php-cgi
here=$(cd "${srcdir:-.}/tests/integration" && pwd)

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
					fastcgi_param SCRIPT_FILENAME $here/workers_page.php;
					fastcgi_param REQUEST_METHOD \$request_method;
					fastcgi_param QUERY_STRING \$query_string;
					fastcgi_param REDIRECT_STATUS 200;
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

# behind NAME REQUESTS ADDRESS UPSTREAM
behind() {
	brood_start --kind worker --children 4 --listener-on-0 \
	    --start-time 300ms --env PHP_FCGI_MAX_REQUESTS="$2" "$3" \
	    php-cgi -d opcache.enable=0 -d display_errors=0
	is "$1: four run" "$(alive)" 4
	web "${4:-127.0.0.1:$PORT}"
	is "$1: rolls" \
	    "$(python3 "$here/workers_roll.py" "$M" "$LOG" 3 "$T/web")" \
	    "3 rolls, all children new, no request failed"
	is "$1: nobody was killed" "$(log_count ' worker-(end|died) .*signal=')" 0
	is "$1: nginx has nothing to say" "$(cat "$T/nginx.log")" ""
	is "$1: nor is there a pause" "$(log_count ' pause ')" 0
	kill "$NGINX"
	wait "$NGINX"
	rm -f "$T/web" "$T/nginx.log"
	check "$1: it stops with 0" brood_stop
}
behind tcp 0 127.0.0.1:0
behind unix 0 "unix:$T/s" "unix:$T/s"
behind "50 requests each" 50 127.0.0.1:0
finish
