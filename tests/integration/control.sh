#!/bin/sh
# What a control socket is asked, and told: each verb, and who may say it.
# shellcheck disable=SC2016 # scripts of the program
. "${srcdir:-.}/tests/integration/lib.sh"
. "${srcdir:-.}/tests/integration/control-lib.sh"
need nc python3 ss

all_are_told() {
	[ "$(ctl children | grep -c '^pid=.* state=')" -eq "$(alive)" ]
}

looks() {
	brood_start --control "$SOCKET" -n 2 -m 9 --maximum-available 4 \
	    127.0.0.1:0 cat
	is "ping" "$(ctl ping)" ok
	check "version" said "^version=[0-9.]+ kind=master pid=$M\$" version
	check "status" said "^service=127.0.0.1:0 pid=$M generation=1 state=running kind=exec minimum-available=2 maximum-available=4 maximum-connected=9 children=0 available=[34] connected=0 starting=[01] leaving=0 served=0 deaths=0 renewing=0 wanted=2 uptime=[0-9]+\.[0-9]{3}\$" status
	hold
	soon "a client is counted at once" field_is connected 1
	check "children" said '^pid=[0-9]+ state=busy generation=1 age=[0-9.]+ served=0$' children
	soon "all of them" all_are_told
	check "connections" said "^pid=$(busy_children | tr -d ' ') peer=127\.0\.0\.1:[0-9]+ local=127\.0\.0\.1:$PORT age=[0-9.]+\$" connections
	check "addresses" said "^addr=127\.0\.0\.1:$PORT state=listening queued=0 backlog=4096 inherited=0\$" addresses
	check "why: the first start" said '^age=[0-9.]+ what=start count=[0-9]+ because="available 0 < 2"$' why
	let_go
	soon "and its end" field_is connected 0
	is "it was served" "$(field served)" 1
	denied 64 'no such verb' bogus
	denied 64 'no more words' 'ping now'
	denied 64 'expected a verb' '   '
	denied 64 '' 'ping "'
	is "words may be quoted" "$(ctl '"ping"')" ok
	is "requests are answered in order" \
	    "$(ctl ping bogus 'ping' | tr '\n' '|')" \
	    'ok|error 64 "bogus: no such verb"|ok|'
	check "it stops with 0" brood_stop
	check "the socket is removed" test ! -e "$SOCKET"
}
each_memory looks

changes() {
	brood_start --control "$SOCKET" -n 2 -m 9 --maximum-available 4 \
	    --idle-time 100ms 127.0.0.1:0 cat
	is "set" "$(ctl 'set minimum-available 6 maximum-available 7')" ok
	is "is told" "$(field minimum-available) $(field maximum-available)" \
	    '6 7'
	soon "is done" field_at_least available 6
	is "set, less" "$(ctl 'set minimum-available 1 maximum-available 2')" ok
	soon "is done, too" field_is available 2
	check "why" said 'what=set .* because="minimum-available 2 -> 6"' why
	check "why they went" said 'what=spare .* because="available [0-9]+ for idle-time > maximum-available 2"' why
	denied 64 '' 'set minimum-available'
	denied 64 'expected 1 to' 'set minimum-available 0'
	denied 64 '' 'set maximum-connected 20 minimum-available x'
	is "all or none" "$(field maximum-connected)" 9
	denied 1 'cannot be changed' 'set backlog 3'
	denied 64 'no such word' 'set colour red'
	is "renew" "$(ctl renew)" ok
	soon "is done" field_is generation 2
	soon "and over" field_is renewing 0
	is "log" "$(ctl 'log warn')" ok
	ctl renew >/dev/null
	soon "renew again" field_is generation 3
	is "the log is quiet" "$(log_count ' renewed ')" 1
	denied 64 'expected error' 'log loud'
	denied 64 'expected keep or refuse' 'pause maybe'
	denied 64 'a pid, an address' 'kick nobody'
	denied 1 'no such session' "kick $M"
	denied 1 'no such session' 'kick 127.0.0.1:1'
	denied 64 'expected now' 'stop later'
	check "it stops with 0" brood_stop
}
each_memory changes

is_serving() {
	[ "$(field connected)" = 1 ]
}

stops() {
	brood_start --control "$SOCKET" --stop-time 600s 127.0.0.1:0 cat
	hold
	wait_until field_is connected 1
	play eof stop >"$T/eof" &
	asker=$!
	soon "stop: nobody can connect" refused
	is "stopping is told" "$(field state)" stopping
	is "once more is the same" "$(ctl stop)" ok
	soon "those that are served go on" is_serving
	denied 1 stopping 'pause keep'
	denied 1 stopping renew
	let_go
	wait_master
	is "it ends with 0" "$?" 0
	wait "$asker"
	is "and the connection with it" "$(sed 's/ [0-9.]*$//' "$T/eof")" \
	    'ok eof'

	brood_start --control "$SOCKET" 127.0.0.1:0 cat
	hold
	wait_until field_is connected 1
	is "stop now" "$(ctl 'stop now')" ok
	wait_master
	is "it ends" "$?" 0
	check "by force" log_has ' stopped .*forced=1'
	let_go

	brood_start --control "$SOCKET" --stop-time 100ms 127.0.0.1:0 cat
	hold
	wait_until field_is connected 1
	is "drain" "$(ctl drain)" ok
	soon "nobody can connect" refused
	is "ping" "$(ctl ping)" ok
	soon "stop-time is not for those" is_serving
	is "stop: now it is" "$(ctl stop)" ok
	wait_master
	is "it ends" "$?" 0
	check "by force" log_has ' stopped .*forced=1'
	let_go
}

