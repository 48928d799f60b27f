#!/bin/sh
# in.tftpd, a `wait' service: it has the listener, looks after several clients
# and ends when nobody came for a while.
. "${srcdir:-.}/tests/integration/lib.sh"
PATH=$PATH:/usr/local/sbin:/usr/sbin
need python3 tftp in.tftpd
[ "$(id -u)" -eq 0 ] || skip_all "in.tftpd must be started by root"

chmod 755 "$T"
mkdir "$T/files"
chmod 777 "$T/files"
for n in 1 2 3; do
	head -c 1048576 /dev/urandom >"$T/files/$n"
done
head -c 1048576 /dev/urandom >"$T/up"

# get FILE: 1 MB from the server; both must be the same.
get() {
	timeout 100 tftp -4 -m binary 127.0.0.1 "$PORT" -c get "$1" "$T/got.$1" &&
	    cmp "$T/files/$1" "$T/got.$1"
}

put() {
	timeout 100 tftp -4 -m binary 127.0.0.1 "$PORT" -c put "$T/up" "$1" &&
	    cmp "$T/up" "$T/files/$1"
}

# One ends after 1 s without a client.
brood_start --user root --kind exec-wait udp:127.0.0.1:0 \
    in.tftpd --timeout 1 --create --secure "$T/files"
is "nobody is started before the first client" "$(busy_children | wc -l)" 0
check "1 MB from it" get 1
check "1 MB to it" put new
get 1 >/dev/null &
one=$!
get 2 >/dev/null &
two=$!
put other &
three=$!
wait $one
one=$?
wait $two
two=$?
wait $three
is "three clients at once" "$one $two $?" "0 0 0"
soon "it ends when nobody comes" log_has ' (end|worker-end) pid='
soon "all of it" busy_is 0
before=$(log_count ' begin ')
check "the next client starts another" get 3
is "one" "$(($(log_count ' begin ') - before))" 1
is "no datagram was eaten" "$(log_count ' datagram-eaten ')" 0
is "there is no pause" "$(log_count ' pause ')" 0
check "it stops with 0" brood_stop

# A renewal in the middle of a transfer.
brood_start --user root --kind exec-wait udp:127.0.0.1:0 \
    in.tftpd --timeout 2 --secure "$T/files"
rm -f "$T"/got.*
get 1 &
one=$!
wait_until test -s "$T/got.1"
kill -HUP "$M"
wait $one
is "a renewal does not disturb a transfer" $? 0
wait_until log_has ' renewed '
check "and the next is served" get 2
check "it stops with 0" brood_stop
finish
