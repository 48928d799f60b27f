#!/bin/sh
# A mistake in the file is named with its line and column, alone, and nothing
# runs; what is right is accepted.
#
# broken/NAME.conf ends with what is expected, a line for each mistake:
#	# expect [FILE:]LINE:COLUMN PATTERN	(grep -E, of what follows)
#	# expect - PATTERN			(of the whole line)
# broken/ok-NAME.conf is right.  In them @T@ is this test's folder and @ME@
# root; who is not root has no `user' lines, as nobody can be another one.
. "${srcdir:-.}/tests/integration/lib.sh"

FILES=${srcdir:-.}/tests/integration/broken
umask 022
PATH=/usr/bin:/bin

# Root reads only what is root's: so copies.
if is_root; then user=s/@ME@/root/; else user='s/^[[:blank:]]*user[[:blank:]]*@ME@[[:blank:]]*$//'; fi
copy() {
	sed -e "s|@T@|$T|g" -e "$user" "$1" >"$T/$2"
}

echo() {
	printf '%s\n' "$*"
}

make_surroundings() {
	mkdir "$T/folder" "$T/in" "$T/closed"
	chmod 0 "$T/closed"
	mkfifo "$T/fifo"
	ln -s nowhere "$T/dangling"
	ln -s in/good "$T/link-to-good"
	: >"$T/plain"
	: >"$T/unreadable"
	chmod 0 "$T/unreadable"
	echo 'include loop-b' >"$T/in/loop-a"
	echo 'include loop-a' >"$T/in/loop-b"
	for i in 1 2 3 4 5 6 7 8; do
		echo "include deep-$((i + 1))" >"$T/in/deep-$i"
	done
	: >"$T/in/deep-9"
	echo 'backlog 5' >"$T/in/default"
	printf '# one\nbacklog 0\n' >"$T/in/wrong"
	copy "$FILES/ok-minimal.conf" in/good
	sed 's/127.0.0.1:0/127.0.0.1:7001/' "$T/in/good" >"$T/in/good-7001"
}

# matches EXPECTED LINE: does a line of the output say what was expected?
matches() {
	where=${1%% *}
	pattern=${1#* }
	case $where in
	-) rest=$2 ;;
	*[!0-9:]*) rest=${2#"$T/$where: "} ;;
	*) rest=${2#"$T/$name:$where: "} ;;
	esac
	[ "$where" = - ] || [ "$rest" != "$2" ] || return 1
	echo "$rest" | grep -Eq -e "$pattern"
}

# Every expected line is there, in that order, and no other.
all_match() {
	sed -n 's/^# expect //p' "$T/$name" >"$T/expected"
	[ "$(wc -l <"$T/expected")" -eq "$(wc -l <"$T/wrong")" ] || return 1
	while IFS= read -r expected <&3 && IFS= read -r line; do
		matches "$expected" "$line" || return 1
	done 3<"$T/expected" <"$T/wrong"
}

look() {
	: >"$T/expected"
	timeout -k 1 60 "$BROOD" -t -f "$T/$1" >"$T/stdout" 2>"$T/wrong" </dev/null
	status=$?
}

not_so() {
	not_ok "$1"
	{
		echo "status $status, said:"
		cat "$T/wrong"
		echo "expected:"
		cat "$T/expected"
	} | cut -c 1-300 | sed 's/^/# /'
}

is_refused() {
	name=$1
	copy "$FILES/$name" "$name"
	look "$name"
	if [ "$status" -eq 78 ] && [ ! -s "$T/stdout" ] && all_match; then
		ok "${name%.conf}"
	else
		not_so "${name%.conf}"
	fi
}

is_accepted() {
	copy "$FILES/$1" "$1"
	: >"$T/expected"
	look "$1"
	if [ "$status" -eq 0 ] && [ ! -s "$T/stdout" ] && [ ! -s "$T/wrong" ]
	then
		ok "${1%.conf}"
	else
		not_so "${1%.conf}"
	fi
}

make_surroundings
for file in "$FILES"/*.conf; do
	base=${file##*/}
	case $base in
	ok-*) is_accepted "$base" ;;
	root-*)
		if is_root; then is_refused "$base"
		else skip "${base%.conf}: not root"; fi ;;
	include-unreadable*)
		if is_root; then skip "root reads all"
		else is_refused "$base"; fi ;;
	*) is_refused "$base" ;;
	esac
done
check "there were enough of them" [ "$points" -ge 320 ]
finish
