#!/bin/sh
# --user: another user for good, with its groups and nothing of root's.
# shellcheck disable=SC2016 # scripts of the program
[ -n "${INSIDE-}" ] || ! unshare -m true 2>/dev/null ||
    INSIDE=1 exec unshare -m sh "$0"
. "${srcdir:-.}/tests/integration/lib.sh"
need nc setpriv
[ "$(id -u)" -eq 0 ] || {
	brood_fails 77 'cannot change' --user 4321 127.0.0.1:0 cat
	me=$(id -un)
	brood_start --user "$me" 127.0.0.1:0 id -u
	is "one's own user can be named" "$(ask </dev/null)" "$(id -u)"
	check "it stops with 0" brood_stop
	finish
}
[ -n "${INSIDE-}" ] || skip_all "no mount namespace"
echo 'brood-test:x:4321:4322:test:/home/of-test:/bin/of-test' |
    cat /etc/passwd - >"$T/passwd"
printf 'test-own:x:4322:\ntest-two:x:4323:brood-test\ntest-three:x:4324:\n' |
    cat /etc/group - >"$T/group"
mount --bind "$T/passwd" /etc/passwd || skip_all "cannot mount"
mount --bind "$T/group" /etc/group
chmod 755 "$T"

ids() {
	ask </dev/null | awk -F '[:\t ]+' '
	    $1 == "Uid" || $1 == "Gid" { print $1, $2, $3, $4, $5 }
	    $1 == "Groups" { gsub(/ $/, ""); gsub(/\t/, " "); print }
	    $1 == "NoNewPrivs" { print $1, $2 }
	    $1 ~ /^Cap(Inh|Prm|Eff|Amb)$/ { print $1, $2 }'
}

no_caps='CapInh 0000000000000000
CapPrm 0000000000000000
CapEff 0000000000000000'
no_amb='CapAmb 0000000000000000'

master_and_idle() {
	for pid in $M $(idle_children); do
		awk '$1 == "Uid:" || $1 == "Gid:" { print $2, $3, $4, $5 }
		    $1 ~ /^Cap(Prm|Eff)/ { print $2 }' "/proc/$pid/status"
	done | sort -u | tr '\n' ' '
}

dropped() {
	brood_start --user brood-test 127.0.0.1:0 cat /proc/self/status
	is "a user has its groups, no capability and no way to gain one" \
	    "$(ids)" "Uid 4321 4321 4321 4321
Gid 4322 4322 4322 4322
Groups: 4322 4323
$no_caps
$no_amb
NoNewPrivs 1"
	is "and so have master and children" "$(master_and_idle)" \
	    "0000000000000000 4321 4321 4321 4321 4322 4322 4322 4322 "
	check "no line warns of root" eval '! log_has " warn root "'
	check "it stops with 0" brood_stop
}
each_memory dropped

# id_of ARG...: user, group and groups, and whether privileges may be gained.
id_of() {
	brood_start "$@" 127.0.0.1:0 \
	    sh -c 'id -u; id -g; id -G; grep NoNewPrivs /proc/$$/status'
	ask </dev/null | tr '\n\t' '  '
	brood_stop
}
is "a group replaces the user's own" "$(id_of --user brood-test:test-three)" \
    "4321 4324 4324 4323 NoNewPrivs: 1 "
is "numbers are good, too" "$(id_of --user 4321:4324)" \
    "4321 4324 4324 4323 NoNewPrivs: 1 "
is "also unknown ones" "$(id_of --user 54321:54322)" \
    "54321 54322 54322 NoNewPrivs: 1 "
is "privileges may be gained if asked for" \
    "$(id_of --user brood-test --no-new-privs no)" \
    "4321 4322 4322 4323 NoNewPrivs: 0 "
is "root may stay" "$(id_of --user root | cut -d ' ' -f 1,2)" "0 0"
is "without a way to gain" \
    "$(id_of --no-new-privs yes | sed 's/.*No/No/')" "NoNewPrivs: 1 "
is "which is not so by default" \
    "$(id_of --user root | sed 's/.*No/No/')" "NoNewPrivs: 0 "

brood_start 127.0.0.1:0 cat
check "one line warns of root" [ "$(log_count ' warn root ')" -eq 1 ]
brood_stop
brood_start --user root 127.0.0.1:0 cat
check "which --user root silences" eval '! log_has " warn root "'
brood_stop

brood_start --user brood-test 127.0.0.1:0 env
is "the variables are the user's" \
    "$(ask </dev/null | grep -E '^(HOME|USER|LOGNAME|SHELL)=' | sort)" \
    "HOME=/home/of-test
LOGNAME=brood-test
SHELL=/bin/of-test
USER=brood-test"
brood_stop

# Capabilities that would outlast the change of user.
: >"$LOG"
setpriv --securebits +no_setuid_fixup "$BROOD" --user brood-test 127.0.0.1:0 \
    cat /proc/self/status 2>>"$LOG" </dev/null &
M=$!
MASTERS="$MASTERS $M"
wait_until is_ready
if is_gone "$M"; then
	wait "$M"
	is "capabilities that stay are refused" $? 77
else
	PORT=$(port_of listen)
	is "capabilities do not stay" "$(ids | grep -E 'Cap(Prm|Eff)' |
	    tr '\n' ' ')" "CapPrm 0000000000000000 CapEff 0000000000000000 "
	brood_stop
fi

# Not root: only oneself.
BROOD_=$BROOD
BROOD=setpriv
brood_fails 77 'cannot change' --reuid 4321 --regid 4322 --clear-groups \
    "$BROOD_" --user 54321 127.0.0.1:0 cat
brood_fails 77 'cannot change' --reuid 4321 --regid 4322 --clear-groups \
    "$BROOD_" --user root 127.0.0.1:0 cat
: >"$LOG"
brood_start --reuid 4321 --regid 4322 --clear-groups "$BROOD_" \
    --user brood-test 127.0.0.1:0 sh -c 'id -u; id -g'
is "oneself can be named" "$(ask </dev/null | tr '\n' ' ')" "4321 4322 "
check "it stops with 0" brood_stop
BROOD=$BROOD_
finish
