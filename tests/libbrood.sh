#!/bin/sh
# libbrood(3) tells what the library is: each of its examples is compiled as
# it stands there and does what the page says, and the page, brood.h and the
# library know the same functions.
#
#	LIBBROOD	libbrood.a or libbrood.so (default: of this build)
#	CC		the compiler; INSTRUMENT_CFLAGS as the library had
. "${srcdir:-.}/tests/integration/lib.sh"
need nc

page=$srcdir/src/lib/libbrood.3
header=$srcdir/src/lib/brood.h
here=$(pwd)
# The examples leave their service to the end of the process.
ASAN_OPTIONS=${ASAN_OPTIONS-}:detect_leaks=0
export ASAN_OPTIONS
CC=${CC:-cc}
for file in "${LIBBROOD-}" .libs/libbrood.so libbrood.so libbrood.a; do
	[ ! -e "$file" ] || break
done
[ -e "$file" ] || skip_all "no libbrood"
case $file in /*) LIBBROOD=$file ;; *) LIBBROOD=$here/$file ;; esac

# ---- what it declares

# Types of functions are none.
functions_of_header() {
	tr '\n' ' ' <"$header" | sed 's:/\*[^*]*\**\([^/*][^*]*\*\**\)*/: :g' |
	    grep -o 'brood_[a-z_]*(' | tr -d '(' | grep -v '_fn$' | sort -u
}

functions_of_page() {
	sed -n 's/^\.F[no] \(brood_[a-z_]*\).*/\1/p' "$page" |
	    grep -v '_fn$' | sort -u
}

words_of_header() {
	grep -o 'BROOD_[A-Z_]*' "$header" | grep -v '^BROOD_H$' | sort -u
	grep -o 'brood_[a-z]*_fn' "$header" | sort -u
}

functions_of_library() {
	${NM:-nm} -D --defined-only "$LIBBROOD" |
	    awk '$2 ~ /^[A-Z]$/ && $2 != "A" { sub(/@.*/, "", $3); print $3 }' |
	    sort -u
}

functions_of_header >"$T/header"
functions_of_page >"$T/page"
check "the header has functions" grep -qx brood_serve "$T/header"
is "every function of the header is in the manual" \
    "$(comm -23 "$T/header" "$T/page")" ""
is "every function of the manual is in the header" \
    "$(comm -13 "$T/header" "$T/page")" ""
is "so is every constant and type" \
    "$(words_of_header | while read -r word; do
	grep -q "$word" "$page" || echo "$word"
    done)" ""
is "the NAME section has them all, too" \
    "$(sed -n '/^\.Sh NAME/,/^\.Nd/s/^\.Nm \(brood_[a-z_]*\).*/\1/p' "$page" |
    sort | comm -3 - "$T/header")" ""
case $LIBBROOD in
*.so*)
	is "the library exports these, and nothing else" \
	    "$(functions_of_library | comm -3 - "$T/header")" "" ;;
*)	skip "what an archive exports" ;;
esac
if command -v mandoc >/dev/null 2>&1; then
	is "mandoc finds no fault" "$(mandoc -T lint -W style "$page" 2>&1 |
	    grep -v -e 'referenced manual not found' \
	    -e 'outdated mandoc.db')" ""
else
	skip "no mandoc"
fi

# ---- the examples

# cut NAME: an example as a reader would see it.
cut_out() {
	awk -v want="$1" '
		/^\.\\" example: / { name = $3 }
		/^\.Bd/ { on = name == want; name = ""; next }
		/^\.Ed/ { on = 0 }
		on' "$page" | sed -e 's/\\&//g' -e 's/\\-/-/g' -e 's/\\e/\\/g'
}

# An archive needs what the library itself is linked with.
libraries() {
	case $LIBBROOD in
	*.so*)	echo "-Wl,-rpath,$(dirname "$LIBBROOD")" ;;
	*)	pkg-config --libs libbsd-overlay ;;
	esac
}

