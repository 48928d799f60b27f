#!/bin/sh
# A unix socket appears whole, is nobody else's, and goes when we go.
. "${srcdir:-.}/tests/integration/lib.sh"
need nc perl ss

asks() {
	[ "$(echo hello | nc -NU -w 60 "${1:-$T/s}" 2>/dev/null)" = hello ]
}

# bind_one TYPE PATH [COMMAND]: leave a bound socket there; run COMMAND while
# it is alive.
bind_one() {
	# shellcheck disable=SC2016 # perl
	perl -MSocket -e '
		my ($type, $path, @run) = @ARGV;
		socket my $s, AF_UNIX, $type eq "dgram" ? SOCK_DGRAM :
		    SOCK_STREAM, 0 or die;
		bind $s, pack_sockaddr_un($path) or die "$path: $!";
		listen $s, 0 if $type ne "dgram" && @run;
		my @full;
		for (1 .. 5) {	# its queue is full
			socket my $c, AF_UNIX, SOCK_STREAM, 0 or die;
			fcntl $c, 4, 2048;
			connect $c, pack_sockaddr_un($path);
			push @full, $c;
		}
		exit(@run ? system(@run) >> 8 : 0);' "$@"
}

inode() {
	stat -c %i "$1"
}

whole() {
	brood_start --backlog 55 "unix:$T/s" cat
	check "a client is served" asks
	is "everybody may connect" "$(stat -c %a "$T/s")" 666
	is "nothing is beside it" "$(find "$T" -name 's*' ! -name stdout)" "$T/s"
	is "its backlog is as asked" \
	    "$(ss -Hlx | awk -v s="$T/s" '$5 == s { print $4 }')" 55
	check "it stops with 0" brood_stop
	check "the socket is gone" [ ! -e "$T/s" ]
}
each_memory whole

mode() {
	(umask 077; exec "$BROOD" "$@" "unix:$T/s" cat 2>>"$LOG") &
	M=$!
	MASTERS="$MASTERS $M"
	wait_until asks
	stat -c %a "$T/s"
	brood_stop
}
is "a mode is obeyed" "$(mode --socket-mode 0640)" 640
is "whatever the umask is" "$(mode)" 666
is "also a given one" "$(mode --umask 077)" 666
if [ "$(id -u)" -eq 0 ]; then
	brood_start --socket-owner daemon:mail --socket-mode 0660 "unix:$T/s" cat
	is "an owner is obeyed" "$(stat -c '%U:%G %a' "$T/s")" "daemon:mail 660"
	brood_stop
	brood_start --socket-owner 4321 "unix:$T/s" cat
	is "a number is an owner" "$(stat -c '%u' "$T/s")" 4321
	brood_stop
else
	skip "owners: not root"
fi

bind_one stream "$T/s"
chmod 600 "$T/s"
brood_start "unix:$T/s" cat
check "a stale socket is replaced" asks
is "by a new one" "$(stat -c %a "$T/s")" 666
old=$(inode "$T/s")
brood_fails 75 "$T/s: .*listening" "unix:$T/s" cat
is "a live one stays" "$(inode "$T/s")" "$old"
check "and is served on" asks

kill -KILL "$M"
soon "after KILL the children leave" eval '! asks'
check "and the socket stays" [ -S "$T/s" ]
brood_start "unix:$T/s" cat
check "the next start replaces it" asks

# Somebody else's by now.
mv "$T/s" "$T/away"
bind_one stream "$T/s"
old=$(inode "$T/s")
check "it stops with 0" brood_stop
is "one that is not ours stays" "$(inode "$T/s" 2>&1)" "$old"
rm -f "$T/s" "$T/away"

cat >"$T/refused" <<SH
timeout 60 "$BROOD" "unix:$T/s" cat 2>"$T/fails"
SH
bind_one stream "$T/s" sh "$T/refused"
is "one whose queue is full is live" $? 75
check "and stays" [ -S "$T/s" ]
rm "$T/s"
bind_one dgram "$T/s" sh "$T/refused"
is "one of another kind is refused" $? 69
check "and stays" [ -S "$T/s" ]
rm "$T/s"

echo precious >"$T/s"
brood_fails 69 "$T/s: .*not a socket" "unix:$T/s" cat
is "a file is left alone" "$(cat "$T/s")" precious
rm "$T/s"
mkdir "$T/s"
brood_fails 69 "$T/s: " "unix:$T/s" cat
check "a folder is left alone" [ -d "$T/s" ]
rmdir "$T/s"
mkfifo "$T/s"
brood_fails 69 "$T/s: " "unix:$T/s" cat
check "a FIFO is left alone" [ -p "$T/s" ]
rm "$T/s"
bind_one stream "$T/other"
ln -s other "$T/s"
brood_fails 69 "$T/s: " "unix:$T/s" cat
is "a symbolic link is left alone" "$(readlink "$T/s")" other
check "and what it points to" [ -S "$T/other" ]
rm "$T/s"
ln -s nowhere "$T/s"
brood_fails 69 "$T/s: " "unix:$T/s" cat
is "also one to nothing" "$(readlink "$T/s")" nowhere
rm "$T/s"
brood_fails 69 "$T/no/s: .*No such file" "unix:$T/no/s" cat
is "nothing is left of all that" "$(find "$T" -name '*.new')" ""

mkdir "$T/where"
here=$(pwd)
program=$BROOD
case $BROOD in /*) ;; *) BROOD=$here/$BROOD ;; esac
cd "$T/where" || exit 99
brood_start --chdir / unix:s cat
cd "$here" || exit 99
BROOD=$program
check "a relative path is where we started" asks "$T/where/s"
check "it stops with 0" brood_stop
check "and is removed from there" [ ! -e "$T/where/s" ]

odd="$T/$(printf 'a b\n\033x')"
brood_start "unix:$odd" cat
check "an odd path is served" asks "$odd"
check "and escaped in the log" log_has 'listen addr=unix:.*a\\sb\\n\\033x '
brood_stop
finish
