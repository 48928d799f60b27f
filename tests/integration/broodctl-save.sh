#!/bin/sh
# broodctl set --save: the file has the new value, and the rest is untouched.
. "${srcdir:-.}/tests/integration/lib.sh"
. "${srcdir:-.}/tests/integration/broodctl-lib.sh"
need python3 nc
fake_start

# save ARG...: set --save of git.
save() {
	timeout 60 "$BROODCTL" -s "$T/sup" set git --save "$@" >"$T/out" \
	    2>"$T/err"
}

fails() {
	name=$1 want=$2 pattern=$3
	shift 3
	save "$@"
	got=$?
	if [ "$got" = "$want" ] && grep -Eq -- "$pattern" "$T/err"; then
		ok "$name"
	else
		not_ok "$name (status $got)"
	fi
}

# conf: writes the file; original: and keeps a copy.
conf() {
	cat >"$T/brood.conf"
	cp -p "$T/brood.conf" "$T/original"
}

unharmed() {
	cmp -s "$T/brood.conf" "$T/original" && no_rest
}

no_rest() {
	[ -z "$(find "$T" -name '.*brood*')" ]
}

conf <<'CONF'
# all of it
minimum-available 2   # for those without

service echo {
	minimum-available 3
}
service "git" {  # its comment
	listen             127.0.0.1:9418
	minimum-available  "4"    # here # and here
	exec  /bin/cat '{' "}"
}
CONF
chmod 640 "$T/brood.conf"
[ "$(id -u)" != 0 ] || chown 1:2 "$T/brood.conf"
before=$(stat -c '%a %u %g' "$T/brood.conf")
inode=$(stat -c %i "$T/brood.conf")
check "set --save" save minimum-available 8
sed 's/"4" /8 /' "$T/original" >"$T/wanted"
check "only the value is another" cmp "$T/wanted" "$T/brood.conf"
is "mode and owner are the same" "$(stat -c '%a %u %g' "$T/brood.conf")" "$before"
check "it was replaced, not written over" test "$inode" != \
    "$(stat -c %i "$T/brood.conf")"
check "a word that was not there" save maximum-connected 300
is "is a line at the end of the block" "$(diff "$T/wanted" "$T/brood.conf")" \
"10a11
> 	maximum-connected  300"
inode=$(stat -c %i "$T/brood.conf")
check "the same again" save minimum-available 8 maximum-connected 300
is "does not touch the file" "$(stat -c %i "$T/brood.conf")" "$inode"
check "two at once, one of them new" save maximum-connected 301 \
    maximum-available 12
is "are both in it" "$(grep -c '	maximum-connected  301\|	maximum-available  12' \
    "$T/brood.conf")" 2
check "nothing is left beside it" no_rest

# ---- files in files