# compile NAME
compile() {
	cut_out "$1.c" >"$T/$1.c"
	# shellcheck disable=SC2046,SC2086 # lists of words
	(cd "$T" && $CC ${INSTRUMENT_CFLAGS-} -Wall -Wextra -Werror \
	    -I"$include" -o "$1" "$1.c" "$LIBBROOD" $(libraries)) \
	    >"$T/compiler" 2>&1 && return
	sed 's/^/# /' "$T/compiler"
	return 1
}

include=$(cd "$srcdir/src/lib" && pwd)
names=$(sed -n 's/^\.\\" example: \(.*\)\.c$/\1/p' "$page")
check "there are examples" [ "$(echo "$names" | wc -w)" -ge 4 ]
for name in $names; do
	check "$name.c compiles without a warning" compile "$name"
done
if command -v "${CXX:-c++}" >/dev/null 2>&1; then
	printf '#include <brood.h>\nint main() { return brood_new() == 0; }\n' \
	    >"$T/plus.cc"
	check "so does C++" "${CXX:-c++}" -Wall -Wextra -Werror \
	    -I"$include" -fsyntax-only "$T/plus.cc"
else
	skip "no C++"
fi

# ---- what they do

# free_port: one that nobody has.
free_port() {
	perl -MSocket -e 'for my $t (SOCK_STREAM, SOCK_DGRAM) {
		socket my $s, AF_INET, $t, 0 or die;
		bind $s, pack_sockaddr_in($p, INADDR_LOOPBACK) or exit 1;
		$p = (unpack_sockaddr_in(getsockname $s))[0];
	} print "$p\n"' || free_port
}

# run NAME ARG...: in the background; M is its pid, LOG what it says.
run() {
	name=$1
	shift
	: >"$LOG"
	"$T/$name" "$@" >"$LOG" 2>&1 </dev/null &
	M=$!
	MASTERS="$MASTERS $M"
}

accepts() {
	nc -z -w 5 127.0.0.1 "$1" 2>/dev/null
}

# reads PORT LINE: what somebody gets who sends nothing.
reads() {
	[ "$(nc -w 10 127.0.0.1 "$1" </dev/null 2>/dev/null)" = "$2" ]
}

