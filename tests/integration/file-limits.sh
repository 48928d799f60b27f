#!/bin/sh
# What is read has bounds: big, odd and moving files end in a success or in a
# mistake that says what is wrong, soon, and never in a hang.
. "${srcdir:-.}/tests/integration/lib.sh"

need python3
umask 022
if is_root; then user='user root'; else user=; fi
WRONG=$T/wrong

# look FILE [SECONDS]: check it, bounded in time; its exit status, and WRONG.
look() {
	timeout -k 1 "${2:-300}" "$BROOD" -t -f "$1" >"$T/stdout" 2>"$WRONG" \
	    </dev/null
}

show() {
	{ echo "status $1"; head -n 5 "$WRONG" | cut -c 1-300; } | sed 's/^/# /'
}

# accepts NAME FILE [SECONDS]
accepts() {
	look "$2" "$3"
	status=$?
	if [ "$status" -eq 0 ] && [ ! -s "$WRONG" ]; then ok "$1"
	else not_ok "$1"; show "$status"; fi
}

# refuses NAME FILE PATTERN [LINES [SECONDS]]: with so many mistakes.
refuses() {
	look "$2" "$5"
	status=$?
	if [ "$status" -eq 78 ] && [ ! -s "$T/stdout" ] &&
	    grep -Eq -e "$3" "$WRONG" &&
	    [ "$(wc -l <"$WRONG")" -eq "${4:-1}" ]
	then ok "$1"
	else not_ok "$1"; show "$status"; fi
}

# services FROM TO: so many, each with its own port and words.
services() {
	echo "$user"
	awk -v from="$1" -v to="$2" 'BEGIN { for (i = from; i <= to; i++) {
		printf "service s%d {\n\tlisten 127.0.0.1:%d\n", i, 10000 + i
		printf "\tinline echo\n\tenv A=%d\n\tbacklog 9\n}\n", i
	} }'
}

# bytes N CHARACTER: so many of them.
bytes() {
	head -c "$1" /dev/zero | tr '\0' "$2"
}

F=$T/file
good() {
	services 1 1
}

# ---- many

services 1 1000 >"$F"
accepts "1000 services" "$F"
# forks: how many processes a look at F takes; pids of a namespace of our own
# are given out one by one.
forks() {
	unshare -pf sh -c '"$0" -t -f "$1"; sh -c "echo \$((\$\$ - 3))"' \
	    "$BROOD" "$F" 2>&1
}
if unshare -pf true 2>/dev/null; then
	is "nobody is asked for their numbers" "$(forks)" 0
	sed -i 's/127.0.0.1/localhost/' "$F"
	is "one child is for all names" "$(forks)" 1
	sed -i 's/inline echo/exec cat/' "$F"
	is "and one tries the program of all" "$(forks)" 2
else
	skip "no pid namespaces"
fi
services 1 1001 >"$F"
refuses "1001 services" "$F" \
    ':6002:9: service s1001 is one too many: expected at most 1000$'
services 1 10000 >"$F"
refuses "10000 services are one mistake" "$F" \
    ':6002:9: service s1001 is one too many: expected at most 1000$'
good >"$F"
for i in 1 2 3 4 5 6 7 8 9; do bytes 100000 '\n'; done >>"$F"
echo 'frobnicate' >>"$F"
refuses "a word behind 900000 empty lines" "$F" ':900008:1: frobnicate: no such'
{ good; awk 'BEGIN { for (i = 0; i < 200000; i++) print "} }" }'; } >"$F"
refuses "200000 mistakes are 20 and their number" "$F" \
    '^199980 more mistakes are not shown$' 21
{ good; awk 'BEGIN { for (i = 0; i < 200000; i++) print "a {" }'; } >"$F"
refuses "200000 blocks in each other" "$F" \
    ':16:3: too many blocks in each other: expected at most 8' 21
{ good; yes a | head -n 300000; } >"$F"
refuses "300000 directives" "$F" \
    ':26214[67]:1: too many directives: expected at most 262144 in all' 21
{ good; yes a | head -n 200000; } >"$F"
refuses "200000 unknown words" "$F" '^199980 more mistakes are not shown$' 21
{
	services 1 1 | sed '$d'
	printf '\tlisten'
	awk 'BEGIN { for (i = 1; i < 256; i++) printf " 127.0.0.1:%d", i }'
	printf '\n}\n'
} >"$F"
accepts "256 addresses of one service" "$F"
sed -i 's/127.0.0.1:255$/& 127.0.0.1:256/' "$F"
refuses "257 addresses of one service" "$F" \
    ':7:[0-9]*: too many addresses: expected at most 256 of one service'

