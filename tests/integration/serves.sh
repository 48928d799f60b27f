#!/bin/sh
# A program is served as it is: connection on 0 and 1, variables, clean ends.
. "${srcdir:-.}/tests/integration/lib.sh"

serves() {
	brood_start --env GREETING=hi 127.0.0.1:0 sh -c 'echo "$GREETING $PROTO $TCPREMOTEIP $TCPLOCALPORT $TCPCONNNUM"; cat'
	is "a client gets variables and echo" "$(echo yes | ask)" \
	    "hi TCP 127.0.0.1 $PORT 1
yes"
	soon "its end is logged with its status" log_has ' end .* status=0 '
	check "it stops with 0" brood_stop
}

each_memory serves
finish
