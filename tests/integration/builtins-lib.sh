# builtins-lib.sh - what the tests of the built-in services share.  Sourced
# after lib.sh.

# fact NAME ARG...: does builtin.py find it so?
fact() {
	timeout 150 python3 "${srcdir:-.}/tests/integration/builtin.py" "$@"
}

# rdate_point OPTION...: the time is that of rdate(8), which with -p only
# prints it.
rdate_point() {
	if command -v rdate >/dev/null 2>&1; then
		check "time: rdate agrees" rdate_agrees "$@"
	else
		skip "no rdate"
	fi
}

rdate_agrees() {
	said=$(timeout 60 rdate -p "$@" 127.0.0.1) &&
	    now=$(date +%s) && then=$(date -d "${said#rdate: }" +%s) &&
	    [ $((now - then)) -ge -30 ] && [ $((now - then)) -le 30 ]
}
