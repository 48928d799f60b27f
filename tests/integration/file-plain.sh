#!/bin/sh
# brood -T prints what a file means: the same words, only numbers and
# literals, and what it prints means itself.
. "${srcdir:-.}/tests/integration/lib.sh"

umask 022
# Root must name a user; who is not root cannot be another.
if is_root; then user='user root'; else user=; fi
F=$T/file.conf
PLAIN=$T/plain

# print NAME: of F; PLAIN is the plain form, which must read back.
print() {
	: >"$LOG"
	timeout -k 1 60 "$BROOD" -T -f "$F" >"$PLAIN" 2>"$LOG" </dev/null || return 1
	timeout -k 1 60 "$BROOD" -T -f "$PLAIN" >"$T/again" 2>"$LOG" </dev/null ||
	    return 1
	cmp -s "$PLAIN" "$T/again" && [ ! -s "$LOG" ]
}

reads_back() {
	if print; then
		ok "$1: reads back to itself"
	else
		not_ok "$1: reads back to itself"
		diff "$PLAIN" "$T/again" | sed 's/^/# /'
	fi
}

# lines SERVICE: its own, without what a user brings along.
lines() {
	sed -n "/^service $1 {\$/,/^}\$/p" "$PLAIN" | sed '1d; $d; s/^	//' |
	    grep -Ev '^(user|groups|env (HOME|USER|LOGNAME|SHELL)=)'
}

# value SERVICE WORD: all there is of it, joined by commas.
value() {
	sed -n "/^service $1 {\$/,/^}\$/p" "$PLAIN" |
	    sed -n "s/^	$2 *//p" | paste -sd, -
}

# ---- every word

# word|handler|line of the file|lines of the plain form (with ;)
cat >"$T/table" <<'END'
service|inline echo|enabled yes|
include|inline echo|enabled yes|
enabled|inline echo|enabled yes|
listen|inline echo|listen 127.0.0.2:0|
exec|exec /bin/cat|enabled yes|exec /bin/cat
exec-wait|exec-wait /bin/cat a|enabled yes|exec-wait /bin/cat a
worker|worker /bin/cat "a b" ""|enabled yes|worker /bin/cat "a b" ""
inline|inline tcpmux|enabled yes|inline tcpmux
inline-wait|inline-wait echo|enabled yes|inline-wait echo
log|inline echo|log /var/log/x|log /var/log/x
log-level|inline echo|log-level debug|log-level debug
minimum-available|inline echo|minimum-available 2|minimum-available 2
maximum-connected|inline echo|maximum-connected 32768|maximum-connected 32768
maximum-available|inline echo|maximum-available 32|maximum-available 32
children|inline echo|children 3|children 3
backlog|inline echo|backlog 2147483647|backlog 2147483647
interface|inline echo|interface lo|interface lo
idle-time|inline echo|idle-time 100ms|idle-time 100ms
linger|exec /bin/cat|linger|linger
kill-mode|exec /bin/cat|kill-mode none|kill-mode none
session-time|inline echo|session-time 10d|session-time 10d
stop-time|inline echo|stop-time 1ms|stop-time 1ms
recycle-after|inline echo|recycle-after 100|recycle-after 100
overlap|worker /bin/cat|overlap 2|overlap 2
ready-by|worker /bin/cat|ready-by fd:4|ready-by fd:4
start-time|worker /bin/cat|start-time 5m|start-time 5m
stop-signal|worker /bin/cat|stop-signal SIGQUIT|stop-signal SIGQUIT
watchdog|worker /bin/cat|watchdog 10s|watchdog 10s
dialect|worker /bin/cat|dialect einhorn|dialect einhorn
listener-on-0|worker /bin/cat|listener-on-0 yes|listener-on-0
wait-tries|exec-wait /bin/cat|wait-tries 5|wait-tries 5
peer-session|exec /bin/cat|peer-session 5s|peer-session 5s
low-ports|exec /bin/cat|low-ports yes|low-ports yes
reply-rate|exec /bin/cat|reply-rate 0|reply-rate 0
reply-factor|exec /bin/cat|reply-factor 7|reply-factor 7
user|inline echo||
groups|inline echo||
no-new-privs|inline echo|no-new-privs yes|no-new-privs yes
limit|exec /bin/cat|limit nofile=64 core=0:1|limit nofile=64;limit core=0:1
env|exec /bin/cat|env A=1 "B=2 3" 'C=#'|env A=1;env "B=2 3";env C=#
argv0|exec /bin/cat|argv0 "-a b"|argv0 "-a b"
chdir|exec /bin/cat|chdir /|chdir /
umask|inline echo|umask 027|umask 027
stderr|exec /bin/cat|stderr pass|stderr pass
memory|inline echo|memory own|memory own
socket-mode|inline echo|socket-mode 0660|socket-mode 0660
socket-owner|inline echo|socket-owner root:root|socket-owner 0:0
on|inline echo|on ready echo  "a  b" c|on ready echo "a  b" c
END
cat >"$T/globals" <<'END'
control|/run/x.sock|/run/x.sock
control-mode|0660|0660
control-owner|root:root|0:0
control-look|*|*
control-operate|root,:root|root,:root
control-own|:0|:0
pidfile|/run/x.pid|/run/x.pid
maximum-generations|16|16
log|syslog|syslog
log-level|warn|warn
END

