# supervised-lib.sh - what the tests of broods that somebody else starts share.
# Sourced after lib.sh.
# shellcheck disable=SC2034 # here is for who sources it

here=$(cd "${srcdir:-.}" && pwd)

# conf SERVICE...: a file with these, each at a socket of its name.
stop_time=2s
conf() {
	{
		[ "$(id -u)" -ne 0 ] || echo "user root"
		[ -z "$stop_time" ] || echo "stop-time $stop_time"
		for name in "$@"; do
			echo "service $name {"
			echo "	listen unix:$T/$name.sock"
			echo "	exec   sh -c 'echo $name; cat'"
			echo "}"
		done
	} >"$CONF"
}

serves() {
	[ "$(nc -NU -w 10 "$T/$1.sock" </dev/null 2>/dev/null)" = "$1" ]
}

# hold_one: a session of the service one, until descriptor 9 is closed.
hold_one() {
	mkfifo "$T/hold"
	nc -U "$T/one.sock" <"$T/hold" >"$T/held" 2>/dev/null &
	HELD="$HELD $!"
	exec 9>"$T/hold"
	wait_until [ -s "$T/held" ]
}
