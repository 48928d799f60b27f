#!/bin/sh
# broodctl: every verb, against a supervisor and masters that are played.
. "${srcdir:-.}/tests/integration/lib.sh"
. "${srcdir:-.}/tests/integration/broodctl-lib.sh"
need python3 nc
fake_start

# ctl SOCKET ARG...: its output is in $T/out, its errors in $T/err.
ctl() {
	socket=$1
	shift
	timeout 60 "$BROODCTL" -s "$T/$socket" "$@" >"$T/out" 2>"$T/err"
}

# ends NAME STATUS PATTERN SOCKET ARG...: its exit status, and a line of its
# errors that matches.
ends() {
	name=$1 want=$2 pattern=$3
	shift 3
	ctl "$@"
	got=$?
	if [ "$got" = "$want" ] && grep -Eq -- "$pattern" "$T/err" &&
	    [ "$(wc -l <"$T/err")" -eq 1 ]; then
		ok "$name"
	else
		not_ok "$name (status $got)"
	fi
}

# works NAME SOCKET ARG...: status 0, and no errors.
works() {
	name=$1
	shift
	if ctl "$@" && [ ! -s "$T/err" ]; then
		ok "$name"
	else
		not_ok "$name"
	fi
}

# out: what it printed, its columns a blank apart.
out() {
	sed 's/  */ /g' "$T/out"
}

was_asked() {
	grep -qx -- "$*" "$T/asked"
}

# json EXPRESSION: of the document d that it printed.
json() {
	python3 -c 'import json, sys
d = json.load(open(sys.argv[1]))
print(eval(sys.argv[2]))' "$T/out" "$1"
}

# ---- looking

works "ping says nothing" sup ping
is "ping prints nothing" "$(out)" ""
works "version" git version
is "version tells what answers" "$(out)" "VERSION KIND PID
0.1.0 master 61"
works "status of a supervisor" sup status
is "status has a line for each" "$(out | sed 's/2m[0-9]*s/2m/')" \
"SERVICE STATE PID AVAILABLE CONNECTED SERVED UPTIME REASON
(supervisor) running 50 - - - 2m
git running 61 4/4 0/200 17 2m
echo running 62 4/4 0/200 17 2m"
is "its columns are aligned" "$(awk '{ print index($0, $2) }' "$T/out" |
    sort -u | wc -l)" 1
works "status of one service" sup status git
is "that is one line" "$(out | cut -d' ' -f1)" "SERVICE
git"
works "status of a master" echo status
is "that is its own" "$(out | cut -d' ' -f1-3)" "SERVICE STATE PID
echo running 62"
works "status of a master by its name" echo status echo
ends "and not by another" 64 "git: no such service: there is echo" \
    echo status git
ends "a service that is none" 64 "gti: no such service: there is git, echo" \
    sup status gti
works "status as JSON" sup --json status
is "JSON is a list of objects, numbers are numbers" \
    "$(json '[o.get("service") for o in d] + [d[1]["available"] + 1, d[0]["supervisor"], type(d[1]["uptime"]).__name__]')" \
    "[None, 'git', 'echo', 5, 1, 'float']"
