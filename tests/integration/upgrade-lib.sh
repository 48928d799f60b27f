# upgrade-lib.sh - what the tests of USR2 share; sourced after lib.sh.
#
# The binary is a copy in $T, which is replaced there; the one it is made of
# is GOOD.  Each upgrade takes two seconds at least.
GOOD=$BROOD
BROOD=$T/brood
cp "$GOOD" "$BROOD"
if [ "$(id -u)" -eq 0 ]; then user=nobody; else user=$(id -un); fi
chmod 755 "$T"

# put PROGRAM: it is at the binary's place from one moment to the next.
put() {
	cp -p "$1" "$T/next"
	mv "$T/next" "$BROOD"
}

# script [TEXT]: likewise, a script.
script() {
	printf '%s\n' "$@" >"$T/next"
	chmod 755 "$T/next"
	mv "$T/next" "$BROOD"
}

upgrades() {
	log_count ' info upgraded version='
}

generation() {
	sed -n 's/.* reloaded generation=\([0-9]*\) .*/\1/p' "$LOG" |
	    tail -n 1
}

# upgraded N M: so many upgrades, and changes, are done.
upgraded() {
	[ "$(upgrades)" -ge "$1" ] &&
	    [ "$(log_count ' (reloaded generation=|reload-refused )')" -ge "$2" ]
}

# upgrade: USR2, and wait until masters are replaced.
upgrade() {
	set -- $(($(upgrades) + 1)) \
	    $(($(log_count ' (reloaded generation=|reload-refused )') + 1))
	kill -USR2 "$M"
	wait_until upgraded "$@"
}

# fails REASON [NAME]: USR2, which must be refused for it; and everything is
# as before.
failures() {
	log_count ' error upgrade-failed binary=[^ ]* reason='
}

failed_again() {
	[ "$(failures)" -gt "$1" ]
}

# what a process is, but for what it has done.
looks() {
	grep -E '^(Name|Umask|PPid|Uid|Gid|Groups|NStgid|SigBlk|SigIgn|SigCgt|Cap|NoNewPrivs|Seccomp):' \
	    "/proc/$1/status"
	cat "/proc/$1/limits"
	readlink "/proc/$1/cwd" "/proc/$1/root"
	awk '{ sub(/.*\) /, ""); print $3, $4, $5, $16, $17 }' "/proc/$1/stat"
	cat "/proc/$1/oom_score_adj"
	tr '\0' '\n' <"/proc/$1/environ" | sort
}

# descriptors PID: what they are, without their numbers.
descriptors() {
	for fd in "/proc/$1/fd"/*; do
		readlink "$fd"
	done | sort
}
