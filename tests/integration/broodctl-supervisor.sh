#!/bin/sh
# broodctl and a supervisor: its masters are found, changed and saved.
. "${srcdir:-.}/tests/integration/lib.sh"
. "${srcdir:-.}/tests/integration/broodctl-lib.sh"
need nc

# conf MINIMUM MAXIMUM [LINE]: what the file says of git.
conf() {
	cat >"$T/brood.conf" <<-CONF
		control $T/sock
		user    $(id -un)
		service echo {
		    listen 127.0.0.1:0
		    inline echo
		}
		service git {
		    listen            127.0.0.1:0
		    exec              cat
		    minimum-available $1   # enough
		    maximum-connected $2
		    $3
		}
	CONF
}

# master: the pid of git's process.
master() {
	ctl services | awk '$1 == "git" && $2 == "running" { print $3 }'
}

# field N SERVICE: of its line of status.
field() {
	ctl status "$2" | awk -v n="$1" 'NR == 2 { print $n }'
}

conf 3 50
brood_spawn -f "$T/brood.conf"
wait_until test -S "$T/sock"
check "wait until all serve" ctl wait \
    'running=2 and available(git)>=3 and available(echo)>=1'
PORT=$(sed -n 's/.* listen addr=[^ ]*:\([0-9]*\) service=git.*/\1/p' "$LOG")
is "it is a supervisor" "$(ctl version | awk 'NR == 2 { print $2, $3 }')" \
    "supervisor $M"
is "status has all" "$(ctl status | awk '{ print $1 }' | sort | tr '\n' ' ')" \
    "(supervisor) SERVICE echo git "
is "services have processes of it" "$(ps -o ppid= -p "$(master)" |
    tr -d ' ')" "$M"
is "addresses are of both" "$(ctl addresses | awk 'NR > 1 { print $1, $5 }' |
    sort | tr '\n' ' ')" "echo yes git yes "
ctl set minimum-available 4 2>"$T/err"
is "one must be named" "$?" 64
check "with the names there are" grep -q "there is echo, git" "$T/err"

# ---- set and save

check "set" ctl set git minimum-available 6
is "it is so" "$(field 4 git | sed 's/.*\///')" 6
check "plan tells of it" sh -c '"$1" -s "$2" plan | grep -qx \
    "git: minimum-available is 6 by .set., the file says 3 (kept)"' \
    sh "$BROODCTL" "$T/sock"
cp "$T/brood.conf" "$T/before"
check "set --save" ctl set git minimum-available 5 --save
is "only the value is another" "$(diff "$T/before" "$T/brood.conf" | tail -n +2)" \
"<     minimum-available 3   # enough
---
>     minimum-available 5   # enough"
is "the file has what is set: nothing would change" \
    "$(ctl plan | grep ^git:)" "git: kept"
pid=$(master)
check "reload" ctl reload
soon "nothing was changed for it" log_has \
    ' reloaded generation=2 kept=2 limits=0 replaced=0 '
is "it is the same process" "$(master)" "$pid"
is "and the number stays" "$(field 4 git | sed 's/.*\///')" 5
check "set a word that the file has not, and save it" \
    ctl set git --save maximum-available 12
