#!/bin/sh
# What a program leaves behind when it has ended: --kill-mode.
. "${srcdir:-.}/tests/integration/lib.sh"
need nc perl

# leaver KIND SORT...: takes a client, leaves a process of each sort behind,
# which has written its sort and pid down, and then answers.  All of them have
# the fifo $HOLD open.
cat >"$T/leaver" <<'PERL'
#!/usr/bin/perl
use strict;
use POSIX ();

my ($kind, @sorts) = @ARGV;
my $client = \*STDOUT;
open my $hold, '>', $ENV{HOLD} or die;
if ($kind ne 'exec') {
	open my $listener, '+<&=', $kind eq 'worker' ? 3 : 0 or die;
	undef $client;
	accept $client, $listener or die;
}

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
	group => sub { stay('group', @_); sleep 1000 },
	away  => sub {
		POSIX::setsid();
		fork and POSIX::_exit(0);
		stay('away', @_);
		sleep 1000;
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
PERL
chmod 755 "$T/leaver"

# serve MODE KIND ADDRESS SORT...: a leaver; OVER exists when all that it left
# are gone.
serve() {
	LEFT=$T/left HOLD=$T/fifo OVER=$T/over
	mode=$1 kind=$2 address=$3
	shift 3
	rm -f "$HOLD" "$OVER"
	mkfifo "$HOLD"
	: >"$LEFT"
	brood_start --kill-mode "$mode" --kind "$kind" $more --stop-time 2s \
	    --env LEFT="$LEFT" --env HOLD="$HOLD" "$address" \
	    "$T/leaver" "$kind" "$@"
}

# Once somebody has it open for writing.
watch_left() {
	{ cat "$HOLD" >/dev/null; : >"$OVER"; } &
	WATCHER=$!
	MASTERS="$MASTERS $WATCHER"
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
		kill -KILL "$pid" 2>/dev/null
	done <"$LEFT"
}

visit() {
	is "$1 it answers" "$(ask </dev/null)" left
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
	wait "$WATCHER"
}

group() {
	serve group "$1" 127.0.0.1:0 group away
	watch_left
	visit "group, $1:"
	soon "group, $1: its group is killed" none_left group
	check "group, $1: it stops with 0" brood_stop
	check "group, $1: who left it goes on" is_left away
	end_left
	wait "$WATCHER"
}

modes() {
	each_kind none
	each_kind group
}

each_memory modes
finish
