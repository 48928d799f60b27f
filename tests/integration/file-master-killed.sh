#!/bin/sh
# A service's master is killed: those who are connected finish, those who come
# wait in the queue for the next one, and other services do not notice.
# KILLS=20 CLIENTS=32 for the long one.
# shellcheck disable=SC2016 # for eval and sh -c
. "${srcdir:-.}/tests/integration/lib.sh"
need python3 nc ss
here=${srcdir:-.}/tests/integration

if [ "$(id -u)" -eq 0 ]; then user=nobody; else user=$(id -un); fi
chmod 755 "$T"
conf() {	# [WORDS of slow]
	cat <<CONF
user $user
service one {
	listen 127.0.0.1:0
	exec sh -c "echo \$PPID; exec cat"
}
service other {
	listen 127.0.0.1:0
	inline echo
}
service frail {
	listen 127.0.0.1:0
	exec $T/program
}
service slow {
	listen 127.0.0.1:0
	worker sh -c "while ! [ -e $T/go ]; do sleep 0.02; done; echo up >&9; exec sleep 1000"
	ready-by fd:9
	children 1
	${1-}
}
CONF
}

printf '#!/bin/sh\nexec cat\n' >"$T/program"
chmod 755 "$T/program"
: >"$T/go"
conf >"$CONF"
file_begin
other=$(master_of other)
other_port=$(port_of_service other)
frail_port=$(port_of_service frail)

# ---- under load
python3 -B "$here/file_gap.py" "$LOG" one "$(port_of_service one)" \
    "${CLIENTS:-8}" "${KILLS:-4}" >"$T/gap" 2>&1
is "no client is refused, reset or cut" "$(grep -v '^gap' "$T/gap")" "failed 0"
sed -n 's/^gap /# gap of a killed master, in ms: /p' "$T/gap"
is "each death is told" "$(log_count ' master-died service=one .* signal=KILL ')" "${KILLS:-4}"
is "the other's master is the same" "$(master_of other)" "$other"
old=$(sed -n 's/.* master-start service=one pid=\([0-9]*\) .*/\1/p' "$LOG" | sed '$d' |
    tr '\n' ' ')
none_left() { for pid in $old; do [ -z "$(pgrep -s "$pid")" ] || return; done; }
soon "nobody of the dead masters' is left" none_left

# ---- what was set stays
now_of() { ctl services | awk -v s="$1" '$1 == s && $2 == "running" { print $3 }'; }
limits_of() { ctl --json status "$1" | grep -Eo '"(minimum-available|maximum-connected)": [0-9]+' | tr -d '":a-z\n-'; }
next_is() { [ "$(now_of "$1")" != "$2" ] && [ "$(limits_of "$1")" = "$3" ]; }
ctl set other minimum-available 7 maximum-connected 77 >/dev/null
is "limits are set" "$(limits_of other)" " 7 77"
for round in 1 2; do
	kill -KILL "$other"
	soon "the next master has them ($round)" next_is other "$other" " 7 77"
	other=$(master_of other)
done
is "and a reload would leave them" \
    "$(ctl plan | grep -c '^other: .*by .set., the file says .*(kept)$')" 2

# ---- nothing to start it with
PORT=$frail_port hold
session=$HELD_N
held_says "$session" before
ctl set frail minimum-available 6 >/dev/null
mv "$T/program" "$T/away"
kill -KILL "$(master_of frail)"
soon "a master that cannot start pauses" \
    log_has ' master-died service=frail .* status=69 again=2\.[0-9]s'
is_waiting() { [ "$(ctl services | awk '$1 == "frail" { print $2 }')" = waiting ]; }
soon "and is said to wait" is_waiting
soon "status has why" sh -c '"$1" -s "$2" services | grep "^frail " | grep -q "could not start"' \
    sh "$BROODCTL" "$T/run/control.sock"
echo queued | ask 127.0.0.1 "$frail_port" >"$T/queued" &
client=$!
MASTERS="$MASTERS $client"
is "the other serves" "$(echo hello | ask 127.0.0.1 "$other_port")" hello
check "who was connected is served" held_says "$session" after
soon "it pauses for twice as long" \
    log_has ' master-died service=frail .* status=69 again=[45]\.[0-9]s'
is "it has tried twice only" "$(log_count ' master-died service=frail .* status=69')" 2
mv "$T/away" "$T/program"
soon "it comes back by itself" test -s "$T/queued"
is "and serves who waited in the queue" "$(cat "$T/queued")" queued
is "what could have kept it from starting is not held" "$(limits_of frail)" " 4 200"
is "the other's master is still the same" "$(master_of other)" "$other"
let_go

# ---- while a reload is under way: slow's next one waits for $T/go
reload_begins() {	# WORDS
	rm -f "$T/go"
	starts=$(log_count ' master-start service=slow ')
	conf "$1" >"$CONF"
	ended=$(log_count ' (reloaded generation=|reload-refused )')
	kill -HUP "$M"
	wait_until log_at_least $((starts + 1)) ' master-start service=slow '
}
is_state() { ctl status | grep -q " $1"; }
is_there() { [ "$(pgrep -P "$M" -f '^brood: master slow ' -c)" -eq 2 ]; }
reload_ends() {
	: >"$T/go"
	wait_until reloads $((ended + 1))
}
slow=$(master_of slow)
reload_begins 'env ROUND=1'
coming=$(master_of slow)
kill -KILL "$other"
soon "another service's master is replaced meanwhile" \
    answers 127.0.0.1 "$other_port"
check "the reload is still under way" is_state reloading
kill -KILL "$slow"
wait_until log_has " master-died service=slow pid=$slow "
soon "so is the old one of the service that changes" is_there
reload_ends
check "the reload succeeds" log_has ' reloaded generation=2 kept=3 limits=0 replaced=1'
is "the one that was coming has come" "$(now_of slow)" "$coming"
only() { [ "$(pgrep -P "$M" -f '^brood: master slow ' | tr '\n' ' ')" = "$1 " ]; }
soon "and is alone" only "$coming"
is "the other serves" "$(echo hello | ask 127.0.0.1 "$other_port")" hello

reload_begins 'env ROUND=2'
other=$(master_of other)
kill -KILL "$(master_of slow)"
reload_ends
check "if the one that is coming is killed, the reload is refused" \
    log_has ' error reload-refused reason="slow: its new master was ended by signal 9"'
is "and the old one goes on" "$(now_of slow) $(master_of other)" "$coming $other"
reload
check "the next reload succeeds" log_has ' reloaded generation=3 kept=3 limits=0 replaced=1'
check "it ends with 0" brood_stop
finish
