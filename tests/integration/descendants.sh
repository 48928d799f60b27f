#!/bin/sh
# What a program leaves behind when it has ended: --kill-mode.
# shellcheck disable=SC2016 # scripts of the program
. "${srcdir:-.}/tests/integration/lib.sh"
need nc perl python3

# leaver KIND SORT...: takes a client, starts a process of each sort, which has
# written its sort and pid down when it goes on, answers, and leaves them
# behind when the client has no more to say.  All of them have the fifo $HOLD
# open.
cat >"$T/leaver" <<'PERL'
#!/usr/bin/perl
use strict;
use POSIX ();

my ($kind, @sorts) = @ARGV;
my $client = \*STDOUT;
if ($kind ne 'exec') {
	open my $listener, '+<&=', $kind eq 'worker' ? 3 : 0 or die;
	undef $client;
	accept $client, $listener or die;
}
open my $hold, '+<', $ENV{HOLD} or die;	# which never waits

sub stay {
	my ($sort, $told) = @_;
	open STDIN, '<', '/dev/null';
	open STDOUT, '>', '/dev/null';
	open STDERR, '>', '/dev/null';
	close $client;
	open my $list, '>>', $ENV{LEFT};
	syswrite $list, "$sort $$\n";
	close $list;
	close $told;
}

my %life = (
	group => sub { stay('group', @_); sleep 300 },
	away  => sub {
		POSIX::setsid();
		fork and POSIX::_exit(0);
		stay('away', @_);
		sleep 300;
	},
	# Always another one, for 10 seconds.
	chain => sub {
		POSIX::setsid();
		stay('chain', @_);
		for (1 .. 500) {
			my $next = fork;
			POSIX::_exit(0) if $next || !defined $next;
			POSIX::setsid();
			select undef, undef, undef, 0.02;
		}
		open my $list, '>>', $ENV{LEFT};
		syswrite $list, "unbroken $$\n";
	},
	# Parents and children, each in a session of its own.
	tree => sub {
		for (1 .. 6) {
			POSIX::setsid();
			if (fork) {
				close $_[0];
				close $client;
				open STDOUT, '>', '/dev/null';
				sleep 300;
			}
		}
		stay('tree', @_);
		sleep 300;
	},
);

for my $sort (@sorts) {
	pipe my $r, my $w;
	if (!fork) {
		close $r;
		$life{$sort}->($w);
		POSIX::_exit(0);
	}
	close $w;
	sysread $r, my $x, 1;
}
syswrite $client, "left\n";
1 while (POSIX::read(fileno $client, my $x, 100) // 0) > 0;
PERL
chmod 755 "$T/leaver"

LEFT=$T/left HOLD=$T/fifo OVER=$T/over
more=

prepare() {
	rm -f "$HOLD" "$OVER"
	mkfifo "$HOLD"
	: >"$LEFT"
}

# serve MODE KIND ADDRESS SORT...: a leaver; no MODE: as usual.
serve() {
	mode=$1 kind=$2 address=$3
	shift 3
	prepare
	# shellcheck disable=SC2086 # words
	brood_start ${mode:+--kill-mode "$mode"} --kind "$kind" $more --stop-time 2s \
	    --env LEFT="$LEFT" --env HOLD="$HOLD" "$address" \
	    "$T/leaver" "$kind" "$@"
}

# $OVER exists when all are gone that have had $HOLD open: begin before them.
# Who has opened it without waiting is told of an end only if one began since.
watch_left() {
	rm -f "$T/watches"
	python3 - "$HOLD" "$T/watches" "$OVER" >/dev/null 2>&1 <<-'PY' &
		import os, select, sys
		poll = select.poll()
		poll.register(os.open(sys.argv[1], os.O_RDONLY | os.O_NONBLOCK), 0)
		open(sys.argv[2], "w").close()
		poll.poll()
		open(sys.argv[3], "w").close()
	PY
	WATCHER=$!
	MASTERS="$MASTERS $WATCHER"
	wait_until test -e "$T/watches"
}

# is_left SORT: does one of it live?
is_left() {
	while read -r sort pid; do
		[ "$sort" != "$1" ] || is_over "$pid" || return 0
	done <"$LEFT"
	return 1
}

none_left() {
	! is_left "$1"
}

end_left() {
	while read -r _ pid; do
		is_ours "$pid" && kill -KILL "$pid" 2>/dev/null
	done <"$LEFT"
}

# nobody NAME: all that have $HOLD open come to their end.
nobody() {
	soon "$1" test -e "$OVER"
	check "and none ended by itself" eval '! grep -q unbroken "$LEFT"'
}

visit() {
	is "$1 it answers" "$(ask </dev/null)" left
}

# The same by a datagram.
say() {
	python3 - "$PORT" <<-'PY'
		import socket, sys
		s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
		s.settimeout(60)
		s.sendto(b"leave\n", ("127.0.0.1", int(sys.argv[1])))
		sys.stdout.write(s.recv(100).decode())
	PY
}

# each_kind FUNCTION
each_kind() {
	for kind in exec exec-wait worker; do
		case $kind in
		worker) more='--children 1 --start-time 50ms' ;;
		*) more= ;;
		esac
		"$1" "$kind"
	done
	more=
}

