#!/bin/sh
# As process 1 of a container: orphans are buried, HUP does not end it, TERM
# does, with 0.
. "${srcdir:-.}/tests/integration/lib.sh"
need nc unshare setsid
[ "$(id -u)" -eq 0 ] || skip_all "not root"
unshare -mpf --mount-proc true 2>/dev/null || skip_all "no namespaces"

# It answers, and leaves two behind that nobody waits for: one ends by itself,
# one is killed.
cat >"$T/leaver" <<SH
#!/bin/sh
setsid sh -c 'sleep 0.05; echo done >>$T/orphans' >/dev/null 2>&1 &
setsid sh -c 'kill -KILL \$\$' >/dev/null 2>&1 &
echo hello
SH
chmod 755 "$T/leaver"

# contain ARG...: brood as process 1; M is its pid out here.
contain() {
	: >"$LOG"
	: >"$T/orphans"
	answered=0
	unshare -mpf --mount-proc --kill-child "$BROOD" "$@" 2>>"$LOG" \
	    </dev/null >"$T/stdout" &
	OUTER=$!
	MASTERS="$MASTERS $OUTER"
	wait_until is_contained || not_ok "brood $* gets ready"
	M=$(pgrep -P "$OUTER")
	is "it is process 1" \
	    "$(awk '/^NSpid:/ { print $NF }' "/proc/$M/status")" 1
}

is_contained() {
	M=$(pgrep -P "$OUTER") && log_has '^[^ ]* info ready pid=1 '
}

answers() {
	[ "$(nc -NU -w 60 "$T/sock" </dev/null 2>/dev/null)" = hello ] &&
	    answered=$((answered + 1))
}

orphans_ended() {
	[ "$(wc -l <"$T/orphans")" -eq "$answered" ]
}

buries() {
	for _ in 1 2 3 4 5; do
		answers || not_ok "it answers"
	done
	soon "the orphans have ended" orphans_ended
	soon "and were buried" no_zombies
}

survives() {
	kill -HUP "$M"
	soon "HUP renews" log_at_least 1 "$1"
	check "and does not end it" answers
	# As a program in the container would: the kernel drops what 1 has no
	# handler for.
	for name in USR2 PIPE ALRM; do
		nsenter -t "$M" -mp kill -s "$name" 1 2>/dev/null
	done
	check "other signals do not" answers
	check "it is as it was" kill -0 "$M"
}

ends() {
	kill -TERM "$M"
	wait "$OUTER"
	is "TERM ends it with 0" $? 0
	check "in peace" log_has ' stopped'
	check "nobody answers" eval '! answers'
}

one_line() {
	contain ${MEMORY:+--memory "$MEMORY"} --user root --kill-mode none \
	    "unix:$T/sock" \
	    "$T/leaver"
	buries
	survives ' info renewed '
	buries
	ends
}
each_memory one_line

cat >"$T/brood.conf" <<CONF
control none
service one {
	listen unix:$T/sock
	exec   $T/leaver
	user   root
	kill-mode none
}
CONF
contain -f "$T/brood.conf"
buries
survives ' info reloaded '
master=$(pgrep -P "$M" -x brood)
kill -KILL "$master"
soon "a master that was killed is buried" is_gone "$master"
soon "and another serves" answers
buries
ends
finish
