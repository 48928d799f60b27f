#!/bin/sh
# inline.sh - a function for each connection, beside the least there can be.
#
#	inline.sh [SECTION...]		default: all of them
#
#	cpu      processor time per connection: bare, brood, nginx, Apache
#	calls    system calls per connection: bare, brood
#	size     8, 64, 512 and 4096 children: sleeps, and processor time
#
# BUILD (.) has lib{parts,rules,tools}.a.  ROUNDS (7), CONNS (3000 a round),
# N (32 children; calls: 8), SIZES may be set.
#
# Bare and brood greet (greet.c).  nginx, two workers, returns as much by its
# rewriting; Apache's prefork children echo with mod_echo what the client
# sends, then its end: both have a request to read, which is in their time.
# A load of the machine by others disturbs times, hardly ratios: rounds are
# interleaved, and told is the median of the ratios of each.
# shellcheck source=tests/bench/servers.sh disable=SC2086
. "$(dirname "$0")/servers.sh"
ROUNDS=${ROUNDS:-7}
CONNS=${CONNS:-3000}
N=${N:-32}
SIZES=${SIZES:-8 64 512 4096}

# ---- peers ----

start_nginx() {
	"$T/ask" -p >"$T/nginx.port"
	cat >"$T/nginx.conf" <<-CONF
		daemon off;
		worker_processes 2;
		pid $T/nginx.run;
		error_log stderr crit;
		events { worker_connections 512; }
		http {
			access_log off;
			keepalive_timeout 0;
			server {
				listen 127.0.0.1:$(port_of nginx) backlog=4096;
				location / { return 200 "hello\\n"; }
			}
		}
	CONF
	run_server nginx "$(command -v nginx)" -p "$T" -c "$T/nginx.conf"
	wait_for nginx load nginx 1 1
}

# Debian has it in /usr/sbin, built with modules.
start_apache() {
	modules=
	for m in /usr/lib/apache2/modules /usr/lib64/httpd/modules; do
		[ -r $m/mod_echo.so ] && modules=$m
	done
	"$T/ask" -p >"$T/apache.port"
	{
		for m in mpm_prefork unixd echo; do
			[ -r "$modules/mod_$m.so" ] &&
			    echo "LoadModule ${m}_module $modules/mod_$m.so"
		done
		cat <<-CONF
			ServerRoot $T
			ServerName localhost
			PidFile $T/apache.run
			DefaultRuntimeDir $T
			User nobody
			ErrorLog $T/apache.errors
			LogLevel crit
			Listen 127.0.0.1:$(port_of apache)
			ListenBacklog 4096
			ProtocolEcho On
			ServerLimit $N
			StartServers $N
			MinSpareServers $N
			MaxSpareServers $N
			MaxRequestWorkers $N
			MaxConnectionsPerChild 0
		CONF
	} >"$T/apache.conf"
	run_server apache "$apache" -D FOREGROUND -d "$T" -f "$T/apache.conf"
	wait_for apache load apache 1 1
	wait_for "apache's children" has_children "$(pid_of apache)" "$N"
}

# load NAME CLIENTS CONNECTIONS
load() {
	case $1 in
	nginx)
		set -- "$@" -s 'GET / HTTP/1.0\r\n\r\n' ;;
	apache)
		set -- "$@" -e -s 'hello\n' ;;
	esac
	who=$1 clients=$2 count=$3
	shift 3
	timeout 60 "$T/ask" -c "$clients" -n "$count" "$@" "$(port_of "$who")"
}

# ---- processor time ----

# one NAME CLIENTS FILE CASE: adds NAME CASE US SLEEPS to the file.
one() {
	s=$(sleeps_of "$1") a=$(cpu_ns "$1")
	load "$1" "$2" "$CONNS" >"$T/load.out" || {
		echo "FAILED: $1 $(cat "$T/load.out")"
		exit 1
	}
	sleep 0.05
	b=$(cpu_ns "$1") e=$(sleeps_of "$1")
	echo "$1 $4 $((b - a)) $((e - s))" | awk -v n="$CONNS" '{
	    printf "%s %s %.3f %.4f\n", $1, $2, $3 / n / 1000, $4 / n }' >>"$3"
}

