#!/bin/sh
# The example programs do what they say.
#
#	EXAMPLES	their folder (default: src/examples)
. "${srcdir:-.}/tests/integration/lib.sh"
EXAMPLES=${EXAMPLES:-./src/examples}
[ -x "$EXAMPLES/hello" ] || skip_all "no $EXAMPLES/hello"
need nc ss python3

# run NAME [ADDRESS [ARG...]]: M is its pid, PORT its port, LOG what it says.
run() {
	program=$1
	shift
	: >"$LOG"
	"$EXAMPLES/$program" "$@" >>"$LOG" 2>&1 </dev/null &
	M=$!
	MASTERS="$MASTERS $M"
	wait_until has_port || not_ok "$program listens"
}

# They have no log: what the kernel knows.
has_port() {
	PORT=$(ss -Hlntup | sed -n "/pid=$M,/s/^[a-z]* *[A-Z]* *[0-9]* *[0-9]* *[^ ]*:\\([0-9]*\\) .*/\\1/p")
	[ -n "$PORT" ]
}

ends() {
	check "$program ends with 0" brood_stop
	is "and has nothing to complain about" "$(cat "$LOG")" ""
}

hello() {
	run hello 127.0.0.1:0
	greeting=$(printf 'hello, world\r')
	is "hello says hello" "$(ask </dev/null)" "$greeting"
	is "also to who sends what it does not read" \
	    "$(head -c 100000 /dev/zero | ask)" "$greeting"
	ends

	brood_start 127.0.0.1:0 "$EXAMPLES/hello"
	is "under brood it serves the one connection" \
	    "$(ask </dev/null)" "$greeting"
	brood_stop
	timeout 60 "$EXAMPLES/hello" nobody:at:all >"$T/out" 2>"$T/fails"
	is "a wrong address is a usage error" $? 64
	check "that it prints" [ -s "$T/fails" ]
}

datagram() {
	run datagram udp:127.0.0.1:0
	check "datagram sends it back in capitals" \
	    timeout 100 python3 "${srcdir:-.}/tests/integration/builtin.py" \
	    udp_shout 127.0.0.1 "$PORT" "hello, world" "HELLO, WORLD"
	check "and an empty one" \
	    timeout 100 python3 "${srcdir:-.}/tests/integration/builtin.py" \
	    udp_shout 127.0.0.1 "$PORT" "" ""
	ends
}

chat() {
	run chat-server 127.0.0.1:0
	timeout 100 "$EXAMPLES/chat-client" 127.0.0.1 "$PORT" 50 >"$T/chat" 2>&1
	is "chat-client: fifty at once" $? 0
	is "are all served" "$(tail -n 1 "$T/chat")" "50 of 50 served"
	is "by as many processes" \
	    "$(grep -o 'process [0-9]*' "$T/chat" | sort -u | wc -l)" 50
	is "each gets its own answer" "$(grep -c \
	    '^\([0-9]*\): 1: you said "this is \1"$' "$T/chat")" 50
	is "chat-server answers line by line" \
	    "$(printf 'one\ntwo\nbye\nthree\n' | ask | tr -d '\r' | sed 1d)" \
	    '1: you said "one"
2: you said "two"
goodbye after 2 lines'
	is "and to who just ends" \
	    "$(printf 'one' | ask | tr -d '\r' | sed 1d)" \
	    '1: you said "one"
goodbye after 1 lines'
	ends
	timeout 100 "$EXAMPLES/chat-client" 127.0.0.1 "$PORT" 3 >"$T/chat" 2>&1
	is "chat-client: nobody there" $? 69
}

# ---- files

# http LINE...: the answer to such a request.
http() {
	printf '%s\r\n' "$@" '' | ask >"$T/answer" 2>/dev/null
}

# asks STATUS LINE...: is it answered so?
asks() {
	status=$1
	shift
	http "$@"
	got=$(head -n 1 "$T/answer" | tr -d '\r')
	case $got in
	"HTTP/1.0 $status "*)
		ok "files: $status: $(echo "$1" | cut -c 1-40)" ;;
	*)	is "files: $1" "$got" "HTTP/1.0 $status" ;;
	esac
}

# header NAME: its value in the last answer.
header() {
	tr -d '\r' <"$T/answer" | sed -n "1,/^\$/s/^$1: //p"
}

body() {
	sed '1,/^\r$/d' "$T/answer"
}

