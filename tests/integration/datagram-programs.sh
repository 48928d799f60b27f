#!/bin/sh
# One program for one datagram: it reads it from descriptor 0, and what it
# writes to 1 until it ends is the reply.
# shellcheck disable=SC2016 # scripts of the program
. "${srcdir:-.}/tests/integration/lib.sh"
need python3
client=${srcdir:-.}/tests/integration/workers_dgram.py

# say [HOST]: send standard input as one datagram, print the reply.
say() {
	python3 "$client" "$PORT" "$@"
}

# unheard TEXT: a client that sends a line and waits for a reply, which would
# be in $T/reply, until hush.
unheard() {
	echo "$1" | python3 "$client" "$PORT" >"$T/reply" 2>/dev/null &
	waiting=$!
	HELD="$HELD $waiting"
}

hush() {
	kill "$waiting"
	wait "$waiting" 2>/dev/null
}

# said TEXT [HOST]
said() {
	text=$1
	shift
	printf %s "$text" | say "$@"
}

exact() {
	brood_start udp:127.0.0.1:0 cat
	check "the log has its port" log_has " listen addr=udp:127.0.0.1:$PORT "
	is "the reply is what the program writes" "$(said hello)" hello
	head -c 65507 /dev/urandom >"$T/big"
	say <"$T/big" >"$T/reply"
	check "also 65507 bytes in and out" cmp "$T/big" "$T/reply"
	head -c 1 /dev/zero >"$T/one"
	say <"$T/one" >"$T/reply"
	check "and one zero byte" cmp "$T/one" "$T/reply"
	is "each of 30 clients gets its own" \
	    "$(printf mine | say 127.0.0.1 30 0.005)" 30
	check "it stops with 0" brood_stop

	brood_start udp:127.0.0.1:0 sh -c 'wc -c; echo "$1" "$2"' sh 'a b' c
	is "a datagram without bytes is one" \
	    "$(said '' | tr -s ' \n' ' ' | sed 's/^ *//')" "0 a b c "
	is "the program reads an end after it" \
	    "$(said 'four' | tr -s ' \n' ' ' | sed 's/^ *//')" "4 a b c "
	check "it stops with 0" brood_stop

	# Many writes are one reply.
	brood_start udp:127.0.0.1:0 sh -c \
	    'for i in 1 2 3 4 5 6 7 8 9; do echo $i; done; sleep 0.1; echo end'
	is "all that is written is one reply" "$(said x | tr '\n' ' ')" \
	    "1 2 3 4 5 6 7 8 9 end "
	check "it stops with 0" brood_stop
}
exact

# What a program finds.
surroundings() {
	me=$(id -un)
	golden="HOME=$(getent passwd "$me" | cut -d : -f 6)
LOGNAME=$me
PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
PROTO=UDP
SHELL=$(getent passwd "$me" | cut -d : -f 7)
UDPCONNNUM=1
UDPLOCALIP=127.0.0.1
UDPLOCALPORT=N
UDPREMOTEIP=127.0.0.1
UDPREMOTEPORT=N
USER=$me"
	export UDPREMOTEIP=9.9.9.9 TCPREMOTEIP=9.9.9.9 PROTO=evil LISTEN_FDS=
	unset LISTEN_FDS
	brood_start udp:127.0.0.1:0 env
	is "its environment is what is documented" \
	    "$(said x | sed 's/^\(UDP.*PORT\)=[0-9]*$/\1=N/' | sort)" "$golden"
	is "with the port that was asked" \
	    "$(said x | sed -n 's/^UDPLOCALPORT=//p')" "$PORT"
	unset UDPREMOTEIP TCPREMOTEIP PROTO
	check "it stops with 0" brood_stop

	# The port of the client, as it sees it.
	cat >"$T/port.py" <<-'PY'
		import socket, sys
		s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
		s.settimeout(60)
		s.connect(("127.0.0.1", int(sys.argv[1])))
		s.send(b"x")
		print(s.recv(100).strip().decode() == str(s.getsockname()[1]))
	PY
	brood_start udp:127.0.0.1:0 sh -c 'echo $UDPREMOTEPORT'
	is "and that of the client" "$(python3 "$T/port.py" "$PORT")" True
	check "it stops with 0" brood_stop

	brood_start udp:127.0.0.1:0 sh -c 'ls /proc/$$/fd'
	is "nothing but 0, 1 and 2 is open" "$(said x | tr '\n' ' ')" "0 1 2 "
	check "it stops with 0" brood_stop

	brood_start udp:127.0.0.1:0 sed -n '/^Sig[BIC]/p' /proc/self/status
	is "no signal is blocked, ignored or caught" \
	    "$(said x | grep -E '^Sig(Blk|Ign|Cgt)' | tr -d '\t\n')" \
	    "SigBlk:0000000000000000SigIgn:0000000000000000SigCgt:0000000000000000"
	check "it stops with 0" brood_stop

	brood_start udp:127.0.0.1:0 sh -c 'echo oops >&2; echo fine'
	is "standard error is not in the reply" "$(said x)" fine
	soon "but in the log" log_has ' program pid=[0-9]* text="?oops'
	check "it stops with 0" brood_stop

	# The address that was asked is the one that answers.
	brood_start 'udp:*:0' sh -c 'echo $UDPLOCALIP $UDPREMOTEIP'
	PORT=$(sed -n 's/.* listen addr=udp:0\.0\.0\.0:\([0-9]*\) .*/\1/p' "$LOG")
	is "one of many addresses answers itself" "$(said x 127.0.0.1)" \
	    "127.0.0.1 127.0.0.1"
	is "and another" "$(said x 127.0.0.2 | cut -d ' ' -f 1)" 127.0.0.2
	PORT=$(sed -n 's/.* listen addr=udp:\[::\]:\([0-9]*\) .*/\1/p' "$LOG")
	if [ -n "$PORT" ] && [ -e /proc/net/if_inet6 ]; then
		is "also IPv6" "$(said x ::1)" "::1 ::1"
	else
		skip "no IPv6"
	fi
	check "it stops with 0" brood_stop
}
surroundings

