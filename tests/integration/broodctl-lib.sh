# broodctl-lib.sh - what the tests of broodctl share.  Sourced after lib.sh.
# shellcheck disable=SC2034 # LOG and MASTERS are those of lib.sh

unset BROOD_CONTROL XDG_RUNTIME_DIR

# ctl VERB...: broodctl for whoever has the control socket $T/sock.
ctl() {
	timeout 60 "$BROODCTL" -s "$T/sock" "$@"
}

# fake_start: a supervisor and its masters, all played; their sockets are in
# $T, by their names.  LOG is what broodctl says of its errors.
fake_start() {
	LOG=$T/err
	python3 "${srcdir:-.}/tests/integration/fakectl.py" "$T" >"$T/fake" 2>&1 &
	MASTERS=$!
	wait_until test -f "$T/ready" || { cat "$T/fake"; exit 99; }
}

# fake WHO WORD...: have one of them be otherwise from now on.
fake() {
	echo "fake $*" | nc -N -U "$T/sup" >/dev/null
}
