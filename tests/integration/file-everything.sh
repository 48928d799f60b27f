#!/bin/sh
# Everything in one file, clients of all of it, and reloads that change one
# service at a time: no transaction fails, and nobody else's master is
# touched.  RELOADS=100 for the long one.
. "${srcdir:-.}/tests/integration/lib.sh"
PATH=$PATH:/usr/local/sbin:/usr/sbin:/sbin
need python3 git rsync ssh sshd ssh-keygen tftp in.tftpd
[ "$(id -u)" -eq 0 ] || skip_all "sshd and in.tftpd must be started by root"
here=${srcdir:-.}/tests/integration
python=$(python3 -c 'import sys; print(sys.executable)')
sshd=$(command -v sshd)
[ -d /run/sshd ] || mkdir /run/sshd 2>/dev/null ||
    skip_all "sshd has no /run/sshd"
chmod 755 "$T"

# What they serve.
mkdir "$T/files" "$T/repository" "$T/worker"
chmod 777 "$T/worker"
head -c 200000 /dev/urandom >"$T/files/file"
cp "$T/files/file" "$T/repository/file"
(cd "$T/repository" && export HOME="$T" && git init -q . && git add file &&
    git -c user.name=x -c user.email=x@y commit -qm one &&
    touch .git/git-daemon-export-ok) || skip_all "git makes no repository"
# A repository that is somebody else's is not served otherwise.
printf '[safe]\n\tdirectory = *\n' >"$T/.gitconfig"
cat >"$T/rsyncd.conf" <<CONF
use chroot = no
reverse lookup = no
log file = /dev/null
[files]
	path = $T/files
CONF
ssh-keygen -q -t ed25519 -N '' -f "$T/hostkey"
ssh-keygen -q -t ed25519 -N '' -f "$T/key"
cat >"$T/sshd.conf" <<CONF
HostKey $T/hostkey
AuthorizedKeysFile $T/key.pub
StrictModes no
PermitRootLogin yes
UsePAM no
UseDNS no
PidFile none
CONF

services="echo git rsync ssh tftp worker"

# words NAME WORDS: the service has them now; the others' are as before.
words() {
	printf '%s' "$2" >"$T/words.$1"
}

conf() {
	cat <<CONF
user nobody
service echo {
	listen 127.0.0.1:0 udp:127.0.0.1:0
	inline echo
	reply-rate 0
	$(cat "$T/words.echo")
}
service git {
	listen 127.0.0.1:0
	exec git daemon --inetd --base-path=$T $T/repository
	env HOME=$T
	$(cat "$T/words.git")
}
service rsync {
	listen 127.0.0.1:0
	exec rsync --daemon --config=$T/rsyncd.conf
	$(cat "$T/words.rsync")
}
service ssh {
	listen 127.0.0.1:0
	exec $sshd -i -f $T/sshd.conf
	user root
	$(cat "$T/words.ssh")
}
service tftp {
	listen udp:127.0.0.1:0
	exec-wait in.tftpd --timeout 1 --secure $T/files
	user root
	$(cat "$T/words.tftp")
}
service worker {
	listen 127.0.0.1:0
	worker $python $here/workers_serve.py $T/worker notify
	user root
	ready-by notify
	$(cat "$T/words.worker")
}
CONF
}

for name in $services; do words "$name" ''; done
words worker 'children 2'
conf >"$CONF"
file_begin
log_has ' ready ' || { not_ok "the file is served"; finish; }
port_like() { sed -n "s/.* info listen addr=$2.*:\\([0-9]*\\) service=$1\$/\\1/p" "$LOG"; }
python3 -B "$here/file_load.py" "$T" tcp="$(port_like echo 127)" \
    tcp="$(port_like echo 127)" udp="$(port_like echo udp)" \
    git="$(port_of_service git)" rsync="$(port_of_service rsync)" \
    ssh="$(port_of_service ssh)" tftp="$(port_of_service tftp)" \
    worker="$(port_of_service worker)" worker="$(port_of_service worker)" \
    >"$T/counts" 2>"$T/failures" &
load=$!
MASTERS="$MASTERS $load"
soon "all of them answer" test -e "$T/going"

masters() {
	for name in $services; do
		[ "$name" = "$1" ] || printf '%s ' "$(master_of "$name")"
	done
}

# change NAME ROUND: odd rounds want another master, even ones tell limits,
# which those of a fixed pool cannot take.
change() {
	if [ "$1" = worker ]; then
		words "$1" "children $((2 + $2 % 2))"
	elif [ "$(($2 % 2))" -eq 1 ]; then
		words "$1" "env ROUND=$2"
	else
		words "$1" "maximum-connected $((50 + $2))"
	fi
}

touched=
unchanged=
refusals=
round=0
while [ "$round" -lt "${RELOADS:-20}" ]; do
	round=$((round + 1))
	# Each gets both sorts, one after the other.
	nth=$(((round - 1) / 2 % 6 + 1))
	name=$(echo "$services" | cut -d' ' -f$nth)
	before=$(masters "$name")
	mine=$(master_of "$name")
	change "$name" "$round"
	conf >"$CONF"
	reload
	log_at_least "$round" ' reloaded ' || { refusals="$refusals $round"; break; }
	[ "$(masters "$name")" = "$before" ] || touched="$touched $round:$name"
	[ "$((round % 2))" -eq 0 ] || [ "$(master_of "$name")" != "$mine" ] ||
	    unchanged="$unchanged $round:$name"
done
: >"$T/enough"
wait "$load"
is "$round reloads, none refused" "$refusals" ""
is "nobody else's master was touched" "$touched" ""
is "those that had to be were replaced" "$unchanged" ""
is "no transaction failed" "$(awk '$3 > 0' "$T/counts"; head -n 5 "$T/failures")" ""
is "each kind had some" "$(awk '$2 > 0' "$T/counts" | wc -l)" 9
awk '{ n[$1] += $2 } END { for (k in n) printf "%s %d ", k, n[k]; print "" }' \
    "$T/counts" | sed 's/^/# transactions: /'
soon "old masters are gone when their clients are" masters_are 6
check "it ends with 0" brood_stop
finish