make_folder() {
	mkdir -p "$T/www/sub/empty" "$T/www/.hid"
	echo "the top" >"$T/www/index.html"
	echo "below" >"$T/www/sub/index.html"
	echo "a text" >"$T/www/a b.txt"
	: >"$T/www/none.css"
	echo secret >"$T/secret"
	echo secret >"$T/www/.hid/x"
	echo secret >"$T/www/..x"
	head -c 5000000 /dev/urandom >"$T/www/big"
	ln -s ../secret "$T/www/link"
	ln -s .. "$T/www/up"
	mkfifo "$T/www/pipe"
}

finds() {
	asks 200 'GET / HTTP/1.0'
	is "with its content" "$(body)" "the top"
	is "its length" "$(header Content-Length)" 8
	is "and its type" "$(header Content-Type)" text/html
	asks 200 'HEAD / HTTP/1.0'
	is "HEAD has the length" "$(header Content-Length)" 8
	is "but no content" "$(body)" ""
	asks 200 'GET /a%20b.txt?x=1 HTTP/1.1' 'Host: localhost'
	is "with its content" "$(body)" "a text"
	asks 200 'GET /none.css HTTP/1.0'
	is "an empty file has length 0" "$(header Content-Length)" 0
	asks 301 'GET /sub HTTP/1.0'
	is "the place is named" "$(header Location)" /sub/
	asks 200 'GET /sub/ HTTP/1.0'
	is "a folder is its index" "$(body)" below
	asks 200 'GET /big HTTP/1.0'
	tail -c 5000000 "$T/answer" >"$T/big"
	check "a big one is whole" cmp "$T/big" "$T/www/big"
}

finds_not() {
	asks 404 'GET /nosuch HTTP/1.0'
	asks 404 'HEAD /nosuch HTTP/1.0'
	is "HEAD has no content, then, too" "$(body)" ""
	asks 404 'GET /sub/empty/ HTTP/1.0'
	asks 404 'GET /index.html/ HTTP/1.0'
	asks 404 'GET /index.html/x HTTP/1.0'
	asks 403 'GET /pipe HTTP/1.0'
}

# Neither its text nor a 200 for any way to what is not to be had.
keeps_in() {
	for way in /../secret /sub/../../secret /%2e%2e/secret /..%2fsecret \
	    /%2e%2e%2fsecret /sub/%2e./.%2e/secret //../secret /link \
	    /up/secret /up/www/a%20b.txt /sub/../index.html /./index.html \
	    /.hid/x /..x /sub/..%5c..%5csecret "/$T/secret" "//$T/secret" \
	    "/%2f$T/secret" //etc/passwd /etc/passwd /../../../../../../etc/passwd \
	    /up/../../../../../../../etc/passwd; do
		asks 404 "GET $way HTTP/1.0"
		! grep -q -e secret -e root: "$T/answer" ||
		    not_ok "files: $way is kept"
	done
	asks 400 "GET ../secret HTTP/1.0"
	asks 400 "GET /index.html%00/../../secret HTTP/1.0"
}

refuses() {
	asks 501 'POST / HTTP/1.0' 'Content-Length: 3' '' 'abc'
	asks 505 'GET / HTTP/2.0'
	asks 400 'GET /'
	asks 400 'nonsense'
	asks 400 'GET /%zz HTTP/1.0'
	asks 400 'GET http://localhost/ HTTP/1.0'
	asks 431 'GET / HTTP/1.0' "X: $(head -c 9000 /dev/zero | tr '\0' x)"
	asks 404 "GET /$(head -c 8000 /dev/zero | tr '\0' x) HTTP/1.0"
	printf 'GET / HTTP/1.0\n\n' | ask >"$T/answer"
	is "LF alone ends a line, too" "$(body)" "the top"
	printf 'GET / HTTP/1.0\0\r\n\r\n' | ask >"$T/answer"
	check "a NUL is none of HTTP" grep -q '^HTTP/1.0 400 ' "$T/answer"
}

files() {
	make_folder
	run files 127.0.0.1:0 "$T/www"
	hold 127.0.0.1		# says nothing
	finds
	finds_not
	keeps_in
	refuses
	if command -v curl >/dev/null 2>&1; then
		is "files: curl agrees" "$(curl -sS --max-time 60 \
		    "http://127.0.0.1:$PORT/sub/" "http://127.0.0.1:$PORT/sub" \
		    -L)" "below
below"
	else
		skip "no curl"
	fi
	soon "files: 408: who does not ask" \
	    grep -q '^HTTP/1.0 408 ' "$T/held.$HELD_N"
	let_go
	ends
	timeout 60 "$EXAMPLES/files" 127.0.0.1:0 "$T/nosuch" 2>"$T/fails"
	is "files: a folder that is not there" $? 66
}

hello
datagram
chat
files
finish
