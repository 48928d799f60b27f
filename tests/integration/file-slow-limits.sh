#!/bin/sh
# Limits are told to a master that is slow, and again, as another service's is
# replaced meanwhile: nothing is left of the first time.
. "${srcdir:-.}/tests/integration/lib.sh"

if [ "$(id -u)" -eq 0 ]; then user=nobody; else user=$(id -un); fi
chmod 755 "$T"
conf() {	# N
	cat >"$CONF" <<CONF
user $user
service slow {
	listen 127.0.0.1:0
	inline echo
	minimum-available $1
}
service deaf {
	listen 127.0.0.1:0
	inline echo
	minimum-available $1
}
CONF
}

descriptors() { find "/proc/$M/fd" | wc -l; }
settled() {
	before=$(wakes "$M")
	sleep 0.3
	[ "$(wakes "$M")" = "$before" ]
}

conf 2
file_begin
slow=$(master_of slow)
had=$(descriptors)
# Who cannot be told is replaced.
rm "$T/run/deaf.$(master_of deaf)"
kill -STOP "$slow"
wait_until is_stopped "$slow"
conf 3
starts=$(log_count ' master-ready service=deaf ')
kill -HUP "$M"
wait_until log_at_least $((starts + 1)) ' master-ready service=deaf '
kill -CONT "$slow"
soon "the reload is done" log_has ' reloaded .*limits=1 replaced=1'
is "the slow one has its limits" "$(master_of slow)" "$slow"
soon "all descriptors are closed" eval '[ "$(descriptors)" -eq "$had" ]'
soon "it rests" settled
check "it stops with 0" brood_stop
finish