"$BROOD" --words | cut -f 1 | sort >"$T/words"
cut -d '|' -f 1 "$T/table" "$T/globals" | sort -u >"$T/tried"
is "each word is tried below" "$(comm -23 "$T/words" "$T/tried")" ""

while IFS='|' read -r word handler line wanted; do
	address=127.0.0.1:0
	[ "$word" != peer-session ] || address=udp:127.0.0.1:0
	printf '%s\n' "$user" "service a {" "	listen $address" \
	    "	$handler" "	$line" "}" >"$F"
	reads_back "$word"
	[ -z "$wanted" ] || is "$word: is printed" \
	    "$(lines a | grep -E "^$word( |\$)")" \
	    "$(printf '%s\n' "$wanted" | tr ';' '\n')"
done <"$T/table"

while IFS='|' read -r word given wanted; do
	printf '%s\n' "$word $given" "$user" "service a {" \
	    "	listen 127.0.0.1:0" "	inline echo" "}" >"$F"
	reads_back "global $word"
	is "global $word: is printed" "$(sed -n 1p "$PLAIN")" "$word $wanted"
done <"$T/globals"

# What it prints is all there is, in one order whatever the file's is.
cat >"$F" <<END
$user
service a {
	backlog 9
	on stop true
	env A=1
	linger yes
	exec /bin/cat "a b"
	minimum-available 2
	listen 127.0.0.1:0
	on ready true
	listen unix:/run/x
}
END
reads_back "words in any order"
is "words are printed in one order" "$(lines a)" 'listen 127.0.0.1:0 unix:/run/x
exec /bin/cat "a b"
minimum-available 2
backlog 9
linger
env A=1
on stop true
on ready true'

# ---- defaults

cat >"$F" <<END
$user
backlog 5
umask 022
service above {
	listen 127.0.0.1:0
	inline echo
}
service own {
	listen 127.0.0.1:0
	inline echo
	backlog 6
}
backlog 7
service below {
	listen 127.0.0.1:0
	inline echo
}
END
reads_back "defaults"
is "a service has the defaults above it" \
    "$(value above backlog) $(value above umask)" "5 022"
is "its own words count more" "$(value own backlog) $(value own umask)" "6 022"
is "the last default above it counts" \
    "$(value below backlog) $(value below umask)" "7 022"
check "no default is left" [ "$(grep -c backlog "$PLAIN")" -eq 3 ]

cat >"$F" <<END
$user
linger
overlap 2
minimum-available 3
recycle-after 1d
peer-session 5s
wait-tries 7
service exec {
	listen 127.0.0.1:0
	exec /bin/cat
}
service datagrams {
	listen udp:127.0.0.1:0
	exec /bin/cat
}
service wait {
	listen 127.0.0.1:0
	exec-wait /bin/cat
}
service worker {
	listen 127.0.0.1:0
	worker /bin/cat
}
END
reads_back "defaults of several kinds"
is "defaults for exec" "$(lines exec | sed 1,2d | paste -sd, -)" \
    "minimum-available 3,linger,wait-tries 7"