each_memory stops

# Who may what: a socket that all may connect to, and lists.
as() {
	who=$1
	shift
	AS=$who ctl "$@"
}

classes() {
	chmod 755 "$T"
	brood_start --control "$SOCKET" --control-mode 0666 \
	    --control-look '61231,:61232' --control-operate 61233 \
	    --control-own 61234 --user 61235 127.0.0.1:0 cat
	look='ping version status children connections addresses why'
	operate='set pause resume renew kick log'
	own='stop drain'
	for who in 61230 61231 61232 61233 61234; do
		for verb in $look $operate $own; do
			# Words that none of them takes: nothing happens.
			as "$who" "$verb a b c d e" 2>/dev/null |
			    sed "s/^error \\([0-9]*\\).*/$who $verb \\1/"
		done
	done >"$T/got"
	for verb in $look $operate $own; do
		echo "61230 $verb 77"
		class=look
		case " $operate " in *" $verb "*) class=operate ;; esac
		case " $own " in *" $verb "*) class=own ;; esac
		for who in 61231 61232; do
			[ "$class" = look ] && echo "$who $verb 64" ||
			    echo "$who $verb 77"
		done
		[ "$class" = own ] && echo "61233 $verb 77" ||
		    echo "61233 $verb 64"
		echo "61234 $verb 64"
	done | sort >"$T/wanted"
	check "each verb, and each class" \
	    sh -c 'sort "$1" | diff "$2" - >&2' - "$T/got" "$T/wanted"
	is "a stranger is told so" "$(as 61230 ping)" \
	    'error 77 "you are not among those who may use this"'
	is "a quoted verb is the same verb" \
	    "$(as 61231 '"stop" "now"' '"st\op"' | cut -c 1-8)" \
	    "$(printf 'error 77\nerror 77')"
	is "a group beside one's own counts" \
	    "$(GROUPS_TOO='7 61232 9' as 61230 ping)" ok
	is "the user it is now owns it" "$(as 61235 'log debug')" ok
	soon "refusals are logged" log_has 'warn control-refused verb=set uid=61231 '
	soon "strangers, too" log_has 'warn control-stranger uid=61230 '
	check "it runs" field_is state running
	check "it stops with 0" brood_stop

	brood_start --control "$SOCKET" --control-mode 0660 127.0.0.1:0 cat
	is "the mode is what it was told to be" \
	    "$(stat -c %a "$SOCKET")" 660
	brood_stop
	brood_start --control "$SOCKET" --control-owner 61236:61237 \
	    127.0.0.1:0 cat
	is "and so is the owner" "$(stat -c '%u %g %a' "$SOCKET")" \
	    '61236 61237 600'
	brood_fails 75 'a server is listening' --control "$SOCKET" 127.0.0.1:0 cat
	kill -KILL "$M"
	wait_master
	check "a dead one's socket is left" test -S "$SOCKET"
	brood_start --control "$SOCKET" 127.0.0.1:0 cat
	is "and replaced" "$(ctl ping)" ok
	brood_stop
	brood_fails 64 'unknown: nobody-at-all' --control "$SOCKET" \
	    --control-look nobody-at-all 127.0.0.1:0 cat
	brood_fails 69 'cannot' --control "$T/no/folder" 127.0.0.1:0 cat
}
if [ "$(id -u)" = 0 ]; then
	classes
else
	skip "not root"
fi

# Children have no part of it.
held() {
	brood_start --control "$SOCKET" -n 2 -m 9 "$@"
	rm -f "$T/stays"
	play eof ping >"$T/stays" &
	MASTERS="$MASTERS $!"
	stays=$!
	soon "a client stays" master_has 2
	is "set" "$(ctl 'set minimum-available 5')" ok
	hold
	soon "children are born meanwhile" field_at_least available 5
	soon "and serve" field_is connected 1
	soon "they have sockets, but none of those" children_have_none
	kill -KILL "$M"
	wait "$stays"
	is "the end of the master is the end of the connection" \
	    "$(sed 's/ [0-9.]*$//' "$T/stays")" 'ok eof'
	wait_master
	let_go
}

master_has() {
	[ "$(our_sockets | wc -l)" = "$1" ]
}

held_exec() {
	held 127.0.0.1:0 cat
}
each_memory held_exec
held --inline echo 127.0.0.1:0
finish
