#!/bin/sh
# HUP resolves the names again: addresses come and go, and no client is lost.
. "${srcdir:-.}/tests/integration/private-lib.sh"
. "${srcdir:-.}/tests/integration/lib.sh"
private_network
need ss nc
ip -6 addr show dev lo | grep -q ::1 || skip_all "no IPv6"
: >"$T/hosts"
private_file hosts
printf 'hosts: files\nservices: files\npasswd: files\n' >"$T/nsswitch.conf"
private_file nsswitch.conf

hosts() {
	printf '%s name\n' "$@" >"$T/hosts"
}

listening() {
	ss -Hltn | awk '{ print $4 }' | sort | tr '\n' ' '
}

listens_at() {
	[ "$(listening)" = "$1" ]
}

inode() {
	ss -Hltne "src = $1" | sed 's/.* ino:\([0-9]*\).*/\1/'
}

names() {
	hosts 127.0.0.1
	brood_start ${1+"$@"} name:7000,127.0.0.9:7009 cat
	is "one address at first" "$(listening)" "127.0.0.1:7000 127.0.0.9:7009 "
	same=$(inode 127.0.0.1:7000)
	hosts 127.0.0.1 ::1
	kill -HUP "$M"
	soon "another comes" listens_at "127.0.0.1:7000 127.0.0.9:7009 [::1]:7000 "
	check "which answers" answers ::1 7000
	is "the first is the same as before" "$(inode 127.0.0.1:7000)" "$same"
	check "and answers" answers 127.0.0.1 7000
	check "it is told" log_has ' info listen addr=\[::1\]:7000'

	# Somebody else has one of two new ones: nothing changes.
	nc -lk 127.0.0.4 7000 </dev/null >/dev/null &
	other=$!
	HELD="$HELD $other"
	wait_until listens_at \
	    "127.0.0.1:7000 127.0.0.4:7000 127.0.0.9:7009 [::1]:7000 "
	hosts 127.0.0.3 127.0.0.4
	kill -HUP "$M"
	soon "one address that cannot be had refuses all" \
	    log_has ' warn renew-refused .*127.0.0.4:7000: Address already in use'
	is "and nothing has changed" "$(listening)" \
	    "127.0.0.1:7000 127.0.0.4:7000 127.0.0.9:7009 [::1]:7000 "
	check "they answer" answers 127.0.0.1 7000
	check "all of them" answers ::1 7000
	kill "$other"
	wait "$other" 2>/dev/null
	: >"$T/hosts"
	kill -HUP "$M"
	soon "a name that is gone refuses" \
	    log_has ' warn renew-refused .*name:7000'
	check "and they answer" answers ::1 7000

	hosts ::1
	kill -HUP "$M"
	soon "an address goes" listens_at "127.0.0.9:7009 [::1]:7000 "
	check "it is told" log_has ' info unlisten addr=127.0.0.1:7000'
	check "the other answers" answers ::1 7000
	check "it stops with 0" brood_stop
}
each_memory names

# Who waits at an address that goes is served first.
queue() {
	hosts 127.0.0.1
	brood_start -n 1 -m 1 name:7000 cat
	hold 127.0.0.1 7000
	held=$HELD_PID
	wait_until busy_is 1
	waiting=
	for i in 1 2 3; do
		echo "$i" | ask 127.0.0.1 7000 >"$T/reply.$i" &
		waiting="$waiting $!"
	done
	wait_until eval '[ "$(ss -Hltn src = 127.0.0.1:7000 |
	    awk "{ print \$2 }")" -eq 3 ]'
	hosts ::1
	kill -HUP "$M"
	soon "the renewal does not wait" log_has ' info renewed '
	check "the address is open as long as somebody is in its queue" \
	    eval 'listens_at "127.0.0.1:7000 [::1]:7000 "'
	kill "$held"
	for pid in $waiting; do
		wait "$pid"
	done
	is "all of them are served" "$(cat "$T"/reply.* | tr '\n' ' ')" "1 2 3 "
	soon "then it closes" listens_at "[::1]:7000 "
	check "clients are served at the new one" answers ::1 7000
	check "it stops with 0" brood_stop
	let_go
}
each_memory queue
finish