is "nothing would change" "$(ctl plan | grep ^git:)" "git: kept"
check "set one" ctl set git minimum-available 6
check "and save another" ctl set git --save maximum-connected 55
is "plan tells of the first" "$(ctl plan | grep ^git:)" "git: kept
git: minimum-available is 6 by \`set', the file says 5 (kept)"
check "reload" ctl reload
soon "it does so" log_has \
    ' reloaded generation=3 kept=2 limits=0 replaced=0 '
is "both numbers stay" "$(field 4 git | sed 's/.*\///') $(field 5 git)" "6 0/55"
sed -i '/maximum-available/d; s/connected 55/connected 50/' "$T/brood.conf"
check "set and save, and set again without" \
    ctl set git --save minimum-available 8
check "again" ctl set git minimum-available 6
is "the file's number is another then" "$(ctl plan | grep ^git:)" \
    "git: replaced: minimum-available, maximum-connected, maximum-available
git: minimum-available is 6 by \`set', the file says 8 (will become 8)
git: maximum-connected is 55 by \`set', the file says 50 (will become 50)"
sed -i 's/connected 50/&\n    maximum-available 12/' "$T/brood.conf"
is "and is told" "$(ctl plan | grep ^git:)" \
"git: limits set live: minimum-available 6 -> 8, maximum-connected 55 -> 50"
check "reload" ctl reload
soon "it was" log_has ' reloaded generation=4 kept=1 limits=1 replaced=0 '
is "the numbers are so" "$(field 4 git | sed 's/.*\///') $(field 5 git)" "8 0/50"
check "set and save" ctl set git --save minimum-available 5
pid=$(master)

# ---- reload

conf 7 60 'maximum-available 16'
is "plan: the limits" "$(ctl plan | grep ^git:)" \
"git: limits set live: minimum-available 5 -> 7, maximum-connected 50 -> 60"
check "reload" ctl reload
check "they are so" ctl wait 'minimum-available(git)=7 and available(git)>=7'
is "in the same process" "$(master)" "$pid"
hold
check "a client comes" ctl wait 'connected(git)=1'
conf 7 60 'env A=b'
check "plan: a replacement" sh -c '"$1" -s "$2" plan | grep -q "^git: replaced: "' \
    sh "$BROODCTL" "$T/sock"
check "reload" ctl reload
check "another process serves" test "$(master)" != "$pid"
is "the older one is listed" "$(ctl services | awk '$1 == "git" { print $2 }' |
    sort | tr '\n' ' ')" "finishing running "
is "its client is counted" "$(ctl wait 'connected(git)=1' && echo yes)" yes
is "and shown" "$(ctl connections git | tail -n +2 | wc -l)" 1
is "and can be kicked" "$(ctl kick 127.0.0.1 git)" "kicked 1"
let_go
soon "then the older one ends" is_gone "$pid"

conf 7 60 'nonsense 1'
ctl reload 2>"$T/err"
is "a bad file is refused" "$?" 78
check "with the place" grep -q "^broodctl: .*brood.conf:12:.*nonsense" "$T/err"
ctl plan 2>"$T/err"
is "plan tells the same" "$?" 78
check "with the place" grep -q "^broodctl: .*brood.conf:12:.*nonsense" "$T/err"
check "status has the reason" sh -c '"$1" -s "$2" status | grep -q \
    "(supervisor) .*nonsense"' sh "$BROODCTL" "$T/sock"
conf 7 60 'env A=b'
ctl plan "$T/brood.conf" >"$T/out"
check "plan of a file by its name" grep -qx "git: kept" "$T/out"

# ---- masters of a supervisor

check "pause one" ctl pause git
is "it is" "$(field 2 git)" paused
is "the other is not" "$(field 2 echo)" running
check "resume it" ctl resume git
check "renew it" ctl renew git
is "why" "$(ctl why git | awk 'NR == 1 { print $1, $2 }')" "AGE WHAT"
check "log" ctl log git debug
pid=$(master)
ctl wait 'connected(git)=1' >"$T/out" 2>&1 &
waiter=$!
kill -KILL "$pid"
soon "a master that was killed is replaced" sh -c '
    "$1" -s "$2" wait "state(git)=running and pid(git)!='"$pid"'"' \
    sh "$BROODCTL" "$T/sock"
hold
check "who waits finds the new one" wait "$waiter"
is "without a word" "$(cat "$T/out")" ""
let_go
ctl stop >"$T/out" 2>&1
is "stop" "$? $(cat "$T/out")" "0 "
wait_until is_gone "$M" || :
wait "$M"
is "it has ended, with 0" "$?" 0
ctl ping 2>"$T/err"
is "nobody is there" "$?" 69
finish
