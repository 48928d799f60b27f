#!/bin/sh
# Every address a name resolves to is listened on, each family by itself, with
# the backlog that was asked for.
. "${srcdir:-.}/tests/integration/private-lib.sh"
. "${srcdir:-.}/tests/integration/lib.sh"
private_network
need ss nc
ip -6 addr show dev lo | grep -q ::1 || skip_all "no IPv6"

cat >"$T/hosts" <<HOSTS
127.0.0.1 two same
127.0.0.1 same
::1 two
127.0.0.2 three
127.0.0.3 three
::1 three
HOSTS
private_file hosts
echo 'our-test 7009/tcp' >"$T/services"
private_file services

# Every listener with its backlog; ss(8) writes an IPv6 one that takes IPv4
# too as *:PORT.
listening() {
	ss -Hltn | awk '{ print $3, $4 }' | sort
}

two_addresses() {
	brood_start --backlog 77 two:7000 cat
	is "both listeners of a name are there" "$(listening)" \
	    "77 127.0.0.1:7000
77 [::1]:7000"
	check "IPv4 answers" answers 127.0.0.1 7000
	check "IPv6 answers" answers ::1 7000
	check "it stops with 0" brood_stop
	is "and listens no more" "$(listening)" ""
}

wildcard() {
	brood_start --backlog 33 "$1" cat
	is "'$1' is both families, each for itself" "$(listening)" \
	    "33 0.0.0.0:7001
33 [::]:7001"
	check "'$1' answers IPv4" answers 127.0.0.9 7001
	check "'$1' answers IPv6" answers ::1 7001
	check "it stops with 0" brood_stop
}

each_memory two_addresses
wildcard '*:7001'
wildcard 7001
wildcard :7001
wildcard tcp:7001

brood_start '*:0' cat
is "a port is chosen for each family and told" \
    "$(ss -Hltn | awk '{ print $4 }' | sort)" \
    "$(sed -n 's/.* info listen addr=\([^ ]*\) .*/\1/p' "$LOG" | sort)"
is "two of them" "$(listening | wc -l)" 2
check "it stops with 0" brood_stop

brood_start three:7002,two:7002,127.0.0.1:7002,127.0.0.4:7003 cat
is "a list is all of its addresses, and each once" "$(listening)" \
    "4096 127.0.0.1:7002
4096 127.0.0.2:7002
4096 127.0.0.3:7002
4096 127.0.0.4:7003
4096 [::1]:7002"
for at in '127.0.0.1 7002' '127.0.0.2 7002' '127.0.0.3 7002' \
    '127.0.0.4 7003' '::1 7002'; do
	# shellcheck disable=SC2086 # two words
	check "$at answers" answers $at
done
check "it stops with 0" brood_stop

brood_start same:7004 cat
is "a name with an address twice is one listener" "$(listening)" \
    "4096 127.0.0.1:7004"
check "it stops with 0" brood_stop

brood_start 127.0.0.1:our-test cat
is "a port has a name" "$(listening)" "4096 127.0.0.1:7009"
check "and answers" answers 127.0.0.1 7009
check "it stops with 0" brood_stop

# Whatever the system's default for IPV6_V6ONLY is.
for bindv6only in 0 1; do
	echo $bindv6only >/proc/sys/net/ipv6/bindv6only
	brood_start '[::]:7005' sh -c 'echo six'
	six=$M
	brood_start 0.0.0.0:7005 sh -c 'echo four'
	is "IPv4 and IPv6 have the same port ($bindv6only)" \
	    "$(ask 127.0.0.1 7005) $(ask ::1 7005)" "four six"
	check "the one stops with 0" brood_stop
	M=$six
	check "the other stops with 0" brood_stop
done
finish