none() {
	serve none "$1" 127.0.0.1:0 group away
	watch_left
	visit "none, $1:"
	wait_until log_has ' (end|worker-end|worker-died) pid='
	check "none, $1: it stops with 0" brood_stop
	check "none, $1: its group is left alone" is_left group
	check "none, $1: who left it, too" is_left away
	end_left

}

group() {
	serve group "$1" 127.0.0.1:0 group away
	watch_left
	visit "group, $1:"
	soon "group, $1: its group is killed" none_left group
	check "group, $1: it stops with 0" brood_stop
	check "group, $1: who left it goes on" is_left away
	end_left

}

# Whatever it is, it goes while the master serves on.
all() {
	serve all "$1" 127.0.0.1:0 group away chain tree
	watch_left
	visit "all, $1:"
	nobody "all, $1: nobody is left"
	visit "all, $1: again"
	check "all, $1: it stops with 0" brood_stop
}

# Those of kind exec-wait hand clients to children, and may end before them.
usual() {
	serve "" "$1" 127.0.0.1:0 group away
	watch_left
	visit "usual, $1:"
	wait_until log_has ' (end|worker-end|worker-died) pid='
	check "usual, $1: it stops with 0" brood_stop
	case $1 in
	exec-wait) check "usual, $1: its group is left alone" is_left group ;;
	*) soon "usual, $1: its group is killed" none_left group ;;
	esac
	check "usual, $1: who left it goes on" is_left away
	end_left
}

modes() {
	each_kind usual
	each_kind none
	each_kind group
	each_kind all
}

# Where a helper of ours is the program's parent.
beside() {
	more='--linger'
	serve all exec 127.0.0.1:0 group away chain
	watch_left
	visit "linger:"
	nobody "linger: nobody is left"
	check "it stops with 0" brood_stop

	[ "$MEMORY" = own ] || { more=; return; }
	for more in "" "--peer-session 500ms"; do
		serve all exec udp:127.0.0.1:0 group away chain
		watch_left
		is "datagrams, $more: it answers" "$(say)" left
		nobody "datagrams, $more: nobody is left"
		check "datagrams, $more: it stops with 0" brood_stop
	done
	more=
}

# What a program that lives has orphaned is its own; but when the master stops
# nobody is left, and that at once.
lives() {
	for more in "" --linger; do
		serve all exec 127.0.0.1:0 group away tree
		watch_left
		hold
		wait_until grep -q left "$T/held.$HELD_N"
		cp "$LEFT" "$T/living"
		visit "$more: another one:"
		soon "$more: which leaves nobody" log_has ' left-behind killed='
		is "$more: those of a program that lives do" \
		    "$(sed 's/.* //' "$T/living" | xargs ps -o pid= -p | wc -l)" 3
		check "$more: it stops with 0" brood_stop
		is "$more: and leaves nobody" \
		    "$(sed 's/.* //' "$LEFT" | xargs ps -o pid= -p)" ""
		nobody "$more: nobody at all"
		let_go
	done
	more=
}

# Children that were there first, and commands at events, are none of it.
others() {
	cat >"$T/starter" <<-SH
		#!/bin/sh
		sleep 300 & echo \$! >$T/older
		sleep 0 & echo \$! >$T/ended
		exec $BROOD "\$@"
	SH
	chmod 755 "$T/starter"
	real=$BROOD
	BROOD=$T/starter
	prepare
	brood_start --kill-mode all --env LEFT="$LEFT" --env HOLD="$HOLD" \
	    --on "ready echo \$\$ >$T/hook; exec sleep 300" \
	    127.0.0.1:0 "$T/leaver" exec away
	BROOD=$real
	watch_left
	wait_until test -s "$T/hook"
	visit "others:"
	nobody "others: nobody is left"
	check "a child that was there first is" kill -0 "$(cat "$T/older")"
	check "so is the command at an event" kill -0 "$(cat "$T/hook")"
	soon "one that has ended is buried" is_gone "$(cat "$T/ended")"
	check "it stops with 0" brood_stop
	check "the child that was there first goes on" \
	    kill "$(cat "$T/older")"
	check "so does the command" kill "$(cat "$T/hook")"
}

