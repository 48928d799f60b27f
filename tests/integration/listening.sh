#!/bin/sh
# Every address of a name is listened on, in both families; all or nothing.
. "${srcdir:-.}/tests/integration/lib.sh"
need ss

both_families() {
	brood_start --backlog 77 '*:0' cat
	other=$(sed -n 's/.* info listen addr=\[::\]:\([0-9]*\) .*/\1/p' "$LOG")
	four=$(sed -n 's/.* info listen addr=0.0.0.0:\([0-9]*\) .*/\1/p' "$LOG")
	soon "a wildcard serves IPv4" answers 127.0.0.1 "$four"
	soon "and IPv6, on a socket of its own" answers ::1 "$other"
	is "the backlog is as asked" "$(ss -Hltn "sport = :$four" |
	    awk '$4 ~ /^0.0.0.0:/ { print $3 }')" 77
	brood_stop

	brood_start 127.0.0.1:0 cat
	free=$PORT
	brood_stop
	brood_start "*:$free,127.0.0.1:0" cat
	is "both families have one port, and a list adds to it" \
	    "$(log_count ' listen ')" 3
	brood_stop
	brood_start "127.0.0.1:$free,127.0.0.1:$free,tcp:127.0.0.1:$free" cat
	is "what is named twice is opened once" "$(log_count ' listen ')" 1
	brood_stop
}
both_families

# A name with two addresses, in a hosts file of our own.
if [ "$(id -u)" -eq 0 ] && unshare -m true 2>/dev/null; then
	printf '127.0.0.1 twin\n127.0.0.2 twin\n::1 twin\n' >"$T/hosts"
	cat >"$T/inside" <<'SH'
mount --bind "$1" /etc/hosts
shift
exec "$@"
SH
	real=$BROOD
	printf '#!/bin/sh\nexec unshare -m sh "%s/inside" "%s/hosts" "%s" "$@"\n' \
	    "$T" "$T" "$real" >"$T/brood"
	chmod +x "$T/brood"
	BROOD=$T/brood
	brood_start 'twin:0' cat
	for at in 127.0.0.1 127.0.0.2 ::1; do
		case $at in *:*) text="\\[$at\\]" ;; *) text=$at ;; esac
		port=$(sed -n "s/.* listen addr=$text:\\([0-9]*\\) .*/\\1/p" "$LOG")
		soon "$at of the name answers" answers "$at" "$port"
	done
	check "it stops with 0" brood_stop
	BROOD=$real
else
	skip "needs root and mount namespaces"
fi

# The name of a service, in a network of its own, where its port is free.
if [ "$(id -u)" -eq 0 ] && unshare -n true 2>/dev/null; then
	cat >"$T/net" <<'SH'
ip link set lo up
exec "$@"
SH
	real=$BROOD
	printf '#!/bin/sh\nexec unshare -n sh "%s/net" "%s" "$@"\n' "$T" "$real" \
	    >"$T/brood"
	chmod +x "$T/brood"
	BROOD=$T/brood
	brood_start 127.0.0.1:telnet cat
	check "a port by its name" log_has ' listen addr=127.0.0.1:23 '
	brood_stop
	BROOD=$real
fi
finish
