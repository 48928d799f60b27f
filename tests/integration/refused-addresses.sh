#!/bin/sh
# An address that cannot be had is named with its reason, each of them, and
# nothing is left behind.
. "${srcdir:-.}/tests/integration/lib.sh"
need nc

# Words that are no address.
while read -r address why; do
	brood_fails 64 "\`?.*: .*($why)" "$address" cat
done <<'LIST'
127.0.0.1 port
127.0.0.1: no.port
127.0.0.1:65536 0.to.65535
127.0.0.1:99999999999 0.to.65535
127.0.0.1:-1 port
127.0.0.1:07 0.to.65535
127.0.0.1:7x7: bracket|port
127.0.0.1:+7 port
::1:7000 bracket
[::1:7000 missing
[::1] no.port
[::1]7000 no.port
[]:7000 brackets
[127.0.0.1]:7000 brackets
[::1%]:7000 brackets
http://127.0.0.1:80 bad
a/b:7000 bad.host
b:7,-a:7000 bad.host
a*:7000 bad.host
,127.0.0.1:0 empty
127.0.0.1:0, empty
127.0.0.1:0,,127.0.0.1:0 empty
x:y:7000 bracket
tcp: port
LIST
brood_fails 64 'empty address' '' cat
brood_fails 64 'bad host' 'a b:7' cat
brood_fails 64 'bad' '127.0.0.1 :7' cat
brood_fails 64 'bad' "$(printf '127.0.0.1:7\t8')" cat
brood_fails 64 'at most 319' "$(head -c 400 /dev/zero | tr '\0' a):7" cat
brood_fails 64 'at most 253' "$(head -c 254 /dev/zero | tr '\0' a):7" cat
list=127.0.0.1:0
i=1
while [ $i -le 64 ]; do
	list=$list,127.0.0.1:0
	i=$((i + 1))
done
brood_fails 64 'at most 64' "$list" cat

# Of no interface, of no service, of nobody.
brood_fails 69 '198\.51\.100\.1:0: Cannot assign' 198.51.100.1:0 cat
brood_fails 69 '\[2001:db8::1\]:0: ' '[2001:db8::1]:0' cat
brood_fails 69 'no-such-service' 127.0.0.1:no-such-service cat
brood_fails 69 '127.0.0.1:0x50: ' 127.0.0.1:0x50 cat
brood_fails 69 '\[::1%nosuch\]:0: ' '[::1%nosuch]:0' cat
for host in 1.2.3.4.5 1.2.3 010.0.0.1 256.0.0.1 0x7f000001; do
	brood_fails 64 "$host:0.*: bad host: expected an IPv4" $host:0 cat
done

brood_start 127.0.0.1:0 cat
taken=127.0.0.1:$PORT
brood_fails 69 "$taken: Address already in use" "$taken" cat

# All of them are told, and what could be had is given back.
brood_fails 69 "$taken: Address already in use" --pidfile "$T/pid" \
    "unix:$T/s,$taken,198.51.100.1:0,127.0.0.1:0,198.51.100.2:0" cat
for reason in "$taken: Address already in use" '198\.51\.100\.1:0: Cannot assign' \
    '198\.51\.100\.2:0: Cannot assign'; do
	is "one line says $reason" \
	    "$(grep -Ec "^brood: .*$reason" "$T/fails")" 1
done
is "no file is left" "$(find "$T" -name 's*' ! -name stdout -o -name 'pid*')" ""
is "no process is left" "$(pgrep -f "unix:$T/s")" ""
is "no name that could not be resolved hides another" "$(
    timeout 60 "$BROOD" "a..b:1,127.0.0.1:nosuch-a,127.0.0.1:nosuch-b" cat \
    2>&1 >/dev/null </dev/null | grep -Eo 'a\.\.b:1|nosuch-[ab]' | sort -u |
    tr '\n' ' ')" "a..b:1 nosuch-a nosuch-b "
check "the other server goes on" answers
check "and stops with 0" brood_stop

# Without the right: as another user, on a port of root's.
lowest=$(cat /proc/sys/net/ipv4/ip_unprivileged_port_start 2>/dev/null || echo 1024)
if [ "$lowest" -le 9 ]; then
	skip "every port is free to everybody"
elif [ "$(id -u)" -ne 0 ]; then
	brood_fails 77 '127\.0\.0\.1:9: Permission denied' 127.0.0.1:9 cat
elif setpriv --reuid 65534 --regid 65534 --clear-groups "$BROOD" --version \
    >/dev/null 2>&1; then
	program=$BROOD
	BROOD=setpriv
	brood_fails 77 '127\.0\.0\.1:9: Permission denied' --reuid 65534 \
	    --regid 65534 --clear-groups "$program" 127.0.0.1:9 cat
	chmod 755 "$T"
	mkdir "$T/closed"
	brood_fails 77 "$T/closed/s: Permission denied" --reuid 65534 \
	    --regid 65534 --clear-groups "$program" "unix:$T/closed/s" cat
	BROOD=$program
else
	skip "another user cannot execute $BROOD"
fi
finish
