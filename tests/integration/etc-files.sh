#!/bin/sh
# What is in etc/ works as it stands, as far as the tools for it are here:
# scripts, units, users, folders, log files, and both configuration files.
. "${srcdir:-.}/tests/integration/lib.sh"
need nc
here=$(cd "${srcdir:-.}" && pwd)
ETC=$here/etc

has() {
	command -v "$1" >/dev/null 2>&1 && return
	skip "no $1"
	return 1
}

# ---- scripts

# Every file that begins like one, and what is sourced by them.
scripts() {
	echo "$here/scripts/broodrc"
	find "$ETC" -type f -exec awk 'FNR == 1 && /^#!.*(sh|openrc-run)$/ {
	    print FILENAME }' {} \;
	echo "$ETC/openrc/brood.confd"
	find "$ETC/default" -type f
}

# judge_scripts NAME COMMAND...: all of them pass it.
judge_scripts() {
	name=$1
	shift
	scripts | sort >"$T/scripts"
	bad=
	while read -r file; do
		"$@" "$file" >>"$T/judged" 2>&1 || bad="$bad $file"
	done <"$T/scripts"
	is "$name" "$bad" ""
	[ -z "$bad" ] || sed 's/^/# /' "$T/judged"
}

lint() {
	case $1 in
	*/openrc/*|*/default/*)
		# Their variables are OpenRC's, or broodrc's.
		shellcheck -s sh -e SC2034,SC2154 "$1" ;;
	*.d/*|*/examples/*)	shellcheck "$1" ;;
	*)			shellcheck -s sh "$1" ;;
	esac
}

is_executable() {
	case $1 in
	*/default/*|*.confd)	[ ! -x "$1" ] ;;
	*)			[ -x "$1" ] ;;
	esac
}

judge_all_scripts() {
	check "there are scripts" [ "$(scripts | wc -l)" -ge 15 ]
	judge_scripts "they are executable" is_executable
	judge_scripts "sh reads all" sh -n
	for shell in dash posh ksh mksh; do
		! command -v "$shell" >/dev/null 2>&1 ||
		    judge_scripts "$shell reads all" "$shell" -n
	done
	! has busybox || judge_scripts "busybox reads all" busybox sh -n
	! has shellcheck || judge_scripts "shellcheck finds no fault" lint
	! command -v checkbashisms >/dev/null 2>&1 ||
	    judge_scripts "no bashisms" checkbashisms -f
}

# The header that insserv and systemd-sysv-generator read.
judge_headers() {
	for file in "$ETC"/sysvinit/*; do
		is "$(basename "$file") has an LSB header" "$(sed -n \
		    '/^### BEGIN INIT INFO$/,/^### END INIT INFO$/s/^# \([A-Z][-A-Za-z]*\): .*/\1/p' \
		    "$file" | tr '\n' ' ')" \
		    "Provides Required-Start Required-Stop Default-Start Default-Stop Short-Description Description "
	done
}

# ---- systemd

verify() {
	systemd-analyze verify --man=no --recursive-errors=no "$T/units/$1" \
	    >"$T/verified" 2>&1
}