is "defaults for exec and datagrams" \
    "$(lines datagrams | sed 1,2d | paste -sd, -)" \
    "minimum-available 3,linger,wait-tries 7,peer-session 5s"
is "defaults for exec-wait" "$(lines wait | sed 1,2d | paste -sd, -)" \
    "minimum-available 3,wait-tries 7"
is "defaults for workers" "$(lines worker | sed 1,2d | paste -sd, -)" \
    "recycle-after 1d,overlap 2"

cat >"$F" <<END
$user
env A=1
limit nofile=64
on ready true
service a {
	listen 127.0.0.1:0
	exec /bin/cat
	env B=2 A=3
	limit core=0
	on ready false
}
linger
service b {
	listen 127.0.0.1:0
	exec /bin/cat
	linger no
}
END
reads_back "words that add up"
is "env adds up" "$(value a env | tr , '\n' | grep -E '^[AB]=' | paste -sd, -)" \
    "A=1,B=2,A=3"
is "limit adds up" "$(value a limit)" "nofile=64,core=0"
is "on adds up" "$(value a on)" "ready true,ready false"
is "a flag can be taken back" "$(lines b | grep linger)" ""

cat >"$F" <<END
$user
service a {
	listen 127.0.0.1:7001
	inline echo
	enabled no
}
service b {
	listen 127.0.0.1:7001
	inline echo
	enabled yes
}
END
reads_back "a service that is not enabled"
is "it is left out" "$(grep -c service "$PLAIN") $(value b listen)" \
    "1 127.0.0.1:7001"
sed -i 's/enabled yes/enabled no/' "$F"
print
is "nothing at all is left of two" "$(cat "$PLAIN")" ""

# ---- includes

mkdir "$T/d" "$T/d/e"
one() {
	printf 'service %s {\n\tlisten 127.0.0.1:0\n\tinline echo\n}\n' "$1"
}
one c10 >"$T/d/10.conf"
one c9 >"$T/d/9.conf"
one ca >"$T/d/a.conf"
one hidden >"$T/d/.b.conf"
one other >"$T/d/c.txt"
one deep >"$T/d/e/deep"
{ echo 'umask 077'; echo 'include e/deep'; } >"$T/d/z.conf"
{ echo "$user"; echo 'include d/*.conf'; one last; } >"$F"
reads_back "includes"
is "in order of names, beside the file that says so" \
    "$(sed -n 's/^service \(.*\) {$/\1/p' "$PLAIN" | paste -sd, -)" \
    "c10,c9,ca,deep,last"
is "its defaults are for all below" \
    "$(value ca umask),$(value deep umask),$(value last umask)" ",077,077"
(cd / && "$BROOD" -T -f "$F") >"$T/again" 2>&1
check "wherever it is read from" cmp -s "$PLAIN" "$T/again"
(cd "$T" && "$BROOD" -T -f file.conf) >"$T/again" 2>&1
check "by a relative name" cmp -s "$PLAIN" "$T/again"
(cd "$T/d" && "$BROOD" -T -f ../file.conf) >"$T/again" 2>&1
check "by a relative name with a folder" cmp -s "$PLAIN" "$T/again"
# What the folder is called is no pattern.
for folder in 'f[1]' 'f*' 'f?' 'f\\1'; do
	mkdir "$T/$folder"
	one "f${#folder}" >"$T/$folder/part"
	printf '%s\ninclude p*t\ninclude sub/part\n' "$user" >"$T/$folder/all"
	mkdir "$T/$folder/sub"
	one sub >"$T/$folder/sub/part"
	"$BROOD" -T -f "$T/$folder/all" >"$T/again" 2>&1
	is "beside a file in $folder" "$(sed -n 's/^service \(.*\) {$/\1/p' \
	    "$T/again" | paste -sd, -)" "f${#folder},sub"
