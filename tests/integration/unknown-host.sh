#!/bin/sh
# Names that are unknown, or whose server never answers, end a start in time;
# while it serves they change nothing.
. "${srcdir:-.}/tests/integration/private-lib.sh"
. "${srcdir:-.}/tests/integration/lib.sh"
private_network
need perl nc
printf '127.0.0.1 here localhost\n' >"$T/hosts"
private_file hosts
printf 'hosts: files dns\nservices: files\npasswd: files\ngroup: files\n' \
    >"$T/nsswitch.conf"
private_file nsswitch.conf
: >"$T/resolv.conf"
private_file resolv.conf

# Nobody is at the name server's port.
echo 'nameserver 127.0.0.1' >"$T/resolv.conf"
brood_fails 69 'nosuch\.example\.:7000: ' nosuch.example.:7000 cat
brood_fails 69 'nosuch\.example\.:7000: ' here:7001,nosuch.example.:7000 cat

# Somebody is there, and silent.
perl -MSocket -e '
	socket my $s, AF_INET, SOCK_DGRAM, 0 or die;
	bind $s, pack_sockaddr_in(53, INADDR_LOOPBACK) or die $!;
	open my $f, ">", $ARGV[0]; print $f "open"; close $f;
	sleep 300' "$T/silent" &
HELD="$HELD $!"
wait_until [ -s "$T/silent" ]
brood_start here:7000 cat
echo '127.0.0.2 other' >"$T/hosts"
kill -HUP "$M"
before=$(now_ms)
timeout 60 "$BROOD" --pidfile "$T/pid" "unix:$T/s,slow.example.:7001" cat \
    2>"$T/fails" </dev/null
is "a name server that does not answer ends a start" $? 69
echo "# after $(($(now_ms) - before)) ms"
check "the name is told" grep -q 'slow\.example' "$T/fails"
check "and that no answer came in time" grep -q 'no answer in time' "$T/fails"
is "no file is left" "$(find "$T" -name s -o -name 'pid*')" ""
is "no process is left" "$(pgrep -f 'slow[.]example')" ""
soon "the other's renewal is refused" log_has ' warn renew-refused '
check "with the name" log_has ' renew-refused .*here'
check "it still serves" answers 127.0.0.1 7000
echo '127.0.0.1 here' >"$T/hosts"
kill -HUP "$M"
soon "the next renewal works" log_has ' renewed listeners=1'
check "and it stops with 0" brood_stop
finish