# killed_is N: so many were killed.
killed_is() {
	[ "$(sed -n 's/.* left-behind killed=//p' "$LOG" |
	    awk '{ n += $1 } END { print n + 0 }')" -eq "$1" ]
}

thousand() {
	prepare
	brood_start --kill-mode all --env HOLD="$HOLD" 127.0.0.1:0 sh -c '
		exec 9<>"$HOLD"
		setsid sleep 300 </dev/null >/dev/null 2>&1 &
		echo left'
	watch_left
	exec 8<>"$HOLD"		# or it were over between two of them
	python3 - "$PORT" <<-'PY' >"$T/answers"
		import socket, sys
		for _ in range(1000):
		    s = socket.create_connection(("127.0.0.1", int(sys.argv[1])), 60)
		    sys.stdout.write(s.makefile().read())
		    s.close()
	PY
	exec 8>&-
	is "1000 are answered" "$(grep -c left "$T/answers")" 1000
	nobody "nobody of them is left"
	soon "each was killed" killed_is 1000
	soon "and buried" no_zombies
	check "it stops with 0" brood_stop
}

# served NAME: by a master whose supervisor is M.
served() {
	wait_until [ -S "$T/sock" ]
	is "$1: it answers" "$(nc -NU -w 60 "$T/sock" </dev/null)" left
	nobody "$1: nobody is left"
}

# The same master, with a supervisor above it, which may be process 1.
supervised() {
	cat >"$CONF" <<-CONF
		control none
		service one {
			listen    unix:$T/sock
			exec      $T/leaver exec group away chain tree
			kill-mode all
			user      root
			env       LEFT=$LEFT HOLD=$HOLD
		}
	CONF
	prepare
	watch_left
	file_begin
	served "supervised"
	check "it stops with 0" brood_stop

	contained || return
	prepare
	watch_left
	: >"$LOG"
	unshare -mpf --mount-proc --kill-child "$BROOD" -f "$CONF" \
	    2>>"$LOG" </dev/null &
	M=$!
	MASTERS="$MASTERS $M"
	wait_until file_is_ready
	served "below process 1"
	kill -TERM "$(pgrep -P "$M")"
	check "it stops with 0" wait_master
}

# As process 1 itself every orphan is its own.
first() {
	contained || return
	for mode in all none; do
		prepare
		watch_left
		: >"$LOG"
		unshare -mpf --mount-proc --kill-child "$BROOD" --kill-mode \
		    $mode --env LEFT="$LEFT" --env HOLD="$HOLD" \
		    "unix:$T/sock.$mode" "$T/leaver" exec group away \
		    2>>"$LOG" </dev/null &
		M=$!
		MASTERS="$MASTERS $M"
		wait_until log_has ' info ready pid=1 '
		is "process 1, $mode: it answers" \
		    "$(nc -NU -w 60 "$T/sock.$mode" </dev/null)" left
		[ $mode != all ] || nobody "process 1: nobody is left"
		[ $mode != none ] || check "process 1: all are" \
		    test ! -e "$OVER"
		kill -TERM "$(pgrep -P "$M")"
		check "it stops with 0" wait_master
	done
}

contained() {
	if [ "$(id -u)" -eq 0 ] && command -v unshare >/dev/null &&
	    unshare -mpf --mount-proc true 2>/dev/null; then
		return 0
	fi
	skip "no namespaces"
	return 1
}

# Without /proc who left the group is not found, which is said once.
no_proc() {
	contained || return
	prepare
	watch_left
	: >"$LOG"
	unshare -m sh -c 'umount -l /proc && exec "$@"' sh "$BROOD" \
	    --kill-mode all --env LEFT="$LEFT" --env HOLD="$HOLD" \
	    127.0.0.1:0 "$T/leaver" exec group away 2>>"$LOG" </dev/null &
	M=$!
	MASTERS="$MASTERS $M"
	wait_until is_ready
	PORT=$(port_of listen)
	visit "no /proc:"
	visit "no /proc:"
	soon "no /proc: their groups are killed" none_left group
	brood_stop		# the status may be a leak checker's that fails
	check "no /proc: it stops" log_has ' info stopped '
	check "no /proc: who left them goes on" is_left away
	is "no /proc: and it is said once" \
	    "$(log_count ' warn kill-mode mode=group reason=')" 1
	end_left
}

each_memory modes
each_memory beside
each_memory lives
each_memory others
each_memory thousand
supervised
first
no_proc
finish