# The units with programs that are here; drop-ins and templates, too.
copy_units() {
	mkdir "$T/units"
	cp -r "$ETC"/systemd/* "$T/units"
	find "$T/units" -name '*.service' -exec sed -i \
	    -e "s,/usr/sbin/brood ,$BROOD ," \
	    -e "s,/usr/bin/broodctl ,$BROODCTL ," {} +
	for unit in "$T"/units/*@.service; do
		mv "$unit" "${unit%@.service}@x.service"
	done
}

judge_units() {
	has systemd-analyze || return
	[ -x "$BROODCTL" ] || { skip "no $BROODCTL"; return; }
	copy_units
	for unit in "$T"/units/*.service "$T"/units/*.socket; do
		check "systemd knows all of $(basename "$unit")" \
		    verify "$(basename "$unit")"
		[ ! -s "$T/verified" ] || sed 's/^/# /' "$T/verified"
	done
	echo 'NoNewPrivilege=yes' >>"$T/units/brood.service.d/hardening.conf"
	check "and would not know a wrong word" eval '! verify brood.service'
	cp "$ETC/systemd/brood.service.d/hardening.conf" "$T/units/brood.service.d"
	systemd-analyze security --offline=yes --threshold=40 --no-pager \
	    "$T/units/brood.service" >"$T/score" 2>&1
	is "hardened, its exposure is below 4" $? 0
}

judge_snippets() {
	mkdir -p "$T/root/etc"
	! has systemd-sysusers || {
		systemd-sysusers --root="$T/root" "$ETC/sysusers.d/brood.conf" \
		    >"$T/said" 2>&1
		check "sysusers makes the user" \
		    grep -q '^brood:x:[0-9]*:[0-9]*:Services of brood:/:/usr/sbin/nologin$' \
		    "$T/root/etc/passwd"
	}
	has systemd-tmpfiles || return
	[ "$(id -u)" -eq 0 ] || { skip "not root"; return; }
	cp /etc/passwd /etc/group "$T/root/etc"
	systemd-tmpfiles --create --root="$T/root" "$ETC/tmpfiles.d/brood.conf" \
	    >"$T/said" 2>&1
	is "tmpfiles makes the folders" "$(stat -c '%A %U %G %n' \
	    "$T/root/run/brood" "$T/root/var/log/brood" | sed "s,$T/root,,")" \
	    "drwxr-xr-x root root /run/brood
drwxr-x--- root adm /var/log/brood"
}

# The rights that the hardened unit leaves are enough for what is root's: to
# give a socket away, to stop a master that is somebody else.
keep_rights() {
	has setpriv || return
	[ "$(id -u)" -eq 0 ] || { skip "not root"; return; }
	rights=$(sed -n 's/^CapabilityBoundingSet=//p' \
	    "$ETC/systemd/brood.service.d/hardening.conf" |
	    sed -e 's/CAP_/+/g' -e 's/ /,/g' | tr '[:upper:]' '[:lower:]')
	cat >"$T/brood.conf" <<-CONF
	control $T/run/control.sock
	service one {
		listen unix:$T/one.sock
		exec echo one
		user nobody
		socket-owner nobody
	}
	CONF
	: >"$LOG"
	setpriv --bounding-set "-all,$rights" --no-new-privs "$BROOD" \
	    -f "$T/brood.conf" 2>>"$LOG" </dev/null &
	M=$!
	MASTERS="$MASTERS $M"
	wait_until is_supervising
	is "with the hardened unit's rights it serves" \
	    "$(nc -NU -w 60 "$T/one.sock" </dev/null)" one
	is "gives a socket away" "$(stat -c %U "$T/one.sock")" nobody
	is "its master is nobody" "$(ps -o user= -p "$(pgrep -P "$M")")" nobody
	check "and is stopped" brood_stop
	check "in time" eval '! log_has master-late'
}

# ---- log files

rotate() {
	has logrotate || return
	rm -f "$T/brood.conf"
	mkdir -p "$T/logs" "$T/run"
	sed -e "s,/var/log/brood/,$T/logs/," -e "s,/run/brood,$T/run/brood," \
	    -e "s/root adm/$(id -un) $(id -gn)/" "$ETC/logrotate/brood" \
	    >"$T/logrotate"
	chmod 644 "$T/logrotate"
	chmod 755 "$T/logs"
	mkdir -p "$T/run/brood"
	[ "$(id -u)" -ne 0 ] || echo "user root" >"$T/brood.conf"
	cat >>"$T/brood.conf" <<-CONF
	log $T/logs/brood.log
	pidfile $T/run/brood/brood.pid
	control none
	service one {
		listen unix:$T/one.sock
		exec echo one
	}
	CONF
	LOG=$T/logs/brood.log
	brood_spawn -f "$T/brood.conf"
	wait_until is_supervising
	logrotate -f -s "$T/state" "$T/logrotate" >"$T/said" 2>&1
	is "logrotate has no complaint" "$? $(cat "$T/said")" "0 "
	check "the old log is another file" \
	    grep -q ' ready .*services=1' "$T/logs/brood.log.1"
	soon "the supervisor writes to the new one" log_has ' log-reopened'
	is "its mode is as was said" "$(stat -c %a "$LOG")" 640
	soon "so do the masters" serves_into_new
	brood_stop
	LOG=$T/log
}

serves_into_new() {
	nc -NU -w 60 "$T/one.sock" </dev/null >/dev/null 2>&1
	log_has ' end pid=[0-9]* .*status=0'
}

# ---- the configuration files

# serve FILE: until it is ready; ports the kernel chose instead of the file's.
serve() {
	sed -e '/^	listen/s/\(127\.0\.0\.1\|\*\):[a-z0-9]*/127.0.0.1:0/g' "$1" \
	    >"$T/brood.conf"
	: >"$LOG"
	(cd "$here" && exec "$BROOD" --control "$T/run/control.sock" \
	    -f "$T/brood.conf") 2>>"$LOG" </dev/null &
	M=$!
	MASTERS="$MASTERS $M"
	wait_until is_supervising
}

