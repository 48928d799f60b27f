#!/bin/sh
# The scripts in etc/examples work as they stand.
. "${srcdir:-.}/tests/integration/lib.sh"
need nc
SCRIPTS=${srcdir:-.}/etc/examples

greet() {
	brood_start --linger --session-time 60s 127.0.0.1:0 "$SCRIPTS/greet.sh"
	is "greet.sh greets" "$(printf 'Ann B.\r\n' | ask | tr -d '\r')" \
	    "Welcome, 127.0.0.1.  What is your name?
Hello, Ann B.!  It is $(date +%A) here."
	# shellcheck disable=SC2016 # as it is
	is "and sends no escape back" \
	    "$(printf '\033[31m$(id)`id`\n' | ask | tr -d '\r' | sed 1d)" \
	    "Hello, 31midid!  It is $(date +%A) here."
	is "a client that says nothing is no error" \
	    "$(ask </dev/null | wc -l)" 1
	soon "all ended well" log_at_least 3 ' end .* status=0 '
	brood_stop
}

# http LINE: the status line of the answer, which is in $T/answer.
http() {
	printf '%s\r\nHost: localhost\r\n\r\n' "$1" | ask >"$T/answer"
	head -n 1 "$T/answer" | tr -d '\r'
}

page() {
	brood_start --linger --session-time 10s 127.0.0.1:0 "$SCRIPTS/http.sh"
	is "http.sh has a page" "$(http 'GET /?x HTTP/1.1')" "HTTP/1.0 200 OK"
	check "with facts" grep -q '<td>MemTotal<td>[1-9]' "$T/answer"
	check "for the client" grep -q 'Asked by 127.0.0.1' "$T/answer"
	is "of the length it says" \
	    "$(tr -d '\r' <"$T/answer" | sed -n 's/^Content-Length: //p')" \
	    "$(sed '1,/^\r$/d' "$T/answer" | wc -c)"
	is "HEAD: no content" "$(http 'HEAD / HTTP/1.0' &&
	    sed '1,/^\r$/d' "$T/answer")" "HTTP/1.0 200 OK"
	is "only one" "$(http 'GET /x HTTP/1.0')" "HTTP/1.0 404 Not Found"
	is "no POST" "$(http 'POST / HTTP/1.0')" "HTTP/1.0 501 Not Implemented"
	is "no nonsense" "$(http nonsense)" "HTTP/1.0 400 Bad Request"
	if command -v curl >/dev/null 2>&1; then
		check "curl agrees" curl -sSf --max-time 60 -o "$T/answer" \
		    "http://127.0.0.1:$PORT/"
	else
		skip "no curl"
	fi
	brood_stop
}

upper() {
	command -v perl >/dev/null 2>&1 || { skip "no perl"; return; }
	brood_start 127.0.0.1:0 "$SCRIPTS/upper.pl"
	is "upper.pl shouts" "$(echo 'hello, world' | ask)" "HELLO, WORLD"
	head -c 500000 /dev/urandom | od -An -tx1 >"$T/much"
	tr a-f A-F <"$T/much" >"$T/wanted"
	ask <"$T/much" >"$T/got"
	check "much of it" cmp "$T/got" "$T/wanted"
	brood_stop
}

# kv LINE...: the answers, without the end of the line.
kv() {
	printf '%s\n' "$@" | ask | tr -d '\r'
}

store() {
	command -v python3 >/dev/null 2>&1 || { skip "no python3"; return; }
	brood_start --env "PATH=$PATH" --env "HOME=$HOME" --env "KV=$T/kv.db" \
	    127.0.0.1:0 "$SCRIPTS/kv.py"
	is "kv.py keeps a value" "$(kv 'set hen brown and old')" ok
	is "for the next client" "$(kv 'get hen')" "= brown and old"
	is "until it is another" "$(kv 'set hen white' 'get hen')" "ok
= white"
	is "or is deleted" "$(kv 'del hen' 'get hen' 'del hen')" "ok
none
none"
	is "what is no command is told" "$(kv '' set 'get' 'drop table kv' |
	    cut -c 1 | tr -d '\n')" '????'
	is "a quote is a byte like others" \
	    "$(kv "set a'b \"x' or 1" "get a'b" "del a'b")" "ok
= \"x' or 1
ok"
	twenty=
	for i in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do
		kv "set name$i $i" >"$T/kv.$i" &
		twenty="$twenty $!"
	done
	# shellcheck disable=SC2086 # a list
	wait $twenty
	is "twenty at once are kept" "$(kv names | wc -w)" 21
	is "all of them" "$(sort -u "$T"/kv.*[0-9])" ok
	is "a line that is too long ends it" \
	    "$({ printf 'set x '; head -c 9000 /dev/zero | tr '\0' x; echo; } |
	    ask 2>/dev/null)" ""
	brood_stop
}

greet
page
upper
store
if command -v shellcheck >/dev/null 2>&1; then
	check "shellcheck finds no fault" shellcheck "$SCRIPTS"/*.sh
else
	skip "no shellcheck"
fi
finish
