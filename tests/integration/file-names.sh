#!/bin/sh
# A file with names that nobody answers for: who is served does not notice,
# broodctl does not wait for ever, and the file is refused in time.  LONG=1:
# more names than there is time for (30 s more).
. "${srcdir:-.}/tests/integration/private-lib.sh"
. "${srcdir:-.}/tests/integration/lib.sh"
private_network
need python3 nc
here=${srcdir:-.}/tests/integration

# Somebody who hears every question, and says nothing.
python3 -c 'import socket, time
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
s.bind(("127.0.0.53", 53))
print("hears", flush=True)
while True: print(s.recv(2000), flush=True)' >"$T/heard" &
MASTERS="$MASTERS $!"
wait_until grep -q hears "$T/heard"
printf 'nameserver 127.0.0.53\noptions timeout:30 attempts:5\n' >"$T/resolv.conf"
printf 'hosts: files dns\nservices: files\npasswd: files\ngroup: files\n' >"$T/nsswitch.conf"
printf '127.0.0.1 near\n' >"$T/hosts"
for name in resolv.conf nsswitch.conf hosts; do
	private_file "$name"
done

if [ "$(id -u)" -eq 0 ]; then user=nobody; else user=$(id -un); fi
conf() {	# [LISTEN] [WORDS of two]
	cat <<CONF
user $user
service one {
	listen near:0
	inline echo
}
service two {
	listen 127.0.0.1:0 ${1-}
	exec cat
	${2-}
}
CONF
}
masters() { echo "$(master_of one) $(master_of two)"; }
state() { ctl --json status | sed -n 's/.*"state": "\([a-z]*\)".*/\1/p' | head -n 1; }
heard() { [ "$(wc -l <"$T/heard")" -gt "$1" ]; }

conf >"$CONF"
file_begin
masters=$(masters)
python3 -B "$here/file_load.py" "$T" tcp="$(port_of_service one)" \
    tcp="$(port_of_service two)" >"$T/counts" 2>"$T/failures" &
load=$!
MASTERS="$MASTERS $load"
wait_until test -e "$T/going"

# ---- one name
# Each for 5 s: longer than all that is done meanwhile.
conf "nobody.answers.example:7000 a.example:7001 b.example:7002 c.example:7003 \
    d.example:7004" >"$CONF"
begun=$(now_ms)
ctl --timeout 1s reload >"$T/said" 2>&1
is "broodctl does not wait for ever" $? 75
echo "# but $(($(now_ms) - begun)) ms"
soon "somebody was asked for the name" heard 1
is "the file is still being read" "$(state)" reloading
# It is one thread that does all this.
begun=$(now_ms)
check "the supervisor answers" ctl ping
ctl --timeout 1s plan >"$T/said" 2>&1
is "a plan must wait" $? 75
echo "# which is said after $(($(now_ms) - begun)) ms"
kill -KILL "$(master_of two)"
next_serves() { [ "$(masters)" != "$masters" ] && answers 127.0.0.1 "$(port_of_service two)"; }
soon "a master that dies is replaced meanwhile" next_serves
is "the file is still being read then" "$(state)" reloading
masters=$(masters)
soon "the reload is refused" log_has ' error reload-refused '
check "with the place of the name, and why" log_has \
    ' reload-refused reason=.*brood.conf:7:21: .*nobody.answers.example'
is "nothing has changed" "$(masters) $(state)" "$masters running"
conf nobody.answers.example:7000 >"$CONF"
ctl --timeout 100s plan >"$T/said" 2>&1
is "a plan says the same" "$? $(grep -c 'brood.conf:7:21: .*nobody.answers' "$T/said")" \
    "78 1"

# ---- the same name in many places hangs once
conf 'nobody.answers.example:7000 nobody.answers.example:7001
	listen udp:nobody.answers.example:7000 near:0' >"$CONF"
begun=$(now_ms)
"$BROOD" -t -f "$CONF" >"$T/said" 2>&1
is "a name in three places is refused" $? 78
took=$(($(now_ms) - begun))
check "after one time, not three" [ "$took" -ge 4900 -a "$took" -lt 14000 ]
is "each place is said" \
    "$(sed -n 's/.*brood.conf:\([0-9:]*\): cannot resolve .*: no answer in time$/\1/p' "$T/said" | xargs)" \
    "7:21 7:49 8:9"
is "and no more" "$(wc -l <"$T/said")" 3

# ---- asked again while it hangs: the next file is read then
conf "nobody.answers.example:7000 a.example:7001" >"$CONF"
before=$(log_count ' info reload file=')
heard=$(wc -l <"$T/heard")
kill -HUP "$M"
wait_until heard "$heard"
conf '' 'env WORD=better' >"$CONF"
kill -HUP "$M"
check "a reload that is asked for meanwhile" ctl reload
check "is done" log_has ' reloaded generation=2 kept=1 limits=0 replaced=1'
is "it is one for all who asked" "$(log_count ' info reload file=')" $((before + 2))

if [ -n "${LONG-}" ]; then
	for n in 1 2 3 4 5 6 7 8; do names="${names-} n$n.example:70$n"; done
	conf "$names" >"$CONF"
	masters=$(masters)
	begun=$(now_ms)
	ctl --timeout 60s reload >"$T/said" 2>&1
	is "too many such names: refused" $? 75
	took=$(($(now_ms) - begun))
	check "after 30 s ($took ms)" [ "$took" -ge 29000 ]
	check "which is said" log_has ' reload-refused reason="the file was not read in time'
	is "nothing has changed" "$(masters)" "$masters"
fi

: >"$T/enough"
wait "$load"
# Of the master that was killed here nobody was cut: those had a program.
is "no connection failed" "$(awk '$3 > 0' "$T/counts"; head -n 5 "$T/failures")" ""

# ---- a stop does not wait for it
conf "nobody.answers.example:7000 a.example:7001 b.example:7002 c.example:7003 \
    d.example:7004" >"$CONF"
heard=$(wc -l <"$T/heard")
kill -HUP "$M"
wait_until heard "$heard"
begun=$(now_ms)
check "a stop meanwhile ends with 0" brood_stop
echo "# after $(($(now_ms) - begun)) ms"
check "whatever the file has" log_has ' reload-refused reason=.*told to stop'
soon "the child that read is gone, too" eval '! pgrep -f "$CONF" >"$T/left"'
finish