# Those that are there; their names.
start_all() {
	start_greet bare bare "$N"
	start_greet brood brood "$N"
	names="bare brood"
	if has nginx; then
		start_nginx
		names="$names nginx"
	else
		echo "nginx is not installed: left out"
	fi
	apache=$(command -v apache2 || command -v httpd)
	if [ -n "$apache" ]; then
		start_apache
		names="$names apache"
	else
		echo "apache2 is not installed: left out"
	fi
}

section_cpu() {
	start_all
	: >"$T/cpu"
	for clients in 8 64; do
		for name in $names; do
			load "$name" $clients 500 >/dev/null
		done
		i=0
		while [ $i -lt "$ROUNDS" ]; do
			i=$((i + 1))
			for name in $names; do
				one "$name" $clients "$T/cpu" $clients
			done
		done
	done
	echo "$N children, $ROUNDS rounds of $CONNS connections"
	printf '%-8s %7s %10s %10s %10s %12s\n' server clients us/conn \
	    sleeps/c "of bare" "brood of it"
	for clients in 8 64; do
		for name in $names; do
			printf '%-8s %7d %10.2f %10.2f %10.2f %12.2f\n' "$name" \
			    $clients "$(value "$T/cpu" "$name" $clients 3)" \
			    "$(value "$T/cpu" "$name" $clients 4)" \
			    "$(ratio "$T/cpu" "$name" bare $clients 3)" \
			    "$(ratio "$T/cpu" brood "$name" $clients 3)"
		done
	done
	for clients in 8 64; do
		for peer in bare:1.15 nginx:0.9 apache:0.8; do
			aim "brood of ${peer%:*}, $clients clients" \
			    "$(ratio "$T/cpu" brood "${peer%:*}" $clients 3)" \
			    "<=" "${peer#*:}"
		done
	done
	end_all
}

# ---- system calls ----

section_calls() {
	printf '%-8s %12s %12s %12s\n' server "calls (perf)" "(strace)" switches
	for name in bare brood; do
		start_greet $name $name 8
		counted=$(count_calls $name "$CONNS" load $name 8 "$CONNS")
		trace_calls $name "$T/calls.$name" load $name 8 1000
		# shellcheck disable=SC2086
		printf '%-8s %12s %12s %12s\n' $name ${counted% *} \
		    "$(sum_calls "$T/calls.$name" 1000)" ${counted#* }
		[ $name = brood ] && calls=${counted% *}
		end_server $name
	done
	for name in bare brood; do
		echo "$name: $(tally_calls "$T/calls.$name" 1000)"
	done
	aim "system calls per connection, brood" "$calls" "<=" 4
}

# ---- how many children ----

section_size() {
	: >"$T/size"
	first=${SIZES%% *}
	for n in $SIZES; do
		for kind in bare brood; do
			start_greet $kind.$n $kind "$n"
		done
	done
	i=0
	while [ $i -lt "$ROUNDS" ]; do
		i=$((i + 1))
		for n in $SIZES; do
			for kind in bare brood; do
				one $kind.$n 8 "$T/size" $kind
			done
		done
	done
	echo "8 clients, $ROUNDS rounds of $CONNS connections"
	printf '%-8s %9s %10s %10s %12s %10s\n' server children us/conn \
	    sleeps/c "of $first" "of bare"
	for kind in bare brood; do
		for n in $SIZES; do
			printf '%-8s %9d %10.2f %10.2f %12.2f %10.2f\n' $kind $n \
			    "$(value "$T/size" $kind.$n $kind 3)" \
			    "$(value "$T/size" $kind.$n $kind 4)" \
			    "$(ratio "$T/size" $kind.$n $kind.$first $kind 3)" \
			    "$(ratio "$T/size" $kind.$n bare.$n $kind 3 bare)"
		done
	done
	for n in $SIZES; do
		aim "context switches a connection, $n children" \
		    "$(value "$T/size" brood.$n brood 4)" "<=" 1.5
	done
	for n in $SIZES; do
		aim "brood of bare, $n children" \
		    "$(ratio "$T/size" brood.$n bare.$n brood 3 bare)" "<=" 1.15
	done
	end_all
}

build ask greet
[ $# -gt 0 ] || set -- cpu calls size
run_sections "$@"