is_supervising() {
	log_has ' info ready pid=[0-9]* services=' || ! kill -0 "$M" 2>/dev/null
}

# port SERVICE [udp]: where it listens.
port() {
	sed -n "s/.* info listen addr=${2:+$2:}[0-9.]*:\\([0-9]*\\) service=$1\$/\\1/p" \
	    "$LOG" | head -n 1
}

udp_echoes() {
	timeout 60 python3 "$here/tests/integration/builtin.py" udp_echo \
	    127.0.0.1 "$(port "$1" udp)" 1000
}

examples() {
	{
		[ "$(id -u)" -ne 0 ] || echo "user root"
		cat "$ETC/examples.conf"
	} >"$T/examples.conf"
	serve "$T/examples.conf"
	is "examples.conf: all run" "$(sed -n 's/.* ready .*services=//p' "$LOG")" \
	    "4 running=4 failed=0"
	is "echo" "$(echo hello | ask 127.0.0.1 "$(port echo)")" hello
	! has python3 || check "echo of datagrams" udp_echoes echo
	is "upper" "$(echo hello | ask 127.0.0.1 "$(port upper)")" HELLO
	check "greet" eval 'echo Ann | ask 127.0.0.1 "$(port greet)" |
	    grep -q "^Hello, Ann!"'
	check "worker" eval 'ask 127.0.0.1 "$(port worker)" </dev/null |
	    grep -q "^process [0-9]"'
	check "worker: the next one, too" eval \
	    'ask 127.0.0.1 "$(port worker)" </dev/null | grep -q "^process [0-9]"'
	check "it stops with 0" brood_stop
}

as_nobody() {
	setpriv --reuid 65534 --clear-groups "$@"
}

# Without root, too: as somebody who owns nothing.
examples_as_nobody() {
	has setpriv || return
	[ "$(id -u)" -eq 0 ] || { skip "not root"; return; }
	for file in "$BROOD" "$ETC/examples.conf"; do
		as_nobody test -r "$file" || { skip "nobody reads $file"; return; }
	done
	as_nobody "$BROOD" -t -f "$ETC/examples.conf" >"$T/said" 2>&1
	is "examples.conf: is right for any user" "$? $(cat "$T/said")" "0 "
}

# What is missing here is no mistake of the file's.
no_mistake() {
	grep -Ev 'cannot (execute|find|work|change)|unknown (user|group)|No such file|not found|: done: ' "$1"
}

conf_is_right() {
	"$BROOD" -t -f "$ETC/brood.conf" >"$T/said" 2>&1
	is "brood.conf: is right" "$? $(cat "$T/said")" "0 "
	is "nothing of it is enabled" \
	    "$(grep -c '^service' "$ETC/brood.conf")" \
	    "$(grep -c '^	enabled  *no$' "$ETC/brood.conf")"
	sed '/^	enabled  *no$/d' "$ETC/brood.conf" >"$T/all.conf"
	"$BROOD" -t -f "$T/all.conf" >"$T/said" 2>&1
	is "it would be right if all were enabled" "$(no_mistake "$T/said")" ""
}