# What cannot be, and what never ends.
faults() {
	brood_start --reply-factor 0 udp:127.0.0.1:0 sh -c \
	    'read -r n; head -c "$n" /dev/zero; [ "$n" -gt 0 ] && exit; kill -SEGV $$'
	is "the largest reply" "$(echo 65507 | say | wc -c)" 65507
	unheard 65508
	soon "a larger one is told" log_at_least 1 ' warn reply-dropped .*bytes=65508'
	is "others are served" "$(echo 5 | say | wc -c)" 5
	check "it is not sent, nor a part of it" test ! -s "$T/reply"
	hush
	unheard 300000
	soon "so is one that is far larger" \
	    log_at_least 1 ' warn reply-dropped .*bytes=300000'
	is "others are served" "$(echo 5 | say | wc -c)" 5
	check "it is not sent" test ! -s "$T/reply"
	hush
	unheard 0
	soon "a crash is told" log_has ' end .*signal=SEGV'
	is "others are served on" "$(echo 5 | say | wc -c)" 5
	hush
	is "without a pause" "$(log_count ' pause ')" 0
	check "it stops with 0" brood_stop

	# The reply of a program that is stuck is nobody's.
	brood_start --session-time 300ms udp:127.0.0.1:0 sh -c \
	    'read -r what; echo "$what"; [ "$what" = go ] || sleep 1000'
	unheard stay
	soon "a program that never ends is ended" log_has ' session-time pid='
	soon "all of it" busy_is 0
	is "others are served" "$(echo go | say)" go
	hush
	check "it stops with 0" brood_stop

	# A child it leaves behind keeps nobody waiting.
	brood_start --kill-mode none --env LEFT="$T/left" udp:127.0.0.1:0 \
	    sh -c 'echo told; sleep 300 & echo $! >"$LEFT"'
	is "whoever the program leaves behind does not hold the reply" \
	    "$(say </dev/null)" told
	check "it goes on" kill "$(cat "$T/left")"
	check "it stops with 0" brood_stop

	# A client that is gone: the refusal of its port is nobody's error.
	cat >"$T/gone.py" <<-'PY'
		import socket, sys
		for _ in range(5):
		    s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
		    s.sendto(b"gone", ("127.0.0.1", int(sys.argv[1])))
		    s.close()
	PY
	brood_start udp:127.0.0.1:0 cat
	python3 "$T/gone.py" "$PORT"
	soon "clients that are gone are served" log_at_least 5 ' end pid='
	is "and those that are there" "$(said hello)" hello
	check "it stops with 0" brood_stop
}
faults

# A program that is gone.
cp /bin/cat "$T/program"
brood_start udp:127.0.0.1:0 "$T/program"
is "it serves" "$(said hello)" hello
mv "$T/program" "$T/away"
unheard lost
soon "a program that is gone is told" log_has ' exec-failed program='
hush
mv "$T/away" "$T/program"
kill -HUP "$M"
soon "a renewal heals it" log_has ' renewed '
is "it serves" "$(said hello)" hello
check "it stops with 0" brood_stop

# TCP and UDP, one after the other, on one command line.
brood_start 127.0.0.1:0,udp:127.0.0.1:0 sh -c 'echo $PROTO'
is "udp beside tcp" "$(said x)" UDP
if command -v nc >/dev/null 2>&1; then
	PORT=$(sed -n 's/.* listen addr=127.0.0.1:\([0-9]*\) .*/\1/p' "$LOG")
	is "tcp beside udp" "$(ask </dev/null)" TCP
fi
check "it stops with 0" brood_stop
finish
