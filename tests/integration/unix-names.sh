#!/bin/sh
# shellcheck disable=SC2016 # scripts of the program
# The longest path and abstract names work; one byte more is refused.
. "${srcdir:-.}/tests/integration/lib.sh"
need perl

# ask_name NAME: as ask, over a unix socket; @NAME is an abstract one.
ask_name() {
	# shellcheck disable=SC2016 # perl
	perl -MSocket -e '
		(my $name = $ARGV[0]) =~ s/^@/\0/;
		socket my $s, AF_UNIX, SOCK_STREAM, 0 or die;
		connect $s, pack_sockaddr_un($name) or die "$name: $!";
		syswrite $s, "hello\n";
		shutdown $s, 1;
		print while <$s>;' "$1"
}

# fill N: a path in $T of exactly N bytes, in folders of its own.
fill() {
	path=$T/
	while [ ${#path} -lt "$1" ]; do
		path=${path}x
	done
	echo "$path"
}

longest=$(fill 107)
long_path() {
	brood_start "unix:$longest" sh -c 'echo "$UNIXLOCALPATH"; cat'
	is "a path of 107 bytes is served" "$(ask_name "$longest")" \
	    "$longest
hello"
	is "nothing is beside it" "$(find "$T" -name '*.new' -o -name '.b*')" ""
	brood_fails 75 listening "unix:$longest" cat
	check "it stops with 0" brood_stop
	check "the socket is gone" [ ! -e "$longest" ]
}
each_memory long_path

# Where the temporary name just fits, and where it does not.
for n in 103 104 105 106; do
	path=$(fill $n)
	brood_start "unix:$path" cat
	is "a path of $n bytes is served" "$(ask_name "$path")" hello
	brood_stop
	check "and removed" [ ! -e "$path" ]
done
brood_fails 64 'at most 107 bytes' "unix:$(fill 108)" cat
brood_fails 64 'unix:@.: no path' unix:@ cat
brood_fails 64 'no path' unix: cat

abstract=@brood-test-$$
abstract() {
	brood_start "unix:$abstract" sh -c 'echo "$UNIXLOCALPATH"; cat'
	is "an abstract name is served" "$(ask_name "$abstract")" "$abstract
hello"
	check "and told" log_has "listen addr=unix:$abstract "
	brood_fails 75 "$abstract: " "unix:$abstract" cat
	is "and served on" "$(ask_name "$abstract" | tail -n 1)" hello
	check "it stops with 0" brood_stop
	check "no file was made" [ ! -e "$abstract" ]
}
each_memory abstract
longest=$(printf '%s%106s' "@brood-test-$$-" '' | tr ' ' y | head -c 107)
brood_start "unix:$longest" cat
is "an abstract name of 106 bytes is served" "$(ask_name "$longest")" hello
check "it stops with 0" brood_stop
finish
