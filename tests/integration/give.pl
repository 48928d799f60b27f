#!/usr/bin/perl
# usage: give.pl [-z] [-p PID] [-i PIDFDID] [-c COUNT] [-n NAMES] PORTS
#            SOCKET... -- PROGRAM [ARG...]
# Execute a program as a service manager does, with these sockets from
# descriptor 3 up (-z: the only one as descriptor 0, as inetd does), and write
# their ports into the file PORTS.  SOCKET: tcp, tcp6, unix:PATH, udp, bound
# (TCP that does not listen), pipe, file.  PID and PIDFDID: `own', `none', or
# any text.
use strict;
use warnings;
use Socket;
use POSIX ();

my %o = (p => 'own', i => 'none');
while (@ARGV && $ARGV[0] =~ /^-([zpicn])$/) {
	my $c = $1;
	shift;
	$o{$c} = $c eq 'z' ? 1 : shift;
}
open my $ports, '>', shift or die "ports: $!";
my (@fds, @keep);
while (defined(my $what = shift)) {
	last if $what eq '--';
	my $s;
	if ($what eq 'pipe') {
		pipe $s, my $w or die;
		push @keep, $w;
	} elsif ($what eq 'file') {
		open $s, '<', '/dev/null' or die;
	} elsif ($what =~ /^unix:(.*)/) {
		socket $s, AF_UNIX, SOCK_STREAM, 0 or die;
		bind $s, pack_sockaddr_un($1) or die "$1: $!";
		listen $s, 50 or die;
	} elsif ($what eq 'tcp6') {
		socket $s, AF_INET6, SOCK_STREAM, 0 or die;
		bind $s, pack_sockaddr_in6(0, Socket::inet_pton(AF_INET6, '::1'))
		    or die;
		listen $s, 50 or die;
		print $ports +(unpack_sockaddr_in6(getsockname $s))[0], "\n";
	} else {
		socket $s, AF_INET, $what eq 'udp' ? SOCK_DGRAM : SOCK_STREAM, 0
		    or die;
		bind $s, pack_sockaddr_in(0, INADDR_LOOPBACK) or die;
		listen $s, 50 or die if $what eq 'tcp';
		print $ports +(unpack_sockaddr_in(getsockname $s))[0], "\n";
	}
	push @keep, $s;
	push @fds, fileno $s;
}
close $ports;
# Out of the way first, then to their places; perl's dup2 keeps close-on-exec
# off only through POSIX.
my @high = map { my $fd = $_; my $n = $fd + 100; POSIX::dup2($fd, $n); $n } @fds;
my $at = $o{z} ? 0 : 3;
POSIX::dup2($_, $at++) for @high;
POSIX::close($_) for @high;
POSIX::close($_) for $o{z} ? 3 .. 90 : $at .. 90;
if (!$o{z}) {
	$ENV{LISTEN_FDS} = $o{c} // scalar @fds;
	$ENV{LISTEN_PID} = $o{p} eq 'own' ? $$ : $o{p} if $o{p} ne 'none';
	$ENV{LISTEN_FDNAMES} = $o{n} if defined $o{n};
	if ($o{i} eq 'own') {
		my $fd = syscall(434, $$, 0);
		my @st = $fd < 0 ? () : stat "/proc/self/fd/$fd";
		$ENV{LISTEN_PIDFDID} = $st[1] if @st && $st[1] > 1000;
		POSIX::close($fd) if $fd >= 0;
	} elsif ($o{i} ne 'none') {
		$ENV{LISTEN_PIDFDID} = $o{i};
	}
}
exec { $ARGV[0] } @ARGV or die "$ARGV[0]: $!";
