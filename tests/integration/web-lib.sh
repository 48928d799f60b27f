# web-lib.sh - nginx before workers that speak FastCGI.  Sourced after lib.sh.
# shellcheck disable=SC2034 # here is for who sources it

PATH=$PATH:/usr/local/sbin:/usr/sbin
here=$(cd "${srcdir:-.}/tests/integration" && pwd)

# web UPSTREAM PAGE [LINE]: nginx on the unix socket $T/web, with one more line
# of its file if need be; what it has to say is in $T/nginx.log.
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
					fastcgi_param SCRIPT_FILENAME $2;
					fastcgi_param REQUEST_METHOD \$request_method;
					fastcgi_param QUERY_STRING \$query_string;
					$3
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

web_over() {
	kill "$NGINX"
	wait "$NGINX"
	rm -f "$T/web" "$T/nginx.log"
}
