#!/bin/sh
# --groups instead of the user's own, --env instead of what follows from the
# user, and how names and lists of the control socket are written.
# shellcheck disable=SC2016 # scripts of the program
[ -n "${INSIDE-}" ] || ! unshare -m true 2>/dev/null ||
    INSIDE=1 exec unshare -m sh "$0"
. "${srcdir:-.}/tests/integration/lib.sh"
need nc setpriv

# ---- what is refused

refuse() {
	text="brood: $1"
	shift
	brood_fails 64 "$text" "$@" "unix:$T/s" cat
}

for value in '' ',' 'a,' ',a' 'a,,b' '*' :a 'a b' -a "$(printf 'a\tb')"; do
	refuse '--groups .*expected a comma list of groups, or none' \
	    --groups "$value"
done
for value in '' 'a b' a/b 'a,b' é 12345678901234567890123456789012345678901; do
	refuse '--name .*expected 1 to 40 of' --name "$value"
done
for value in '' @abstract "/$(head -c 108 /dev/zero | tr '\0' x)"; do
	refuse '--control .*expected a path' --control "$value"
done
refuse '--control-mode 888: expected an octal mode' --control-mode 888
refuse '--control-owner nobody-such.*exists' --control-owner nobody-such
for word in look operate own; do
	for value in '' ',' 'a b' :: a:b '**' -x "$(printf 'a\001')"; do
		refuse "--control-$word .*expected a comma list of" \
		    --control-$word "$value"
	done
	refuse "control-$word: expected control beside it" \
	    --control-$word 'root,:adm,*,0,:0'
done
refuse 'control-mode: expected control beside it' --control-mode 0666

# ---- a name

brood_start --name its.own_name-1 --process-title yes 127.0.0.1:0 cat
soon "the title has its name" \
    eval 'ps -o args= -p "$M" | grep -q "master its.own_name-1 "'
check "it stops with 0" brood_stop

# ---- an environment that was asked for

variables() {
	ask </dev/null |
	    grep -E '^(HOME|USER|LOGNAME|SHELL|PATH)=' | sort | tr '\n' ' '
}

brood_start --env HOME=/my --env USER=me --env LOGNAME=I --env SHELL=/bin/no \
    --env PATH=/usr/bin 127.0.0.1:0 env
is "what is given explicitly wins" "$(variables)" \
    "HOME=/my LOGNAME=I PATH=/usr/bin SHELL=/bin/no USER=me "
check "it stops with 0" brood_stop

[ "$(id -u)" -eq 0 ] || {
	brood_fails 77 'cannot set groups' --groups "$(id -g)" 127.0.0.1:0 cat
	finish
}

# ---- groups

refuse 'unknown group: no-such-group' --groups no-such-group
refuse 'unknown group: no-such-group' --user 4321:4321 --groups 1,no-such-group
refuse 'groups: expected at most 256' \
    --groups "$(seq -s , 1 257)"

# id_of ARG...: user, group and groups of the program.
id_of() {
	brood_start "$@" 127.0.0.1:0 sh -c 'id -u; id -g; id -G'
	ask </dev/null | tr '\n' ' '
	brood_stop
}

each() {
	is "none: only the user's group" \
	    "$(id_of --user 4321:4322 --groups none)" "4321 4322 4322 "
	is "numbers" "$(id_of --user 4321:4322 --groups 4400,4401)" \
	    "4321 4322 4322 4400 4401 "
}
each_memory each
adm=$(getent group adm | cut -d : -f 3)
[ -z "$adm" ] || is "and names" \
    "$(id_of --user 4321:4322 --groups adm,4400)" "4321 4322 4322 $adm 4400 "
is "without --user it is only the groups" \
    "$(id_of --groups 4400,4401)" "0 $(id -g) $(id -g) 4400 4401 "
is "of none, too" "$(id_of --groups none)" "0 $(id -g) $(id -g) "
is "256 are possible" \
    "$(id_of --user 4321:4322 --groups "$(seq -s , 5001 5256)" | wc -w)" 259

# The user that has groups of its own does not keep them.
if [ -n "${INSIDE-}" ]; then
	echo 'brood-test:x:4321:4322:test:/home/of-test:/bin/of-test' |
	    cat /etc/passwd - >"$T/passwd"
	printf 'test-own:x:4322:\ntest-two:x:4323:brood-test\n' |
	    cat /etc/group - >"$T/group"
	mount --bind "$T/passwd" /etc/passwd && mount --bind "$T/group" /etc/group
	is "a user's own groups are replaced" \
	    "$(id_of --user brood-test --groups 4400)" "4321 4322 4322 4400 "
	is "by names, too" \
	    "$(id_of --user brood-test --groups test-two)" "4321 4322 4322 4323 "
	brood_start --user brood-test --groups none 127.0.0.1:0 env
	is "its variables stay" "$(variables | sed 's/PATH=[^ ]* //')" \
	    "HOME=/home/of-test LOGNAME=brood-test SHELL=/bin/of-test USER=brood-test "
	check "it stops with 0" brood_stop
	brood_start --user 4321:4322 --groups none --env USER=somebody \
	    127.0.0.1:0 env
	is "where all are numbers nobody is asked for them" \
	    "$(variables | sed 's/PATH=[^ ]* //')" "USER=somebody "
	check "it stops with 0" brood_stop
else
	skip "no mount namespace"
fi

# Not even opened: a directory service that hangs hangs nobody.
if strace -o /dev/null true 2>/dev/null; then
	: >"$LOG"
	strace -f -o "$T/trace" -e trace=open,openat,connect "$BROOD" \
	    --user 4321:4322 --groups 4400 --socket-owner 4321:4322 \
	    --control "$T/control" --control-owner 4321:4322 \
	    "unix:$T/s" cat 2>>"$LOG" </dev/null &
	MASTERS="$MASTERS $!"
	M=$!
	wait_until is_ready
	kill -TERM "$(pgrep -P "$!" -x brood)"
	wait_master
	check "numbers ask nobody" eval \
	    '! grep -E "/etc/(passwd|group|nsswitch)|/nscd" "$T/trace"'
	check "and the trace would have shown it" grep -q '/lib' "$T/trace"
else
	skip "strace may not trace here"
fi
finish