# enable SERVICE...: brood.conf with these, and folders of ours.
enable() {
	sed -e "s,/srv/,$T/srv/,g" -e "s,/etc/rsyncd.conf,$T/rsyncd.conf," \
	    -e "s,^pidfile.*,pidfile $T/brood.pid," \
	    -e "s,^include .*,," "$ETC/brood.conf" >"$T/enabled.conf"
	for name in "$@"; do
		sed -i "/^service $name {/,/^}/{/^	enabled/d}" "$T/enabled.conf"
	done
}

# add_if_here SERVICE PROGRAM...: to the list.
add_if_here() {
	service=$1
	shift
	for program in "$@"; do
		has "$program" || return
	done
	list="$list $service"
}

# The services of brood.conf that have their programs here, by their clients.
conf_serves() {
	[ "$(id -u)" -eq 0 ] || { skip "not root"; return; }
	mkdir -p "$T/srv/git" "$T/srv/tftp"
	echo "a file" >"$T/srv/tftp/file"
	chmod 755 "$T"
	printf '[m]\npath = %s\nuse chroot = no\n' "$T/srv/tftp" >"$T/rsyncd.conf"
	list="echo hello"
	add_if_here git git /usr/lib/git-core/git-daemon
	add_if_here rsync rsync
	add_if_here tftp tftp /usr/sbin/in.tftpd
	add_if_here ssh /usr/sbin/sshd
	# shellcheck disable=SC2086
	enable $list
	serve "$T/enabled.conf"
	is "brood.conf: all run of $list" \
	    "$(sed -n 's/.* ready .*services=[0-9]* //p' "$LOG")" \
	    "running=$(echo "$list" | wc -w) failed=0"
	for name in $list; do
		"conf_serves_$name"
	done
	check "it stops with 0" brood_stop
}

conf_serves_echo() {
	is "echo" "$(echo hello | ask 127.0.0.1 "$(port echo)")" hello
	! has python3 || check "echo of datagrams" udp_echoes echo
}

conf_serves_hello() {
	check "hello" eval 'ask 127.0.0.1 "$(port hello)" </dev/null |
	    grep -Eq "^Hello 127.0.0.1, it is [0-9:]+\.$"'
}

conf_serves_git() {
	git init -q --bare "$T/srv/git/one.git" >/dev/null 2>&1
	git -C "$T/srv/git/one.git" -c user.name=x -c user.email=x@localhost \
	    commit-tree -m one "$(git -C "$T/srv/git/one.git" hash-object \
	    -w -t tree /dev/null)" >"$T/commit"
	git -C "$T/srv/git/one.git" update-ref refs/heads/one \
	    "$(cat "$T/commit")"
	chown -R nobody "$T/srv/git"
	is "git" "$(timeout 60 git ls-remote \
	    "git://127.0.0.1:$(port git)/one.git" 2>"$T/said")" \
	    "$(printf '%s\trefs/heads/one' "$(cat "$T/commit")")"
}

conf_serves_rsync() {
	timeout 60 rsync -q "rsync://127.0.0.1:$(port rsync)/m/file" \
	    "$T/got.rsync" >"$T/said" 2>&1
	check "rsync" cmp "$T/got.rsync" "$T/srv/tftp/file"
}

conf_serves_tftp() {
	timeout 60 tftp 127.0.0.1 "$(port tftp udp)" -c get file "$T/got.tftp" \
	    >"$T/said" 2>&1
	check "tftp" cmp "$T/got.tftp" "$T/srv/tftp/file"
}

conf_serves_ssh() {
	check "ssh" eval 'nc -w 60 127.0.0.1 "$(port ssh)" </dev/null |
	    grep -q "^SSH-2.0-"'
}

judge_all_scripts
judge_headers
judge_units
judge_snippets
keep_rights
rotate
examples
examples_as_nobody
conf_is_right
conf_serves
finish