done

# ---- names become numbers

# resolved ADDRESS...: what it becomes.
resolved() {
	printf '%s\n' "$user" "service a {" "	listen $*" "	inline echo" \
	    "}" >"$F"
	print && sed -n 's/^	listen //p' "$PLAIN"
}
is "*" "$(resolved '*:7001')" "0.0.0.0:7001 [::]:7001"
is "an empty host" "$(resolved ':7001')" "0.0.0.0:7001 [::]:7001"
is "a port alone" "$(resolved '7001')" "0.0.0.0:7001 [::]:7001"
is "the name of a port" "$(resolved '127.0.0.1:domain')" "127.0.0.1:53"
is "the name of a datagram port" "$(resolved 'udp:127.0.0.1:tftp')" \
    "udp:127.0.0.1:69"
is "localhost" "$(resolved localhost:7001 | tr ' ' '\n' | sort -u |
    grep -Fxv '[::1]:7001')" "127.0.0.1:7001"
is "tcp: is not printed" "$(resolved tcp:127.0.0.1:7001)" "127.0.0.1:7001"
is "an IPv6 address is printed in one way" \
    "$(resolved '[0:0:0:0:0:0:0:1]:7001')" "[::1]:7001"
is "the same address is printed once" \
    "$(resolved 127.0.0.1:7001 127.0.0.1:7001 tcp:127.0.0.1:7001)" \
    "127.0.0.1:7001"
is "others are printed as they are" \
    "$(resolved unix:/a unix-dgram:/b unix-seqpacket:@c fd:d)" \
    "unix:/a unix-dgram:/b unix-seqpacket:@c fd:d"
is "what needs quotes has them" "$(resolved '"unix:/a b"')" '"unix:/a b"'

if is_root; then
	uid=$(id -u nobody)
	gid=$(id -g nobody)
	cat >"$F" <<END
user nobody
control-owner nobody
service plain {
	listen 127.0.0.1:0
	inline echo
}
service group {
	listen 127.0.0.1:0
	inline echo
	user nobody:root
	groups daemon,root
	socket-owner root:nogroup
}
service none {
	listen 127.0.0.1:0
	inline echo
	groups none
	env HOME=/ USER
}
END
	reads_back "users"
	is "a user" "$(value plain user) $(value plain groups)" "$uid:$gid $gid"
	is "a user's variables" \
	    "$(value plain env | tr , '\n' | sed 's/=.*//' | paste -sd, -)" \
	    "HOME,USER,LOGNAME,SHELL"
	is "a group" "$(value group user)" "$uid:0"
	is "groups" "$(value group groups | tr , '\n' | sort -n | paste -sd, -)" \
	    "0,$(getent group daemon | cut -d: -f3)"
	is "an owner" "$(value group socket-owner)" \
	    "0:$(getent group nogroup | cut -d: -f3)"
	is "the owner of control sockets" "$(sed -n 1p "$PLAIN")" \
	    "control-owner $uid:$gid"
	is "no groups" "$(value none groups)" none
	is "variables that were asked for are not said again" \
	    "$(value none env | tr , '\n' | sed 's/=.*//' | sort |
	    paste -sd, -)" "HOME,LOGNAME,SHELL,USER"
fi

# ---- programs

mkdir "$T/bin"
printf '#!/bin/sh\n' >"$T/bin/a-program"
chmod 755 "$T/bin/a-program"
PATH=$T/bin:$PATH
cat >"$F" <<END
$user
service name {
	listen 127.0.0.1:0
	exec a-program -x
}
service path {
	listen 127.0.0.1:0
	exec $T/bin/a-program -x
}
service own {
	listen 127.0.0.1:0
	exec a-program -x
	argv0 b
}
END
reads_back "programs"
is "a name is looked for in PATH" "$(value name exec)" "$T/bin/a-program -x"
is "the name is the program's own" "$(value name argv0)" a-program
is "a path is as it is" "$(value path exec),$(value path argv0)" \
    "$T/bin/a-program -x,"
is "another name of its own" "$(value own argv0)" b
finish
