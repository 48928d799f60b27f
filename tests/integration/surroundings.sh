#!/bin/sh
# Limits, folder, umask and name of the program are as asked.
# shellcheck disable=SC2016 # scripts of the program
. "${srcdir:-.}/tests/integration/lib.sh"
need nc

# of SCRIPT ARG...: what a shell as the program says.
of() {
	script=$1
	shift
	brood_start "$@" 127.0.0.1:0 sh -c "$script" || return
	ask </dev/null | tr '\n' ' '
	brood_stop || echo "status $?"
}

asked() {
	is "a limit is both limits" \
	    "$(of 'ulimit -Sn; ulimit -Hn' --limit nofile=64)" "64 64 "
	is "or two" "$(of 'ulimit -Sn; ulimit -Hn' --limit nofile=63:65)" "63 65 "
	is "limits add up, and the last counts" "$(of \
	    'ulimit -Sn; ulimit -Sc; ulimit -St' --limit nofile=5 \
	    --limit core=0 --limit cpu=100 --limit nofile=77)" "77 0 100 "
	is "the folder is as asked" "$(of pwd --chdir /usr)" "/usr "
	is "the umask, too" "$(of umask --umask 0137)" "0137 "
	is "the name, too" "$(of 'tr "\0" " " </proc/$$/cmdline | cut -c 1-9' \
	    --argv0 -strange)" "-strange  "
}
each_memory asked

umask 031
cd "$T" || exit 99
here=$(pwd)
case $BROOD in /*) ;; *) BROOD=$OLDPWD/$BROOD ;; esac
is "by default folder and umask stay" "$(of 'pwd; umask')" "$here 0031 "
is "and the name is as it was written" \
    "$(of 'tr "\0" " " </proc/$$/cmdline | cut -c 1-5')" "sh -c "
mkdir sub
is "a relative folder is from here" "$(of pwd --chdir sub)" "$here/sub "
cp /bin/cat sub/tool
brood_start --chdir sub 127.0.0.1:0 sub/tool
check "a relative program, too, whatever the folder" answers
brood_stop
brood_fails 69 "$here/none|none: No such file" --chdir none 127.0.0.1:0 cat
brood_fails 69 'Not a directory' --chdir sub/tool 127.0.0.1:0 cat
# shellcheck disable=SC3045 # dash and bash have it
high=$(($(ulimit -Hn) + 10))
if prlimit --nofile=":$high" true 2>/dev/null; then
	is "root can raise a limit" \
	    "$(of 'ulimit -Hn' --limit nofile=$high)" "$high "
	is "also for another user" \
	    "$(of 'ulimit -Hn' --limit nofile=$high --user 65534)" "$high "
else
	timeout 60 "$BROOD" --limit nofile=$high 127.0.0.1:0 cat 2>"$T/fails"
	check "a limit that cannot be had is refused" [ $? -ne 0 ]
	check "and named" grep -q '^brood: .*nofile' "$T/fails"
fi
finish