# shouts PORT: sends a datagram until it is answered.
shouts() {
	[ "$(perl -MSocket -e 'socket my $s, AF_INET, SOCK_DGRAM, 0 or die;
	    connect $s, pack_sockaddr_in(shift, INADDR_LOOPBACK) or die;
	    send $s, "hello", 0; alarm 1; recv $s, my $r, 100, 0; print $r' \
	    "$1" 2>/dev/null)" = HELLO ]
}

is_number() {
	nc -w 10 127.0.0.1 "$1" </dev/null 2>/dev/null | grep -Eqx '[0-9]+'
}

# stays PORT: a client that does not go, until let_go.
stays() {
	hold 127.0.0.1 "$1"
}

# tell LINE: to what reads $T/in.
tell() {
	echo "$*" >&9
}

# says PATTERN: the last line of counts.
says() {
	tell show
	sleep 0.02
	grep '^available' "$LOG" | tail -n 1 | grep -Eq "$1"
}

example_hello() {
	port=$(free_port)
	run hello "127.0.0.1:$port"
	hello=$(printf 'hello, world\r')
	soon "hello answers" reads "$port" "$hello"
	for n in 1 2 3 4 5 6 7 8 9 10; do
		reads "$port" "$hello" || break
		: >"$T/ten.$n"
	done
	check "everybody" [ -e "$T/ten.10" ]
	brood_stop
	is "and ends with 0" $? 0
	check "for good" refused "$port"

	run hello "nobody:at:all"
	wait_master
	is "an address that is none is a usage error" $? 64
	check "that it prints" [ -s "$LOG" ]

	perl -MSocket -e 'socketpair my $a, my $b, AF_UNIX, SOCK_STREAM, 0;
	    if (fork == 0) { open STDIN, "<&", $b; close $a; close $b;
		$ENV{PROTO} = "UNIX"; exec @ARGV } close $b; print <$a>; wait; exit $? >> 8' \
	    timeout 20 "$T/hello" 127.0.0.1:1 >"$T/reply" 2>>"$LOG"
	is "with a connection as descriptor 0 it serves that" $? 0
	is "and nothing else" "$(cat "$T/reply")" "$hello"
}

example_shout() {
	port=$(free_port)
	run shout "udp:127.0.0.1:$port"
	soon "shout answers in capitals" shouts "$port"
	brood_stop
	is "and ends with 0" $? 0
}

example_both() {
	one=$(free_port)
	two=$(free_port)
	run both "127.0.0.1:$one" "127.0.0.1:$two"
	soon "both: the first sends back" answers 127.0.0.1 "$one"
	soon "the second tells its age" is_number "$two"
	stays "$one"
	check "while somebody stays at the first" [ -n "$HELD_PID" ]
	soon "others are served there" answers 127.0.0.1 "$one"
	check "and at the second" is_number "$two"
	let_go
	brood_stop
	is "SIGTERM ends both, with 0" $? 0
	check "the first" refused "$one"
	check "and the second" refused "$two"

	run both "127.0.0.1:$one" nobody:at:all
	wait_master
	is "if one cannot be had" $? 1
	check "it prints which" log_has '^both: .*nobody:at:all'
	check "and leaves nothing behind" refused "$one"
}

example_adjust() {
	port=$(free_port)
	mkfifo "$T/in"
	: >"$LOG"
	exec 9<>"$T/in"
	"$T/adjust" "127.0.0.1:$port" <"$T/in" 9<&- >"$LOG" 2>&1 &
	M=$!
	MASTERS="$MASTERS $M"
	soon "adjust gets ready" log_has '^ready: '
	check "it has one child" log_at_least 1 '^child: '
	soon "that waits" says '^available 1 connected 0 served 0 deaths 0$'
	tell minimum-available 3
	soon "what does not fit together is refused" log_has 'minimum-available'
	tell maximum-available 3
	tell minimum-available 3
	soon "raising the minimum starts children" says '^available 3 '
	stays "$port"
	stays "$port"
	soon "two clients" says ' connected 2 '
	soon "have begun" log_at_least 2 '^begin: '
	tell maximum-connected 1
	check "a maximum below them is refused or obeyed" says ' connected 2 '
	tell minimum-available 1
	tell maximum-available 1
	tell maximum-connected 1
	soon "lowering the maximum cuts nobody" says ' connected 2 served 0 '
	check "what is no setting is refused" refuses_word
	echo >"$T/hold.$HELD_N"
	soon "they end as they like" log_has '^end: '
	soon "which is counted" says ' connected 1 served 1 deaths 0$'
	let_go
	soon "the other, too" says ' connected 0 served 2 deaths 0$'
	exec 9>&-
	wait_master
	is "the end of its input stops it" $? 0
	check "for good" refused "$port"
}

refuses_word() {
	before=$(wc -l <"$LOG")
	tell no-such-word 1
	wait_until log_longer "$before" &&
	    tail -n +"$((before + 1))" "$LOG" | grep -q 'no-such-word'
}

log_longer() {
	[ "$(wc -l <"$LOG")" -gt "$1" ]
}

example_serve() {
	port=$(free_port)
	timeout 20 "$T/serve" >"$T/usage"
	is "serve without arguments is a usage error" $? 64
	check "that names minimum-available" \
	    grep -q '^  minimum-available=' "$T/usage"
	timeout 20 "$T/serve" minimum-available=none "127.0.0.1:$port" cat \
	    2>"$T/fails"
	is "a value that is none, too" $? 64
	check "and named" grep -q '^serve: .*minimum-available' "$T/fails"
	timeout 20 "$T/serve" "127.0.0.1:$port" nosuchprogram 2>"$T/fails"
	is "a program that is missing is unavailable" $? 69
	run serve minimum-available=2 "127.0.0.1:$port" cat
	soon "serve runs programs" answers 127.0.0.1 "$port"
	check "with a log" log_has ' ready '
	brood_stop
	is "it ends with 0" $? 0
}

for name in $names; do
	[ -x "$T/$name" ] || continue
	"example_$name"
done
finish