# ---- long

{ good; bytes 1000000 x; echo; } >"$F"
refuses "a line of a megabyte" "$F" ':8:65536: a line too long'
{ good; printf '# '; bytes 1000000 x; echo; } >"$F"
accepts "a comment of a megabyte" "$F"
{ good; bytes 1000000 ' '; echo; } >"$F"
accepts "a megabyte of blanks" "$F"
{ good; printf '"'; bytes 1000000 ' '; echo; } >"$F"
refuses "a megabyte that is quoted" "$F" ':8:65537: a line too long'
{ good; bytes 16777217 '\n'; } >"$F"
refuses "a file of more than 16 megabytes" "$F" \
    "^$F: is too big: expected at most 16 megabytes\$"
truncate -s 1T "$F"
refuses "a file of a terabyte" "$F" "^$F: is too big"
good >"$F"
bytes $((16777216 - $(wc -c <"$F"))) '\n' >>"$F"
accepts "a file of 16 megabytes" "$F"
bytes 9000000 '\n' >"$T/half"
good >"$F"
echo 'include half
include half' >>"$F"
refuses "two of 9 megabytes" "$F" \
    ":9:9: $T/half is too much: expected at most 16 megabytes in all\$"
rm -f "$T/half"

# ---- odd

: >"$F"
refuses "an empty file" "$F" "^$F: no service: expected one at least\$"
printf '# nothing\n\n\t\n# at all' >"$F"
refuses "a file of comments only" "$F" "^$F: no service: expected one at least\$"
head -c 1000 /dev/zero >"$F"
refuses "NUL bytes only" "$F" ':1:1: a NUL byte: expected text'
{ good; printf '\0'; } >"$F"
refuses "a NUL byte at the end" "$F" ':8:1: a NUL byte: expected text'
{ good; printf '\303'; } >"$F"
refuses "half a character at the end" "$F" ':8:1: not UTF-8: expected text'
good | sed 's/$/\r/' >"$F"
refuses "line ends of another system" "$F" \
    ':2:13: a carriage return: expected lines that end with a newline alone' 7
head -c 100000 "$BROOD" >"$F"
refuses "a program" "$F" ":1:[0-9]*: a (control|NUL) byte: expected text" 21

refuses "a file that is not there" "$T/nowhere" \
    "^$T/nowhere: cannot be read: No such file or directory\$"
mkdir "$T/folder"
refuses "a folder" "$T/folder" "^$T/folder: is a folder: expected a file\$"
mkfifo "$T/fifo"
refuses "a FIFO nobody writes to" "$T/fifo" \
    "^$T/fifo: is no regular file: expected one\$" 1 60
good >"$F"
echo 'include fifo' >>"$F"
refuses "an included FIFO" "$F" ":8:9: $T/fifo is no regular file" 1 60
refuses "a device that never ends" /dev/zero \
    '^/dev/zero: is no regular file: expected one$' 1 60
python3 -c 'import socket,sys; socket.socket(socket.AF_UNIX).bind(sys.argv[1])' \
    "$T/socket"
refuses "a socket" "$T/socket" "^$T/socket: cannot be read: "
good >"$T/good"
ln -s good "$T/link"
accepts "a link to a good file" "$T/link"
ln -s loop "$T/loop"
refuses "a link to itself" "$T/loop" \
    "^$T/loop: cannot be read: Too many levels of symbolic links\$"