mkdir "$T/conf.d" "$T/real"
cat >"$T/real/git" <<'CONF'
service git {
}
CONF
ln -s ../real/git "$T/conf.d/20-git.conf"
echo 'service web {
	minimum-available 1
}' >"$T/conf.d/10-web.conf"
conf <<'CONF'
include conf.d/*.conf
CONF
check "a service in a file that is included" save minimum-available 6
is "is changed there" "$(cat "$T/real/git")" "service git {
	minimum-available 6
}"
check "the one that includes it is not" unharmed
check "a symlink stays one" test -L "$T/conf.d/20-git.conf"
echo 'include ../brood.conf' >"$T/conf.d/30-loop.conf"
fails "an include without an end" 1 "set, but not saved: .*conf.d" \
    minimum-available 7
rm "$T/conf.d/30-loop.conf"
echo 'service git {
}' >"$T/conf.d/30-again.conf"
fails "a service in two files" 1 "set, but not saved: .*30-again.*expected it once" \
    minimum-available 7
rm -r "$T/conf.d"

# What a folder is called is no pattern.
mkdir "$T/d[1]" "$T/d1"
echo 'include git' >"$T/d[1]/all"
cp "$T/real/git" "$T/d[1]/git"
cp "$T/real/git" "$T/d1/git"
conf <<'CONF'
include d?1]/all
CONF
check "a service in a folder with a strange name" save minimum-available 9
is "is changed there" "$(cat "$T/d[1]/git")" "service git {
	minimum-available 9
}"
check "another is not" cmp "$T/d1/git" "$T/real/git"
rm -r "$T/d[1]" "$T/d1"

# ---- what the file system knows of it besides

# attributes FILE: what it has; FILE NAME HEX...: these are given first.
attributes() {
	python3 - "$@" <<'PY'
import os
import sys

file, *words = sys.argv[1:]
for name, value in zip(words[::2], words[1::2]):
    os.setxattr(file, name, bytes.fromhex(value))
for name in sorted(os.listxattr(file)):
    print(name, os.getxattr(file, name).hex())
PY
}

# A list as the kernel has it, acl(5): version 2; then each entry's tag, rights
# and number, of a user here.
none=ffffffff
acl=02000000
acl=${acl}01000600${none}02000600f1ee0000
acl=${acl}04000400${none}10000600${none}20000000${none}

one_service() {
	rm -f "$T/brood.conf"
	conf <<-'CONF'
		service git {
			minimum-available 4
		}
	CONF
	chmod 640 "$T/brood.conf"
}

one_service
if attributes "$T/brood.conf" user.why 6265636175736500 user.none '' \
    >"$T/attributes" 2>"$T/err"; then
	check "a file with attributes" save minimum-available 9
	is "has them all" "$(attributes "$T/brood.conf")" "$(cat "$T/attributes")"
	is "and is changed" "$(sed -n 's/.*available //p' "$T/brood.conf")" 9
else
	skip "no attributes"
fi
one_service
if attributes "$T/brood.conf" system.posix_acl_access "$acl" >"$T/attributes" \
    2>"$T/err"; then
	before=$(stat -c %a "$T/brood.conf")
	check "a file with an access list" save minimum-available 9
	is "has it" "$(attributes "$T/brood.conf")" "$(cat "$T/attributes")"
	is "and its mode" "$(stat -c %a "$T/brood.conf")" "$before"
	one_service
	attributes "$T" system.posix_acl_default "$acl" >/dev/null
	check "a file without one, where new ones get one" save \
	    minimum-available 9
	is "has none" "$(attributes "$T/brood.conf")" ''
	is "and its mode" "$(stat -c %a "$T/brood.conf")" 640
	python3 -c 'import os, sys
os.removexattr(sys.argv[1], "system.posix_acl_default")' "$T"
else
	skip "no access lists"
fi
one_service
if attributes "$T/brood.conf" security.brood 01 >"$T/attributes" 2>"$T/err" &&
    unshare -Ur true 2>/dev/null; then
	for name in security.ima security.evm; do
		attributes "$T/brood.conf" "$name" 02 >"$T/out" 2>"$T/err"
	done
	cp -p --preserve=all "$T/brood.conf" "$T/original"
	unshare -Ur "$BROODCTL" -s "$T/sup" set git --save \
	    minimum-available 9 2>"$T/err"
	is "an attribute that may not be given: it is not saved" "$?" 1
	check "it says which" grep -q "set, but not saved: .*brood.conf: \
cannot be given its attribute security.brood: Operation not permitted" "$T/err"
	check "the file is as it was" unharmed
	check "who may" save minimum-available 9
	is "gives all but what tells the old content" \
	    "$(attributes "$T/brood.conf")" "$(cat "$T/attributes")"
else
	skip "no labels, or no user namespaces"
fi

# ---- what is refused

ctl_status() {
	"$BROODCTL" -s "$T/sup" status git | awk 'NR == 2 { print $4 }'
}
conf <<'CONF'
service other {
}
CONF
fails "a file without the service" 1 "git: set, but not saved: .*has no .service git" \
    minimum-available 5
is "the live value stays" "$(ctl_status)" 5/5
check "the file is as it was" unharmed
conf <<'CONF'
service git {
	minimum-available 4
	minimum-available 5
}
CONF
fails "a word that is there twice" 1 "brood.conf:3:2: .*expected it once" \
    minimum-available 6
check "the file is as it was" unharmed
conf <<'CONF'
service git {
	minimum-available "4
}
CONF
fails "a file that is broken" 1 "brood.conf:2:20: a quote" minimum-available 6
check "the file is as it was" unharmed
fails "a value that is refused" 64 "expected a number" minimum-available x
rm "$T/brood.conf"
fails "no file" 1 "brood.conf: cannot be read: No such" minimum-available 6
mkfifo "$T/brood.conf"
fails "a FIFO" 1 "expected a file" minimum-available 6
rm "$T/brood.conf"
fake sup file nowhere
fails "a file of which only the supervisor knows" 1 "does not say which" \
    minimum-available 6
fake sup file "$T/brood.conf"
timeout 60 "$BROODCTL" -s "$T/git" set minimum-available 9 --save 2>"$T/err"
is "a lone master has no file" "$?" 64
is "so nothing was set" "$(ctl_status)" 6/6

# ---- two at a time

conf <<'CONF'
service git {
	minimum-available 1
}
service echo {
	minimum-available 1
}
CONF
n=1
while [ "$n" -le 5 ]; do
	"$BROODCTL" -s "$T/sup" set git --save minimum-available 1$n 2>"$T/err.git" &
	one=$!
	"$BROODCTL" -s "$T/sup" set echo --save minimum-available 2$n 2>"$T/err"
	wait "$one" || break
	n=$((n + 1))
done
is "two that save at a time lose nothing" "$(tr -d '\n\t' <"$T/brood.conf")" \
    "service git {minimum-available 15}service echo {minimum-available 25}"
check "nothing is left beside it" no_rest

# ---- a folder that cannot take it

if [ "$(id -u)" = 0 ] && unshare -m true 2>/dev/null; then
	mkdir "$T/disk"
	fake sup file "$T/disk/brood.conf"
	cat >"$T/full.sh" <<-'SH'
		mount -t tmpfs -o size=64k brood "$1/disk" || exit 77
		{ echo 'service git {'; echo '	minimum-available 4'
		  head -c 33000 /dev/zero | tr '\0' '\n'; echo '}'; } \
		    >"$1/disk/brood.conf"
		cp "$1/disk/brood.conf" "$1/full.before"
		"$2" -s "$1/sup" set git --save minimum-available 30 2>"$1/err"
		echo "$?" >"$1/full.status"
		cp "$1/disk/brood.conf" "$1/full.after"
		ls -A "$1/disk" >"$1/full.left"
	SH
	unshare -m sh "$T/full.sh" "$T" "$BROODCTL"
	if [ -f "$T/full.status" ]; then
		is "a full disk: it is not saved" "$(cat "$T/full.status")" 1
		check "it says so" grep -q "set, but not saved: .*No space left" "$T/err"
		check "the file is as it was" cmp "$T/full.before" "$T/full.after"
		is "nothing is left beside it" "$(cat "$T/full.left")" brood.conf
		is "the live value stays" "$(ctl_status)" 30/30
	else
		skip "no tmpfs"
	fi
else
	skip "not root, or no mount namespace"
fi
finish