works "services" sup services
is "services are the supervisor's lines" "$(out | cut -d' ' -f1-5)" \
"SERVICE STATE PID AGE RESTARTS
git running 61 2m10s 0
echo running 62 2m10s 0"
ends "a master has no services" 64 "expected a supervisor" git services
fake git peer 91@127.0.0.1:4711
fake git peer '92@[::1]:7'
works "children of all" sup children
is "children tell whose they are" "$(out)" \
"SERVICE PID STATE GENERATION AGE SERVED
git 71 idle 1 5s 0
git 91 busy 1 3m10s 1
git 92 busy 1 3m10s 1
echo 71 idle 1 5s 0"
works "connections of one" sup connections git
is "connections have both ends" "$(out)" \
"SERVICE PID PEER UID LOCAL AGE
git 91 127.0.0.1:4711 - 127.0.0.1:9418 1d1h
git 92 [::1]:7 - 127.0.0.1:9418 1d1h"
works "no connections" sup connections echo
is "that is a title" "$(out)" "SERVICE PID PEER UID LOCAL AGE"
works "no connections as JSON" sup connections echo --json
is "that is an empty list" "$(json d)" "[]"
works "addresses" git addresses
is "addresses are escaped" "$(out)" \
"SERVICE ADDRESS STATE QUEUED INHERITED
git 127.0.0.1:9418 listening 2/128 yes
git unix:/run/a \\033[31mb paused 0/5 no"
works "addresses as JSON" git addresses --json
is "JSON has the bytes" "$(json '[d[1]["addr"], d[0]["queued"]]')" \
    "['unix:/run/a \\x1b[31mb', 2]"
check "no escape sequence got out" test "$(tr -d '\033' <"$T/out" | wc -c)" \
    = "$(wc -c <"$T/out")"
works "why" sup why git
is "why has reasons" "$(out)" 'AGE WHAT COUNT BECAUSE
2h start 4 available 0 < 4
3s full 1 connected 200 reached "200"'
ends "why needs one service" 64 "must be named: there is git, echo" sup why
works "why of a lone master" git why

# ---- plan and reload

fake echo min 9
works "plan" sup plan
is "plan tells it to people" "$(cat "$T/out")" \
"keep tcp 127.0.0.1:7000 (echo)
open udp 127.0.0.1:7000 (echo)
git: limits set live: minimum-available 4 -> 8
echo: kept
echo: minimum-available is 9 by \`set', the file says 4 (kept)
web: replaced: exec, env
connections cut: none"
fake git min 5
fake git because "'minimum-available 4 -> 8'"
works "plan, when both have changed" sup plan
check "the change is what the supervisor says" grep -qx \
    "git: limits set live: minimum-available 4 -> 8" "$T/out"
check "what was set will go" grep -qx \
    "git: minimum-available is 5 by \`set', the file says 8 (will become 8)" "$T/out"
fake git because maximum-connected
works "plan, when another word has changed" sup plan
is "tells of both" "$(grep ^git: "$T/out")" \
"git: limits set live: maximum-connected
git: minimum-available is 5 by \`set', the file says 8 (kept)"
fake git min 4
fake echo min 4
works "plan as JSON" sup --json plan
is "its last object" "$(json 'd[-1]')" "{'connections-cut': 0}"
ends "a plan of no file" 78 "No such file" sup plan "$T/nothing"
: >"$T/some.conf"
(cd "$T" && "$BROODCTL" -s sup plan some.conf >/dev/null)
check "a file is named from the root" was_asked "sup plan $T/some.conf"
works "reload" sup reload
fake sup busy 1
check "reload while one is being done" ctl sup reload
is "it says so" "$(cat "$T/err")" \
    "broodctl: waits for a reload that is being done"
fake sup busy 0
fake sup why "'brood.conf:3:1: no such word'"
ends "reload is refused with its reason" 78 "brood.conf:3:1: no such word" \
    sup reload
fake sup why "''"
fake sup why x
ctl sup plan
is "a plan of a bad file" "$?" 78
is "tells all mistakes in order" "$(cat "$T/err")" \
"broodctl: brood.conf:2:1: no such word
broodctl: brood.conf:9:1: no such value"
fake sup why "''"
ends "a master has no file to reload" 64 "expected a supervisor" git reload

# ---- set

works "set" sup set git minimum-available 8 maximum-connected 100
check "set asks once for all words" was_asked \
    git set minimum-available 8 maximum-connected 100
ctl sup status git
is "it is true when it returns" "$(out | tail -n 1 | cut -d' ' -f4,5)" \
    "8/8 2/100"
works "set without the name, of a lone master" git set minimum-available 4
ends "set needs a name where there are more" 64 "must be named" \
    sup set minimum-available 4
ends "set needs a value" 64 "set: expected" sup set git
ends "a word twice" 64 "minimum-available: expected it once" \
    git set minimum-available 4 minimum-available 5
ends "a word that does not change" 1 "git: kind: cannot be changed" \
    sup set git kind worker
ends "a value that is none" 64 "many: expected a number" \
    sup set git minimum-available many
fake git enough 0
ends "set that does not come true" 75 \
    "git: timed out: available is 4, expected 6" \
    git set minimum-available 6 --timeout 3s
fake git enough 1
works "set as JSON has nothing to tell" git --json set minimum-available 4
is "so it is an empty list" "$(json d)" "[]"

# ---- pause, resume, renew, kick, log

works "pause" sup pause git
ctl sup status git
is "nobody waits then" "$(out | tail -n 1 | cut -d' ' -f2,4)" "paused 0/4"
works "status as JSON" git status --json
is "and nobody is leaving any more" "$(json 'd[0]["leaving"]')" 0
works "set while it is paused" sup set git minimum-available 5
works "resume" sup resume git
ctl sup status git
is "as many wait as should" "$(out | tail -n 1 | cut -d' ' -f2,4)" \
    "running 5/5"
works "pause --refuse" sup pause git --refuse
check "it is asked so" was_asked git pause refuse
works "resume again" git resume
ends "a listener that cannot refuse" 1 "echo: unix:/run/echo.sock: cannot" \
    sup pause --refuse echo
ends "pause needs a name" 64 "must be named" sup pause
works "renew" sup renew git
works "the generation has grown" git wait 'generation=2 and renewing=0'
fake git spoilt 1
ends "a renewal that is given up" 1 "git: the renewal was given up" sup renew git
fake git spoilt 0
works "kick a peer with its port" sup kick 127.0.0.1:4711 git
is "kick tells how many" "$(out)" "kicked 1"
works "it is gone" git wait connected=1
works "kick an address" git kick '[::1]' --json
is "kick as JSON" "$(json d)" "[{'kicked': 1}]"
fake git peer 93@10.0.0.1:80
works "kick a process" git kick 93
ends "kick nobody" 1 "git: 93: nobody" git kick 93
works "log of a service" sup log git debug
check "that is asked of the master" was_asked git log debug
works "log of the supervisor" sup log warn
check "that is asked of it" was_asked sup log warn
ends "a level that is none" 64 "expected error" sup log loud

# ---- wait

works "wait for what is" sup wait 'available(git)>=5 and state(git)=running'
works "wait takes words apart, too" sup wait available'(git)' '>=' 5 and connected=0
fake git connected 3
fake echo connected 2
works "without a service it is the sum" sup wait 'connected=5 and available=9'
works "or the supervisor's own" sup wait 'services=2 and running=2 and state=running'
works "wait for what a master says of itself" git wait 'connected(git)=3'
"$BROODCTL" -s "$T/sup" wait 'connected(git)=7' >"$T/waited" 2>&1 &
waiter=$!
asked_on() { [ "$(grep -c 'git status' "$T/asked")" -gt "$1" ]; }
wait_until asked_on $(($(grep -c 'git status' "$T/asked") + 5))
is_gone "$waiter" && not_ok "it waits"
fake git connected 7
check "wait ends when it is true" wait "$waiter"
ends "wait that is in vain" 75 'connected\(git\) is 7$' \
    sup wait 'connected(git)=8' --timeout 3s
ends "wait of a lone master" 75 'connected is 7$' \
    git wait connected=8 --timeout 3s
ends "wait for nobody" 75 "gti: no such service: there is git, echo" \
    sup wait 'connected(gti)=8' --timeout 3s
ends "wait for another than there is" 64 "gti: no such service: there is git" \
    git wait 'connected(gti)=8'
ends "wait for a name that is none" 64 "conected: no such name" \
    sup wait 'conected>1'
ends "wait for nonsense" 64 "expected one of = != < <= > >= at byte 11" \
    sup wait 'connected ~ 1'
"$BROODCTL" -s "$T/sup" wait 'pid(git)=77 and connected(git)=0' \
    >"$T/waited" 2>&1 &
waiter=$!
fake git kill now
works "status tells of a service without a process" sup status git
is "with the reason" "$(out | tail -n 1)" "git failed 0 - - - - it ended"
ends "that cannot be asked" 69 "git: no process serves now: it ended" \
    sup why git
works "wait knows its state" sup wait 'state(git)=failed'
works "and that nobody is connected" sup wait 'connected(git)=0'
is_gone "$waiter" && not_ok "it waits for the new one"
fake git born 77
check "a new master is found" wait "$waiter"
is "without a word" "$(cat "$T/waited")" ""

# ---- the end

works "stop waits for the end" echo stop
ends "it has ended" 69 "nobody answers at .*/echo: Connection refused" echo ping
works "stop --now" git stop --now
check "it is asked so" was_asked git stop now
works "drain" sup drain
check "it is asked so" was_asked sup drain
ends "nobody is there any more" 69 "nobody answers at .*/sup: Connection refused" \
    sup ping
finish