echo "include $F" >"$F"
refuses "a file that includes itself" "$F" ":1:9: $F includes itself"
ln -s file "$T/other"
echo "include other" >"$F"
refuses "a file that includes a link to itself" "$F" \
    ":1:9: $T/other includes itself"
for i in 1 2 3 4 5 6 7 8; do echo "include part-$((i + 1))
include part-$((i + 1))"; done >"$F"
for i in 1 2 3 4 5 6 7; do
	printf "include part-%d\ninclude part-%d\ninclude part-%d\ninclude part-%d\n" \
	    $((i + 1)) $((i + 1)) $((i + 1)) $((i + 1)) >"$T/part-$i"
done
: >"$T/part-8"
echo "include part-1" >"$F"
refuses "each file includes four times the next" "$F" \
    "is one file too many: expected at most 4096"

# ---- rights

if is_root; then
	good >"$F"
	for mode in 0664 0646 0666; do
		chmod "$mode" "$F"
		refuses "mode $mode" "$F" \
		    "^$F: can be written by others than root"
	done
	for mode in 0644 0600 0400; do
		chmod "$mode" "$F"
		accepts "mode $mode" "$F"
	done
	chmod 0644 "$F"
	chown nobody "$F"
	refuses "a file of somebody else" "$F" "^$F: does not belong to root"
	echo 'include file' >"$T/by"
	refuses "an included file of somebody else" "$T/by" \
	    "^$T/by:1:9: $F does not belong to root"
	ln -s file "$T/to-other"
	refuses "a link to a file of somebody else" "$T/to-other" \
	    "^$T/to-other: does not belong to root"
	chown root "$F"
else
	good >"$F"
	chmod 0 "$F"
	refuses "a file that may not be read" "$F" \
	    "^$F: cannot be read: Permission denied\$"
	chmod 0666 "$F"
	accepts "mode 0666, as no root reads it" "$F"
fi

# ---- moving

# Written in place all the time, in several steps: never whole for long.
python3 - "$T/good" "$T/moving" 2>/dev/null <<'PY' &
import os, sys
text = open(sys.argv[1], "rb").read() * 1
fd = os.open(sys.argv[2], os.O_RDWR | os.O_CREAT, 0o644)
n = 0
while os.path.exists(sys.argv[1]):
    n += 1
    os.ftruncate(fd, 0)
    for i in range(0, len(text), 16):
        os.pwrite(fd, text[i:i + 16], i)
    os.pwrite(fd, b"# %d\n" % n * (n % 1000), len(text))
PY
writer=$!
HELD="$HELD $writer"
wait_until test -s "$T/moving"
bad=0
taken=0
for i in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20 \
    21 22 23 24 25 26 27 28 29 30 31 32 33 34 35 36 37 38 39 40; do
	look "$T/moving" 60
	case $? in
	0) taken=$((taken + 1)) ;;
	78) [ -s "$WRONG" ] || bad=$((bad + 1)) ;;
	*) bad=$((bad + 1)); show $? ;;
	esac
done
echo "# it was taken $taken times"
is "a file that is rewritten all the time is taken or refused" "$bad" 0
kill -0 "$writer" 2>/dev/null
is "it was rewritten all the time" $? 0
kill "$writer"
wait "$writer" 2>/dev/null

# Replaced all the time by rename(2): always whole, so always taken.
good >"$T/whole"
while [ ! -e "$T/enough" ]; do
	cp "$T/good" "$T/new" && mv "$T/new" "$T/whole"
done &
writer=$!
HELD="$HELD $writer"
bad=0
for i in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do
	look "$T/whole" 60 || { bad=$((bad + 1)); show $?; }
done
is "a file that is replaced all the time is taken" "$bad" 0
: >"$T/enough"
wait "$writer" 2>/dev/null
finish
